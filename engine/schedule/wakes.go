package schedule

import (
	"container/heap"
	"time"
)

// waker is something that a scheduler looks at when its time has come.
type waker interface {
	clock() *alarm
	ring(s *Scheduler, now time.Time)   // its time has come
	retake(s *Scheduler, now time.Time) // there may be a slot, for which it waits
}

// alarm is when to look at something next.
type alarm struct {
	wake  time.Time // zero for never
	place int       // in the queue of wakes, -1 for none
}

func (a *alarm) clock() *alarm { return a }

// wakes is a queue: what is to be looked at first is in front. See
// [container/heap].
type wakes []waker

func (w wakes) Len() int           { return len(w) }
func (w wakes) Less(i, j int) bool { return w[i].clock().wake.Before(w[j].clock().wake) }
func (w wakes) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].clock().place, w[j].clock().place = i, j
}

// Push appends.
func (w *wakes) Push(x any) {
	last := x.(waker)
	last.clock().place = len(*w)
	*w = append(*w, last)
}

// Pop takes the last one away.
func (w *wakes) Pop() any {
	n := len(*w) - 1
	last := (*w)[n]
	(*w)[n] = nil
	*w = (*w)[:n]
	last.clock().place = -1
	return last
}

// set has something looked at at a time, or never.
func (w *wakes) set(x waker, at time.Time) {
	a := x.clock()
	a.wake = at
	switch {
	case at.IsZero() && a.place >= 0:
		heap.Remove(w, a.place)
	case at.IsZero():
	case a.place >= 0:
		heap.Fix(w, a.place)
	default:
		heap.Push(w, x)
	}
}

// first is when to look next; zero for never.
func (w wakes) first() time.Time {
	if len(w) == 0 {
		return time.Time{}
	}
	return w[0].clock().wake
}

// until counts what is to be looked at until a time.
func (w wakes) until(at time.Time) int {
	n := 0
	for below := []int{0}; len(below) > 0; {
		i := below[len(below)-1]
		below = below[:len(below)-1]
		if i < len(w) && !w[i].clock().wake.After(at) {
			n++
			below = append(below, 2*i+1, 2*i+2)
		}
	}
	return n
}
