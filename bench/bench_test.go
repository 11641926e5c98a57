package main

import (
	"context"
	"strings"
	"testing"
	"time"
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
	all := []measured{
		sample(titleCount, fewPods, [columns]time.Duration{kubelua: 119, floor: 100, dynamic: 290, requests: 140}, 60e6),
		sample(titleCount, manyPods, [columns]time.Duration{kubelua: 500, floor: 100}, 75e6),
		sample(titleStart, fewPods, [columns]time.Duration{kubelua: 26 * time.Millisecond, floor: 1}, 0),
	}
	want := map[string]bool{
		"1.2 times":    true,
		"dynamic":      false,
		"0.9 times":    true,
		"64 MB":        true,
		"within 20 %":  false,
		"within 25 ms": false,
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
	p.writeTable(&b, []measured{m})
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

func TestPythonWithoutModule(t *testing.T) {
	if got := python(context.Background(), "no_such_module"); got != "" {
		t.Errorf("python with a module that nobody has = %q, want none", got)
	}
}
