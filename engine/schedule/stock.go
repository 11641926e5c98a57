package schedule

import "sync"

// stock is places that are made before they are needed, so that runs that begin
// together begin at once. It is safe for concurrent use.
type stock struct {
	machine Machine
	filling sync.WaitGroup

	mu     sync.Mutex
	ready  []stocked
	making bool
	wanted int
}

// stocked is a place whose output goes to a tape that belongs to it.
type stocked struct {
	*place
	out *tape
}

// make makes one.
func (s *stock) make() stocked {
	out := &tape{}
	return stocked{s.machine.make(outputs{out, out}), out}
}

// want has so many ready soon. They are made one after another: what runs has
// precedence.
func (s *stock) want(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wanted = n
	if s.making || len(s.ready) >= n {
		return
	}
	s.making = true
	s.filling.Go(s.fill)
}

func (s *stock) fill() {
	for {
		one := s.make()
		s.mu.Lock()
		s.ready = append(s.ready, one)
		if len(s.ready) >= s.wanted {
			s.making = false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
	}
}

// take takes one that is ready, or makes one.
func (s *stock) take() stocked {
	s.mu.Lock()
	if n := len(s.ready); n > 0 {
		one := s.ready[n-1]
		s.ready[n-1] = stocked{}
		s.ready = s.ready[:n-1]
		s.mu.Unlock()
		return one
	}
	s.mu.Unlock()
	return s.make()
}

// close releases those that nobody took.
func (s *stock) close() {
	s.mu.Lock()
	s.wanted = 0
	s.mu.Unlock()
	s.filling.Wait()
	for _, one := range s.ready {
		one.vm.Close()
	}
	s.ready = nil
}
