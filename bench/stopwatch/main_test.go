package main

import (
	"context"
	"testing"
)

func TestMeasure(t *testing.T) {
	tests := map[string]struct {
		args  []string
		want  string // the last line
		began int    // how often the first line was told of
	}{
		"one command": {[]string{"printf", `a\nb\n`}, "b", 1},
		"pipeline":    {[]string{"printf", `2\n1\n`, "|", "sort", "|", "cat"}, "2", 1},
		"no output":   {[]string{"true"}, "", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			began := 0
			r, err := measure(context.Background(), test.args, func(r *result) {
				if began++; r.First <= 0 || r.Wall != 0 {
					t.Errorf("at the first line the result is %+v", *r)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if began != test.began {
				t.Errorf("it began %d times, want %d", began, test.began)
			}
			if r.Output != test.want {
				t.Errorf("output %q, want %q", r.Output, test.want)
			}
			if r.Memory <= 0 || r.Wall < r.Last || r.Last < r.First {
				t.Errorf("result %+v makes no sense", *r)
			}
		})
	}
}

func TestMeasureFailure(t *testing.T) {
	for name, args := range map[string][]string{
		"no command":      nil,
		"unknown":         {"/no such program"},
		"failing":         {"false"},
		"failing in pipe": {"false", "|", "cat"},
	} {
		t.Run(name, func(t *testing.T) {
			if r, err := measure(context.Background(), args, func(*result) {}); err == nil {
				t.Errorf("result %+v, want an error", *r)
			}
		})
	}
}
