package board

import (
	"fmt"
	"time"

	"github.com/kubelua/kubelua/engine/schedule"
)

// bar is a part of a timeline in which all slots are alike. A timeline is
// [schedule.DaySlots] wide.
type bar struct {
	X, Width int
	Class    string // how its runs ended: the worst counts
	Title    string
}

// bars are the timeline of a day that ends now.
func bars(day []schedule.Slot, now time.Time) []bar {
	var all []bar
	var sum schedule.Slot
	for _, slot := range day {
		x := place(slot.Start, now)
		class := classOf(slot)
		if n := len(all) - 1; n >= 0 && all[n].Class == class && all[n].X+all[n].Width == x {
			all[n].Width++
		} else {
			all, sum = append(all, bar{X: x, Width: 1, Class: class}), schedule.Slot{Start: slot.Start}
		}
		sum.Succeeded += slot.Succeeded
		sum.Failed += slot.Failed
		sum.Cancelled += slot.Cancelled
		all[len(all)-1].Title = titleOf(sum, slot.Start.Add(schedule.SlotTime))
	}
	return all
}

// place is the slot of a time, the last one that of now.
func place(at, now time.Time) int {
	slot := func(t time.Time) int64 { return t.Unix() / int64(schedule.SlotTime/time.Second) }
	return schedule.DaySlots - 1 - int(slot(now)-slot(at))
}

func classOf(s schedule.Slot) string {
	switch {
	case s.Failed > 0:
		return "failed"
	case s.Cancelled > 0:
		return "cancelled"
	}
	return "ok"
}

func titleOf(s schedule.Slot, end time.Time) string {
	text := fmt.Sprintf("%s to %s: %d ok", s.Start.Format("15:04"), end.Format("15:04"), s.Succeeded)
	if s.Failed > 0 {
		text += fmt.Sprintf(", %d failed", s.Failed)
	}
	if s.Cancelled > 0 {
		text += fmt.Sprintf(", %d cancelled", s.Cancelled)
	}
	return text
}

// hour is a mark of a timeline.
type hour struct {
	Percent float64 // of the timeline's width
	Text    string
}

// hours are the marks of a day that ends now: one in three hours. The last one is
// left out where it would stand over the end.
func hours(now time.Time) []hour {
	var all []hour
	for at := now.Truncate(time.Hour); ; at = at.Add(-time.Hour) {
		x := place(at, now)
		if x < 0 {
			return all
		}
		if at.Hour()%3 == 0 && x < schedule.DaySlots-4 {
			all = append(all, hour{100 * float64(x) / schedule.DaySlots, at.Format("15:04")})
		}
	}
}
