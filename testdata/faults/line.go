package faults

import (
	"errors"
	"net"
	"sync"
	"time"
)

// tick is how often a slow connection passes something on.
const tick = 20 * time.Millisecond

var errCut = errors.New("cut")

// line is the network between a client and the proxy: a listener whose
// connections have what is wrong in common.
type line struct {
	net.Listener

	mu      sync.Mutex
	conns   map[*conn]bool
	count   int // of all connections that there ever were
	stalled bool
	rate    int           // bytes a second to a client; 0 for no limit
	left    int           // bytes to clients until one is cut; 0 for none
	changed chan struct{} // closed when any of these changes
}

func newLine(l net.Listener) *line {
	return &line{Listener: l, conns: map[*conn]bool{}, changed: make(chan struct{})}
}

// Accept waits for the next connection.
func (l *line) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: accepted, line: l, closed: make(chan struct{})}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns[c] = true
	l.count++
	return c, nil
}

// set changes what is wrong.
func (l *line) set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	close(l.changed)
	l.changed = make(chan struct{})
}

// open is the number of connections.
func (l *line) open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.conns)
}

// made is the number of all connections that there ever were.
func (l *line) made() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

// pending tells whether a connection is still to be cut.
func (l *line) pending() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.left > 0
}

// cut ends all connections.
func (l *line) cut() {
	l.mu.Lock()
	var all []*conn
	for c := range l.conns {
		all = append(all, c)
	}
	l.mu.Unlock()
	for _, c := range all {
		c.cut()
	}
}

// conn is the proxy's end of a connection.
type conn struct {
	net.Conn
	line   *line
	lost   bool // what is sent gets nowhere; line.mu guards it
	once   sync.Once
	closed chan struct{}
}

// Close closes the connection.
func (c *conn) Close() error {
	c.once.Do(func() {
		close(c.closed)
		c.line.mu.Lock()
		defer c.line.mu.Unlock()
		delete(c.line.conns, c)
	})
	return c.Conn.Close()
}

// cut closes the connection as a crash does, with what is on its way lost.
func (c *conn) cut() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	c.Close()
}

// Read reads what the client sent, once the line lets it through. The end of
// the connection is seen at once, so that none is counted that the client has
// left.
func (c *conn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if err != nil {
			return n, err
		}
		_, lost, err := c.pass(n, false)
		if err != nil {
			return 0, err
		}
		if !lost {
			return n, nil
		}
	}
}

// Write sends p to the client, as the line lets it through.
func (c *conn) Write(p []byte) (written int, err error) {
	for written < len(p) {
		n, lost, err := c.pass(len(p)-written, true)
		if err != nil {
			return written, err
		}
		if lost {
			return len(p), nil
		}
		n, err = c.Conn.Write(p[written : written+n])
		written += n
		if err != nil {
			return written, err
		}
		if c.spend(n) {
			c.cut()
			return written, errCut
		}
	}
	return written, nil
}

// pass waits until some of n bytes may pass and tells how many, or that they
// are lost. Only what goes to the client is slow, and counts for a cut.
func (c *conn) pass(n int, toClient bool) (some int, lost bool, err error) {
	waited := false
	for {
		c.line.mu.Lock()
		stalled, rate, left, changed := c.line.stalled, c.line.rate, c.line.left, c.line.changed
		lost = c.lost
		c.line.mu.Unlock()
		some = n
		if toClient && left > 0 {
			some = min(some, left)
		}
		var turn <-chan time.Time
		switch {
		case lost:
			return n, true, nil
		case stalled:
		case toClient && rate > 0 && !waited:
			turn = time.After(tick)
		case toClient && rate > 0:
			return min(some, max(1, rate*int(tick)/int(time.Second))), false, nil
		default:
			return some, false, nil
		}
		select {
		case <-turn:
			waited = true
		case <-changed:
		case <-c.closed:
			return 0, false, net.ErrClosed
		}
	}
}

// spend counts n bytes and tells whether the connection is to be cut now.
func (c *conn) spend(n int) bool {
	c.line.mu.Lock()
	defer c.line.mu.Unlock()
	if c.line.left == 0 {
		return false
	}
	c.line.left = max(0, c.line.left-n)
	return c.line.left == 0
}
