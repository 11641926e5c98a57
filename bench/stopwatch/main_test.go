package main

import (
	"context"
	"testing"
)

func TestMeasure(t *testing.T) {
	tests := map[string]struct {
		args []string
		want string // the last line
	}{
		"one command": {[]string{"printf", `a\nb\n`}, "b"},
		"pipeline":    {[]string{"printf", `2\n1\n`, "|", "sort", "|", "cat"}, "2"},
		"no output":   {[]string{"true"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := measure(context.Background(), test.args)
			if err != nil {
				t.Fatal(err)
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
			if r, err := measure(context.Background(), args); err == nil {
				t.Errorf("result %+v, want an error", *r)
			}
		})
	}
}
