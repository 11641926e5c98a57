package stdlib_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/stdlib"
)

// What time.ParseDuration reads is read alike, and days and weeks before it add to
// it.
func FuzzParseDuration(f *testing.F) {
	for _, text := range []string{"1h30m", "2d", "1w2d3h", "-90s", "1.5d", "0", "d", "1d-2h", "1e3d", "106752d", "9223372036s", "", "-", "1d0.5s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := stdlib.ParseDuration(text)
		if want, known := time.ParseDuration(text); known == nil && text != "" && text[0] != '+' {
			require.NoError(t, err, "%q", text)
			assert.Equal(t, want, got, "%q", text)
		}
		if later, longer := stdlib.ParseDuration("1d" + text); err == nil && longer == nil && text[0] != '-' {
			assert.InDelta(t, 24*time.Hour, later-got, float64(time.Microsecond), "%q", text)
		}
	})
}
