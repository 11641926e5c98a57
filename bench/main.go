package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
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
	// What needs no cluster goes first, while none is there to disturb it.
	r := &runner{programs: p, env: os.Environ(), rounds: s.rounds, progress: show.tell}
	language, err := s.do(ctx, r, 0, p.language())
	var onCluster []measured
	if err == nil && s.wants(append(p.reading(fewPods), p.rest(fewPods)...)) {
		onCluster, err = s.onCluster(ctx, r, dir)
	}
	show.tell("")
	switch {
	case len(language)+len(onCluster) > 0:
		s.report(w, p, language, onCluster) // also what came before an error
	case err == nil:
		err = fmt.Errorf("no task has %q in its title", s.only)
	}
	return err
}

// wants tells whether any of the tasks is to be measured.
func (s *settings) wants(tasks []task) bool {
	return slices.ContainsFunc(tasks, func(t task) bool { return strings.Contains(t.title, s.only) })
}

// do has the tasks done that are to be measured. With an error it returns what
// was measured before.
func (s *settings) do(ctx context.Context, r *runner, pods int, tasks []task) (all []measured, err error) {
	for _, t := range tasks {
		if !s.wants([]task{t}) {
			continue
		}
		got, err := r.measure(ctx, t)
		if err != nil {
			return all, err
		}
		all = append(all, measured{t, pods, got})
	}
	return all, nil
}

// onCluster has the tasks done that need a cluster, on one that it starts, or on
// the one that it was told to use.
func (s *settings) onCluster(ctx context.Context, r *runner, dir string) (all []measured, err error) {
	nodes := fewNodes
	if s.big {
		nodes = manyNodes
	}
	var c *cluster
	if s.kubeconfig != "" {
		c, err = use(s.kubeconfig, dir)
	} else {
		c, err = start(ctx, s.localcluster, nodes, dir, r.progress)
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	client, err := kube.Connect(kube.Options{Kubeconfig: c.kubeconfig})
	if err != nil {
		return nil, err
	}
	defer client.Close()
	r.env, r.cluster = c.env, client
	if err := seed(ctx, client, fewPods, r.progress); err != nil {
		return nil, err
	}
	all, err = s.do(ctx, r, fewPods, append(r.reading(fewPods), r.rest(fewPods)...))
	if err != nil || !s.big {
		return all, err
	}
	if err := seed(ctx, client, manyPods, r.progress); err != nil {
		return all, err
	}
	r.many = true
	more, err := s.do(ctx, r, manyPods, r.reading(manyPods))
	return append(all, more...), err
}

// report writes all that came out, as Markdown.
func (s *settings) report(w io.Writer, p *programs, language, onCluster []measured) {
	fmt.Fprintf(w, "%d processors, %s/%s. Medians of %d rounds, of %d for the slow peers, of at most %d for what takes long; every run is a process of its own.\n\n",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, s.rounds, min(s.rounds, slowRounds), min(s.rounds, fewRounds))
	if len(onCluster) > 0 {
		p.writeTable(w, onCluster, []int{kubelua, floor, dynamic, requests, kubectl, official})
		fmt.Fprintln(w)
		p.writeNotes(w, onCluster)
		fmt.Fprintln(w)
	}
	if len(language) > 0 {
		p.writeTable(w, language, []int{kubelua, stock})
		fmt.Fprintln(w)
		writeLanguageNotes(w)
		fmt.Fprintln(w)
	}
	writeGoals(w, p.goals(append(onCluster, language...)))
}
