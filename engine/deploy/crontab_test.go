package deploy

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine/cron"
)

func TestCronTab(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"0 3 * * *", "0 3 * * *"},
		{"0 15,45 2-4 1 JAN-MAR mon", "15,45 2-4 1 JAN-MAR mon"},
		{"@Daily", "@daily"},
		{"@every 1m", "* * * * *"},
		{"@every 10m", "*/10 * * * *"},
		{"@every 60m", "0 * * * *"},
		{"@every 6h", "0 */6 * * *"},
		{"@every 24h", "0 0 * * *"},
		{"0 3 * * 7", "0 3 * * 0"},
		{"0 3 * * 5-7", "0 3 * * 0,5,6"},
		{"0 3 * * fri-sun", "0 3 * * 0,5,6"},
		{"0 3 * * 1,5-0", "0 3 * * 0,1,5,6"},
		{"0 3 */2 * *", "0 3 */2 * *"},
		{"0 3 1,15 * 1", "0 3 1,15 * 1"},
	} {
		got, everywhere, err := cronTab(tt.text)
		require.NoError(t, err, tt.text)
		assert.Equal(t, tt.want, got, tt.text)

		zone, err := time.LoadLocation("Europe/Paris")
		require.NoError(t, err)
		if everywhere {
			zone = time.UTC
		}
		before, err := cron.Parse(zone, tt.text)
		require.NoError(t, err, tt.text)
		after, err := cron.Parse(zone, got)
		require.NoError(t, err, got)
		a, b := time.Date(2026, 1, 1, 0, 0, 0, 0, zone), time.Date(2026, 1, 1, 0, 0, 0, 0, zone)
		for range 1000 {
			a, b = before.Next(a), after.Next(b)
			require.True(t, a.Equal(b), "%q: got %s, want %s", got, b, a)
		}
	}
}

func TestCronTabRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"30 0 3 * * *", "no seconds"},
		{"*/5 * * * * *", "no seconds"},
		{"@every 30s", "can't run every 30s"},
		{"@every 90s", "can't run every 90s"},
		{"@every 7m", "can't run every 7m"},
		{"@every 90m", "can't run every 90m"},
		{"@every 36h", "can't run every 36h"},
		{"0 3 */2 * 1", "the days"},
		{"0 3 1 * */2", "the days"},
	} {
		_, err := cron.Parse(time.UTC, tt.text)
		require.NoError(t, err, tt.text)
		_, _, err = cronTab(tt.text)
		assert.ErrorContains(t, err, tt.want, tt.text)
	}
}
