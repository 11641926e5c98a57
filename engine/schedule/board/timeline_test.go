package board

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kubelua/kubelua/engine/schedule"
)

func TestBars(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 7, 0, 0, time.UTC)
	slot := func(hour, minute, succeeded, failed, cancelled int) schedule.Slot {
		at := time.Date(2026, 3, 1, hour, minute, 0, 0, time.UTC)
		return schedule.Slot{Start: at, Succeeded: succeeded, Failed: failed, Cancelled: cancelled}
	}
	day := []schedule.Slot{
		slot(-11, 15, 1, 0, 0),
		slot(10, 0, 2, 0, 0), slot(10, 15, 3, 0, 0), // alike
		slot(10, 45, 1, 0, 0), // apart
		slot(11, 0, 1, 1, 1),
		slot(12, 0, 0, 0, 2),
	}
	assert.Equal(t, []bar{
		{4, 1, "ok", "13:15 to 13:30: 1 ok"},
		{87, 2, "ok", "10:00 to 10:30: 5 ok"},
		{90, 1, "ok", "10:45 to 11:00: 1 ok"},
		{91, 1, "failed", "11:00 to 11:15: 1 ok, 1 failed, 1 cancelled"},
		{95, 1, "cancelled", "12:00 to 12:15: 0 ok, 2 cancelled"},
	}, bars(day, now))
}

func TestHours(t *testing.T) {
	t.Parallel()
	all := hours(time.Date(2026, 3, 1, 12, 7, 0, 0, time.UTC))
	var texts []string
	for _, h := range all {
		texts = append(texts, h.Text)
		assert.GreaterOrEqual(t, h.Percent, 0.0)
	}
	assert.Equal(t, []string{"09:00", "06:00", "03:00", "00:00", "21:00", "18:00", "15:00"}, texts)
}
