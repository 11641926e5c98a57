package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// A cluster that keeps nothing and ends with the program that started it is a
// test's own. It takes orders from its owner, who wants to see how clients fare
// when the control plane has a bad day. Each is a path that is posted to a
// socket file, which is in a directory for its owner alone.

const (
	// ordersSocket is relative to the components' working directory, as
	// etcdSocket is and for the same reason.
	ordersSocket = "orders.sock"

	compactTimeout = 30 * time.Second
)

// order is something to do while the cluster runs.
type order struct {
	run  func(*supervisor, context.Context) error
	done chan<- error
}

// listenOrders has orders taken until end is called; they wait until the cluster
// has started.
func (s *supervisor) listenOrders() (end func(), err error) {
	// Everything else here is an absolute path.
	if err := os.Chdir(s.work); err != nil {
		return nil, err
	}
	if err := removeIfThere(ordersSocket); err != nil { // of a supervisor that was killed
		return nil, err
	}
	l, err := net.Listen("unix", ordersSocket)
	if err != nil {
		return nil, fmt.Errorf("listen for orders: %w", err)
	}
	if err := os.Chmod(ordersSocket, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	mux := http.NewServeMux()
	for path, run := range map[string]func(*supervisor, context.Context) error{
		"POST /compact":        (*supervisor).compact,
		"POST /restart-server": (*supervisor).restartServer,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			done := make(chan error, 1)
			select {
			case s.orders <- order{run, done}:
			case <-r.Context().Done():
				return
			}
			if err := <-done; err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	}
	server := &http.Server{Handler: mux}
	go func() { _ = server.Serve(l) }()
	return func() { server.Close() }, nil
}

// restartServer kills the API server, without a warning, and starts it again at
// the same address while everything else goes on. It returns when the API server
// is ready.
func (s *supervisor) restartServer(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("not there after %v", startTimeout))
	defer cancel()
	i := slices.IndexFunc(s.components, func(c *component) bool { return c.name == nameAPIServer })
	old := s.components[i]
	s.components = slices.Delete(s.components, i, i+1) // so it is not missed
	old.stop(0)
	c, err := s.launchServer(s.port)
	if err != nil {
		return err
	}
	// It keeps its place in the order in which they are stopped.
	s.components = slices.Insert(s.components[:len(s.components)-1], i, c)
	client, err := connect(s.kubeconfig)
	if err != nil {
		return err
	}
	if err := s.wait(ctx, "the API server to be ready again", func() error { return serverReady(ctx, client) }); err != nil {
		return err
	}
	return s.state.update(func(st *state) { st.Waiting = "" })
}

// compact has etcd forget what was before its current revision. It does so in
// the way in which API servers do it every five minutes: they learn from a key
// how far it went.
func (s *supervisor) compact(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, compactTimeout)
	defer cancel()
	client, err := clientv3.New(clientv3.Config{Context: ctx, Endpoints: []string{"unix://" + etcdSocket}})
	if err != nil {
		return fmt.Errorf("compact etcd: %w", err)
	}
	defer client.Close()
	const key = "compact_rev_key" // k8s.io/apiserver/pkg/storage/etcd3/compact.go
	now, err := client.Get(ctx, key)
	if err == nil {
		_, err = client.Put(ctx, key, strconv.FormatInt(now.Header.Revision, 10))
	}
	if err == nil {
		_, err = client.Compact(ctx, now.Header.Revision, clientv3.WithCompactPhysical())
	}
	if err != nil {
		return fmt.Errorf("compact etcd: %w", errors.Join(err, ctx.Err()))
	}
	return nil
}
