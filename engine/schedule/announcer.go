package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/kubelua/kubelua/kube"
)

// Announcer is an [Observer] that records as Events of the cluster which jobs have
// failed: about the object whose event triggered the run, else about the lease under
// which the job is scheduled. Attempts that are tried again aren't announced, and
// there are only so many Events. Where they are forbidden it says so, once, and that
// is all. It is made by [NewAnnouncer].
type Announcer struct {
	options  AnnouncerOptions
	instance string
	failures chan Ended
	limit    *rate.Limiter
	newest   map[string]time.Time // Events by what they are about
	told     bool                 // that they can't be recorded
}

// AnnouncerOptions are what an announcer works with.
type AnnouncerOptions struct {
	// Cluster is where the Events are recorded. It is asked for before each.
	Cluster func() (*kube.Cluster, error)

	// Lease names the lease under which a job is scheduled; nil for none. Then only
	// runs that events trigger are announced.
	Lease func(job string) (namespace, name string)

	// Log gets that Events can't be recorded.
	Log *slog.Logger
}

// The bounds of what is announced.
const (
	announceAgain = 10 * time.Minute // between two Events about one job and object
	announceEvery = 10 * time.Second // between two Events, in the long run
	announceBurst = 30
	announceTime  = 10 * time.Second // for sending one
	maxNote       = 1024             // bytes of an Event's note, as Kubernetes bounds it
)

// NewAnnouncer makes an announcer, which sends nothing before [Announcer.Run].
func NewAnnouncer(o AnnouncerOptions) *Announcer {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return &Announcer{
		options: o, instance: host[:min(len(host), 128)],
		failures: make(chan Ended, announceBurst),
		limit:    rate.NewLimiter(rate.Every(announceEvery), announceBurst),
		newest:   map[string]time.Time{},
	}
}

// Observe takes news. What comes too fast to be announced is dropped.
func (a *Announcer) Observe(n News) {
	e, ended := n.(Ended)
	if !ended || e.Outcome != Failed && e.Outcome != TimedOut || e.Retries {
		return
	}
	select {
	case a.failures <- e:
	default:
	}
}

// Run records Events until ctx ends.
func (a *Announcer) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-a.failures:
			a.announce(ctx, e)
		}
	}
}

// announce records a failure, unless there were many.
func (a *Announcer) announce(ctx context.Context, e Ended) {
	about := e.Job.Name + " " + e.Object
	now := time.Now()
	if now.Sub(a.newest[about]) < announceAgain || !a.limit.AllowN(now, 1) {
		return
	}
	for other, at := range a.newest {
		if now.Sub(at) >= announceAgain {
			delete(a.newest, other)
		}
	}
	a.newest[about] = now
	ctx, cancel := context.WithTimeout(ctx, announceTime)
	defer cancel()
	if err := a.record(ctx, e); err != nil && ctx.Err() == nil && !a.told {
		a.told = true
		a.options.Log.Warn("failures of jobs can't be recorded as Events of the cluster (said once)", "error", short(err))
	}
}

// record makes the Event of a failure.
func (a *Announcer) record(ctx context.Context, e Ended) error {
	cluster, err := a.options.Cluster()
	if err != nil {
		return err
	}
	regarding, err := a.regarding(ctx, cluster, e)
	if regarding == nil || err != nil {
		return err
	}
	namespace := regarding["namespace"]
	if namespace == "" {
		namespace = "default" // where Events about objects without a namespace are
	}
	reason := "JobFailed"
	if e.Outcome == TimedOut {
		reason = "JobTimedOut"
	}
	now := time.Now().UTC()
	_, err = cluster.Proxy().Do(ctx, kube.Call{
		Method: http.MethodPost, Path: []string{"apis/events.k8s.io/v1", "namespaces", namespace, "events"},
		Body: []byte(encoded(map[string]any{
			"apiVersion": "events.k8s.io/v1", "kind": "Event",
			"metadata":  map[string]any{"name": fmt.Sprintf("%s.%x", e.Job.Name, now.UnixNano()), "namespace": namespace},
			"eventTime": now.Format("2006-01-02T15:04:05.000000Z07:00"),
			"type":      "Warning", "reason": reason, "action": "RunJob", "note": note(e), "regarding": regarding,
			"reportingController": "kubelua-schedule", "reportingInstance": a.instance,
		})),
	})
	return err
}

// regarding refers to the object that an Event is about; nil for none.
func (a *Announcer) regarding(ctx context.Context, cluster *kube.Cluster, e Ended) (map[string]string, error) {
	var object kube.Value
	switch {
	case e.Item != nil:
		object = e.Item.Raw()
	case a.options.Lease == nil:
		return nil, nil
	default:
		namespace, name := a.options.Lease(e.Job.Name)
		var err error
		path := []string{"apis/coordination.k8s.io/v1", "namespaces", namespace, "leases", name}
		if object, err = cluster.Proxy().Do(ctx, kube.Call{Method: http.MethodGet, Path: path}); err != nil {
			return nil, err
		}
	}
	return map[string]string{
		"apiVersion": object.Get("apiVersion").String(),
		"kind":       object.Get("kind").String(),
		"namespace":  object.At("metadata", "namespace").String(),
		"name":       object.At("metadata", "name").String(),
		"uid":        object.At("metadata", "uid").String(),
	}, nil
}

// note says what has failed.
func note(e Ended) string {
	text := fmt.Sprintf("job %s, scheduled for %s, attempt %d: %s", e.Job.Name, e.Scheduled.Format(time.RFC3339), e.Attempt, short(e.Err))
	return strings.ToValidUTF8(text[:min(len(text), maxNote)], "")
}
