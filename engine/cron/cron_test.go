package cron

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func schedule(t testing.TB, zone *time.Location, texts ...string) *Schedule {
	t.Helper()
	s, err := Parse(zone, texts...)
	require.NoError(t, err)
	return s
}

// upcoming lists n times after a moment.
func upcoming(s *Schedule, after time.Time, n int) []string {
	var list []string
	for range n {
		if after = s.Next(after); after.IsZero() {
			return append(list, "never")
		}
		list = append(list, after.Format("2006-01-02 15:04:05 -0700"))
	}
	return list
}

func TestNext(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, zone, text, after string
		want                    []string
	}{
		{"a minute", "UTC", "* * * * *", "2026-12-31T23:58:30Z", []string{"2026-12-31 23:59:00 +0000", "2027-01-01 00:00:00 +0000"}},
		{"its own time is over", "UTC", "0 3 * * *", "2026-03-01T03:00:00Z", []string{"2026-03-02 03:00:00 +0000"}},
		{"seconds", "UTC", "*/20 59 * * * *", "2026-03-01T03:59:19Z", []string{"2026-03-01 03:59:20 +0000", "2026-03-01 03:59:40 +0000", "2026-03-01 04:59:00 +0000"}},
		{"a leap day", "UTC", "0 0 29 2 *", "2096-03-01T00:00:00Z", []string{"2104-02-29 00:00:00 +0000"}},
		{"day or weekday", "UTC", "0 0 13 * fri", "2026-03-01T00:00:00Z", []string{"2026-03-06 00:00:00 +0000", "2026-03-13 00:00:00 +0000", "2026-03-20 00:00:00 +0000"}},
		{"any day, and the weekday", "UTC", "0 0 */10 * mon", "2026-03-01T00:00:00Z", []string{"2026-05-11 00:00:00 +0000"}},
		{"until Sunday", "UTC", "0 0 * * fri-sun", "2026-03-05T00:00:00Z", []string{"2026-03-06 00:00:00 +0000", "2026-03-07 00:00:00 +0000", "2026-03-08 00:00:00 +0000", "2026-03-13 00:00:00 +0000"}},
		{"from 5 on", "UTC", "5/25 8,9 * jan,MAR *", "2026-03-01T00:00:00Z", []string{"2026-03-01 08:05:00 +0000", "2026-03-01 08:30:00 +0000", "2026-03-01 08:55:00 +0000", "2026-03-01 09:05:00 +0000"}},
		{"weekly", "UTC", "@weekly", "2026-03-02T00:00:00Z", []string{"2026-03-08 00:00:00 +0000"}},
		{"an interval", "Europe/Paris", "@every 90m", "2026-03-01T00:00:01Z", []string{"2026-03-01 02:30:00 +0100", "2026-03-01 04:00:00 +0100"}},
		{"before 1970", "UTC", "@every 1m", "1969-12-31T23:58:30Z", []string{"1969-12-31 23:59:00 +0000", "1970-01-01 00:00:00 +0000"}},
		{"the clock leaves it out", "Europe/Paris", "30 2 * * *", "2026-03-28T12:00:00Z", []string{"2026-03-29 03:00:00 +0200", "2026-03-30 02:30:00 +0200"}},
		{"the clock leaves several out", "Europe/Paris", "15,45 2 * * *", "2026-03-28T12:00:00Z", []string{"2026-03-29 03:00:00 +0200", "2026-03-30 02:15:00 +0200"}},
		{"it comes with another one", "Europe/Paris", "30 2,3 * * *", "2026-03-28T12:00:00Z", []string{"2026-03-29 03:00:00 +0200", "2026-03-29 03:30:00 +0200"}},
		{"the clock shows it twice", "Europe/Paris", "30 2 * * *", "2026-10-24T12:00:00Z", []string{"2026-10-25 02:30:00 +0200", "2026-10-26 02:30:00 +0100"}},
		{"after the second time", "Europe/Paris", "15,45 2 * * *", "2026-10-25T01:30:00Z", []string{"2026-10-26 02:15:00 +0100"}},
		{"every hour, forward", "Europe/Paris", "30 * * * *", "2026-03-28T23:45:00Z", []string{"2026-03-29 01:30:00 +0100", "2026-03-29 03:30:00 +0200"}},
		{"every hour, back", "Europe/Paris", "30 * * * *", "2026-10-24T23:45:00Z", []string{"2026-10-25 02:30:00 +0200", "2026-10-25 02:30:00 +0100", "2026-10-25 03:30:00 +0100"}},
		{"half an hour", "Australia/Lord_Howe", "0 2 * * *", "2026-10-03T00:00:00Z", []string{"2026-10-04 02:30:00 +1100", "2026-10-05 02:00:00 +1100"}},
		{"a day that isn't", "Pacific/Apia", "0 3 * * *", "2011-12-29T00:00:00Z", []string{"2011-12-29 03:00:00 -1000", "2011-12-31 00:00:00 +1400", "2011-12-31 03:00:00 +1400"}},
		{"midnight that isn't", "America/Sao_Paulo", "0 0 * * *", "2018-11-03T12:00:00Z", []string{"2018-11-04 01:00:00 -0200", "2018-11-05 00:00:00 -0200"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			after, err := time.Parse(time.RFC3339, test.after)
			require.NoError(t, err)
			assert.Equal(t, test.want, upcoming(schedule(t, zone(t, test.zone), test.text), after, len(test.want)))
		})
	}
}

func TestSeveralExpressions(t *testing.T) {
	t.Parallel()
	s := schedule(t, time.UTC, "0 6 * * *", "0 18 * * sun", "0 6 1 * *")
	after := time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC)
	assert.Equal(t, []string{"2026-03-01 06:00:00 +0000", "2026-03-01 18:00:00 +0000", "2026-03-02 06:00:00 +0000"}, upcoming(s, after, 3))
	assert.Equal(t, "0 6 * * *, 0 18 * * sun, 0 6 1 * * UTC", s.String())
}

func TestLast(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"* * * * * *", "7 * * * *", "*/5 3 * * *", "0 0 29 2 *", "@every 7m", "30 2 * * *"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			s := schedule(t, zone(t, "Europe/Paris"), text)
			from := time.Date(2024, 2, 28, 23, 0, 0, 0, time.UTC)
			for _, span := range []time.Duration{0, time.Second, time.Minute, 59 * time.Minute, 8 * time.Hour, 50 * time.Hour} {
				until := from.Add(span)
				var want time.Time
				for next := s.Next(from); !next.After(until); next = s.Next(next) {
					want = next
				}
				assert.Equal(t, want, s.Last(from, until), span)
			}
			far := s.Last(from, from.AddDate(900, 0, 0))
			assert.False(t, far.IsZero())
			assert.True(t, s.Next(far).After(from.AddDate(900, 0, 0)))
		})
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                  `schedule "": is empty`,
		"0 3 * *":           `schedule "0 3 * *": has 4 fields (want minute, hour, day of the month, month, day of the week; or second before them)`,
		"60 3 * * *":        `schedule "60 3 * * *": minute: 60 is not between 0 and 59`,
		"0 3 0 * *":         `schedule "0 3 0 * *": day of the month: 0 is not between 1 and 31`,
		"0 3 * foo *":       `schedule "0 3 * foo *": month: "foo" is no number, nor a name (jan to dec)`,
		"0 22-2 * * *":      `schedule "0 22-2 * * *": hour: 22-2 goes backwards (want 22-23,0-2)`,
		"*/90 * * * *":      `schedule "*/90 * * * *": minute: a step of 90 leads out of 0-59 at once`,
		"*/0 * * * *":       `schedule "*/0 * * * *": minute: "0" is no step`,
		"1,,2 * * * *":      `schedule "1,,2 * * * *": minute: "" is no number`,
		"0 0 30 2 *":        `schedule "0 0 30 2 *": never comes: no month of these has such a day`,
		"0 0 31 4,6,9,11 *": `schedule "0 0 31 4,6,9,11 *": never comes: no month of these has such a day`,
		"@evry 5m":          `schedule "@evry 5m": @evry 5m is unknown (known are @every DURATION, @hourly, @daily, @weekly, @monthly, @yearly)`,
		"@every":            `schedule "@every": want one duration: "@every 10m"`,
		"@every 10":         `schedule "@every 10": 10 is no interval of whole seconds (want 30s, 10m or 1h30m)`,
		"@every 500ms":      `schedule "@every 500ms": 500ms is no interval of whole seconds (want 30s, 10m or 1h30m)`,
		"TZ=UTC 0 3 * * *":  `schedule "TZ=UTC 0 3 * * *": TZ=UTC: the time zone has a field of its own, timezone`,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(time.UTC, text)
			assert.EqualError(t, err, want)
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"0 3 * * *", "*/5 1-3,7 ? jan-mar mon", "@every 10m", "@daily", "0 0 0 29 2 sun", "5/9 * * * 5-7/2"} {
		f.Add(text)
	}
	paris := zone(f, "Europe/Paris")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(paris, text)
		if err != nil {
			return
		}
		after := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
		for range 50 {
			next := s.Next(after)
			if !next.After(after) || next.Nanosecond() != 0 {
				t.Fatalf("%q: %v after %v", text, next, after)
			}
			after = next
		}
	})
}

func BenchmarkNext(b *testing.B) {
	for _, text := range []string{"0 3 * * *", "*/5 * * * *", "0 0 29 2 *", "@every 10m"} {
		b.Run(text, func(b *testing.B) {
			s := schedule(b, zone(b, "Europe/Paris"), text)
			after := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
			for b.Loop() {
				s.Next(after)
			}
		})
	}
}

func TestFarAhead(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	for _, text := range []string{"30 1 * * *", "30 * * * *"} {
		s, err := Parse(zone, text)
		require.NoError(t, err)
		at := time.Date(2044, 12, 30, 12, 0, 0, 0, zone)
		for n := range 72 {
			next := s.Next(at)
			require.Less(t, next.Sub(at), 24*time.Hour+1, "%q after %s, %d", text, at, n)
			at = next
		}
	}
}
