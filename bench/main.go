package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/kube"
)

// How many pods there are.
const (
	fewPods, fewNodes   = 5_000, 3
	manyPods, manyNodes = 20_000, 10
)

// settings are the flags.
type settings struct {
	kubelua, localcluster, kubeconfig string
	big                               bool
	rounds                            int
	only                              string
}

func main() {
	var s settings
	pflag.StringVar(&s.kubelua, "kubelua", "../bin/kubelua", "the program to measure")
	pflag.StringVar(&s.localcluster, "localcluster", "../bin/kubelua-localcluster", "the local cluster's program")
	pflag.StringVar(&s.kubeconfig, "kubeconfig", "", "use this cluster, on this machine, instead of a fresh one, and leave the pods there")
	pflag.BoolVar(&s.big, "big", false, "measure with 20,000 pods too")
	pflag.IntVar(&s.rounds, "rounds", 7, "rounds to take the median of")
	pflag.StringVar(&s.only, "only", "", "only the tasks whose title has this in it")
	pflag.Parse()
	if pflag.NArg() > 0 || s.rounds < 1 {
		fmt.Fprintln(os.Stderr, "bench: no arguments, and one round at least")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := s.run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures and writes the report to w.
func (s *settings) run(ctx context.Context, w io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "kubelua-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	show := newProgress(os.Stderr)
	defer show.tell("")
	show.tell("build the peers")
	p, err := prepare(ctx, s.kubelua, dir)
	if err != nil {
		return err
	}
	nodes := fewNodes
	if s.big {
		nodes = manyNodes
	}
	var c *cluster
	if s.kubeconfig != "" {
		c, err = use(s.kubeconfig, dir)
	} else {
		c, err = start(ctx, s.localcluster, nodes, dir, show.tell)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	all, err := s.measure(ctx, p, c, show.tell)
	show.tell("")
	switch {
	case len(all) > 0:
		s.report(w, p, all) // also what came before an error
	case err == nil:
		err = fmt.Errorf("no task has %q in its title", s.only)
	}
	return err
}

// measure fills the cluster and has the tasks done. With an error it returns what
// was measured before.
func (s *settings) measure(ctx context.Context, p *programs, c *cluster, tell func(string)) (all []measured, err error) {
	client, err := kube.Connect(kube.Options{Kubeconfig: c.kubeconfig})
	if err != nil {
		return nil, err
	}
	defer client.Close()
	r := &runner{programs: p, env: c.env, rounds: s.rounds, progress: tell}
	do := func(pods int, tasks []task) error {
		for _, t := range tasks {
			if !strings.Contains(t.title, s.only) {
				continue
			}
			got, err := r.measure(ctx, t)
			if err != nil {
				return err
			}
			all = append(all, measured{t, pods, got})
		}
		return nil
	}
	if err := seed(ctx, client, fewPods, tell); err != nil {
		return nil, err
	}
	if err := do(fewPods, append(p.reading(fewPods), p.rest(fewPods)...)); err != nil || !s.big {
		return all, err
	}
	if err := seed(ctx, client, manyPods, tell); err != nil {
		return all, err
	}
	r.many = true
	err = do(manyPods, p.reading(manyPods))
	return all, err
}

// report writes all that came out, as Markdown.
func (s *settings) report(w io.Writer, p *programs, all []measured) {
	fmt.Fprintf(w, "%d processors, %s/%s. Medians of %d rounds, of %d for the slow peers; every run is a process of its own.\n\n",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, s.rounds, min(s.rounds, slowRounds))
	p.writeTable(w, all)
	fmt.Fprintln(w)
	p.writeNotes(w, all)
	fmt.Fprintln(w)
	writeGoals(w, p.goals(all))
}
