package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
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

	launcher   *launcher
	state      *stateFile
	components []*component // in the order of their start
	died       chan *component
}

// serve runs the subcommand of that name and returns its exit code: 0 after a
// stop that was asked for, 1 when the cluster failed, 2 for wrong usage.
func serve(args []string) int {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	dir := flags.String("dir", "", "state `directory` (required)")
	nodes := flags.Int("nodes", 0, "number of nodes; 0 for as many as there are, or 3")
	exec := flags.Bool("exec", false, "let exec run commands on this machine")
	ephemeral := flags.Bool("ephemeral", false, "keep nothing")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *dir == "" || flags.NArg() > 0 || *nodes < 0 || *nodes > maxNodes {
		fmt.Fprintf(os.Stderr, "usage: kubelua-localcluster serve --dir DIR [--nodes 0..%d] [--exec] [--ephemeral]\n", maxNodes)
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
	s := &supervisor{
		dirs: newDirs(root, *ephemeral), nodes: *nodes, exec: *exec, ephemeral: *ephemeral,
		died: make(chan *component, 16),
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
	if err := s.await("what an earlier run left"); err != nil {
		return err
	}
	err := s.start(ctx)
	if err == nil {
		err = s.watch(ctx)
	}
	s.stop()
	if s.ephemeral {
		os.RemoveAll(s.data)
		os.Remove(s.kubeconfig)
	}
	if err == nil || ctx.Err() != nil {
		fmt.Println("stopped")
		return s.state.update(func(st *state) { st.Phase, st.Waiting, st.Components = phaseStopped, "", nil })
	}
	text := err.Error()
	if dead := new(deathError); errors.As(err, &dead) {
		text += "\n" + dead.log
	}
	return errors.Join(err, s.state.update(func(st *state) {
		st.Phase, st.Waiting, st.Error, st.Components = phaseFailed, "", text, nil
	}))
}

// start brings the cluster up and returns when it is ready.
func (s *supervisor) start(ctx context.Context) error {
	began := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("not ready after %v", startTimeout))
	defer cancel()
	token, err := s.prepare()
	if err != nil {
		return err
	}
	client, err := s.startServer(ctx, token)
	if err != nil {
		return err
	}
	// The rest may come up while the API server still finishes its start.
	kubelet, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := kubelet.Addr().(*net.TCPAddr).Port
	listener, err := kubelet.(*net.TCPListener).File()
	kubelet.Close()
	if err != nil {
		return err
	}
	defer listener.Close()
	for _, c := range []struct {
		name  string
		flags []string
		files []*os.File
	}{
		{nameControllers, controllerFlags(s.pki, s.kubeconfig), nil},
		{nameScheduler, schedulerFlags(s.kubeconfig), nil},
		{nameKwok, kwokFlags(s.dirs, s.kubeconfig, s.exec), []*os.File{listener}},
	} {
		if _, err := s.launch(c.name, c.flags, c.files...); err != nil {
			return err
		}
	}
	if err := s.wait(ctx, "the API server", func() bool { return serverReady(ctx, client) }); err != nil {
		return err
	}
	count, err := ensureNodes(ctx, client, s.nodes, port)
	if err != nil {
		return err
	}
	if err := s.state.update(func(st *state) { st.Nodes = count }); err != nil {
		return err
	}
	err = s.wait(ctx, fmt.Sprintf("%d nodes", count), func() bool { return nodesReady(ctx, client, count) })
	if err != nil {
		return err
	}
	err = s.wait(ctx, "the controllers", func() bool {
		return accountReady(ctx, client, "default") && accountReady(ctx, client, probeNamespace)
	})
	if err != nil {
		return err
	}
	if err := s.waitPod(ctx, client); err != nil {
		return err
	}
	fmt.Printf("ready after %v\n", time.Since(began).Round(time.Millisecond))
	return s.state.update(func(st *state) { st.Phase, st.Waiting = phaseReady, "" })
}

// prepare ends what an earlier supervisor left running, and writes everything
// that the components read, but for the kubeconfig.
func (s *supervisor) prepare() (token string, err error) {
	if s.launcher, err = newLauncher(s.logs, s.work); err != nil {
		return "", err
	}
	for _, name := range []string{nameKwok, nameScheduler, nameControllers, nameAPIServer, nameEtcd} {
		if err := s.launcher.clear(name); err != nil {
			return "", err
		}
	}
	if s.ephemeral {
		if err := os.RemoveAll(s.data); err != nil {
			return "", err
		}
	}
	if err := s.dirs.make(); err != nil {
		return "", err
	}
	if err := s.rotateLogs(); err != nil {
		return "", err
	}
	if err := s.pki.ensure(); err != nil {
		return "", err
	}
	if err := writeFile(s.stages, []byte(kwokConfig())); err != nil {
		return "", err
	}
	return ensureToken(s.data)
}

// startServer starts etcd and the API server, and returns when the latter
// answers. It tries another port when another process was faster.
func (s *supervisor) startServer(ctx context.Context, token string) (kubernetes.Interface, error) {
	if err := s.await("etcd"); err != nil {
		return nil, err
	}
	if _, err := s.launch(nameEtcd, etcdFlags(filepath.Join(s.data, "etcd"))); err != nil {
		return nil, err
	}
	// An API server that finds no etcd tries again only after a second.
	socket := filepath.Join(s.work, etcdSocket)
	err := s.wait(ctx, "etcd", func() bool { _, err := os.Stat(socket); return err == nil })
	if err != nil {
		return nil, err
	}
	previous := s.previousPort()
	for {
		port, err := pickPort(previous)
		if err != nil {
			return nil, err
		}
		server := fmt.Sprintf("https://127.0.0.1:%d", port)
		if err := writeKubeconfig(s.kubeconfig, server, token, s.pki.file("ca.crt")); err != nil {
			return nil, err
		}
		client, err := connect(s.kubeconfig)
		if err != nil {
			return nil, err
		}
		if err := s.state.update(func(st *state) { st.Server = server }); err != nil {
			return nil, err
		}
		c, err := s.launch(nameAPIServer, apiServerFlags(s.pki, filepath.Join(s.data, "tokens.csv"), port))
		if err != nil {
			return nil, err
		}
		// Another cluster's server at this port is not taken for this one:
		// its certificate is signed by another authority.
		err = s.wait(ctx, "the API server", func() bool { return serverAnswers(ctx, client) })
		if dead := new(deathError); errors.As(err, &dead) && dead.component == c && lostPort(dead.log) {
			fmt.Printf("port %d was taken by another process, trying another\n", port)
			s.components = s.components[:len(s.components)-1]
			previous = 0
			continue
		}
		return client, err
	}
}

// previousPort is the port that this cluster had before, 0 when it had none.
func (s *supervisor) previousPort() int {
	config, err := clientcmd.LoadFromFile(s.kubeconfig)
	if err != nil || config.Clusters[contextName] == nil {
		return 0
	}
	u, err := url.Parse(config.Clusters[contextName].Server)
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return 0
	}
	return port
}

// waitPod waits until a pod has run.
func (s *supervisor) waitPod(ctx context.Context, client kubernetes.Interface) error {
	result := make(chan error, 1)
	go func() { result <- runPod(ctx, client) }()
	var err error
	werr := s.wait(ctx, "a first pod to run", func() bool {
		select {
		case err = <-result:
			return true
		default:
			return false
		}
	})
	return errors.Join(werr, err)
}

// watch returns nil when ctx is done, and an error when a component died.
func (s *supervisor) watch(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case c := <-s.died:
		return newDeathError(c)
	}
}

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

// await notes in the state what is being waited for.
func (s *supervisor) await(what string) error {
	fmt.Println("waiting for " + what)
	return s.state.update(func(st *state) { st.Waiting = what })
}

// wait polls until done, and fails when a component dies or ctx ends.
func (s *supervisor) wait(ctx context.Context, what string, done func() bool) error {
	if err := s.await(what); err != nil {
		return err
	}
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, context.Cause(ctx))
		case c := <-s.died:
			return newDeathError(c)
		case <-tick.C:
		}
	}
	return nil
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
