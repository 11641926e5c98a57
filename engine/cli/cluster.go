package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"
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
%s
Examples:
  kubelua cluster up --nodes 5
  export KUBECONFIG=$(kubelua cluster kubeconfig)
`

// clusterVerbs are what can be done to it.
func clusterVerbs() []string { return []string{"down", "kubeconfig", "status", "up"} }

// clusterFlags are the flags of the command, which are those of up.
type clusterFlags struct {
	local.Options
	help bool
}

func (f *clusterFlags) flags() *pflag.FlagSet {
	fs := newFlags("cluster")
	fs.SetInterspersed(true)
	fs.IntVar(&f.Nodes, "nodes", 0, "have `N` nodes, each with room for 2,000 pods (3 at first)")
	fs.BoolVar(&f.Ephemeral, "ephemeral", false, "forget its data when it is stopped")
	fs.BoolVar(&f.Exec, "exec", false, "let exec into a pod run commands on this machine")
	fs.BoolVarP(&f.help, "help", "h", false, "show this help")
	return fs
}

// runCluster is the subcommand cluster.
func runCluster(ctx context.Context, _ *options, args []string) error {
	var f clusterFlags
	flags := f.flags()
	if err := parse(flags, args); err != nil {
		return err
	}
	verb := flags.Arg(0)
	switch {
	case f.help:
		return runHelp(ctx, nil, []string{"cluster"})
	case flags.Changed("nodes") && f.Nodes < 1:
		return usageError("--nodes must be 1 or more, not %d", f.Nodes)
	case flags.NArg() > 1:
		return usageError("cluster %s takes no argument %q", verb, flags.Arg(1))
	case verb != "up" && (f.Nodes > 0 || f.Ephemeral || f.Exec):
		return usageError("the flags of cluster go with cluster up")
	}
	switch verb {
	case "up":
		status, err := startLocal(ctx, f.Options, progress())
		if err == nil {
			fmt.Printf("the local cluster is up: %s, %d nodes\n", status.Server, status.Nodes)
		}
		return err
	case "down":
		return local.Down(ctx, f.Options)
	case "status", "kubeconfig":
		status, err := local.Find(ctx, f.Options)
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
	return usageError("no cluster command %q%s", verb, suggest(verb, clusterVerbs()))
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
