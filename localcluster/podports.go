package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
)

// podPorts are a pod's ports as port-forward finds them. On each a web server
// answers every request with the pod, the port and the path. Of a pod whose
// containers declare ports only those answer, else all.
type podPorts struct{ pod *corev1.Pod }

// PortForward implements portforward.PortForwarder.
func (p *podPorts) PortForward(_ context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	declared := []int32{}
	for _, c := range p.pod.Spec.Containers {
		for _, d := range c.Ports {
			declared = append(declared, d.ContainerPort)
		}
	}
	if len(declared) > 0 && !slices.Contains(declared, port) {
		return fmt.Errorf("failed to connect to localhost:%d inside namespace %q: connection refused", port, p.pod.Namespace)
	}
	near, far := net.Pipe()
	go func() {
		_, _ = io.Copy(near, stream)
		near.Close()
	}()
	go func() {
		// Serve returns once the listener has no second connection.
		_ = http.Serve(&oneConn{conn: far}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "pod %s/%s port %d path %s\n", p.pod.Namespace, p.pod.Name, port, r.URL.Path)
		}))
	}()
	_, err := io.Copy(stream, near)
	if errors.Is(err, io.ErrClosedPipe) {
		return nil // the client is done
	}
	return err
}

// oneConn is a listener for a single connection, which may be accepted once.
type oneConn struct {
	conn net.Conn
	once sync.Once
}

func (l *oneConn) Accept() (conn net.Conn, err error) {
	err = net.ErrClosed
	l.once.Do(func() { conn, err = l.conn, nil })
	return conn, err
}

func (l *oneConn) Close() error   { return nil }
func (l *oneConn) Addr() net.Addr { return l.conn.LocalAddr() }
