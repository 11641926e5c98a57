package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
)

// A stream of exec or port-forward is a connection that the server gives away:
// the request asks for it (RFC 9110, section 7.8), and what is sent and received
// afterwards is the stream's. The request goes the way of all others, through
// the links, the login and the proxy, and the connection is part of the client's
// life.

// upgrade makes the request and returns the connection, which speaks the
// protocol r.upgrade, and the answer's header. The caller closes it.
func (c *client) upgrade(ctx context.Context, r request) (io.ReadWriteCloser, http.Header, error) {
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if !ok || resp.StatusCode != http.StatusSwitchingProtocols {
		resp.Body.Close()
		return nil, nil, &Error{
			Kind:       APIError,
			StatusCode: resp.StatusCode,
			Message:    r.what + ": " + c.base.Host + " answers " + resp.Status + " instead of switching to " + r.upgrade,
			Response:   &Response{StatusCode: resp.StatusCode, Header: resp.Header},
		}
	}
	return conn, resp.Header, nil
}

// errProtocol is the cause of an upgrade to a WebSocket whose server doesn't
// speak what it is asked for.
var errProtocol = errors.New("the server doesn't speak the protocol")

// refusesWebSocket tells whether an upgrade to a WebSocket failed in a way that
// one to SPDY may not: servers before 1.30 (exec) and 1.31 (port-forward) don't
// know the first, and ask other permissions for it, see [ParseRequest]. Nothing
// was run yet.
func refusesWebSocket(err error) bool {
	if errors.Is(err, errProtocol) {
		return true
	}
	var e *Error
	return errors.As(err, &e) && e.StatusCode != 0 && !slices.Contains([]int{
		http.StatusUnauthorized, http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests,
	}, e.StatusCode)
}

// whenClosed is a body that calls then after it was closed. One that can be
// written to stays so.
func whenClosed(body io.ReadCloser, then func()) io.ReadCloser {
	b := &closing{body, then}
	if w, ok := body.(io.Writer); ok {
		return &closingStream{b, w}
	}
	return b
}

type closing struct {
	io.ReadCloser
	then func()
}

func (b *closing) Close() error {
	err := b.ReadCloser.Close()
	b.then()
	return err
}

type closingStream struct {
	*closing
	io.Writer
}
