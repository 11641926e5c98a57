package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubelua/kubelua/kube"
)

func TestMedian(t *testing.T) {
	tests := map[string]struct {
		all  []time.Duration
		want time.Duration
		ok   bool
	}{
		"none": {nil, 0, false},
		"one":  {[]time.Duration{3}, 3, true},
		"odd":  {[]time.Duration{9, 1, 4}, 4, true},
		"even": {[]time.Duration{8, 2, 4, 100}, 6, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := median(test.all)
			if got != test.want || ok != test.ok {
				t.Errorf("median(%v) = %v, %v, want %v, %v", test.all, got, ok, test.want, test.ok)
			}
		})
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 500: "500", 5000: "5,000", 20010: "20,010", 1000000: "1,000,000"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q, want %q", n, got, want)
		}
	}
}

// sample is a task in which kubelua takes the given times of what the floor and
// the others take, and as much memory.
func sample(title string, pods int, times [columns]time.Duration, memory int64) measured {
	m := measured{task: task{title: title, rows: []row{{title, wall}}}, pods: pods}
	for who, took := range times {
		m.commands[who] = []string{"program"}
		if took > 0 {
			m.series[who] = []result{{Wall: took, Memory: memory, Output: "5000 22000000"}}
		}
	}
	return m
}

func TestGoals(t *testing.T) {
	p := &programs{kubelua: "/no such file"}
	watches := sample(titleWatches, fewPods, [columns]time.Duration{kubelua: 126, floor: 100}, 0)
	watches.series[kubelua] = []result{{Wall: 126, Output: "110000\t0"}, {Wall: 126, Output: "109999\t1"}}
	all := []measured{
		sample(titleCount, fewPods, [columns]time.Duration{kubelua: 119, floor: 100, dynamic: 290, requests: 140}, 60e6),
		sample(titleCount, manyPods, [columns]time.Duration{kubelua: 500, floor: 100}, 75e6),
		sample(titleStart, fewPods, [columns]time.Duration{kubelua: 26 * time.Millisecond, floor: 1}, 0),
		sample(titleParallel, fewPods, [columns]time.Duration{kubelua: 109, dynamic: 100}, 0),
		sample(titleTurns, 0, [columns]time.Duration{kubelua: 3001}, 0),
		sample(titleSleepers, 0, [columns]time.Duration{kubelua: 1}, 201e6),
		sample(titleGenerators, 0, [columns]time.Duration{kubelua: 1}, 399e6),
		watches,
	}
	want := map[string]bool{
		"1.2 times":    true,
		"dynamic":      false,
		"0.9 times":    true,
		"64 MB":        true,
		"within 20 %":  false,
		"within 25 ms": false,
		"1.1 times":    true,
		"1.25 times":   false,
		"no event":     false,
		"3 µs":         false,
		"200 MB":       false,
		"400 MB":       true,
	}
	goals := p.goals(all)
	if len(goals) != len(want) {
		t.Errorf("%d goals, want %d: %v", len(goals), len(want), goals)
	}
	for part, met := range want {
		found := false
		for _, g := range goals {
			if strings.Contains(g.text, part) {
				if found = true; g.met != met {
					t.Errorf("goal %q, measured %s: met is %v, want %v", g.text, g.measured, g.met, met)
				}
			}
		}
		if !found {
			t.Errorf("no goal with %q", part)
		}
	}
}

func TestTableMarksWhoIsMissing(t *testing.T) {
	p := &programs{}
	p.peers[requests] = peer{name: "requests", absent: "python3 with requests"}
	m := sample(titleCount, fewPods, [columns]time.Duration{kubelua: 1500 * time.Millisecond, floor: time.Second}, 40e6)
	m.commands[kubectl] = nil
	var b strings.Builder
	p.writeTable(&b, []measured{m}, []int{kubelua, floor, dynamic, requests, kubectl, official})
	p.writeNotes(&b, []measured{m})
	for _, part := range []string{
		"| count the Running pods | **1.50 s** | 1.00 s | skipped | not present | - | skipped |\n",
		"| - kubelua takes |  | 1.50 x |  |",
		"| - processor time, memory | 0.0 ms, 40 MB | 0.0 ms, 40 MB |",
		"5,000 pods are 22 MB of JSON",
		"requests: not present, for want of python3 with requests",
	} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("the report has no %q:\n%s", part, b.String())
		}
	}
}

func TestEach(t *testing.T) {
	tests := map[string]struct {
		result result
		want   time.Duration
	}{
		"many":    {result{Wall: time.Second, Output: "1000"}, time.Millisecond},
		"nothing": {result{Wall: time.Second}, time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := each(test.result); got != test.want {
				t.Errorf("each(%+v) = %v, want %v", test.result, got, test.want)
			}
		})
	}
}

// The shell takes the part of the program stopwatch.
func TestRunDuring(t *testing.T) {
	r := &runner{programs: &programs{stopwatch: "sh"}}
	failure := errors.New("no")
	tests := map[string]struct {
		says string
		err  error // of during
		want []string
		fail string
	}{
		"a first line":   {`echo '{"first": 1}'; echo '{"first": 1, "wall": 5, "output": "'$0'"}'`, nil, []string{"called"}, ""},
		"no output":      {`echo '{"wall": 5, "output": "'$0'"}'`, nil, nil, ""},
		"during fails":   {`echo '{"first": 1}'; exec sleep 60`, failure, []string{"called"}, "no"},
		"it fails":       {`echo lost >&2; exit 1`, nil, nil, "lost"},
		"it fails later": {`echo '{"first": 1}'; echo lost >&2; exit 1`, nil, []string{"called"}, "lost"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var calls []string
			during := func(_ context.Context, _ *kube.Cluster, value string) error {
				calls = append(calls, "called")
				return test.err
			}
			got, err := r.run(context.Background(), []string{"-c", test.says, value}, during)
			switch {
			case test.fail != "" && (err == nil || err.Error() != test.fail):
				t.Errorf("error %v, want %s", err, test.fail)
			case test.fail == "" && (err != nil || got.Wall != 5 || !strings.HasPrefix(got.Output, "run-")):
				t.Errorf("result %+v, %v", got, err)
			}
			if !slices.Equal(calls, test.want) {
				t.Errorf("during was %q, want %q", calls, test.want)
			}
		})
	}
}

func TestPythonWithoutModule(t *testing.T) {
	if got := python(context.Background(), "no_such_module"); got != "" {
		t.Errorf("python with a module that nobody has = %q, want none", got)
	}
}
