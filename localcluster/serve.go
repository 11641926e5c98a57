package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

const (
	startTimeout = 3 * time.Minute // for a slow machine; seconds are usual
	stopGrace    = 10 * time.Second
	pollInterval = 20 * time.Millisecond
	tailLines    = 20 // of a dead component's log in state.json

	// domain prefixes the labels and annotations that mean something here.
	domain = "localcluster.kubelua"
)

// supervisor runs one cluster.
type supervisor struct {
	dirs
	nodes     int // wanted; 0 = as many as the data has
	exec      bool
	ephemeral bool
	attached  bool

	began      time.Time
	launcher   *launcher
	state      *stateFile
	components []*component // in the order of their start
	died       chan *component
	orders     chan order
	port       int // the API server's
}

// serve runs the subcommand of that name and returns its exit code: 0 after a
// stop that was asked for, 1 when the cluster failed, 2 for wrong usage.
func serve(args []string) int {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	dir := flags.String("dir", "", "state `directory` (required)")
	nodes := flags.Int("nodes", 0, "number of nodes; 0 for as many as there are, or 3")
	exec := flags.Bool("exec", false, "let exec run commands on this machine")
	ephemeral := flags.Bool("ephemeral", false, "keep nothing")
	attached := flags.Bool("attached", false, "stop at the end of standard input")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *dir == "" || flags.NArg() > 0 || *nodes < 0 || *nodes > maxNodes {
		fmt.Fprintf(os.Stderr, "usage: kubelua-localcluster serve --dir DIR [--nodes 0..%d] [--exec] [--ephemeral] [--attached]\n", maxNodes)
		return 2
	}
	root, err := filepath.Abs(*dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	// SIGHUP: the terminal that started it was closed.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if *attached {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	s := &supervisor{
		dirs: newDirs(root, *ephemeral), nodes: *nodes, exec: *exec, ephemeral: *ephemeral, attached: *attached,
		began: time.Now(), died: make(chan *component, 16), orders: make(chan order),
	}
	if err := s.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// run runs the cluster until ctx is done (nil) or something failed.
func (s *supervisor) run(ctx context.Context) error {
	if err := s.dirs.make(); err != nil {
		return err
	}
	if err := hold(filepath.Join(s.work, "supervisor.lock")); err != nil {
		return fmt.Errorf("another supervisor runs this cluster: %w", err)
	}
	s.state = &stateFile{path: s.dirs.state, now: state{
		Version: 1, PID: os.Getpid(), Phase: phaseStarting, Kubeconfig: s.kubeconfig,
		Nodes: s.nodes, Exec: s.exec, Ephemeral: s.ephemeral,
		Started: time.Now().Truncate(time.Second), Components: []componentState{},
	}}
	if s.ephemeral && s.attached {
		end, err := s.listenOrders()
		if err != nil {
			return err
		}
		defer end()
	}
	err := s.start(ctx)
	if err == nil {
		err = s.serve(ctx)
	}
	if ctx.Err() != nil {
		err = nil // being told to stop made something fail
	}
	// Say it before stopping, which takes a while: nobody should wait for, or
	// use, a cluster that is going.
	err = errors.Join(err, s.state.update(func(st *state) { st.conclude(err) }))
	s.stop()
	if s.ephemeral {
		err = errors.Join(err, os.RemoveAll(s.data), removeIfThere(s.kubeconfig))
	}
	s.say("stopped")
	return errors.Join(err, s.state.update(func(st *state) { st.Components = []componentState{} }))
}

// say prints a line with the seconds since the start.
func (s *supervisor) say(line string) {
	fmt.Printf("%8.3f %s\n", time.Since(s.began).Seconds(), line)
}

// serve returns nil when ctx is done, and an error when a component died. Until
// then it carries out orders, where the cluster takes them.
func (s *supervisor) serve(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case c := <-s.died:
			if s.lost(c) {
				return newDeathError(c)
			}
		case o := <-s.orders:
			err := o.run(s, ctx)
			o.done <- err
			if dead := new(deathError); errors.As(err, &dead) {
				return err
			}
		}
	}
}

// lost tells whether a component that ended should have lived.
func (s *supervisor) lost(c *component) bool { return slices.Contains(s.components, c) }

// launch starts a component, notes it in the state and has its death reported.
func (s *supervisor) launch(name string, flags []string, files ...*os.File) (*component, error) {
	c, err := s.launcher.start(name, flags, files...)
	if err != nil {
		return nil, err
	}
	s.components = append(s.components, c)
	go func() {
		<-c.done
		s.died <- c
	}()
	return c, s.state.update(func(st *state) {
		st.Components = nil
		for _, c := range s.components {
			st.Components = append(st.Components, componentState{c.name, c.cmd.Process.Pid, c.log})
		}
	})
}

// wait notes in the state what is being waited for and tries until it succeeds.
// It fails when a component dies or ctx is done.
func (s *supervisor) wait(ctx context.Context, what string, try func() error) error {
	s.say("waiting for " + what)
	if err := s.state.update(func(st *state) { st.Waiting = what }); err != nil {
		return err
	}
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w: %w", what, context.Cause(ctx), err)
		case c := <-s.died:
			if s.lost(c) {
				return newDeathError(c)
			}
		case <-tick.C:
		}
	}
}

// stop ends the components: the clients together, then the API server, then
// etcd. An API server whose etcd went first does not end on SIGTERM. Of a
// cluster whose data is thrown away, nothing needs an orderly end.
func (s *supervisor) stop() {
	grace := stopGrace
	if s.ephemeral {
		grace = 0
	}
	var clients sync.WaitGroup
	for i := len(s.components) - 1; i >= 0; i-- {
		c := s.components[i]
		if c.name == nameAPIServer || c.name == nameEtcd {
			clients.Wait()
			c.stop(grace)
			continue
		}
		clients.Go(func() { c.stop(grace) })
	}
	clients.Wait()
}

// deathError is the unexpected end of a component.
type deathError struct {
	component *component
	log       string // its end
}

func newDeathError(c *component) error {
	return &deathError{component: c, log: c.tail(tailLines)}
}

func (e *deathError) Error() string {
	return fmt.Sprintf("%s, see %s", e.component.end(), e.component.log)
}

// removeIfThere removes a file that may have gone already.
func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
