package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kubelua/kubelua/kube"
)

// slowRounds is how many rounds the slow peers take part in.
const slowRounds = 2

// fewRounds is how many rounds what takes long has, but for what takes longest,
// which has one.
const fewRounds = 3

// longest is how long a run may take. What takes that long waits for something
// that won't come.
const longest = 5 * time.Minute

// result is what the program stopwatch tells of one run.
type result struct {
	Wall, First, Last, CPU time.Duration
	Memory                 int64
	Output                 string
}

// series are the results of a task: for each peer one a round, none for a peer
// that has no part in it.
type series [peerCount][]result

// runner runs tasks.
type runner struct {
	*programs
	env      []string
	cluster  *kube.Cluster // nil for work that needs none
	rounds   int
	many     bool // many pods: the slow peers are left out
	progress func(string)
	runs     int
}

// measure has the peers do a task in turn, once to warm up and then as many
// rounds as there are to be. Each round begins with another peer, so that no one
// always runs after the one that leaves the most behind.
func (r *runner) measure(ctx context.Context, t task) (series, error) {
	var all series
	rounds, first := r.rounds*max(t.times, 1), -1
	if t.few > 0 {
		rounds, first = min(rounds, t.few), 0
	}
	for round := first; round < rounds; round++ {
		for turn := range peerCount {
			who := (turn + max(round, 0)) % peerCount
			p := r.peers[who]
			if t.commands[who] == nil || p.absent != "" || p.slow && (r.many || round < 0 || round >= slowRounds*max(t.times, 1)) {
				continue
			}
			r.progress(fmt.Sprintf("%s: round %d of %d, %s", t.title, max(round+1, 0), rounds, p.name))
			one, err := r.run(ctx, t.commands[who], t.during)
			if err != nil {
				return all, fmt.Errorf("%s, %s: %w", t.title, p.name, err)
			}
			if got, _, _ := strings.Cut(one.Output, " "); got != t.want && t.want != "" {
				return all, fmt.Errorf("%s, %s: the result is %q, should be %s", t.title, p.name, got, t.want)
			}
			if round >= 0 {
				all[who] = append(all[who], one)
			}
		}
	}
	return all, nil
}

// run runs one command in a process of its own and returns what it took. An
// argument that is value becomes one that was not used before, which during gets
// too; it may be nil.
func (r *runner) run(ctx context.Context, command []string, during during) (one result, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, longest, fmt.Errorf("it hangs: no end after %v", longest))
	defer cancel()
	r.runs++
	fresh := "run-" + strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(r.runs)
	command = slices.Clone(command)
	for i := range command {
		command[i] = strings.ReplaceAll(command[i], value, fresh)
	}
	cmd := exec.CommandContext(ctx, r.stopwatch, command...)
	cmd.Env = r.env
	// The stopwatch ends what it runs.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return one, err
	}
	if err := cmd.Start(); err != nil {
		return one, err
	}
	tells := json.NewDecoder(out)
	for err == nil {
		if err = tells.Decode(&one); err == nil && one.Wall == 0 && during != nil {
			if err = during(ctx, r.cluster, fresh); err != nil {
				cancel()
			}
		}
	}
	ended := cmd.Wait()
	switch {
	case err != io.EOF && !errors.Is(err, context.Canceled):
		return one, err
	case ctx.Err() != nil:
		return one, context.Cause(ctx)
	case ended != nil:
		return one, fmt.Errorf("%s", tail(said.String(), 5))
	}
	return one, nil
}

// tail is the last lines of a text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(len(all)-lines, 0):], "\n")
}

// figure is the median over a peer's rounds, and whether it has any.
func (s *series) figure(who int, of func(result) time.Duration) (time.Duration, bool) {
	return median(s.figures(who, of))
}

// spread is the range of a peer's rounds, which are some.
func (s *series) spread(who int, of func(result) time.Duration) (low, high time.Duration) {
	all := s.figures(who, of)
	return slices.Min(all), slices.Max(all)
}

func (s *series) figures(who int, of func(result) time.Duration) (all []time.Duration) {
	for _, r := range s[who] {
		all = append(all, of(r))
	}
	return all
}

// memory is the median of a peer's peak memory in bytes.
func (s *series) memory(who int) (int64, bool) {
	var all []int64
	for _, r := range s[who] {
		all = append(all, r.Memory)
	}
	return median(all)
}

func median[N time.Duration | int64 | float64](all []N) (N, bool) {
	if len(all) == 0 {
		return 0, false
	}
	slices.Sort(all)
	return (all[len(all)/2] + all[(len(all)-1)/2]) / 2, true
}
