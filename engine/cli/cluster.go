package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube/local"
)

const clusterHelp = `
The local cluster is a real Kubernetes control plane on this machine. Its pods
are simulated. It listens on loopback only.

Usage:
  kubelua cluster up [flags]      start it, if it isn't up, and wait for it
  kubelua cluster down            stop it
  kubelua cluster status          show it
  kubelua cluster kubeconfig      print the path of its kubeconfig

Flags of up:
  --nodes N      number of nodes, each with room for 2,000 pods (3 at first)
  --ephemeral    forget its data when it is stopped
  --exec         let exec into a pod run commands on this machine

Examples:
  kubelua cluster up --nodes 5
  export KUBECONFIG=$(kubelua cluster kubeconfig)
`

// runCluster is the subcommand cluster.
func runCluster(ctx context.Context, _ *options, args []string) error {
	verb := ""
	if len(args) > 0 {
		verb, args = args[0], args[1:]
	}
	var o local.Options
	flags := newFlags("cluster " + verb)
	flags.SetInterspersed(true)
	help := flags.BoolP("help", "h", false, "")
	if verb == "up" {
		flags.IntVar(&o.Nodes, "nodes", 0, "")
		flags.BoolVar(&o.Ephemeral, "ephemeral", false, "")
		flags.BoolVar(&o.Exec, "exec", false, "")
	}
	if err := parse(flags, args); err != nil {
		return err
	}
	if *help || verb == "-h" || verb == "--help" {
		return runHelp(ctx, nil, []string{"cluster"})
	}
	if flags.Changed("nodes") && o.Nodes < 1 {
		return usageError("--nodes must be 1 or more, not %d", o.Nodes)
	}
	if flags.NArg() > 0 {
		return usageError("cluster %s takes no argument %q", verb, flags.Arg(0))
	}
	switch verb {
	case "up":
		status, err := startLocal(ctx, o, progress())
		if err == nil {
			fmt.Printf("the local cluster is up: %s, %d nodes\n", status.Server, status.Nodes)
		}
		return err
	case "down":
		return local.Down(ctx, o)
	case "status", "kubeconfig":
		status, err := local.Find(ctx, o)
		if errors.Is(err, local.ErrNotRunning) {
			return notRunning{err}
		}
		if err != nil {
			return err
		}
		if verb == "kubeconfig" {
			fmt.Println(status.Kubeconfig)
		} else {
			printStatus(os.Stdout, status)
		}
		return nil
	case "":
		return usageError("cluster up, down, status or kubeconfig? See kubelua help cluster")
	}
	return usageError("no cluster command %q%s", verb, suggest(verb, []string{"down", "kubeconfig", "status", "up"}))
}

// notRunning is an error about a local cluster that isn't there.
type notRunning struct{ error }

func (e notRunning) Unwrap() error { return e.error }
func (e notRunning) ExitCode() int { return engine.ExitUnreachable }

func printStatus(w io.Writer, s local.Status) {
	line := func(name string, value any) { fmt.Fprintf(w, "%-12s%v\n", name, value) }
	line("phase", s.Phase)
	if s.Waiting != "" {
		line("waiting for", s.Waiting)
	}
	line("server", s.Server)
	line("kubeconfig", s.Kubeconfig)
	line("nodes", s.Nodes)
	line("up for", time.Since(s.Started).Round(time.Second))
	for _, c := range s.Components {
		line("component", fmt.Sprintf("%s, pid %d, log %s", c.Name, c.PID, c.Log))
	}
	if s.Error != "" {
		line("error", s.Error)
	}
}

// startLocal starts the local cluster. progress, if any, gets what is being waited
// for: one line, which is written over and at last wiped.
func startLocal(ctx context.Context, o local.Options, progress io.Writer) (local.Status, error) {
	if progress != nil {
		wipe := func() { fmt.Fprint(progress, "\r\x1b[K") }
		defer wipe()
		o.Progress = func(waiting string) {
			width, _, err := term.GetSize(int(os.Stderr.Fd()))
			if err != nil || width < 20 {
				width = 80
			}
			line := "local cluster: waiting for " + strings.ReplaceAll(waiting, "\n", " ")
			fmt.Fprintf(progress, "\r\x1b[K%.*s", width-1, line)
		}
	}
	return local.Up(ctx, o)
}

// progress is where to write what is being waited for: stderr, if it is a
// terminal.
func progress() io.Writer {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil
	}
	return os.Stderr
}
