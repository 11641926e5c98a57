package kube

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/moby/spdystream"
)

// spdySession is a connection that carries many streams, each with headers
// that say what it is for. Port-forward uses it within a WebSocket, or like
// exec as the protocol of servers that speak no WebSocket. Close releases it.
type spdySession struct {
	*spdystream.Connection
	conn    io.Closer
	ended   chan struct{} // closed when nothing is read any more
	release func() bool

	mu      sync.Mutex
	streams map[*spdystream.Stream]struct{}
}

// answerCheck is how often it is looked whether the answer to a new stream can
// still come: the library's own way to wait for it doesn't tell.
const answerCheck = 100 * time.Millisecond

// streamHeader is the header of an upgrade's request, and of its answer, that
// names the protocol of the streams.
const streamHeader = "X-Stream-Protocol-Version"

// openSPDY opens a session whose streams speak the given protocol. It ends with
// ctx.
func (c *client) openSPDY(ctx context.Context, r request, protocol string) (*spdySession, error) {
	r.method, r.upgrade = http.MethodPost, "SPDY/3.1"
	r.header = http.Header{streamHeader: {protocol}}
	conn, header, err := c.upgrade(ctx, r)
	if err != nil {
		return nil, err
	}
	// Servers that know but one protocol may leave it unsaid.
	if got := header.Get(streamHeader); got != "" && got != protocol {
		conn.Close()
		return nil, Errorf(APIError, "%s: %w", r.what, errProtocol)
	}
	return newSPDY(ctx, conn)
}

// newSPDY starts a session on a connection, which it owns.
func newSPDY(ctx context.Context, conn io.ReadWriteCloser) (*spdySession, error) {
	session, err := spdystream.NewConnection(netConn{conn}, false)
	if err != nil {
		conn.Close()
		return nil, err
	}
	s := &spdySession{Connection: session, conn: conn, ended: make(chan struct{}), streams: map[*spdystream.Stream]struct{}{}}
	go func() {
		defer close(s.ended)
		session.Serve(spdystream.NoOpStreamHandler)
	}()
	s.release = context.AfterFunc(ctx, func() { conn.Close() })
	return s, nil
}

// Close closes the session and all its streams.
func (s *spdySession) Close() error {
	s.release()
	err := s.conn.Close()
	s.mu.Lock()
	streams := slices.Collect(maps.Keys(s.streams))
	s.mu.Unlock()
	// What came for a stream that nobody reads would hold the session up.
	for _, stream := range streams {
		s.drop(stream)
	}
	<-s.ended
	return err
}

// stream opens a stream, which drop releases. It doesn't wait for the server to
// accept it: what a short command has to say may have come, and the connection
// be closed, before that is seen here. One that is refused has nothing to read.
func (s *spdySession) stream(header http.Header) (*spdystream.Stream, error) {
	stream, err := s.CreateStream(header, nil, false)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.streams[stream] = struct{}{}
	s.mu.Unlock()
	// Somebody must take the answer, else it holds the session up.
	go func() {
		for stream.WaitTimeout(answerCheck) == spdystream.ErrTimeout {
			select {
			case <-s.ended:
				return
			default:
			}
		}
	}()
	return stream, nil
}

// drop releases a stream, whatever of it is still under way.
func (s *spdySession) drop(stream *spdystream.Stream) {
	s.mu.Lock()
	delete(s.streams, stream)
	s.mu.Unlock()
	// It fails where the connection is closed, which ends the stream as well.
	_ = stream.Reset()
}

// netConn is a connection of which SPDY needs no more than to read, write and
// close it.
type netConn struct{ io.ReadWriteCloser }

// Close closes it. That it was closed before is no error: SPDY would hold on to
// one for a second, for somebody to look at.
func (c netConn) Close() error {
	_ = c.ReadWriteCloser.Close()
	return nil
}

func (netConn) LocalAddr() net.Addr              { return nil }
func (netConn) RemoteAddr() net.Addr             { return nil }
func (netConn) SetDeadline(time.Time) error      { return nil }
func (netConn) SetReadDeadline(time.Time) error  { return nil }
func (netConn) SetWriteDeadline(time.Time) error { return nil }

// tunnel is the connection that a WebSocket carries, whatever its messages.
type tunnel struct{ *webSocket }

func (t tunnel) Read(p []byte) (int, error) {
	for {
		n, err := message(t).Read(p)
		if err != io.EOF || n > 0 {
			return n, err
		}
		if err := t.next(); err != nil {
			return 0, err
		}
	}
}

func (t tunnel) Write(p []byte) (int, error) { return t.write(p) }
