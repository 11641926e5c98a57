package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
)

// The only port that has to be known before its owner listens is the API
// server's: etcd listens on a socket file, the nodes' endpoint on a listener
// that the supervisor opens, and the controllers and the scheduler on nothing.

const (
	// Below the ranges that Linux (32768) and darwin (49152) hand out to
	// outgoing connections, which would otherwise take a port between the
	// moment it is picked and the moment the API server listens.
	firstPort = 20000
	portCount = 12000
)

// pickPort returns a loopback port that nothing listens on at the moment:
// prefer, when it is free and not 0, so that a kept cluster keeps its address.
func pickPort(prefer int) (int, error) {
	if prefer != 0 && portFree(prefer) {
		return prefer, nil
	}
	for range 200 {
		if port := firstPort + rand.IntN(portCount); portFree(port) {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no free loopback port between %d and %d", firstPort, firstPort+portCount)
}

// portFree tells whether one can listen on a loopback port.
func portFree(port int) bool {
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// lostPort tells from the end of a component's log that another process took
// its port first.
func lostPort(log string) bool {
	return strings.Contains(log, "address already in use")
}
