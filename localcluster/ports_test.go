package main

import (
	"fmt"
	"net"
	"testing"
)

func TestPickPort(t *testing.T) {
	free, err := pickPort(0)
	if err != nil {
		t.Fatal(err)
	}
	if free < firstPort || free >= firstPort+portCount {
		t.Errorf("port %d is out of range", free)
	}
	if got, err := pickPort(free); err != nil || got != free {
		t.Errorf("preferred port: got %d, %v, want %d", got, err, free)
	}
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", free))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if got, err := pickPort(free); err != nil || got == free {
		t.Errorf("port in use: got %d, %v, want another", got, err)
	}
}

func TestLostPort(t *testing.T) {
	// As kube-apiserver says it.
	const lost = `E1122 11:14:09.907162 27373 run.go:72] "command failed" err="failed to create listener: failed to listen on 127.0.0.1:31848: listen tcp 127.0.0.1:31848: bind: address already in use"`
	if !lostPort(lost) {
		t.Error("the API server's message is not recognised")
	}
	if lostPort("panic: something else") {
		t.Error("another failure is taken for a lost port")
	}
}
