package schedule

import "sync"

// mailbox is what other goroutines have a loop do, in order. It is safe for
// concurrent use.
type mailbox struct {
	mu    sync.Mutex
	tasks []func()
	some  chan struct{} // gets a value when there are tasks
}

func newMailbox() *mailbox { return &mailbox{some: make(chan struct{}, 1)} }

// post has the loop call fn. It doesn't wait.
func (m *mailbox) post(fn func()) {
	m.mu.Lock()
	m.tasks = append(m.tasks, fn)
	m.mu.Unlock()
	select {
	case m.some <- struct{}{}:
	default:
	}
}

// empty calls what was posted.
func (m *mailbox) empty() {
	m.mu.Lock()
	tasks := m.tasks
	m.tasks = nil
	m.mu.Unlock()
	for _, fn := range tasks {
		fn()
	}
}
