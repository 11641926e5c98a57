package schedule

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
	"github.com/kubelua/kubelua/stdlib/logline"
)

// failed is a run that has failed.
func failed(job string, item *kube.Item) Ended {
	b := Began{Job: &engine.Job{Name: job}, Attempt: 2, Scheduled: dawn, Item: item}
	if item != nil {
		b.Object = item.String()
	}
	return Ended{Began: b, Outcome: Failed, Err: errors.New("no luck")}
}

func TestAnnouncer(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	c, err := kube.Connect(kube.Options{Kubeconfig: localtest.Kubeconfig(t)})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	var log strings.Builder
	a := NewAnnouncer(AnnouncerOptions{
		Cluster: func() (*kube.Cluster, error) { return c, nil },
		Lease:   func(string) (string, string) { return namespace, "scheduler" },
		Log:     slog.New(logline.New(&log, slog.LevelInfo)),
	})
	create := func(text string) *kube.Item {
		t.Helper()
		v, err := kube.ParseObject(t.Context(), text)
		require.NoError(t, err)
		item, err := c.Create(t.Context(), v, kube.CreateOptions{Namespace: namespace})
		require.NoError(t, err)
		return item
	}
	lease := create(`{"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "scheduler"}, "spec": {}}`)
	object := create(`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "it"}}`)

	tried := failed("retried", object)
	tried.Retries = true
	fine := failed("fine", object)
	fine.Outcome, fine.Err = Succeeded, nil
	late := failed("late", nil)
	late.Outcome = TimedOut
	for _, e := range []Ended{failed("job", object), failed("job", object), tried, fine, late} {
		a.Observe(e)
	}
	for len(a.failures) > 0 {
		a.announce(t.Context(), <-a.failures)
	}
	assert.Empty(t, log.String())
	events := func(of *kube.Item) (texts []string) {
		t.Helper()
		all, err := of.Events(t.Context())
		require.NoError(t, err)
		for _, e := range all {
			raw := e.Raw()
			texts = append(texts, fmt.Sprint(raw.Get("type"), " ", raw.Get("reason"), " ", raw.Get("message")))
		}
		return texts
	}
	assert.Equal(t, []string{"Warning JobFailed job job, scheduled for 2026-03-01T03:00:00Z, attempt 2: no luck"}, events(object))
	assert.Equal(t, []string{"Warning JobTimedOut job late, scheduled for 2026-03-01T03:00:00Z, attempt 2: no luck"}, events(lease))
}

// TestAnnouncerIsRefused has a server forbid Events.
func TestAnnouncerIsRefused(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var asked []string
	refuse := func(http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, r.Method+" "+r.URL.Path)
			answer := `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403, "message": "events is forbidden"}`
			return &http.Response{
				StatusCode: http.StatusForbidden, Request: r, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer)),
			}, nil
		})
	}
	c, err := kube.Connect(kube.Options{URL: "http://127.0.0.1:1", Links: []kube.Link{refuse}})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	var log strings.Builder
	a := NewAnnouncer(AnnouncerOptions{
		Cluster: func() (*kube.Cluster, error) { return c, nil },
		Log:     slog.New(logline.New(&log, slog.LevelInfo)),
	})
	pod := func(name string) *kube.Item {
		t.Helper()
		v, err := kube.ParseObject(t.Context(), `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "`+name+`", "namespace": "web", "uid": "1"}}`)
		require.NoError(t, err)
		item, err := c.Item(t.Context(), v)
		require.NoError(t, err)
		return item
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for i := range 100 {
		a.announce(ctx, failed("job", pod(fmt.Sprint("pod-", i))))
	}
	a.announce(ctx, failed("job", nil)) // which is about nothing
	assert.Equal(t, 1, strings.Count(log.String(), "can't be recorded"), log.String())
	assert.GreaterOrEqual(t, len(asked), announceBurst)
	assert.Less(t, len(asked), announceBurst+20, "there are only so many Events")
	slices.Sort(asked)
	assert.Equal(t, []string{"POST /apis/events.k8s.io/v1/namespaces/web/events"}, slices.Compact(asked))
}
