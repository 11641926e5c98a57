package cli

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// interrupts are what comes after the first Ctrl-C or SIGTERM: the second one ends the
// process, at once unless a command needs a moment for what must be put in order.
type interrupts struct {
	again  context.Context // ends with the second one
	moment atomic.Int64    // a time.Duration
}

// interruptible is a context that the first Ctrl-C ends. An output that nobody reads
// must not end the process before the script's closers ran, so SIGPIPE is taken and
// left.
func interruptible() (context.Context, *interrupts, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	again, hurry := context.WithCancel(context.Background())
	i := &interrupts{again: again}
	signals := make(chan os.Signal, 3)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		<-signals
		cancel(engine.Interrupted)
		<-signals
		hurry()
		select {
		case <-time.After(time.Duration(i.moment.Load())):
		case <-signals:
		}
		os.Exit(engine.ExitInterrupted)
	}()
	return ctx, i, func() { cancel(nil) }
}

// wait has the process go on for a moment after the second interrupt.
func (i *interrupts) wait(moment time.Duration) { i.moment.Store(int64(moment)) }
