package luatest

import (
	"bytes"
	"sync"
	"time"
)

// buffer holds what is written to it. It is safe for concurrent use.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// both writes to two buffers.
type both struct{ first, second *buffer }

func (w both) Write(p []byte) (int, error) {
	_, _ = w.first.Write(p)
	return w.second.Write(p)
}

// clock is the clock of a test: that of the machine until it is set, then it
// stands still.
type clock struct {
	mu    sync.Mutex
	fixed time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fixed.IsZero() {
		return time.Now()
	}
	return c.fixed
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fixed = t
}
