package schedule

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// roundTrip makes a RoundTripper of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// every is a job that is known, whatever its name.
func every(string) bool { return true }

// shared returns a ledger of a namespace's jobs, whose requests pass through the
// links.
func shared(t *testing.T, namespace, holder string, links ...kube.Link) *Shared {
	t.Helper()
	c, err := kube.Connect(kube.Options{Kubeconfig: localtest.Kubeconfig(t), HTTP1: true, Links: links})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return NewShared(c, namespace, "state", holder, every)
}

// load loads a ledger.
func load(t *testing.T, l Ledger) map[string]Record {
	t.Helper()
	records, err := l.Load(t.Context())
	require.NoError(t, err)
	return records
}

// claimOf is a claim of a job's first attempt.
func claimOf(job string, at time.Time) Claim {
	return Claim{Job: job, Schedule: "@daily", Scheduled: at, Attempt: 1, At: at.Add(time.Millisecond)}
}

var dawn = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

func TestSharedRemembers(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	a := shared(t, namespace, "a")
	empty, err := a.Read(t.Context())
	require.NoError(t, err)
	assert.Empty(t, empty)
	assert.Empty(t, load(t, a))
	require.NoError(t, a.Claim(t.Context(), []Claim{claimOf("sweep", dawn), claimOf("report", dawn)}))
	require.NoError(t, a.Finish(t.Context(), []Result{{
		Job: "sweep", Scheduled: dawn, Attempt: 1, Finished: dawn.Add(time.Minute), Outcome: Failed,
		Error: strings.Repeat("ä", 5000), Retry: dawn.Add(time.Hour),
	}}))
	require.NoError(t, a.Claim(t.Context(), []Claim{{Job: "rare", Schedule: "@yearly", Scheduled: dawn}}))
	mark := Mark{"pods", "17", dawn}
	other := Run{engine.ByEvent, dawn, 2, "", dawn, dawn.Add(time.Second), Failed, strings.Repeat("ä", 5000), time.Time{}}
	require.NoError(t, a.Note(t.Context(), map[string]Note{"report": {other, mark}}))

	started, cut := dawn.Add(time.Millisecond), strings.Repeat("ä", 100)+"..."
	other.Holder, other.Error = "a", cut
	want := map[string]Record{
		"sweep":  {dawn, "@daily", Run{engine.BySchedule, dawn, 1, "a", started, dawn.Add(time.Minute), Failed, cut, dawn.Add(time.Hour)}, Note{}},
		"report": {dawn, "@daily", Run{Trigger: engine.BySchedule, Scheduled: dawn, Attempt: 1, Holder: "a", Started: started}, Note{other, mark}},
		"rare":   {Scheduled: dawn, Schedule: "@yearly"},
	}
	b := shared(t, namespace, "b")
	read, err := b.Read(t.Context())
	require.NoError(t, err)
	assert.Equal(t, want, read)
	require.NoError(t, a.Claim(t.Context(), nil), "reading takes nothing over")
	assert.Equal(t, want, load(t, b))
}

func TestSharedIsOnesOwn(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	a, b := shared(t, namespace, "a"), shared(t, namespace, "b")
	assert.ErrorIs(t, a.Claim(t.Context(), []Claim{claimOf("sweep", dawn)}), ErrLost, "it isn't loaded yet")
	load(t, a)
	require.NoError(t, a.Claim(t.Context(), []Claim{claimOf("sweep", dawn)}))
	load(t, b)
	assert.ErrorIs(t, a.Claim(t.Context(), []Claim{claimOf("sweep", dawn.Add(time.Hour))}), ErrLost, "the other one has written nothing yet")
	assert.ErrorIs(t, a.Finish(t.Context(), []Result{{Job: "sweep", Scheduled: dawn, Attempt: 1, Outcome: Succeeded}}), ErrLost)
	require.NoError(t, b.Claim(t.Context(), []Claim{claimOf("sweep", dawn.Add(time.Hour))}))
	assert.Equal(t, "b", load(t, a)["sweep"].Run.Holder)
	assert.ErrorIs(t, b.Claim(t.Context(), nil), ErrLost)
	localtest.Kubectl(t, "delete", "configmap", "state", "--namespace="+namespace)
	assert.ErrorIs(t, a.Claim(t.Context(), nil), ErrLost)
	assert.Empty(t, load(t, a))
}

// One holder takes each time, whoever claims it at once.
func TestSharedIsClaimedByOne(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	const holders, times = 4, 25
	var claimed [times]atomic.Int32
	var wg sync.WaitGroup
	for i := range holders {
		l := shared(t, namespace, fmt.Sprint("holder-", i))
		wg.Go(func() {
			for n := range times {
				at := dawn.Add(time.Duration(n) * time.Hour)
				for {
					records, err := l.Load(t.Context())
					if taken(err) {
						continue
					}
					if !assert.NoError(t, err) || !at.After(records["sweep"].Scheduled) {
						break
					}
					if err = l.Claim(t.Context(), []Claim{claimOf("sweep", at)}); err == nil {
						claimed[n].Add(1)
					} else {
						assert.ErrorIs(t, err, ErrLost)
					}
				}
			}
		})
	}
	wg.Wait()
	for n := range claimed {
		assert.EqualValues(t, 1, claimed[n].Load(), "time %d", n)
	}
}

// Others may change the ConfigMap, too, such as its labels.
func TestSharedBearsOthers(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	a := shared(t, namespace, "a")
	load(t, a)
	require.NoError(t, a.Claim(t.Context(), []Claim{claimOf("sweep", dawn)}))
	localtest.Kubectl(t, "label", "configmap", "state", "team=night", "--namespace="+namespace)
	require.NoError(t, a.Claim(t.Context(), []Claim{claimOf("report", dawn)}))
	localtest.Kubectl(t, "patch", "configmap", "state", "--namespace="+namespace, `--patch={"data":{"sweep":"spoilt"}}`)
	require.NoError(t, a.Claim(t.Context(), nil))
	records := load(t, shared(t, namespace, "b"))
	assert.Contains(t, records, "report")
	assert.NotContains(t, records, "sweep")
}

func TestSharedWhenAnswersAreLost(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	var lose atomic.Bool
	a := shared(t, namespace, "a", func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && r.Method != http.MethodGet && lose.CompareAndSwap(true, false) {
				resp.Body.Close()
				return nil, io.ErrUnexpectedEOF
			}
			return resp, err
		})
	})
	load(t, a)
	lose.Store(true)
	claims := []Claim{claimOf("sweep", dawn)}
	err := a.Claim(t.Context(), claims)
	assert.Error(t, err)
	assert.False(t, errors.Is(err, ErrLost))
	require.NoError(t, a.Claim(t.Context(), claims), "what was written is known as ours")
	require.NoError(t, a.Claim(t.Context(), []Claim{claimOf("report", dawn)}))
	assert.Len(t, load(t, shared(t, namespace, "b")), 2)
}

// What comes while something is written is written together.
func TestSharedWritesTogether(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	var writes atomic.Int32
	held, hold := make(chan struct{}), make(chan struct{})
	a := shared(t, namespace, "a", func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPatch && writes.Add(1) == 1 {
				close(held)
				<-hold
			}
			return next.RoundTrip(r)
		})
	})
	load(t, a)
	var wg sync.WaitGroup
	claim := func(job string) {
		wg.Go(func() { assert.NoError(t, a.Claim(t.Context(), []Claim{claimOf(job, dawn)})) })
	}
	claim("first")
	<-held
	const jobs = 200
	for i := range jobs {
		claim(fmt.Sprint("job-", i))
	}
	for waiting := 0; waiting < jobs; runtime.Gosched() {
		a.mu.Lock()
		if a.next != nil {
			waiting = len(a.next.changes)
		}
		a.mu.Unlock()
	}
	close(hold)
	wg.Wait()
	assert.EqualValues(t, 2, writes.Load())
	assert.Len(t, load(t, a), 1+jobs)
}

// A thousand jobs take well under the 1 MiB that a ConfigMap may have, and those
// that are gone none after a week.
func TestSharedIsBounded(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	a := shared(t, namespace, "scheduler-7d4b9c6f5d-x2x9z_abcdefghij")
	load(t, a)
	now := time.Now()
	var claims []Claim
	var results []Result
	for i := range 1000 {
		at := now
		if i >= 900 {
			at = now.Add(-8 * 24 * time.Hour)
		}
		job := fmt.Sprint("a-job-with-quite-a-long-name-", i)
		claims = append(claims, claimOf(job, at))
		results = append(results, Result{Job: job, Scheduled: at, Attempt: 1, Finished: at, Outcome: Failed, Error: strings.Repeat("e", 1000), Retry: at})
	}
	require.NoError(t, a.Claim(t.Context(), claims))
	require.NoError(t, a.Finish(t.Context(), results))
	object, err := a.fetch(t.Context())
	require.NoError(t, err)
	assert.Less(t, len(object.Raw()), 800<<10)
	a.known = func(job string) bool { return !strings.HasSuffix(job, "9") }
	require.NoError(t, a.Claim(t.Context(), nil))
	assert.Len(t, load(t, shared(t, namespace, "b")), 990)
}
