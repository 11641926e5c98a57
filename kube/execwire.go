package kube

import (
	"context"
	"io"
	"net/http"
	"sync"

	"github.com/moby/spdystream"
)

// The channels of a command's WebSocket: the first byte of each message (package
// k8s.io/apimachinery/pkg/util/remotecommand).
const (
	stdinChannel  = 0
	stdoutChannel = 1
	stderrChannel = 2
	statusChannel = 3
	resizeChannel = 4
	closeChannel  = 255
)

const (
	execSocketProtocol  = "v5.channel.k8s.io" // the first that can close stdin
	execSessionProtocol = "v4.channel.k8s.io" // the first that tells the exit code
)

// maxStatus bounds the status that a command ends with.
const maxStatus = 64 << 10

// execSocket is a command's stream as a WebSocket.
type execSocket struct{ *webSocket }

func (c *client) openExecSocket(ctx context.Context, r request) (execWire, error) {
	ws, err := c.openWebSocket(ctx, r, execSocketProtocol)
	if err != nil {
		return nil, err
	}
	return execSocket{ws}, nil
}

func (s execSocket) receive(emit func(string, []byte) error) (status []byte, err error) {
	buffer := make([]byte, maxFrame)
	for {
		if err := s.next(); err != nil {
			return status, err
		}
		switch _, err := io.ReadFull(message(s), buffer[:1]); err {
		case nil:
		case io.EOF:
			continue // a message of nothing
		default:
			return status, err
		}
		channel := buffer[0]
		for {
			n, err := message(s).Read(buffer)
			switch data := buffer[:n]; channel {
			case stdoutChannel, stderrChannel:
				if n > 0 {
					if err := emit(streamName(channel), data); err != nil {
						return status, err
					}
				}
			case statusChannel:
				status = append(status, data[:min(n, maxStatus-len(status))]...)
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return status, err
			}
		}
	}
}

func streamName(channel byte) string {
	if channel == stderrChannel {
		return "stderr"
	}
	return "stdout"
}

func (s execSocket) write(stdin []byte) error {
	_, err := s.webSocket.write(stdin, stdinChannel)
	return err
}

func (s execSocket) closeStdin() error {
	_, err := s.webSocket.write([]byte{stdinChannel}, closeChannel)
	return err
}

func (s execSocket) resize(size []byte) error {
	_, err := s.webSocket.write(size, resizeChannel)
	return err
}

// execSession is a command's stream as a SPDY session.
type execSession struct {
	*spdySession
	in, out, errs, status, size *spdystream.Stream // nil where not asked for
}

func (c *client) openExecSession(ctx context.Context, r request, stdin, tty bool) (execWire, error) {
	session, err := c.openSPDY(ctx, r, execSessionProtocol)
	if err != nil {
		return nil, err
	}
	s := &execSession{spdySession: session}
	for _, stream := range []struct {
		name   string
		wanted bool
		to     **spdystream.Stream
	}{
		{"error", true, &s.status}, {"stdin", stdin, &s.in}, {"stdout", true, &s.out}, {"stderr", !tty, &s.errs}, {"resize", tty, &s.size},
	} {
		if !stream.wanted {
			continue
		}
		if *stream.to, err = session.stream(http.Header{"Streamtype": {stream.name}}); err != nil {
			session.Close()
			return nil, c.unreachable(r, err)
		}
	}
	return s, nil
}

func (s *execSession) receive(emit func(string, []byte) error) ([]byte, error) {
	var emitting sync.Mutex
	var failed error
	copyOf := func(stream *spdystream.Stream, name string) {
		buffer := make([]byte, maxFrame)
		for {
			n, err := stream.Read(buffer)
			if n > 0 {
				emitting.Lock()
				if failed == nil {
					failed = emit(name, buffer[:n])
				}
				emitting.Unlock()
			}
			if err != nil {
				return
			}
		}
	}
	var copying sync.WaitGroup
	copying.Go(func() { copyOf(s.out, "stdout") })
	if s.errs != nil {
		copying.Go(func() { copyOf(s.errs, "stderr") })
	}
	status, err := io.ReadAll(io.LimitReader(s.status, maxStatus))
	copying.Wait()
	if err == nil {
		err = failed
	}
	return status, err
}

func (s *execSession) write(stdin []byte) error {
	if s.in == nil {
		return errEnded
	}
	for len(stdin) > 0 {
		n, err := s.in.Write(stdin[:min(len(stdin), maxFrame)])
		if err != nil {
			return err
		}
		stdin = stdin[n:]
	}
	return nil
}

func (s *execSession) closeStdin() error {
	if s.in == nil {
		return nil
	}
	return s.in.Close()
}

func (s *execSession) resize(size []byte) error {
	if s.size == nil {
		return nil
	}
	_, err := s.size.Write(size)
	return err
}
