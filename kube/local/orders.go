//go:build linux || darwin

package local

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// RestartServer kills the API server of a cluster, without a warning, and
// starts it again at the same address, with the same data, while everything
// else goes on. It returns when the API server is ready. The cluster must be a
// test's own: Ephemeral and Attached.
//
// Pods should not be waiting for a node meanwhile: a scheduler that can't know
// whether a binding was made may end ("Scheduler cache is corrupted"), and the
// cluster with it.
func RestartServer(ctx context.Context, o Options) error {
	return o.order(ctx, "restart-server", "restart the API server")
}

// Compact has etcd forget all versions before the current one. An API server
// answers 410 to whoever asks for older ones, but for those that are in its
// memory: it forgets lists within some 15 seconds, and the changes that a watch
// gets only when it is restarted. The cluster must be a test's own: Ephemeral
// and Attached.
func Compact(ctx context.Context, o Options) error {
	return o.order(ctx, "compact", "compact etcd")
}

// order has the supervisor do something; what says it in words.
func (o Options) order(ctx context.Context, path, what string) error {
	s, err := Find(ctx, o)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	dir, err := o.directory()
	if err != nil {
		return err
	}
	socket := place(dir).file("run/orders.sock")
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://supervisor/"+path, nil)
	if err != nil {
		return err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("%s: the supervisor (process %d) takes no orders: %w", what, s.PID, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", what, strings.TrimSpace(string(text)))
	}
	return nil
}
