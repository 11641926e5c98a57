package schedule

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/kubelua/kubelua/kube"
)

// Shared is a ledger that processes share: a ConfigMap with an entry for each job,
// and one that says whose it is. Who loads it makes it his own. As each write is
// bound to the version that its sender knows, nobody else writes from then on,
// however late what he has sent arrives: he gets [ErrLost], and finds out before
// he begins a run. It is made by [NewShared].
//
// An entry has some 300 bytes, and as many again of a job that is run by hand or by
// events, too; a ConfigMap holds 1 MiB.
type Shared struct {
	proxy           *kube.Proxy
	namespace, name string
	holder          string
	known           func(job string) bool

	turn chan struct{} // holds a token while somebody reads or writes

	// These are of who has the turn.
	term    string            // by which the ConfigMap is known as ours; "" where it isn't
	version string            // of the ConfigMap that was seen last
	records map[string]Record // that it has

	mu   sync.Mutex
	next *batch // of changes that wait for the turn; nil for none
}

// batch is what is written at once.
type batch struct {
	changes []func(map[string]Record) []string // each returns the names of the jobs that it has changed
	done    chan struct{}                      // closed when it was written, or couldn't be
	err     error
}

// The limits of a write: for how long, and how often it is tried because somebody
// else has changed the ConfigMap.
const (
	writeTime = 5 * time.Second
	maxWrites = 5
)

// forgetAfter is how long the entry of a job is kept that isn't there any more.
const forgetAfter = 7 * 24 * time.Hour

// NewShared returns the ledger in a ConfigMap, which [Shared.Load] makes where it
// isn't there. holder names this process to people. known tells which jobs there
// are: entries of others are dropped after a week.
func NewShared(c *kube.Cluster, namespace, name, holder string, known func(job string) bool) *Shared {
	return &Shared{proxy: c.Proxy(), namespace: namespace, name: name, holder: holder, known: known, turn: make(chan struct{}, 1)}
}

var _ Ledger = (*Shared)(nil)

// Load makes the ledger this process's own and returns what is known of jobs. See
// [Ledger].
func (s *Shared) Load(ctx context.Context) (map[string]Record, error) {
	if err := s.take(ctx); err != nil {
		return nil, err
	}
	defer s.release()
	ctx, cancel := limited(ctx)
	defer cancel()
	s.term = ""
	mine := owner{s.holder, rand.Text()[:10]}
	entries := map[string]any{holderKey: encoded(mine)}
	for try := 1; ; try++ {
		_, err := s.read(ctx)
		if err == nil {
			err = s.patch(ctx, entries)
		} else if kube.IsReason(err, "NotFound") {
			err = s.create(ctx, entries)
		}
		if err == nil {
			s.term = mine.Term
			return maps.Clone(s.records), nil
		}
		if !taken(err) || try == maxWrites {
			return nil, err
		}
	}
}

// Read returns what is known of jobs, and leaves the ledger to whom it belongs.
// Where there is none yet nothing is known.
func (s *Shared) Read(ctx context.Context) (map[string]Record, error) {
	object, err := s.fetch(ctx)
	if kube.IsReason(err, "NotFound") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return recordsIn(object), nil
}

// Claim notes which runs are about to start. See [Ledger].
func (s *Shared) Claim(ctx context.Context, claims []Claim) error {
	return s.change(ctx, func(records map[string]Record) (changed []string) {
		for _, c := range claims {
			r := records[c.Job]
			r.Take(c, s.holder)
			records[c.Job] = r
			changed = append(changed, c.Job)
		}
		return changed
	})
}

// Finish notes how runs ended. See [Ledger].
func (s *Shared) Finish(ctx context.Context, results []Result) error {
	return s.change(ctx, func(records map[string]Record) (changed []string) {
		for _, of := range results {
			if r, ok := records[of.Job]; ok && r.End(of) {
				records[of.Job] = r
				changed = append(changed, of.Job)
			}
		}
		return changed
	})
}

// Note notes what has happened beside the schedules. See [Ledger].
func (s *Shared) Note(ctx context.Context, notes map[string]Note) error {
	return s.change(ctx, func(records map[string]Record) (changed []string) {
		for job, n := range notes {
			if n.Other != (Run{}) {
				n.Other.Holder = s.holder
			}
			r := records[job]
			r.Add(n)
			records[job] = r
			changed = append(changed, job)
		}
		return changed
	})
}

// change makes a change together with all others that wait while something is
// written. When ctx ends it may happen all the same.
func (s *Shared) change(ctx context.Context, change func(map[string]Record) []string) error {
	s.mu.Lock()
	if s.next == nil {
		s.next = &batch{done: make(chan struct{})}
	}
	b := s.next
	b.changes = append(b.changes, change)
	s.mu.Unlock()
	select {
	case <-b.done:
		return b.err
	case s.turn <- struct{}{}:
		defer s.release()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	s.mu.Lock()
	mine := s.next == b
	if mine {
		s.next = nil
	}
	s.mu.Unlock()
	if mine {
		// Others wait for it, too.
		ctx, cancel := limited(context.WithoutCancel(ctx))
		defer cancel()
		b.err = s.write(ctx, b.changes)
		close(b.done)
	}
	<-b.done
	return b.err
}

// write writes a batch.
func (s *Shared) write(ctx context.Context, changes []func(map[string]Record) []string) error {
	if s.term == "" {
		return ErrLost
	}
	for try := 1; ; try++ {
		records := maps.Clone(s.records)
		entries := map[string]any{}
		for _, change := range changes {
			for _, job := range change(records) {
				entries[job] = entryOf(records[job])
			}
		}
		s.forget(records, entries)
		err := s.patch(ctx, entries)
		switch {
		case err == nil:
			s.records = records
			return nil
		case kube.IsReason(err, "NotFound"):
			s.term = ""
			return ErrLost
		case !taken(err) || try == maxWrites:
			return err
		}
		// Somebody else has changed it, or the answer to a write of ours was lost.
		now, err := s.read(ctx)
		if err != nil {
			return err
		}
		if now.Term != s.term {
			s.term = ""
			return ErrLost
		}
	}
}

// forget drops entries of jobs that aren't there any more.
func (s *Shared) forget(records map[string]Record, entries map[string]any) {
	for job, r := range records {
		newest := r.Scheduled
		for _, t := range []time.Time{r.Run.Started, r.Run.Finished, r.Other.Finished, r.Events.At} {
			if t.After(newest) {
				newest = t
			}
		}
		if !s.known(job) && time.Since(newest) > forgetAfter {
			delete(records, job)
			entries[job] = nil
		}
	}
}

func (s *Shared) take(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Shared) release() { <-s.turn }

// limited is a context for a write.
func limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, writeTime, errors.New("the account of the jobs: the server didn't answer in time"))
}

// taken tells whether a write was refused because somebody else was faster.
func taken(err error) bool {
	var e *kube.Error
	return errors.As(err, &e) && e.StatusCode == http.StatusConflict
}

// read reads the ConfigMap and returns whose it is.
func (s *Shared) read(ctx context.Context) (owner, error) {
	object, err := s.fetch(ctx)
	if err != nil {
		return owner{}, err
	}
	s.version, s.records = versionOf(object), recordsIn(object)
	return ownerIn(object), nil
}

func (s *Shared) fetch(ctx context.Context) (kube.Value, error) {
	return s.proxy.Do(ctx, kube.Call{Method: http.MethodGet, Path: s.path(s.name)})
}

// create makes the ConfigMap with an entry.
func (s *Shared) create(ctx context.Context, entries map[string]any) error {
	object, err := s.proxy.Do(ctx, kube.Call{
		Method: http.MethodPost, Path: s.path(),
		Body: []byte(encoded(map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": s.name}, "data": entries,
		})),
	})
	if err == nil {
		s.version, s.records = versionOf(object), map[string]Record{}
	}
	return err
}

// patch changes entries of the version that was seen last; nil drops one.
func (s *Shared) patch(ctx context.Context, entries map[string]any) error {
	object, err := s.proxy.Do(ctx, kube.Call{
		Method: http.MethodPatch, PatchType: "merge", Path: s.path(s.name),
		Body: []byte(encoded(map[string]any{
			"metadata": map[string]any{"resourceVersion": s.version}, "data": entries,
		})),
	})
	if err == nil {
		s.version = versionOf(object)
	}
	return err
}

// path is the path of the ConfigMap, or of all of them without a name.
func (s *Shared) path(name ...string) []string {
	return append([]string{"api/v1", "namespaces", s.namespace, "configmaps"}, name...)
}

func versionOf(object kube.Value) string { return object.At("metadata", "resourceVersion").String() }
