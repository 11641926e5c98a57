package schedule

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// plain makes VMs whose output goes where it is told.
func plain(stdout, stderr io.Writer) (engine.Options, *kube.Guard) {
	return engine.Options{World: engine.World{Stdout: stdout, Stderr: stderr}, Zone: time.UTC}, nil
}

// BenchmarkVM is what it takes to make a VM and to release it.
func BenchmarkVM(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		engine.New(engine.Options{}).Close()
	}
}

// BenchmarkRun is what it takes to run a job that does nothing.
func BenchmarkRun(b *testing.B) {
	b.ReportAllocs()
	r := NewRunner(plain, slog.New(slog.DiscardHandler), 1)
	d := described(b, Machine(plain), "job.lua", `return job { name = "nothing", run = function(ctx) end }`)
	for b.Loop() {
		r.slots.take(nil)
		if e := r.run(b.Context(), d, engine.JobRun{}); e.Err != nil {
			b.Fatal(e.Err)
		}
	}
}

// described is the job of a file.
func described(t testing.TB, machine Machine, name, text string) *Definition {
	t.Helper()
	src := engine.Source{Name: name, Text: text}
	jobs, err := machine.Load(t.Context(), src)
	require.NoError(t, err)
	return &Definition{jobs[0], src}
}

// BenchmarkLateness has 100 of 1,000 jobs due in each second, and tells how late
// their runs begin.
func BenchmarkLateness(b *testing.B) {
	var all []*Definition
	for i := range 1000 {
		schedule := "0 0 1 1 *"
		if i < 100 {
			schedule = "* * * * * *"
		}
		text := fmt.Sprintf("return job { name = 'job-%d', schedule = '%s', run = function(ctx) print('does nothing') end }", i, schedule)
		all = append(all, described(b, Machine(plain), "job.lua", text))
	}
	var mu sync.Mutex
	var late []time.Duration
	runner := NewRunner(plain, slog.New(slog.DiscardHandler), 100)
	runner.Observe = func(n News) {
		if e, ok := n.(Ended); ok {
			mu.Lock()
			defer mu.Unlock()
			late = append(late, e.Late)
		}
	}
	s := New(Options{Ledger: &Memory{}, Runner: runner, Log: slog.New(slog.DiscardHandler)})
	s.Set(all)
	for b.Loop() {
		ctx, cancel := context.WithTimeout(b.Context(), 10500*time.Millisecond)
		_ = s.Run(ctx) // until the time is up
		cancel()
	}
	slices.Sort(late)
	at := func(share float64) float64 { return float64(late[int(share*float64(len(late)-1))]) / 1e6 }
	b.ReportMetric(float64(len(late)), "runs")
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
}
