package kube

import (
	"context"
	"io"
	"iter"
	"strings"
	"sync"
	"time"
)

// The number of logs that are read at a time: of those that exist, and of those
// that are followed, each of which keeps a request open.
const (
	logsAtOnce   = 16
	logsFollowed = 200
)

// Logs reads the logs of all pods of the view as one: the lines of a pod in
// their order, those of several as they come. Followed, it also reads what pods
// log that appear later, and containers that start anew, and ends only by Close,
// the context or an error. Pods that have not started, or are gone, have no lines.
// More than 200 pods can't be followed at a time. Each pod counts by itself
// where options.Tail is given.
func (v *View) Logs(ctx context.Context, o LogOptions) (*Logs, error) {
	if v.resource.Kind != "Pod" || v.resource.Group != "" {
		return nil, Errorf(ValueError, "logs of %s: these are no pods", v)
	}
	if !o.Follow {
		return startEvents(ctx, v.cluster.client, func(ctx context.Context, send func(LogLine) error) error {
			return mergeLogs(ctx, v.All(ctx), o, logsAtOnce, send)
		}), nil
	}
	w, err := v.Watch(ctx, WatchOptions{Initial: true, Sync: true})
	if err != nil {
		return nil, err
	}
	return startEvents(ctx, v.cluster.client, func(ctx context.Context, send func(LogLine) error) error {
		defer w.Close()
		return followLogs(ctx, w, o, send)
	}), nil
}

// LogsOf reads the logs of the given pods as one, see [View.Logs]. Followed, it
// ends when all of them have ended.
func LogsOf(ctx context.Context, pods []*Item, o LogOptions) (*Logs, error) {
	if len(pods) == 0 {
		return nil, Errorf(ValueError, "logs: no pods are given")
	}
	for _, pod := range pods {
		if _, err := pod.log(o); err != nil {
			return nil, err
		}
	}
	atOnce := logsAtOnce
	if o.Follow {
		if atOnce = logsFollowed; len(pods) > logsFollowed {
			return nil, errTooManyLogs()
		}
	}
	return startEvents(ctx, pods[0].cluster.client, func(ctx context.Context, send func(LogLine) error) error {
		all := func(yield func(*Item, error) bool) {
			for _, pod := range pods {
				if !yield(pod, nil) {
					return
				}
			}
		}
		return mergeLogs(ctx, all, o, atOnce, send)
	}), nil
}

func errTooManyLogs() error {
	return Errorf(ValueError, "logs: more than %d pods can't be followed at a time (narrow the view)", logsFollowed)
}

// mergeLogs sends the lines of pods, of some at a time.
func mergeLogs(ctx context.Context, pods iter.Seq2[*Item, error], o LogOptions, atOnce int, send func(LogLine) error) error {
	readers := newLogReaders(ctx, send)
	places := make(chan struct{}, atOnce)
	for pod, err := range pods {
		if err != nil {
			readers.fail(err)
			break
		}
		select {
		case places <- struct{}{}:
		case <-readers.ctx.Done():
			return readers.wait()
		}
		readers.start(pod, o, func() { <-places })
	}
	return readers.wait()
}

// followLogs sends the lines of the pods of a watch, as each starts.
func followLogs(ctx context.Context, w *Watcher, o LogOptions, send func(LogLine) error) error {
	readers := newLogReaders(ctx, send)
	ended := make(chan string)
	reading := map[string]bool{} // by uid
	latest := map[string]*Item{} // by uid
	done := map[string]int64{}   // by uid: the restarts of the run that was read
	events := make(chan Event)
	readers.tasks.Go(func() {
		for {
			ev, err := w.Next(readers.ctx, -1)
			if err != nil {
				if err != io.EOF {
					readers.fail(err)
				}
				return
			}
			select {
			case events <- ev:
			case <-readers.ctx.Done():
				return
			}
		}
	})
	consider := func(uid string) {
		pod := latest[uid]
		if pod == nil || reading[uid] {
			return
		}
		name, err := pod.container(o.Container)
		if err != nil {
			readers.fail(Errorf(ValueError, "logs of %s: %w", pod, err))
			return
		}
		status := pod.containerStatus(name)
		restarts, _ := status.Get("restartCount").Int()
		before, was := done[uid]
		if !status.At("state", "running").Exists() && !(status.At("state", "terminated").Exists() && !was) || was && restarts <= before {
			return
		}
		if len(reading) == logsFollowed {
			readers.fail(errTooManyLogs())
			return
		}
		options := o
		if was { // the run that was read before is no part of this log
			options.Tail, options.Since = nil, time.Time{}
		}
		reading[uid], done[uid] = true, restarts
		readers.start(pod, options, func() {
			select {
			case ended <- uid:
			case <-readers.ctx.Done():
			}
		})
	}
	for {
		select {
		case ev := <-events:
			if ev.Type == Sync {
				o.Tail = nil // what appears from now on is read from its start
				continue
			}
			uid := ev.Item.Meta().UID()
			if ev.Type == Deleted {
				delete(latest, uid)
				delete(done, uid)
				continue
			}
			latest[uid] = ev.Item
			consider(uid)
		case uid := <-ended:
			delete(reading, uid)
			consider(uid)
		case <-readers.ctx.Done():
			return readers.wait()
		}
	}
}

// logReaders read logs at the same time and send their lines to one place. The
// first that fails ends the others.
type logReaders struct {
	ctx   context.Context
	end   context.CancelCauseFunc
	send  func(LogLine) error
	tasks sync.WaitGroup

	mu  sync.Mutex
	err error
}

func newLogReaders(ctx context.Context, send func(LogLine) error) *logReaders {
	r := &logReaders{send: send}
	r.ctx, r.end = context.WithCancelCause(ctx)
	return r
}

// start reads the log of a pod and calls ended then.
func (r *logReaders) start(pod *Item, o LogOptions, ended func()) {
	r.tasks.Go(func() {
		defer ended()
		log, err := pod.log(o)
		if err == nil {
			err = log.run(r.ctx, r.send)
		}
		if err != nil && !hasNoLog(err) {
			r.fail(err)
		}
	})
}

// hasNoLog tells whether a log couldn't be read since there is none: the
// container has not started (400), or the pod is gone.
func hasNoLog(err error) bool {
	const noSuchContainer = "is not valid for pod"
	return IsKind(err, LookupError) || IsReason(err, "BadRequest") && !strings.Contains(err.Error(), noSuchContainer)
}

func (r *logReaders) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
	r.end(err)
}

// wait returns when all have ended, with the first error.
func (r *logReaders) wait() error {
	r.tasks.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.end(nil)
	return r.err
}
