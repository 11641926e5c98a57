package kube

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// webSocket is the client's end of a WebSocket (RFC 6455) that carries binary
// messages. One goroutine may read while others write. Close releases it.
type webSocket struct {
	conn io.ReadWriteCloser
	in   *bufio.Reader

	// Of the message that is being read: what is left of the frame, and whether
	// the message ends with it.
	left  int64
	final bool

	writing chan struct{} // holds a value while somebody writes
	out     []byte

	// What the reader wants to be sent, which may not wait for that: a server
	// may be waiting for us to read before it reads.
	owed      chan struct{} // told of it
	mu        sync.Mutex
	pong, bye []byte // nil for none

	quiet    *silence
	idle     *time.Ticker // runs while a read waits
	release  func() bool
	closing  atomic.Bool
	closed   chan struct{} // closed when Close begins
	kept     chan struct{} // closed when keep ends
	released chan struct{} // closed when Close ends
}

// farewell is how long Close takes at most to say so to the server.
const farewell = 100 * time.Millisecond

// Opcodes of frames (RFC 6455, section 5.2).
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

const (
	finalFrame = 0x80 // in a frame's first byte
	maskedLoad = 0x80 // in its second

	maxControl = 125      // bytes in a control frame
	maxFrame   = 32 << 10 // bytes in a frame that we send
)

// webSocketGUID is what a server appends to the key (RFC 6455, section 1.3).
const webSocketGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// openWebSocket opens a WebSocket that speaks the given subprotocol. It ends
// with ctx, and where nothing comes for Options.WatchSilence although it pings
// the server.
func (c *client) openWebSocket(ctx context.Context, r request, protocol string) (*webSocket, error) {
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce) // never fails
	key := base64.StdEncoding.EncodeToString(nonce)
	r.method, r.upgrade = http.MethodGet, "websocket"
	r.header = http.Header{
		"Sec-Websocket-Key":      {key},
		"Sec-Websocket-Version":  {"13"},
		"Sec-Websocket-Protocol": {protocol},
	}
	conn, header, err := c.upgrade(ctx, r)
	if err != nil {
		return nil, err
	}
	if !switched(header) || header.Get("Sec-Websocket-Accept") != acceptKey(key) || header.Get("Sec-Websocket-Protocol") != protocol {
		conn.Close()
		return nil, Errorf(APIError, "%s: %w", r.what, errProtocol)
	}
	ctx, quiet := c.untilSilent(ctx)
	w := &webSocket{
		conn: conn, final: true, quiet: quiet, writing: make(chan struct{}, 1), owed: make(chan struct{}, 1),
		closed: make(chan struct{}), kept: make(chan struct{}), released: make(chan struct{}),
	}
	every := quiet.limit / 3
	w.idle = time.NewTicker(every)
	w.idle.Stop()
	w.in = bufio.NewReaderSize(&idleReader{quiet.reader(conn), w.idle, every}, maxFrame)
	made := make(chan struct{}) // ctx may have ended already
	w.release = context.AfterFunc(ctx, func() {
		<-made
		w.Close()
	})
	close(made)
	go w.keep()
	return w, nil
}

// switched tells whether an answer's header says that the connection is a
// WebSocket from now on (RFC 6455, section 4.1).
func switched(header http.Header) bool {
	if !strings.EqualFold(header.Get("Upgrade"), "websocket") {
		return false
	}
	for token := range strings.SplitSeq(strings.Join(header.Values("Connection"), ","), ",") {
		if strings.EqualFold(strings.TrimSpace(token), "upgrade") {
			return true
		}
	}
	return false
}

// idleReader runs a ticker while a read waits.
type idleReader struct {
	io.Reader
	ticker *time.Ticker
	every  time.Duration
}

func (r *idleReader) Read(p []byte) (int, error) {
	r.ticker.Reset(r.every)
	defer r.ticker.Stop()
	return r.Reader.Read(p)
}

// acceptKey is what a server that speaks WebSocket answers to a key.
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + webSocketGUID))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// keep sends control frames until the connection is closed: what is owed to the
// server, and while a read waits in vain a ping every now and then. Where a frame
// can't be sent the reader finds out why, after what there still is to read.
// A server that has closed answers any frame by a reset, which would discard
// that; hence no ping while nobody reads or something comes.
func (w *webSocket) keep() {
	defer close(w.kept)
	for {
		select {
		case <-w.owed:
			w.writing <- struct{}{}
			w.pay()
			<-w.writing
		case <-w.idle.C:
			select {
			case w.writing <- struct{}{}:
				_ = w.frame(opPing, nil)
				<-w.writing
			default:
				// A write that blocks is no sign of an end: the server may be
				// waiting for us to read.
			}
		case <-w.closed:
			const normal = 1000 // RFC 6455, section 7.4.1
			w.owe(nil, binary.BigEndian.AppendUint16(nil, normal))
			w.writing <- struct{}{}
			w.pay()
			<-w.writing
			return
		}
	}
}

// owe has a pong or the end sent soon. Of several pongs only the newest is (RFC
// 6455, section 5.5.3), and only one end.
func (w *webSocket) owe(pong, bye []byte) {
	w.mu.Lock()
	if pong != nil {
		w.pong = pong
	}
	if bye != nil && w.bye == nil {
		w.bye = bye
	}
	w.mu.Unlock()
	select {
	case w.owed <- struct{}{}:
	default:
	}
}

// pay sends what is owed. The caller holds w.writing.
func (w *webSocket) pay() {
	w.mu.Lock()
	pong, bye := w.pong, w.bye
	w.pong = nil
	if len(bye) > 0 {
		w.bye = []byte{} // sent
	}
	w.mu.Unlock()
	if pong != nil {
		_ = w.frame(opPong, pong)
	}
	if len(bye) > 0 {
		_ = w.frame(opClose, bye)
	}
}

// Close tells the server and closes the connection, which it does not wait for
// long.
func (w *webSocket) Close() error {
	if !w.closing.CompareAndSwap(false, true) {
		<-w.released
		return nil
	}
	defer close(w.released)
	w.release()
	close(w.closed)
	late := time.NewTimer(farewell)
	defer late.Stop()
	select {
	case <-w.kept:
	case <-late.C:
	}
	w.conn.Close()
	<-w.kept
	w.idle.Stop()
	w.quiet.stop()
	return nil
}

// next goes to the next message, past what is left of the one before. It
// returns io.EOF where the server has closed in good order.
func (w *webSocket) next() error {
	if _, err := io.Copy(io.Discard, message{w}); err != nil {
		return err
	}
	opcode, err := w.header()
	if err == nil && opcode == opContinuation {
		err = errWebSocket("a message without a beginning")
	}
	return err
}

// message reads the message that next went to.
type message struct{ *webSocket }

func (m message) Read(p []byte) (int, error) {
	for m.left == 0 {
		if m.final {
			return 0, io.EOF
		}
		opcode, err := m.header()
		if err != nil {
			return 0, unexpected(err)
		}
		if opcode != opContinuation {
			return 0, errWebSocket("a message within another")
		}
	}
	n, err := m.in.Read(p[:min(int64(len(p)), m.left)])
	m.left -= int64(n)
	if err != nil {
		err = unexpected(m.quiet.why(err))
	}
	return n, err
}

// header reads headers of frames up to the next one that carries data, and
// answers those of control frames in between.
func (w *webSocket) header() (opcode byte, err error) {
	for {
		var head [2]byte
		if _, err := io.ReadFull(w.in, head[:]); err != nil {
			return 0, w.quiet.why(err)
		}
		length := int64(head[1])
		if head[0]&^(finalFrame|0x0f) != 0 || length >= maskedLoad {
			return 0, errWebSocket("a frame with unknown bits")
		}
		if length > maxControl {
			var long [8]byte
			size := 2
			if length == 127 {
				size = 8
			}
			if _, err := io.ReadFull(w.in, long[8-size:]); err != nil {
				return 0, unexpected(w.quiet.why(err))
			}
			length = int64(binary.BigEndian.Uint64(long[:]))
		}
		switch opcode := head[0] & 0x0f; opcode {
		case opContinuation, opText, opBinary:
			if length < 0 {
				return 0, errWebSocket("a frame without an end")
			}
			w.left, w.final = length, head[0]&finalFrame != 0
			return opcode, nil
		default:
			if head[0]&finalFrame == 0 {
				return 0, errWebSocket("a control frame in pieces")
			}
			if err := w.control(opcode, length); err != nil {
				return 0, err
			}
		}
	}
}

// control takes a control frame. It returns io.EOF for a good end.
func (w *webSocket) control(opcode byte, length int64) error {
	if length > maxControl {
		return errWebSocket("a control frame that is too long")
	}
	load := make([]byte, length)
	if _, err := io.ReadFull(w.in, load); err != nil {
		return unexpected(w.quiet.why(err))
	}
	switch opcode {
	case opPing:
		w.owe(load, nil)
		return nil
	case opPong:
		return nil
	case opClose:
		const normal, away = 1000, 1001 // RFC 6455, section 7.4.1
		answer := binary.BigEndian.AppendUint16(nil, normal)
		if len(load) >= 2 {
			answer = load[:2]
		}
		w.owe(nil, answer)
		if len(load) >= 2 {
			if code := binary.BigEndian.Uint16(load); code != normal && code != away {
				return fmt.Errorf("the server closed the stream: %d %s", code, load[2:])
			}
		}
		return io.EOF
	}
	return errWebSocket("an unknown frame")
}

// write sends a message for each piece of p that fits into a frame, with the
// bytes of head first.
func (w *webSocket) write(p []byte, head ...byte) (int, error) {
	for n := 0; ; {
		piece := p[n:min(len(p), n+maxFrame)]
		w.writing <- struct{}{}
		w.pay()
		err := w.frame(opBinary, head, piece)
		<-w.writing
		if err != nil {
			return n, err
		}
		if n += len(piece); n == len(p) {
			return n, nil
		}
	}
}

// frame sends a frame. What a client sends is masked (RFC 6455, section 5.3).
// The caller holds w.writing.
func (w *webSocket) frame(opcode byte, load ...[]byte) error {
	length := 0
	for _, part := range load {
		length += len(part)
	}
	out := append(w.out[:0], finalFrame|opcode)
	switch {
	case length <= maxControl:
		out = append(out, maskedLoad|byte(length))
	case length <= 0xffff:
		out = binary.BigEndian.AppendUint16(append(out, maskedLoad|126), uint16(length))
	default:
		out = binary.BigEndian.AppendUint64(append(out, maskedLoad|127), uint64(length))
	}
	var mask [4]byte
	_, _ = rand.Read(mask[:]) // never fails
	out = append(out, mask[:]...)
	start := len(out)
	for _, part := range load {
		out = append(out, part...)
	}
	for i := range out[start:] {
		out[start+i] ^= mask[i&3]
	}
	w.out = out
	_, err := w.conn.Write(out)
	return err
}

// errWebSocket says what of the server's is no WebSocket.
func errWebSocket(what string) error {
	return Errorf(APIError, "the server sent what is no WebSocket: %s", what)
}

// unexpected is err, where an end doesn't belong.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
