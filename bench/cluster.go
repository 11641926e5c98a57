package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubelua/kubelua/kube/local"
)

// cluster is where the work is done.
type cluster struct {
	kubeconfig string
	env        []string // the environment of the peers
	stop       func() error
}

// start starts a cluster that leaves nothing behind when it is stopped; its
// files are in dir until then.
func start(ctx context.Context, program string, nodes int, dir string, progress func(string)) (*cluster, error) {
	o := local.Options{
		Dir: filepath.Join(dir, "cluster"), Binary: program, Nodes: nodes, Ephemeral: true,
		Progress: func(waiting string) { progress("start the cluster: waiting for " + waiting) },
	}
	stop := func() error { return local.Down(context.WithoutCancel(ctx), o) }
	status, err := local.Up(ctx, o)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	c, err := use(status.Kubeconfig, dir)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	c.stop = stop
	return c, nil
}

// use takes the cluster of a kubeconfig. It writes to it, so it must be on this
// machine. dir is for files of the peers.
func use(kubeconfig, dir string) (*cluster, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	server, err := url.Parse(config.Host)
	if err != nil {
		return nil, err
	}
	if server.Hostname() != "127.0.0.1" && server.Hostname() != "localhost" {
		return nil, fmt.Errorf("%s is not on this machine", config.Host)
	}
	c := &cluster{kubeconfig: kubeconfig, stop: func() error { return nil }}
	c.env, err = environment(config, kubeconfig, dir)
	return c, err
}

// environment tells the peers about the server: by a kubeconfig, and to those
// that don't know what that is by its parts. No proxy stands in between.
func environment(config *rest.Config, kubeconfig, dir string) ([]string, error) {
	if err := rest.LoadTLSFiles(config); err != nil {
		return nil, err
	}
	ca := filepath.Join(dir, "ca.crt")
	if err := os.WriteFile(ca, config.CAData, 0o600); err != nil {
		return nil, err
	}
	env := []string{
		"KUBECONFIG=" + kubeconfig,
		"KUBECACHEDIR=" + filepath.Join(dir, "kubectl"),
		"BENCH_SERVER=" + strings.TrimSuffix(config.Host, "/"),
		"BENCH_TOKEN=" + config.BearerToken,
		"BENCH_CA=" + ca,
	}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasSuffix(strings.ToLower(name), "_proxy") {
			env = append(env, variable)
		}
	}
	return env, nil
}
