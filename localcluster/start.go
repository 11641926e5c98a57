package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// start brings the cluster up and returns when it is ready.
func (s *supervisor) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("not there after %v", startTimeout))
	defer cancel()
	token, err := s.prepare()
	if err != nil {
		return err
	}
	if err := s.startEtcd(ctx); err != nil {
		return err
	}
	client, err := s.startServer(ctx, token)
	if err != nil {
		return err
	}
	// These come up while the API server still finishes its start.
	if _, err := s.launch(nameScheduler, schedulerFlags(s.kubeconfig)); err != nil {
		return err
	}
	kubelet, port, err := listenKubelet()
	if err != nil {
		return err
	}
	defer kubelet.Close()
	count := 0
	err = s.wait(ctx, "the API server to take nodes", func() (err error) {
		count, err = ensureNodes(ctx, client, s.nodes, port)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := s.launch(nameKwok, kwokFlags(s.dirs, s.kubeconfig, s.exec), kubelet); err != nil {
		return err
	}
	if err := s.state.update(func(st *state) { st.Nodes = count }); err != nil {
		return err
	}
	// The controllers look once a second whether it has, and should find it so
	// the first time.
	err = s.wait(ctx, "the API server to finish its start", func() error { return serverReady(ctx, client) })
	if err != nil {
		return err
	}
	if _, err := s.launch(nameControllers, controllerFlags(s.pki, s.kubeconfig)); err != nil {
		return err
	}
	for _, step := range []struct {
		what string
		try  func() error
	}{
		{fmt.Sprintf("%d nodes", count), func() error { return nodesReady(ctx, client, count) }},
		{"the storage class", func() error { return ensureStorageClass(ctx, client) }},
		{"the controllers", func() error { return accountsReady(ctx, client) }},
		{"a first pod to run", inBackground(func() error { return runPod(ctx, client) })},
	} {
		if err := s.wait(ctx, step.what, step.try); err != nil {
			return err
		}
	}
	s.say("ready")
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
	// What a killed supervisor could not throw away.
	if err := os.RemoveAll(newDirs(s.root, true).data); err != nil {
		return "", err
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
	if err := writeFile(s.stages, []byte(kwokConfig(s.began))); err != nil {
		return "", err
	}
	return ensureToken(s.data)
}

// startEtcd starts etcd and returns when its socket is there: an API server
// that finds none tries again only after a second.
func (s *supervisor) startEtcd(ctx context.Context) error {
	socket := filepath.Join(s.work, etcdSocket)
	if err := removeIfThere(socket); err != nil { // of an etcd that was killed
		return err
	}
	if _, err := s.launch(nameEtcd, etcdFlags(filepath.Join(s.data, "etcd"))); err != nil {
		return err
	}
	return s.wait(ctx, "etcd", func() error { _, err := os.Stat(socket); return err })
}

// startServer starts the API server and returns when it answers. It tries
// another port when another process was faster.
func (s *supervisor) startServer(ctx context.Context, token string) (kubernetes.Interface, error) {
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
		c, err := s.launchServer(port)
		if err != nil {
			return nil, err
		}
		// Another cluster's server at this port is not taken for this one:
		// its certificate is signed by another authority.
		err = s.wait(ctx, "the API server", func() error { return serverAnswers(ctx, client) })
		if dead := new(deathError); errors.As(err, &dead) && dead.component == c && lostPort(dead.log) {
			s.say(fmt.Sprintf("port %d was taken by another process, trying another", port))
			s.components = s.components[:len(s.components)-1]
			previous = 0
			continue
		}
		s.port = port
		return client, err
	}
}

// launchServer starts the API server at a port.
func (s *supervisor) launchServer(port int) (*component, error) {
	return s.launch(nameAPIServer, apiServerFlags(s.pki, filepath.Join(s.data, "tokens.csv"), port))
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

// listenKubelet listens for the nodes' endpoint. kwok inherits the listener, so
// the port cannot be lost to another process.
func listenKubelet() (listener *os.File, port int, err error) {
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, 0, err
	}
	defer l.Close() // File makes a copy
	listener, err = l.File()
	return listener, l.Addr().(*net.TCPAddr).Port, err
}

// inBackground makes of run, which takes its time, something that wait can try
// without blocking: it is started at the first try, and again after a failure.
func inBackground(run func() error) (try func() error) {
	var result chan error
	pending := errors.New("not yet")
	return func() error {
		if result == nil {
			result = make(chan error, 1)
			go func(result chan<- error) { result <- run() }(result)
		}
		select {
		case err := <-result:
			result = nil
			return err
		default:
			return pending
		}
	}
}
