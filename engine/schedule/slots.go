package schedule

import "sync"

// slots bound how many runs there are at once. They are safe for concurrent use.
type slots struct {
	mu      sync.Mutex
	free    int
	waiting map[chan<- struct{}]bool
}

func newSlots(n int) *slots { return &slots{free: n, waiting: map[chan<- struct{}]bool{}} }

// take takes a slot. Where there is none, wake is told once when there may be one;
// it isn't waited for.
func (s *slots) take(wake chan<- struct{}) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free == 0 {
		s.waiting[wake] = true
		return false
	}
	s.free--
	return true
}

// give gives a slot back.
func (s *slots) give() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free++
	for wake := range s.waiting {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	clear(s.waiting)
}
