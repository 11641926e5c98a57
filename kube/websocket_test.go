package kube

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// socketTo is the client's end of a WebSocket whose server is the far end of a
// pipe.
func socketTo(t *testing.T, silence time.Duration) (*webSocket, net.Conn) {
	t.Helper()
	near, far := net.Pipe()
	ws := socketOver(t, silence, near)
	t.Cleanup(func() { far.Close() })
	return ws, far
}

// switches is an answer that makes a connection a WebSocket.
func switches(r *http.Request, conn io.ReadWriteCloser) *http.Response {
	return &http.Response{
		StatusCode: http.StatusSwitchingProtocols, Status: "101 Switching Protocols", Request: r, Body: conn,
		Header: http.Header{
			"Connection": {"keep-alive, Upgrade"}, "Upgrade": {"WebSocket"},
			"Sec-Websocket-Protocol": {"p"}, "Sec-Websocket-Accept": {acceptKey(r.Header.Get("Sec-Websocket-Key"))},
		},
	}
}

// socketOver is the client's end of a WebSocket over a connection.
func socketOver(t *testing.T, silence time.Duration, conn io.ReadWriteCloser) *webSocket {
	t.Helper()
	c, err := Connect(Options{URL: "http://answered.example.com", WatchSilence: silence, Links: []Link{func(http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			assert.Equal(t, "websocket", r.Header.Get("Upgrade"))
			return switches(r, conn), nil
		})
	}}})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	ws, err := c.client.openWebSocket(t.Context(), request{path: "x", what: "open"}, "p")
	require.NoError(t, err)
	t.Cleanup(func() { ws.Close() })
	return ws
}

// sentFrame is a frame as a server sends it.
func sentFrame(first byte, load []byte) []byte {
	frame := []byte{first}
	switch n := len(load); {
	case n <= maxControl:
		frame = append(frame, byte(n))
	case n <= 0xffff:
		frame = binary.BigEndian.AppendUint16(append(frame, 126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 127), uint64(n))
	}
	return append(frame, load...)
}

// takeFrame reads a frame that a client sent.
func takeFrame(r io.Reader) (first byte, load []byte, err error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, nil, err
	}
	if head[1]&maskedLoad == 0 {
		return 0, nil, errors.New("the frame is not masked")
	}
	n := int(head[1] &^ maskedLoad)
	if n > maxControl {
		long := make([]byte, 2)
		if _, err := io.ReadFull(r, long); err != nil {
			return 0, nil, err
		}
		n = int(binary.BigEndian.Uint16(long))
	}
	masked := make([]byte, 4+n)
	if _, err := io.ReadFull(r, masked); err != nil {
		return 0, nil, err
	}
	for i := range n {
		load = append(load, masked[4+i]^masked[i&3])
	}
	return head[0], load, nil
}

func TestWebSocketReads(t *testing.T) {
	t.Parallel()
	long := bytes.Repeat([]byte("0123456789"), 20_000)
	closed := binary.BigEndian.AppendUint16(nil, 1000)
	for _, test := range []struct {
		name string
		sent [][]byte
		want []string
		err  string
	}{
		{"messages", [][]byte{sentFrame(0x82, []byte("a")), sentFrame(0x82, nil), sentFrame(0x82, []byte("b")), sentFrame(0x88, closed)}, []string{"a", "", "b"}, "EOF"},
		{"lengths", [][]byte{sentFrame(0x82, long[:125]), sentFrame(0x82, long[:126]), sentFrame(0x82, long), sentFrame(0x88, nil)},
			[]string{string(long[:125]), string(long[:126]), string(long)}, "EOF"},
		{"fragments", [][]byte{sentFrame(0x02, []byte("a")), sentFrame(0x8a, []byte("pong")), sentFrame(0x00, []byte("b")), sentFrame(0x80, []byte("c")), sentFrame(0x88, closed)},
			[]string{"abc"}, "EOF"},
		{"bad end", [][]byte{sentFrame(0x88, append(binary.BigEndian.AppendUint16(nil, 1011), "broken"...))}, nil, "the server closed the stream: 1011 broken"},
		{"cut in a message", [][]byte{sentFrame(0x82, []byte("abc"))[:4]}, nil, "unexpected EOF"},
		{"continuation first", [][]byte{sentFrame(0x80, nil)}, nil, "a message without a beginning"},
		{"message within", [][]byte{sentFrame(0x02, []byte("a")), sentFrame(0x82, nil)}, nil, "a message within another"},
		{"unknown bits", [][]byte{sentFrame(0xc2, nil)}, nil, "unknown bits"},
		{"masked", [][]byte{{0x82, 0x80}}, nil, "unknown bits"},
		{"control in pieces", [][]byte{sentFrame(0x09, []byte("a"))}, nil, "a control frame in pieces"},
		{"unknown frame", [][]byte{sentFrame(0x83, nil)}, nil, "an unknown frame"},
		{"long control", [][]byte{sentFrame(0x89, long[:126])}, nil, "a control frame that is too long"},
		{"endless", [][]byte{{0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0}}, nil, "a frame without an end"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ws, far := socketTo(t, 0)
			go func() {
				for _, frame := range test.sent {
					_, _ = far.Write(frame)
				}
				far.Close()
			}()
			var got []string
			var err error
			for err == nil {
				if err = ws.next(); err == nil {
					var b []byte
					if b, err = io.ReadAll(message{ws}); err == nil {
						got = append(got, string(b))
					}
				}
			}
			assert.Equal(t, test.want, got)
			assert.ErrorContains(t, err, test.err)
		})
	}
}

func TestWebSocketWrites(t *testing.T) {
	t.Parallel()
	ws, far := socketTo(t, 0)
	given := bytes.Repeat([]byte("0123456789"), 5000)
	go func() {
		_, _ = ws.write(given, 7)
		_, _ = ws.write(nil, 8)
	}()
	var got []byte
	for len(got) < len(given) {
		first, load, err := takeFrame(far)
		require.NoError(t, err)
		assert.Equal(t, byte(finalFrame|opBinary), first)
		assert.Equal(t, byte(7), load[0])
		got = append(got, load[1:]...)
	}
	assert.Equal(t, given, got)
	_, load, err := takeFrame(far)
	require.NoError(t, err)
	assert.Equal(t, []byte{8}, load)
	go func() { _, _ = far.Write(sentFrame(0x89, []byte("hello"))) }()
	go func() { _ = ws.next() }()
	first, load, err := takeFrame(far)
	require.NoError(t, err)
	assert.Equal(t, byte(finalFrame|opPong), first)
	assert.Equal(t, "hello", string(load))
}

// A connection that answers pings lives; one that doesn't is dead.
func TestWebSocketSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws, far := socketTo(t, time.Minute)
		silent := time.Now().Add(time.Hour)
		go func() {
			for {
				first, load, err := takeFrame(far)
				if err != nil {
					return
				}
				if first == finalFrame|opClose {
					return
				}
				if assert.Equal(t, byte(finalFrame|opPing), first) && time.Now().Before(silent) {
					_, _ = far.Write(sentFrame(finalFrame|opPong, load))
				}
			}
		}()
		began := time.Now()
		assert.ErrorContains(t, ws.next(), "brought nothing any more")
		assert.InDelta(t, time.Hour.Seconds(), time.Since(began).Seconds(), 2*time.Minute.Seconds())
	})
}

func TestWebSocketAcceptKey(t *testing.T) {
	// The example of RFC 6455, section 1.3.
	assert.Equal(t, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", acceptKey("dGhlIHNhbXBsZSBub25jZQ=="))
}

// leftOpen is a connection whose server has closed: there is something to read,
// but nothing can be sent.
type leftOpen struct {
	io.Reader
	sent   atomic.Int32
	closed atomic.Bool
}

func (c *leftOpen) Read(p []byte) (int, error) {
	if c.closed.Load() {
		return 0, net.ErrClosed
	}
	return c.Reader.Read(p)
}

func (c *leftOpen) Write([]byte) (int, error) { c.sent.Add(1); return 0, net.ErrClosed }
func (c *leftOpen) Close() error              { c.closed.Store(true); return nil }

// What a server has sent before it closed can be read however late: nothing is
// sent while nobody reads.
func TestWebSocketReadLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := append(sentFrame(0x82, []byte("late")), sentFrame(0x88, nil)...)
		conn := &leftOpen{Reader: bytes.NewReader(sent)}
		ws := socketOver(t, 3*time.Second, conn)
		time.Sleep(time.Minute)
		assert.Zero(t, conn.sent.Load())
		require.NoError(t, ws.next())
		got, err := io.ReadAll(message{ws})
		assert.NoError(t, err)
		assert.Equal(t, "late", string(got))
		assert.Equal(t, io.EOF, ws.next())
	})
}

// delayed is a reader that gives nothing for a while.
type delayed struct {
	io.Reader
	by time.Duration
}

func (d *delayed) Read(p []byte) (int, error) {
	time.Sleep(d.by)
	d.by = 0
	return d.Reader.Read(p)
}

// A ping that can't be sent is not the end.
func TestWebSocketPingFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := &leftOpen{Reader: &delayed{bytes.NewReader(sentFrame(0x82, []byte("late"))), 2500 * time.Millisecond}}
		ws := socketOver(t, 3*time.Second, conn)
		require.NoError(t, ws.next())
		assert.Equal(t, int32(2), conn.sent.Load())
		got, err := io.ReadAll(message{ws})
		assert.NoError(t, err)
		assert.Equal(t, "late", string(got))
	})
}

// The reader goes on while a writer is stuck, and the newest ping is answered
// once it isn't.
func TestWebSocketPingWhileWriting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws, far := socketTo(t, time.Minute)
		go func() { _, _ = ws.write([]byte("stuck")) }()
		synctest.Wait()
		go func() {
			for _, frame := range [][]byte{sentFrame(0x89, []byte("1")), sentFrame(0x89, []byte("2")), sentFrame(0x82, []byte("data"))} {
				_, _ = far.Write(frame)
			}
		}()
		require.NoError(t, ws.next())
		got, err := io.ReadAll(message{ws})
		assert.NoError(t, err)
		assert.Equal(t, "data", string(got))
		for _, want := range []string{"\x82stuck", "\x8a2"} {
			first, load, err := takeFrame(far)
			require.NoError(t, err)
			assert.Equal(t, want, string(append([]byte{first}, load...)))
		}
	})
}

func TestWebSocketSaysGoodbye(t *testing.T) {
	normal := binary.BigEndian.AppendUint16(nil, 1000)
	t.Run("on Close", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ws, far := socketTo(t, time.Minute)
			go ws.Close()
			first, load, err := takeFrame(far)
			require.NoError(t, err)
			assert.Equal(t, byte(finalFrame|opClose), first)
			assert.Equal(t, normal, load)
			_, _, err = takeFrame(far)
			assert.Equal(t, io.EOF, err)
		})
	})
	t.Run("in answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ws, far := socketTo(t, time.Minute)
			away := binary.BigEndian.AppendUint16(nil, 1001)
			go func() { _, _ = far.Write(sentFrame(0x88, away)) }()
			assert.Equal(t, io.EOF, ws.next())
			first, load, err := takeFrame(far)
			require.NoError(t, err)
			assert.Equal(t, byte(finalFrame|opClose), first)
			assert.Equal(t, away, load)
			go ws.Close()
			_, _, err = takeFrame(far)
			assert.Equal(t, io.EOF, err)
		})
	})
	t.Run("to nobody", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ws, _ := socketTo(t, time.Minute)
			began := time.Now()
			ws.Close()
			assert.Equal(t, farewell, time.Since(began))
		})
	})
}

func TestWebSocketSwitched(t *testing.T) {
	for _, tt := range []struct {
		upgrade, connection string
		want                bool
	}{
		{"websocket", "Upgrade", true}, {"WebSocket", "keep-alive, upgrade", true},
		{"", "Upgrade", false}, {"websocket", "", false}, {"SPDY/3.1", "Upgrade", false}, {"websocket", "keep-alive", false},
	} {
		assert.Equal(t, tt.want, switched(http.Header{"Upgrade": {tt.upgrade}, "Connection": {tt.connection}}), "%+v", tt)
	}
}

// A message without a byte, not even its channel's, is nothing.
func TestExecSocketEmptyMessage(t *testing.T) {
	t.Parallel()
	ws, far := socketTo(t, 0)
	go func() {
		for _, frame := range [][]byte{sentFrame(0x82, []byte("\x01a")), sentFrame(0x82, nil), sentFrame(0x82, []byte("\x01b")), sentFrame(0x82, []byte("\x03{}"))} {
			_, _ = far.Write(frame)
		}
		far.Close()
	}()
	said := ""
	status, err := execSocket{ws}.receive(func(stream string, data []byte) error {
		said += stream + string(data) + " "
		return nil
	})
	assert.Equal(t, io.EOF, err)
	assert.Equal(t, "stdouta stdoutb ", said)
	assert.Equal(t, "{}", string(status))
}
