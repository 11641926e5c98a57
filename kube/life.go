package kube

import (
	"context"
	"net"
	"sync"
)

// life is what a client has open: its connections, its calls, and what goes on
// in the background (watches, pages that are read ahead). Once it has ended
// nothing of that is left, and nothing new begins.
type life struct {
	ctx        context.Context // ends with the life
	end        context.CancelCauseFunc
	background sync.WaitGroup
	once       sync.Once
	idle       func() // closes the connections that no call uses

	mu          sync.Mutex
	ended       bool
	calls       int
	connections map[net.Conn]struct{}
}

func newLife() *life {
	l := &life{connections: map[net.Conn]struct{}{}}
	l.ctx, l.end = context.WithCancelCause(context.Background())
	return l
}

// errClosed is the answer to a call on what was closed, and ends what goes on
// in the background.
func errClosed() error { return Errorf(KubeError, "the cluster is closed") }

// call counts a call until end is called, which may be more than once.
func (l *life) call() (end func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return nil, errClosed()
	}
	l.calls++
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.calls--; l.ended {
			l.disconnect()
		}
	}), nil
}

// begin counts what goes on in the background until done is called. The
// context ends with the life, then for the reason of errClosed; where the life
// has ended already it is ended at once.
func (l *life) begin(ctx context.Context) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		cancel(context.Cause(l.ctx))
		return ctx, func() {}
	}
	l.background.Add(1)
	stop := context.AfterFunc(l.ctx, func() { cancel(context.Cause(l.ctx)) })
	return ctx, func() {
		stop()
		cancel(nil)
		l.background.Done()
	}
}

// close ends the life. It returns when nothing goes on in the background and no
// connection is open but those that calls still use, which are closed when the
// last of these ends.
func (l *life) close() {
	l.once.Do(func() {
		l.mu.Lock()
		l.ended = true
		l.mu.Unlock()
		l.end(errClosed())
		l.background.Wait()
		l.idle()
		l.mu.Lock()
		defer l.mu.Unlock()
		l.disconnect()
	})
}

// open is how many connections are open.
func (l *life) open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.connections)
}

// disconnect closes all connections once no call uses any. The transport
// itself closes only those that it knows to be idle, and learns late which
// those are.
func (l *life) disconnect() {
	if l.calls > 0 {
		return
	}
	for c := range l.connections {
		// The transport that uses it closes it again.
		_ = c.Close()
	}
	clear(l.connections)
}

// dial makes the connections of a dialer part of the life.
func (l *life) dial(dial func(ctx context.Context, network, address string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		of := &connectionOf{c, l}
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.ended && l.calls == 0 {
			c.Close()
			return nil, errClosed()
		}
		l.connections[c] = struct{}{}
		return of, nil
	}
}

// connectionOf is a connection that a life forgets when it is closed.
type connectionOf struct {
	net.Conn
	life *life
}

func (c *connectionOf) Close() error {
	c.life.mu.Lock()
	delete(c.life.connections, c.Conn)
	c.life.mu.Unlock()
	return c.Conn.Close()
}
