package repl

import (
	"context"
	"sync"
	"time"
)

// asked remembers what was asked for in the background. Whoever wants an answer
// gets the one that is there, and never waits. It is safe for concurrent use.
type asked struct {
	ctx    context.Context
	end    context.CancelFunc
	notify func() // called when an answer has come; not under the lock

	mu      sync.Mutex
	answers map[question]*answer
	came    chan struct{} // closed when the next answer comes
	ended   bool
	running sync.WaitGroup
}

// question is what was asked of what: the names of a view, the kinds of a
// cluster.
type question struct {
	of   any
	what string
}

// answer is what is known.
type answer struct {
	value  any // nil before there is one
	at     time.Time
	failed time.Time // when it was asked in vain, zero if it wasn't
	asking bool
}

const (
	// askTime is how long an answer may take.
	askTime = time.Minute
	// failTime is how long a question isn't repeated that had no answer.
	failTime = 15 * time.Second
	// maxAnswers is how many are remembered.
	maxAnswers = 64
)

// newAsked makes one that remembers nothing yet. The caller closes it.
func newAsked(notify func()) *asked {
	ctx, end := context.WithCancel(context.Background())
	return &asked{ctx: ctx, end: end, notify: notify, answers: map[question]*answer{}, came: make(chan struct{})}
}

// close ends what is being asked, and returns when it has ended.
func (a *asked) close() {
	a.mu.Lock()
	a.ended = true
	a.mu.Unlock()
	a.end()
	a.running.Wait()
}

// ask returns the answer to a question as it is known, the zero T where it
// isn't. What isn't known, or is older than fresh, is asked for; pending tells
// whether an answer is on its way.
func ask[T any](a *asked, q question, fresh time.Duration, get func(ctx context.Context) (T, error)) (value T, pending bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	known := a.answers[q]
	if known == nil {
		known = &answer{}
		a.forget()
		a.answers[q] = known
	}
	value, _ = known.value.(T)
	now := time.Now()
	wanted := known.value == nil || now.Sub(known.at) > fresh
	if wanted && !known.asking && !a.ended && (known.failed.IsZero() || now.Sub(known.failed) > failTime) {
		known.asking = true
		a.running.Go(func() {
			ctx, cancel := context.WithTimeout(a.ctx, askTime)
			defer cancel()
			value, err := get(ctx)
			a.answered(known, value, err)
		})
	}
	return value, known.asking
}

// answered takes an answer.
func (a *asked) answered(to *answer, value any, err error) {
	a.mu.Lock()
	to.asking = false
	if err != nil {
		to.failed = time.Now()
	} else {
		to.value, to.at, to.failed = value, time.Now(), time.Time{}
	}
	close(a.came)
	a.came = make(chan struct{})
	ended := a.ended
	a.mu.Unlock()
	if !ended {
		a.notify()
	}
}

// next returns a channel that is closed when the next answer comes.
func (a *asked) next() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.came
}

// forget makes room for another answer: the oldest goes.
func (a *asked) forget() {
	for len(a.answers) >= maxAnswers {
		var oldest question
		var found *answer
		for q, known := range a.answers {
			if !known.asking && (found == nil || known.at.Before(found.at)) {
				oldest, found = q, known
			}
		}
		if found == nil {
			return
		}
		delete(a.answers, oldest)
	}
}
