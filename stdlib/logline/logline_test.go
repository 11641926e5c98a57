package logline_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kubelua/kubelua/stdlib/logline"
)

func TestLines(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	log := slog.New(logline.New(&text, slog.LevelInfo)).With("job", "sweep")
	log.Debug("dropped")
	log.Info("two\nlines\x1b[31m", "text", "a b", "empty", "", "error", errors.New(`says "no"`), "took", 90*time.Second)
	log.WithGroup("of").Warn("grouped", "n", 1, slog.Group("more", "yes", true), "data", json.RawMessage(`{"a":[1]}`))
	log.Error("times", "at", time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC), "tricky", "x\ny=1")
	got := regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d `).ReplaceAllString(text.String(), "")
	assert.Equal(t, `INFO  two lines [31m job=sweep text="a b" empty="" error="says \"no\"" took=1m30s
WARN  grouped job=sweep of.n=1 of.more.yes=true of.data="{\"a\":[1]}"
ERROR times job=sweep at=2026-03-01T03:00:00Z tricky="x\ny=1"
`, got)
}
