package luatest

import (
	"context"
	"regexp"
	"sync"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// Suite runs the tests of files.
type Suite struct {
	Test              // what each test runs in, but for its file and name
	Files    []string // see [Files]
	Only     *regexp.Regexp
	Parallel int  // how many run at once; 0 is one
	FailFast bool // begins no test after one that failed
}

// Count is how many tests became what.
type Count struct {
	Passed, Failed, Skipped int
	Took                    time.Duration
}

// plan lists the tests that will run. A file that can't be run is a result by
// itself.
func (s Suite) plan() (tests []Test, broken []Result) {
	for _, file := range s.Files {
		source, err := engine.FileSource(file)
		if err != nil {
			broken = append(broken, Result{File: file, Failures: []string{err.Error()}})
			continue
		}
		names, err := Load(source)
		if err != nil {
			broken = append(broken, Result{File: file, Failures: []string{err.Error()}})
			continue
		}
		for _, name := range names {
			if t := s.Test; s.Only == nil || s.Only.MatchString(file+":"+name) {
				t.Source, t.Name = source, name
				tests = append(tests, t)
			}
		}
	}
	return tests, broken
}

// Run runs the tests and tells a reporter of each, in the order in which they
// end. The error is the reason for which ctx has ended before they had.
func (s Suite) Run(ctx context.Context, to Reporter) (Count, error) {
	began := time.Now()
	s.fixtures = new(fixtures)
	tests, broken := s.plan()
	to.Begin(len(tests) + len(broken))
	var (
		mu    sync.Mutex
		count Count
		wg    sync.WaitGroup
	)
	ended := func(r Result) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.Failed():
			count.Failed++
		case r.Skipped:
			count.Skipped++
		default:
			count.Passed++
		}
		to.Test(r)
	}
	over := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return ctx.Err() != nil || s.FailFast && count.Failed > 0
	}
	for _, r := range broken {
		ended(r)
	}
	next := make(chan Test)
	for range max(s.Parallel, 1) {
		wg.Go(func() {
			for t := range next {
				if !over() {
					ended(t.Run(ctx))
				}
			}
		})
	}
	for _, t := range tests {
		next <- t
	}
	close(next)
	wg.Wait()
	count.Took = time.Since(began)
	to.End(count)
	return count, context.Cause(ctx)
}
