package schedule

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// maxObjects bounds how many objects of a job wait for their runs or have them. What
// comes then waits in the watch.
const maxObjects = 10_000

// rewatchTime is how long to wait before a watch is tried again that the server has
// refused.
const rewatchTime = 30 * time.Second

// follower is the watch of a job that events trigger. But for its goroutine, the
// scheduler's loop alone uses it.
type follower struct {
	*Definition
	what    string // is watched
	since   string // the version behind which the watch begins; "" for with what exists
	came    uint64 // the version up to which all events have come; 0 for none
	marked  uint64 // the version that was marked last
	objects map[string]*object
	room    chan struct{} // holds a value for each object
	stop    context.CancelFunc
	stopped bool // it watches no longer, and is known until no object has a run
}

// object is an object whose event triggers a run, or that has one. An object has one
// run at a time.
type object struct {
	*follower
	uid     string
	event   kube.Event // the newest one that has had no run
	pending bool       // there is one
	dealt   uint64     // the version up to which its events are dealt with
	next    uint64     // and that up to which they will be when the run that goes on has ended
	attempt int        // of the run that goes on, or failed last; 0 for none
	retry   time.Time  // not before that a run begins
	queued  bool       // it waits for a slot
	cancel  context.CancelCauseFunc
	alarm
}

// whatOf is what is watched for a job.
func whatOf(on *engine.JobEvents) string { return fmt.Sprintf("%s %s", on.View.Resource(), on.View) }

// follow watches what a job says.
func (s *Scheduler) follow(d *Definition) {
	name, on := d.Job.Name, d.Job.On
	f := s.follows[name]
	switch {
	case on == nil || s.Cluster == nil:
		s.unfollow(name, nil)
		return
	case f != nil && !f.stopped && f.what == whatOf(on):
		f.Definition = d
		return
	}
	s.unfollow(name, nil)
	ctx, stop := context.WithCancel(s.runs)
	f = &follower{Definition: d, what: whatOf(on), objects: map[string]*object{}, room: make(chan struct{}, maxObjects), stop: stop}
	f.goOn(s.takeMark(name))
	f.takeOver(s.follows[name])
	s.follows[name] = f
	s.watching.Go(func() { s.watch(ctx, f, d.Job) })
}

// takeOver takes over the objects of a follower that was stopped, if there is one:
// theirs are the runs that go on.
func (f *follower) takeOver(before *follower) {
	if before == nil {
		return
	}
	for uid, o := range before.objects {
		o.follower, o.dealt, f.objects[uid] = f, f.came, o
		f.room <- struct{}{}
	}
}

// unfollow ends the watch of a job, if it has one. Runs that go on are cancelled
// where there is a cause.
func (s *Scheduler) unfollow(name string, cause error) {
	f := s.follows[name]
	if f == nil {
		return
	}
	f.stop()
	f.stopped = true
	for _, o := range f.objects {
		o.pending = false
		if o.cancel != nil && cause != nil {
			o.cancel(cause)
		}
		s.settled(o)
	}
	s.unfollowed(f)
}

// unfollowed forgets a follower that was stopped, once none of its objects has a run.
func (s *Scheduler) unfollowed(f *follower) {
	if name := f.Job.Name; f.stopped && len(f.objects) == 0 && s.follows[name] == f {
		delete(s.follows, name)
	}
}

// watch hands the events that trigger a job to the loop until ctx ends.
func (s *Scheduler) watch(ctx context.Context, f *follower, job *engine.Job) {
	view := job.On.View
	options := kube.WatchOptions{Initial: f.since == "", Since: f.since, Sync: true}
	for ctx.Err() == nil {
		err := s.watchOnce(ctx, f, view, &options)
		if ctx.Err() != nil {
			return
		}
		s.Log.Error("a watch has ended", "watch", view.String(), "error", short(err), "again", rewatchTime)
		s.Runner.Observe.tell(WatchEnded{job, err})
		_ = kube.Sleep(ctx, rewatchTime) // the loop asks the context
	}
}

// watchOnce watches until that can't go on. The options are then those by which another
// watch does.
func (s *Scheduler) watchOnce(ctx context.Context, f *follower, view *kube.View, options *kube.WatchOptions) error {
	cluster, err := s.Cluster()
	if err != nil {
		return err
	}
	w, err := view.On(cluster).Watch(ctx, *options)
	if err != nil {
		return err
	}
	defer w.Close()
	for {
		select {
		case f.room <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		ev, err := w.Next(ctx, -1)
		if err == io.EOF {
			err = fmt.Errorf("the cluster is closed")
		}
		if err != nil {
			<-f.room
			return err
		}
		if number(ev.Version) > 0 {
			options.Initial, options.Since = false, ev.Version
		}
		s.mail.post(func() { s.came(f, ev) })
	}
}

// came notes an event.
func (s *Scheduler) came(f *follower, ev kube.Event) {
	before := f.came
	if version := number(ev.Version); version > before {
		f.came = version
		if !s.draining { // which would never end
			s.noteSoon()
		}
	}
	if f.stopped || ev.Type == kube.Sync {
		<-f.room
		return
	}
	uid := ev.Item.Meta().UID()
	o := f.objects[uid]
	triggers := slices.Contains(f.Job.On.Types, ev.Type)
	if o != nil || !triggers {
		<-f.room
	}
	switch {
	case !triggers:
		if o != nil && ev.Type == kube.Deleted {
			// There is nothing any more that a run could be about.
			o.pending = false
			s.settled(o)
		}
	default:
		if o == nil {
			o = &object{follower: f, uid: uid, dealt: dealtBefore(ev, before), alarm: alarm{place: -1}}
			f.objects[uid] = o
		} else if o.cancel != nil && !o.pending {
			o.next = dealtBefore(ev, before)
		}
		o.event, o.pending = ev, true
		if o.cancel == nil {
			o.attempt = 0
			s.wakes.set(o, later(s.now().Add(f.Job.On.Debounce), o.retry))
		}
	}
}

// later is the later one of two times.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// ring begins the run of the object.
func (o *object) ring(s *Scheduler, now time.Time) {
	s.wakes.set(o, time.Time{})
	switch {
	case s.draining || o.stopped || o.queued || o.cancel != nil:
	case !s.Runner.slots.take(s.slot):
		o.queued = true
		s.waiting = append(s.waiting, o)
	default:
		s.trigger(o, now)
	}
}

// retake tries again to get a slot.
func (o *object) retake(s *Scheduler, now time.Time) {
	o.queued = false
	if o.pending {
		o.ring(s, now)
	} else {
		s.settled(o)
	}
}

// trigger starts the run of an object.
func (s *Scheduler) trigger(o *object, now time.Time) {
	ctx, cancel := context.WithCancelCause(s.runs)
	o.cancel, o.pending = cancel, false
	o.attempt++
	s.running++
	definition, ev, attempt := o.Definition, o.event, o.attempt
	go func() {
		defer cancel(nil)
		e := s.Runner.run(ctx, definition, engine.JobRun{Scheduled: now, Attempt: attempt, Trigger: engine.ByEvent, Event: &ev})
		givenUp := context.Cause(ctx) == errRemoved
		s.mail.post(func() { s.triggered(o, e, givenUp) })
	}()
}

// triggered notes how the run of an object has ended, and whether it was given up for
// good.
func (s *Scheduler) triggered(o *object, e Ended, givenUp bool) {
	s.running--
	o.cancel = nil
	s.ranOther(e)
	now := s.now()
	begins := now
	switch {
	case e.Err == nil || e.Attempt > o.Job.Retries || givenUp:
		o.attempt, o.retry, o.dealt = 0, time.Time{}, o.next
		begins = now.Add(o.Job.On.Debounce)
	default:
		o.retry = now.Add(o.Job.Backoff.Pause(e.Attempt))
		begins = o.retry
		if o.pending {
			o.attempt = 0 // something newer is tried
		}
		o.pending = !o.stopped
	}
	if o.pending {
		s.wakes.set(o, begins)
	}
	s.settled(o)
	s.checkDrained()
}

// settled forgets an object that neither waits for a run nor has one.
func (s *Scheduler) settled(o *object) {
	if o.pending || o.queued || o.cancel != nil || o.objects[o.uid] != o {
		return
	}
	s.wakes.set(o, time.Time{})
	delete(o.objects, o.uid)
	<-o.room
	if !s.draining {
		s.noteSoon()
	}
	s.unfollowed(o.follower)
}
