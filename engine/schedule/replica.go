package schedule

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/kubelua/kubelua/kube"
)

// Replica is one of several processes that run the same jobs between them, each job
// in one of them at a time. The jobs are in shards, for each of which there is a
// lease and a ledger in the cluster; whoever holds the lease schedules the jobs of
// the shard. Its methods are safe for concurrent use.
//
// A replica that loses a lease cancels the runs of the shard, and sends nothing of
// theirs any more, before another one may begin. What it had claimed and not
// finished is then a failed attempt.
type Replica struct {
	ReplicaOptions

	mu         sync.Mutex
	all        []*Definition
	names      map[string]bool    // of all jobs
	schedulers map[int]*Scheduler // by the shards that are led
}

// ReplicaOptions are what a replica works with. All of them must be equal in all
// processes but Cluster, Runner, Watched and Log.
type ReplicaOptions struct {
	// Cluster has the leases and ledgers. A guard of it would keep them from being
	// written; [kube.Options.HTTP1] is right for it.
	Cluster   *kube.Cluster
	Namespace string

	// Name is that of the scheduler: jobs of another one have other leases.
	Name string

	// Shards is in how many parts the jobs are, from 1 to MaxShards.
	Shards int

	// Lease is how long a process that isn't heard of keeps its shards; 0 for 15
	// seconds.
	Lease time.Duration

	// Grace is what runs have when the process is to end.
	Grace Grace

	// Runner makes the runs.
	Runner *Runner

	// Watched is Options.Cluster of the schedulers.
	Watched func() (*kube.Cluster, error)

	// Log gets what the replica does.
	Log *slog.Logger
}

// NewReplica makes a replica that looks after no job yet.
func NewReplica(o ReplicaOptions) *Replica {
	return &Replica{ReplicaOptions: o, schedulers: map[int]*Scheduler{}}
}

// Set says which jobs there are from now on. See [Scheduler.Set].
func (r *Replica) Set(all []*Definition) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all, r.names = slices.Clone(all), map[string]bool{}
	for _, d := range all {
		r.names[d.Job.Name] = true
	}
	for shard, s := range r.schedulers {
		s.Set(r.of(shard))
	}
}

// of are the jobs of a shard. The caller has locked the replica.
func (r *Replica) of(shard int) []*Definition {
	var jobs []*Definition
	for _, d := range r.all {
		if shardOf(d.Job.Name, r.Shards) == shard {
			jobs = append(jobs, d)
		}
	}
	return jobs
}

// Leads are the shards that this process schedules, in order.
func (r *Replica) Leads() []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	var shards []int
	for shard := range r.schedulers {
		shards = append(shards, shard)
	}
	slices.Sort(shards)
	return shards
}

// knows tells whether a job is there. Each write of a ledger asks for all of its jobs.
func (r *Replica) knows(job string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.names[job]
}

// Run schedules a share of the jobs until ctx ends. Then no run begins any more,
// those that go on have time to end, and the leases are given back. The error is
// nil, or one that waiting doesn't cure, such as that the leases are forbidden.
func (r *Replica) Run(ctx context.Context) error {
	var names []string
	for shard := range r.Shards {
		names = append(names, LeaseName(r.Name, shard))
	}
	leases := r.Cluster.LeaseSet(r.Namespace, names, kube.LeaseOptions{Duration: r.Lease, Seen: r.see})
	err := leases.Hold(ctx, func(held context.Context, shard int, wanted <-chan struct{}) error {
		return r.lead(ctx, held, leases.Lease(shard), shard, wanted)
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// see logs who has a lease.
func (r *Replica) see(l *kube.Lease, holder string, err error) {
	switch {
	case err != nil:
		r.Log.Warn("the lease can't be looked at", "lease", l.Name(), "error", short(err))
	case holder != l.Holder():
		r.Log.Info("waiting for the lease", "lease", l.Name(), "holder", holder)
	}
}

// lead schedules a shard while its lease is held, until it is wanted.
func (r *Replica) lead(ctx, held context.Context, lease *kube.Lease, shard int, wanted <-chan struct{}) error {
	log := r.Log
	if r.Shards > 1 {
		log = log.With("shard", shard)
	}
	s := New(Options{
		Ledger:  NewShared(r.Cluster, r.Namespace, LedgerName(r.Name, shard), lease.Holder(), r.knows),
		Runner:  r.Runner.fenced(lease.Fence(held)),
		Cluster: r.Watched,
		Log:     log,
	})
	r.mu.Lock()
	r.schedulers[shard] = s
	s.Set(r.of(shard))
	r.mu.Unlock()
	r.Runner.Observe.tell(Led{shard, true})
	log.Info("leading", "lease", lease.Name(), "holder", lease.Holder())
	over, stop := context.WithCancel(held)
	defer stop()
	go func() {
		defer stop()
		handOver(ctx, over, s, wanted)
	}()
	err := serve(held, over.Done(), s, r.Grace)
	r.mu.Lock()
	delete(r.schedulers, shard)
	r.mu.Unlock()
	r.Runner.Observe.tell(Led{shard, false})
	if errors.Is(err, ErrLost) || kube.IsReason(err, kube.ReasonLeaseLost) {
		log.Warn("leading no longer", "error", short(err))
		return nil
	}
	log.Info("leading no longer")
	return err
}

// The limits of giving a shard to another process: how long runs are kept from
// beginning because others have to end first, and the pause before the next try,
// which doubles.
const (
	handOverTime   = 2 * time.Second
	firstOverPause = 10 * time.Second
	lastOverPause  = 5 * time.Minute
)

// handOver returns when a scheduler should end: because process ends, or because the
// shard is wanted elsewhere and none of its runs goes on. It isn't worth cancelling
// one.
func handOver(process, over context.Context, s *Scheduler, wanted <-chan struct{}) {
	select {
	case <-wanted:
	case <-over.Done():
		return
	}
	for pause := firstOverPause; process.Err() == nil; pause = min(2*pause, lastOverPause) {
		limit, cancel := context.WithTimeout(over, handOverTime)
		err := s.Drain(limit)
		cancel()
		if err == nil {
			return
		}
		s.Resume()
		waiting, cancel := context.WithTimeout(over, pause)
		select {
		case <-process.Done():
		case <-waiting.Done():
		}
		cancel()
		if over.Err() != nil {
			return
		}
	}
}

// fenced is the runner whose runs' requests pass through a link, with the same
// slots.
func (r *Runner) fenced(link kube.Link) *Runner {
	fenced := *r
	fenced.links = []kube.Link{link}
	return &fenced
}
