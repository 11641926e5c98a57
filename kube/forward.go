package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// lastWords is how long the far side may take, once a connection has ended, to
// say whether something went wrong.
const lastWords = 10 * time.Second

// forwardHost is the one address that forwards listen on.
const forwardHost = "127.0.0.1"

const (
	forwardProtocol       = "portforward.k8s.io"
	forwardSocketProtocol = "SPDY/3.1+" + forwardProtocol // the same within a WebSocket
)

// PortForward is a port of this machine's loopback interface that leads to a
// port of a pod. It carries any number of connections at a time.
//
// What goes wrong comes as Events: Next returns the error of each connection
// that failed. The port stays open meanwhile, and a connection to the server
// that broke is made anew for the next one that comes in. Next returns io.EOF
// when the forward was closed, or the error that ended it: the pod is gone, or
// the server refuses. Of failures that nobody reads the oldest are forgotten.
type PortForward struct {
	*Events[error]
	port  int
	ended chan struct{}
}

// Port is the local port.
func (f *PortForward) Port() int { return f.port }

// Address is HOST:PORT of the local port.
func (f *PortForward) Address() string { return net.JoinHostPort(forwardHost, strconv.Itoa(f.port)) }

// Ended is closed when the local port is open no longer. Who holds the channel
// doesn't hold the PortForward.
func (f *PortForward) Ended() <-chan struct{} { return f.ended }

// PortForward opens a local port, or with 0 any free one, that leads to a port of
// the pod, or of one of the pods of a workload or service ([Item.AnyPod]): always
// the same. It listens on 127.0.0.1 only, and returns when connections are
// accepted. The context bounds its life; the caller closes it.
func (i *Item) PortForward(ctx context.Context, port, local int) (*PortForward, error) {
	what := fmt.Sprintf("forward to port %d of %s", port, i)
	if port < 1 || port > 65535 || local < 0 || local > 65535 {
		return nil, Errorf(ValueError, "%s: a port is a number from 1 to 65535", what)
	}
	i, err := i.onePod(ctx, "port_forward")
	if err != nil {
		return nil, err
	}
	r, err := i.podRequest("portforward", what)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", net.JoinHostPort(forwardHost, strconv.Itoa(local)))
	if err != nil {
		return nil, Errorf(ValueError, "%s: listen on this machine: %w", r.what, err)
	}
	f := &forward{
		client: i.cluster.client, request: r, port: strconv.Itoa(port), listener: listener,
		failures: make(chan error, EventBuffer),
	}
	opened, ended := make(chan error, 1), make(chan struct{})
	events := startEvents(ctx, f.client, func(ctx context.Context, send func(error) error) error {
		defer close(ended)
		return f.run(ctx, opened, send)
	})
	if err := <-opened; err != nil {
		events.Close()
		return nil, err
	}
	return &PortForward{events, listener.Addr().(*net.TCPAddr).Port, ended}, nil
}

// forward is what goes on behind a PortForward.
type forward struct {
	client   *client
	request  request
	port     string
	listener net.Listener
	failures chan error

	connections sync.WaitGroup

	mu      sync.Mutex
	session *spdySession // nil before it was opened
	next    int          // number of the next connection
}

// errForwardEnds marks what a forward can't go on after.
type errForwardEnds struct{ error }

func (e errForwardEnds) Unwrap() error { return e.error }

// run accepts connections until ctx ends or the pod is gone.
func (f *forward) run(ctx context.Context, opened chan<- error, send func(error) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer func() {
		cancel(nil)
		f.connections.Wait()
		if f.session != nil {
			f.session.Close()
		}
	}()
	defer context.AfterFunc(ctx, func() { f.listener.Close() })()
	defer f.listener.Close()
	_, err := f.open(ctx)
	opened <- err
	if err != nil {
		return err
	}
	f.connections.Go(func() {
		for {
			near, err := f.listener.Accept()
			if err != nil {
				if ctx.Err() == nil {
					cancel(Errorf(KubeError, "%s: %w", f.request.what, err))
				}
				return
			}
			f.connections.Go(func() {
				err := f.carry(ctx, near)
				var end errForwardEnds
				if errors.As(err, &end) {
					cancel(end.error)
				} else if err != nil && ctx.Err() == nil {
					f.failed(err)
				}
			})
		}
	})
	for {
		select {
		case err := <-f.failures:
			if err := send(err); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// failed notes a failure, if need be in place of the oldest one.
func (f *forward) failed(err error) {
	for {
		select {
		case f.failures <- err:
			return
		default:
		}
		select {
		case <-f.failures:
		default:
		}
	}
}

// open returns the session, which it opens where there is none that works.
func (f *forward) open(ctx context.Context) (*spdySession, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.session != nil {
		select {
		case <-f.session.CloseChan():
			f.session.Close()
			f.session = nil
		default:
			return f.session, nil
		}
	}
	ws, err := f.client.openWebSocket(ctx, f.request, forwardSocketProtocol)
	switch {
	case err == nil:
		f.session, err = newSPDY(ctx, tunnel{ws})
	case refusesWebSocket(err):
		f.session, err = f.client.openSPDY(ctx, f.request, forwardProtocol)
	}
	return f.session, err
}

// carry carries one connection.
func (f *forward) carry(ctx context.Context, near net.Conn) error {
	defer near.Close()
	defer context.AfterFunc(ctx, func() { near.Close() })()
	session, err := f.open(ctx)
	if err != nil {
		if !passing(err) {
			return errForwardEnds{err}
		}
		return err
	}
	header := http.Header{"Port": {f.port}, "Requestid": {f.id()}, "Streamtype": {"error"}}
	broke := func(err error) error {
		return Errorf(APIError, "%s: %s", f.request.what, explain(err))
	}
	errs, err := session.stream(header)
	if err != nil {
		return broke(err)
	}
	defer session.drop(errs)
	_ = errs.Close() // nothing is said there from this side
	header = header.Clone()
	header.Set("Streamtype", "data")
	data, err := session.stream(header)
	if err != nil {
		return broke(err)
	}
	defer session.drop(data)

	said := make(chan string, 1)
	f.connections.Go(func() {
		text, _ := io.ReadAll(io.LimitReader(errs, maxErrorText))
		said <- string(text)
	})
	sent := make(chan struct{})
	f.connections.Go(func() {
		defer close(sent)
		// The end of this direction is told; the other may go on.
		_, _ = io.Copy(data, near)
		_ = data.Close()
	})
	// The other direction ends with the far side; what it can't be given any
	// more, nobody wants.
	_, _ = io.Copy(near, data)
	near.Close()
	<-sent
	select {
	case text := <-said:
		if text = strings.TrimSpace(text); text != "" {
			return Errorf(APIError, "%s: %s", f.request.what, text)
		}
	case <-session.CloseChan():
		return broke(io.ErrUnexpectedEOF)
	case <-time.After(lastWords):
	case <-ctx.Done():
	}
	return nil
}

// id numbers the connections.
func (f *forward) id() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	return strconv.Itoa(f.next)
}
