package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"syscall"
	"time"
)

// A component must not outlive its supervisor, not even one that was killed
// with SIGKILL. Every component therefore inherits the read end of a pipe whose
// only write end is the supervisor's: when that process is gone, the read
// returns. (Linux' parent death signal would do the same, but darwin has none.)

const (
	// envLock tells a process that it is a component: the path of its lock.
	envLock = "KUBELUA_LOCALCLUSTER_LOCK"

	lifelineFD = 3 // first of exec.Cmd.ExtraFiles
	kubeletFD  = 4 // kwok only: the listener of the nodes' endpoint

	// lifelineGrace is how long a component may take to end by itself after
	// its supervisor's death.
	lifelineGrace = 500 * time.Millisecond

	startEase = 10 * time.Second // see easeStart
)

// joinSupervisor takes the component's lock and ties its life to the
// supervisor's. It does nothing in a process that no supervisor started.
func joinSupervisor() error {
	path := os.Getenv(envLock)
	if path == "" {
		return nil
	}
	os.Unsetenv(envLock)
	syscall.CloseOnExec(lifelineFD) // a command run by exec must not inherit it
	pipe := os.NewFile(lifelineFD, "lifeline")
	if err := hold(path); err != nil {
		return fmt.Errorf("take over from an earlier run: %w", err)
	}
	easeStart()
	go func() {
		_, _ = io.Copy(io.Discard, pipe)
		signalGroup(syscall.SIGTERM)
		time.Sleep(lifelineGrace)
		signalGroup(syscall.SIGKILL)
	}()
	return nil
}

// easeStart lets the heap grow while the component starts, which makes a cluster
// ready sooner (by 0.2 to 0.8 s of 3.4), and returns to the default after that.
func easeStart() {
	debug.SetGCPercent(400)
	time.AfterFunc(startEase, func() { debug.SetGCPercent(100) })
}

// signalGroup signals this process and what it started, which is its process
// group as the supervisor made it.
func signalGroup(sig syscall.Signal) {
	if syscall.Getpgrp() == os.Getpid() {
		_ = syscall.Kill(-os.Getpid(), sig)
	}
	_ = syscall.Kill(os.Getpid(), sig)
}
