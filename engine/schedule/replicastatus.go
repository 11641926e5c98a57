package schedule

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// Status tells how things stand, in the order of the jobs' names; with those that
// other processes schedule, as far as their ledgers tell.
func (r *Replica) Status(ctx context.Context) ([]Status, error) {
	r.mu.Lock()
	led := maps.Clone(r.schedulers)
	elsewhere := map[int][]*engine.Job{}
	for _, d := range r.all {
		if shard := shardOf(d.Job.Name, r.Shards); led[shard] == nil {
			elsewhere[shard] = append(elsewhere[shard], d.Job)
		}
	}
	r.mu.Unlock()
	var all []Status
	for _, s := range led {
		here, err := s.Status(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, here...)
	}
	for shard, jobs := range elsewhere {
		records, err := NewShared(r.Cluster, r.Namespace, LedgerName(r.Name, shard), "", nil).Read(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, Recorded(jobs, records, time.Now())...)
	}
	slices.SortFunc(all, func(a, b Status) int { return cmp.Compare(a.Job.Name, b.Job.Name) })
	return all, nil
}

// Ready waits until the ledgers of the shards are loaded that this process schedules;
// one that has none stands by, and is ready. The error is the cause of ctx.
func (r *Replica) Ready(ctx context.Context) error {
	r.mu.Lock()
	led := maps.Clone(r.schedulers)
	r.mu.Unlock()
	for _, s := range led {
		if err := s.Ready(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Recorded tells how things stand with jobs that are scheduled elsewhere, as far as
// a ledger tells.
func Recorded(jobs []*engine.Job, records map[string]Record, now time.Time) []Status {
	var all []Status
	for _, j := range jobs {
		last := records[j.Name].Run
		status := Status{Job: j, Last: records[j.Name].Newest(), Running: last.Attempt > 0 && last.Finished.IsZero(), Elsewhere: true}
		if j.Schedule != nil {
			status.Next = j.Schedule.Next(now)
		}
		if !last.Retry.IsZero() && (status.Next.IsZero() || last.Retry.Before(status.Next)) {
			status.Next = last.Retry
		}
		all = append(all, status)
	}
	return all
}

// Trigger has a job run once now, by hand. One that another process schedules is an
// error. See [Scheduler.Trigger].
func (r *Replica) Trigger(ctx context.Context, name string) error {
	shard := shardOf(name, r.Shards)
	r.mu.Lock()
	s := r.schedulers[shard]
	r.mu.Unlock()
	if s == nil {
		return fmt.Errorf("another process schedules the job %s, if there is one (see the lease %s)", name, LeaseName(r.Name, shard))
	}
	return s.Trigger(ctx, name)
}

// LeaseOf names the lease under which a job is scheduled.
func (r *Replica) LeaseOf(job string) (namespace, name string) {
	return r.Namespace, LeaseName(r.Name, shardOf(job, r.Shards))
}
