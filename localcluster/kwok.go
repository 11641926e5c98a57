package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/kwok/kustomize/stage/node/fast"
	heartbeat "sigs.k8s.io/kwok/kustomize/stage/node/heartbeat-with-lease"
	"sigs.k8s.io/kwok/pkg/config"
	kwokcmd "sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

// Stages say how the objects that a kubelet would look after get from one state
// to the next. Those of nodes are kwok's own. Those of pods are kwok's too, with
// changes that their files tell.
//
//go:embed stages/*.yaml
var stages embed.FS

// kwokOptions are kwok's own defaults, which a configuration file must repeat: it
// gets none for what it leaves out. (More workers than these roll out no faster.)
const kwokOptions = `apiVersion: config.kwok.x-k8s.io/v1alpha1
kind: KwokConfiguration
metadata:
  name: kwok
options:
  cidr: 10.255.0.0/16
  manageAllNodes: true
  enableDebuggingHandlers: false
  podPlayStageParallelism: 4
  nodePlayStageParallelism: 4
  nodeLeaseParallelism: 4
  podsOnNodeSyncParallelism: 4
  enablePodsOnNodeSyncListPager: true
`

// kwokConfig returns kwok's configuration file for a cluster started at a time,
// which pod-running.yaml asks for.
func kwokConfig(started time.Time) string {
	parts := []string{kwokOptions, fast.DefaultNodeInit, heartbeat.DefaultNodeHeartbeatWithLease}
	files, err := stages.ReadDir("stages")
	if err != nil {
		panic(err) // the files are in the binary
	}
	for _, f := range files {
		data, err := stages.ReadFile("stages/" + f.Name())
		if err != nil {
			panic(err)
		}
		parts = append(parts, string(data))
	}
	all := strings.Join(parts, "\n---\n")
	return strings.ReplaceAll(all, "$STARTED", started.UTC().Format(time.RFC3339))
}

// kwok runs the nodes: kwok itself, and beside it the endpoint that answers for
// the pods (see kubelet), and recoverPods. Its flags come first, kwok's own after "--".
func kwok(args []string) int {
	flags := flag.NewFlagSet(nameKwok, flag.ContinueOnError)
	keys := flags.String("pki", "", "directory of the keys")
	kubeconfig := flags.String("kubeconfig", "", "kubeconfig")
	exec := flags.String("exec", "", "directory in which exec runs commands; none: it refuses")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	os.Args = append(os.Args[:1], flags.Args()...)
	client, err := connect(*kubeconfig)
	if err == nil {
		err = serveKubelet(pki(*keys), client, *exec)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	go recoverPods(context.Background(), client)
	if err := runKwok(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// serveKubelet starts to answer on the listener that the supervisor opened.
func serveKubelet(keys pki, client kubernetes.Interface, exec string) error {
	file := os.NewFile(kubeletFD, "kubelet")
	listener, err := net.FileListener(file) // a copy; the file itself would be inherited by exec's commands
	file.Close()
	if err != nil {
		return fmt.Errorf("listener of the nodes' endpoint: %w", err)
	}
	k := &kubelet{client: client, execDir: exec}
	go func() {
		err := k.serve(listener, keys)
		fmt.Fprintln(os.Stderr, "nodes' endpoint:", err)
		os.Exit(1)
	}()
	return nil
}

// runKwok does what kwok's own main function does. It reads os.Args.
func runKwok() error {
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}
	ctx, _ := log.InitFlags(signals.SetupSignalContext(), flags)
	ctx, err := config.InitFlags(ctx, flags)
	if err != nil {
		return err
	}
	command := kwokcmd.NewCommand(ctx)
	command.Version = "" // its --version would clash with Kubernetes' own, which is linked in
	command.PersistentFlags().AddFlagSet(flags)
	return ignoreCanceled(command.ExecuteContext(ctx))
}

// ignoreCanceled returns nil for what SIGTERM makes of kwok's context.
func ignoreCanceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
