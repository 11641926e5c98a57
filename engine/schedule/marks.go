package schedule

import (
	"strconv"
	"time"

	"github.com/kubelua/kubelua/kube"
)

// What triggers jobs is events, and how far these were dealt with is a resource
// version: versions of one resource are numbers that grow (KEP-5504). Where one isn't,
// nothing is noted, and all that exists is ADDED when scheduling begins anew.

// Mark is how far the events were dealt with that trigger a job.
type Mark struct {
	Watch   string    // identifies what is watched
	Version string    // the resource version behind which events are still to be dealt with
	At      time.Time // when that was noted
}

// mark has the marks be written that have moved.
func (s *Scheduler) mark(now time.Time) {
	for name, f := range s.follows {
		if version := f.dealt(); version > f.marked && !f.stopped {
			f.marked = version
			s.writes.note(name, Note{Events: Mark{Watch: f.identity(), Version: strconv.FormatUint(version, 10), At: now}})
		}
	}
}

// identity identifies what the follower watches.
func (f *follower) identity() string { return digest(f.what) }

// dealt is up to which version nothing is to be done any more; 0 for none that is
// known.
func (f *follower) dealt() uint64 {
	version := f.came
	for _, o := range f.objects {
		version = min(version, o.dealt)
	}
	return version
}

// dealtBefore is up to which version all is dealt with but an event, before which all
// had come up to another one.
func dealtBefore(ev kube.Event, came uint64) uint64 {
	if version := number(ev.Item.Meta().Version()); version > came {
		return version - 1
	}
	return came
}

// takeMark is the mark of a job in the ledger, as it was found there. It is good for
// one watch: another one begins anew.
func (s *Scheduler) takeMark(job string) Mark {
	r, known := s.records[job]
	m := r.Events
	if r.Events = (Mark{}); known {
		s.records[job] = r
	}
	return m
}

// goOn has the watch begin where a mark says, if that is of what is watched.
func (f *follower) goOn(m Mark) {
	if version := number(m.Version); version > 0 && m.Watch == f.identity() {
		f.since, f.came, f.marked = m.Version, version, version
	}
}

// number is a resource version; 0 where it is none that can be compared.
func number(version string) uint64 {
	n, err := strconv.ParseUint(version, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
