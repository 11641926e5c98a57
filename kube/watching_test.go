package kube

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// script is a server that answers lists and watches as it is told, in the fake
// time of a test: what a real one can't be made to do.
type script struct {
	mu      sync.Mutex
	lists   []answer // in order, the last one again and again
	watches []answer
	at      []time.Time // of each watch request
	since   []string    // resourceVersion of each watch request
	listed  int
}

// answer is one answer. One with lines is a stream, which stays open after them
// unless ends is set.
type answer struct {
	status int // 0 for 200
	header http.Header
	body   string
	ends   bool
	stalls bool          // a list does as a stream
	breaks time.Duration // when a stream that stays open is reset, 0 for never
}

func (s *script) link(http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		q := r.URL.Query()
		if !q.Has("watch") {
			s.listed++
			return s.lists[min(s.listed, len(s.lists))-1].response(r), nil
		}
		s.at, s.since = append(s.at, time.Now()), append(s.since, q.Get("resourceVersion"))
		return s.watches[min(len(s.at), len(s.watches))-1].response(r), nil
	})
}

func (a answer) response(r *http.Request) *http.Response {
	header, status := a.header, a.status
	if header == nil {
		header = http.Header{}
	}
	if status == 0 {
		status = http.StatusOK
	}
	body := &scripted{Reader: strings.NewReader(a.body), ctx: r.Context(), breaks: a.breaks, ends: a.ends || status != http.StatusOK || !r.URL.Query().Has("watch") && !a.stalls}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: header, Body: body, Request: r}
}

// scripted is a body that stays open until its request ends.
type scripted struct {
	io.Reader
	ctx    context.Context
	ends   bool
	breaks time.Duration
}

func (b *scripted) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && !b.ends {
		if b.breaks > 0 && Sleep(b.ctx, b.breaks) == nil {
			return 0, syscall.ECONNRESET
		}
		<-b.ctx.Done()
		return 0, b.ctx.Err()
	}
	return n, err
}

func (b *scripted) Close() error { return nil }

// object is a config map in JSON.
func object(name, uid string, version int) string {
	return fmt.Sprintf(`{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":%q,"namespace":"x","uid":%q,"resourceVersion":"%d"}}`, name, uid, version)
}

func listOf(version int, objects ...string) answer {
	return answer{body: fmt.Sprintf(`{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"%d"},"items":[%s]}`, version, strings.Join(objects, ","))}
}

func event(evtype, object string) string {
	return fmt.Sprintf(`{"type":%q,"object":%s}`, evtype, object) + "\n"
}

func failure(code int, reason string) string {
	return event("ERROR", fmt.Sprintf(`{"kind":"Status","status":"Failure","code":%d,"reason":%q,"message":"no"}`, code, reason))
}

// watch runs test on a watch of the script's objects, in fake time.
func (s *script) watch(t *testing.T, o WatchOptions, test func(t *testing.T, w *Watcher)) {
	t.Helper()
	s.run(t, func(t *testing.T, v *View) {
		w, err := v.Watch(t.Context(), o)
		require.NoError(t, err)
		test(t, w)
	})
}

// run runs test on the view of the script's objects, in fake time.
func (s *script) run(t *testing.T, test func(t *testing.T, v *View)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c, err := Connect(Options{URL: "http://127.0.0.1/"})
		require.NoError(t, err)
		c.client.http.Transport = obeyRetryAfter(relogin(s.link(nil)))
		defer c.Close()
		test(t, &View{cluster: c, resource: &Resource{Kind: "ConfigMap", Name: "configmaps", Versions: []string{"v1"}, Namespaced: true}})
	})
}

// nextOf is the next event in fake time, "ADDED a 5", or the error.
func nextOf(t *testing.T, w *Watcher) string {
	t.Helper()
	ev, err := w.Next(t.Context(), time.Hour)
	if err != nil {
		return err.Error()
	}
	if ev.Item == nil {
		return ev.Type
	}
	s := ev.Type + " " + ev.Item.Meta().Name() + " " + ev.Item.Meta().Version()
	if ev.Synthetic {
		s += " synthetic"
	}
	return s
}

// What a server may do to a watch, and what its reader sees of that: nothing.
func TestWatchGoesOnAfter(t *testing.T) {
	b := event("ADDED", object("b", "u2", 12))
	// The first connection ends as soon as it begins, so this is the second
	// pause.
	const least, most = firstPause, 3 * firstPause
	for _, tt := range []struct {
		name   string
		answer answer
		least  time.Duration // before the next try
		most   time.Duration
	}{
		{"ended in good order", answer{ends: true}, least, most},
		{"half a line", answer{body: b[:40], ends: true}, least, most},
		{"500", answer{status: 500}, least, most},
		{"503 with a time", answer{status: 503, header: http.Header{"Retry-After": {"7"}}}, 7 * time.Second, 7 * time.Second},
		{"429 with a time", answer{status: 429, header: http.Header{"Retry-After": {"3"}}}, 3 * time.Second, 3 * time.Second},
		{"429 without a time", answer{status: 429}, least, most},
		{"a version that is too large", answer{body: failure(504, "Timeout")}, least, most},
		{"an internal error as an event", answer{body: failure(500, "InternalError")}, least, most},
		{"too many requests as an event", answer{body: failure(429, "TooManyRequests")}, least, most},
		{"an expired login", answer{status: 401}, 0, 0},
		{"silence", answer{}, defaultSilence, defaultSilence + most},
		{"forbidden for a moment", answer{status: 403}, least, most},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &script{
				lists:   []answer{listOf(10, object("a", "u1", 5))},
				watches: []answer{{body: event("MODIFIED", object("a", "u1", 11))}, tt.answer, {body: b}},
			}
			s.watches[0].ends = true
			s.watch(t, WatchOptions{Initial: true}, func(t *testing.T, w *Watcher) {
				assert.Equal(t, "ADDED a 5", nextOf(t, w))
				assert.Equal(t, "MODIFIED a 11", nextOf(t, w))
				assert.Equal(t, "ADDED b 12", nextOf(t, w))
				synctest.Wait()
				assert.Equal(t, []string{"10", "11", "11"}, s.since)
				waited := s.at[2].Sub(s.at[1])
				assert.GreaterOrEqual(t, waited, tt.least)
				assert.LessOrEqual(t, waited, tt.most)
				assert.Equal(t, 1, s.listed)
			})
		})
	}
}

// What ends a watch.
func TestWatchEndsWith(t *testing.T) {
	for _, tt := range []struct {
		name    string
		watches []answer
		want    string
		tries   int
	}{
		{"a login that is refused twice", []answer{{status: 401}}, "401", 2},
		{"a login that is refused for good", []answer{{body: event("BOOKMARK", object("", "", 11)), ends: true}, {status: 401}}, "401", 1 + 2*(1+refusedTries)},
		{"what was never allowed", []answer{{status: 403}}, "missing rule", 1},
		{"a resource that was never there", []answer{{status: 404}}, "Not Found", 1},
		{"what is allowed no more", []answer{{body: event("BOOKMARK", object("", "", 11)), ends: true}, {status: 403}}, "missing rule", 2 + refusedTries},
		{"what is no stream", []answer{{body: "<html>\n"}}, "not a stream of events", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &script{lists: []answer{listOf(10)}, watches: tt.watches}
			s.watch(t, WatchOptions{}, func(t *testing.T, w *Watcher) {
				assert.Contains(t, nextOf(t, w), tt.want)
				assert.Contains(t, nextOf(t, w), tt.want, "again")
				assert.Len(t, s.at, tt.tries)
			})
		})
	}
}

// A server that says 410 to every version must not be asked in a circle.
func TestWatchWaitsBetweenExpiredVersions(t *testing.T) {
	s := &script{
		lists:   []answer{listOf(10, object("a", "u1", 5))},
		watches: []answer{{body: failure(410, "Expired")}},
	}
	s.watch(t, WatchOptions{}, func(t *testing.T, w *Watcher) {
		_, err := w.Next(t.Context(), 10*time.Minute)
		assert.Equal(t, ErrTimeout, err)
		w.Close()
		// 1, 1, 2, 4, 8, 16, 30, 30... seconds, give or take a half.
		assert.LessOrEqual(t, s.listed, 40)
		assert.GreaterOrEqual(t, s.listed, 15)
	})
}

// An event ends the row of longer and longer pauses.
func TestWatchPausesGrowAndStartOver(t *testing.T) {
	down := answer{status: 500}
	s := &script{lists: []answer{listOf(10)}, watches: []answer{
		down, down, down, down, down, down, down, down, down,
		{body: event("ADDED", object("a", "u1", 11)), ends: true},
		{body: event("ADDED", object("b", "u2", 12))},
	}}
	s.watch(t, WatchOptions{}, func(t *testing.T, w *Watcher) {
		assert.Equal(t, "ADDED a 11", nextOf(t, w))
		assert.Equal(t, "ADDED b 12", nextOf(t, w))
		synctest.Wait()
		for i, want := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, lastPause, lastPause, lastPause, firstPause} {
			got := s.at[i+1].Sub(s.at[i])
			assert.GreaterOrEqual(t, got, want/2, "pause %d", i)
			assert.LessOrEqual(t, got, want*3/2, "pause %d", i)
		}
	})
}

// A connection that was quiet for long and is then reset, as some load balancers
// do, is taken up again soon, however often that happens.
func TestWatchOfConnectionsThatAreReset(t *testing.T) {
	s := &script{lists: []answer{listOf(10)}, watches: []answer{{breaks: 50 * time.Second}}}
	s.watch(t, WatchOptions{}, func(t *testing.T, w *Watcher) {
		_, err := w.Next(t.Context(), time.Hour)
		assert.Equal(t, ErrTimeout, err)
		w.Close()
		for i := range s.at[1:] {
			assert.Less(t, s.at[i+1].Sub(s.at[i]), 52*time.Second, "connection %d", i)
		}
		assert.Greater(t, len(s.at), 65)
	})
}

// A list that is older than what was delivered is not believed.
func TestWatchDoesNotGoBack(t *testing.T) {
	gone := answer{body: event("MODIFIED", object("a", "u1", 20)) + failure(410, "Expired")}
	s := &script{
		lists: []answer{
			listOf(10, object("a", "u1", 5), object("b", "u2", 6)),
			listOf(15, object("a", "u1", 15)),
			listOf(19, object("a", "u1", 15)),
			listOf(21, object("a", "u1", 20), object("b", "u2", 6), object("c", "u3", 21)),
		},
		watches: []answer{gone, {body: event("ADDED", object("d", "u4", 22))}},
	}
	s.watch(t, WatchOptions{Initial: true, Sync: true}, func(t *testing.T, w *Watcher) {
		for _, want := range []string{"ADDED a 5", "ADDED b 6", "SYNC", "MODIFIED a 20", "ADDED c 21", "SYNC", "ADDED d 22"} {
			assert.Equal(t, want, nextOf(t, w))
		}
		assert.Equal(t, []string{"10", "21"}, s.since)
	})
}

// A server that was restored from a backup stays behind for ever. The watch
// says so.
func TestWatchOfARestoredServer(t *testing.T) {
	s := &script{lists: []answer{listOf(10), listOf(3)}, watches: []answer{{body: failure(410, "Expired")}}}
	s.watch(t, WatchOptions{}, func(t *testing.T, w *Watcher) {
		began := time.Now()
		assert.Contains(t, nextOf(t, w), "went back to version 3 after it had shown 10")
		assert.GreaterOrEqual(t, time.Since(began), oldTime)
	})
}

// Events and bookmarks of a server that lags behind change nothing.
func TestWatchLeavesOutWhatIsOlder(t *testing.T) {
	s := &script{lists: []answer{listOf(10, object("a", "u1", 5))}, watches: []answer{
		{body: event("MODIFIED", object("a", "u1", 12)) + event("MODIFIED", object("a", "u1", 11)) + event("DELETED", object("a", "u1", 11)) +
			event("BOOKMARK", object("", "", 9)), ends: true},
		{body: event("MODIFIED", object("a", "u1", 12)) + event("DELETED", object("a", "u1", 13))},
	}}
	s.watch(t, WatchOptions{}, func(t *testing.T, w *Watcher) {
		assert.Equal(t, "MODIFIED a 12", nextOf(t, w))
		assert.Equal(t, "DELETED a 13", nextOf(t, w))
		assert.Equal(t, []string{"10", "12"}, s.since)
	})
}

func TestWatchIsInterrupted(t *testing.T) {
	for name, watches := range map[string][]answer{
		"in a long pause":     {{status: 429, header: http.Header{"Retry-After": {"60"}}}},
		"between tries":       {{status: 500}},
		"while it is silent":  {{}},
		"between its lists":   {{body: failure(410, "Expired")}},
		"while nobody reads":  {{body: strings.Repeat(event("BOOKMARK", object("", "", 11)), 10) + manyEvents(200)}},
		"while it is refused": {{body: event("BOOKMARK", object("", "", 11)), ends: true}, {status: 403}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &script{lists: []answer{listOf(10)}, watches: watches}
			s.watch(t, WatchOptions{}, func(t *testing.T, w *Watcher) {
				time.Sleep(5 * time.Second)
				synctest.Wait()
				began := time.Now()
				w.Close()
				assert.Zero(t, time.Since(began))
				_, err := w.Next(t.Context(), -1)
				assert.Equal(t, io.EOF, err)
			})
		})
	}
}

func manyEvents(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(event("ADDED", object(fmt.Sprint("o", i), fmt.Sprint("u", i), 100+i)))
	}
	return b.String()
}

// A reader that sleeps is no dead connection, and knows that it is behind.
func TestWatchOfASlowReader(t *testing.T) {
	s := &script{lists: []answer{listOf(10)}, watches: []answer{{body: manyEvents(200)}, {}}}
	s.watch(t, WatchOptions{}, func(t *testing.T, w *Watcher) {
		time.Sleep(10 * defaultSilence)
		synctest.Wait()
		assert.Len(t, s.at, 1)
		assert.Equal(t, EventBuffer, w.Pending())
		for i := range 200 {
			assert.Equal(t, fmt.Sprintf("ADDED o%d %d", i, 100+i), nextOf(t, w))
		}
		assert.Zero(t, w.Pending())
	})
}

func TestWatchResyncs(t *testing.T) {
	s := &script{
		lists: []answer{
			listOf(10, object("a", "u1", 5), object("b", "u2", 6)),
			listOf(20, object("a", "u1", 5), object("c", "u3", 15)),
		},
		watches: []answer{{}},
	}
	s.watch(t, WatchOptions{Resync: time.Minute, Sync: true}, func(t *testing.T, w *Watcher) {
		began := time.Now()
		for _, want := range []string{"MODIFIED a 5", "ADDED c 15", "DELETED b 6 synthetic", "SYNC"} {
			assert.Equal(t, want, nextOf(t, w))
		}
		assert.Equal(t, time.Minute, time.Since(began))
		for _, want := range []string{"MODIFIED a 5", "MODIFIED c 15", "SYNC"} {
			assert.Equal(t, want, nextOf(t, w))
		}
		assert.Equal(t, 2*time.Minute, time.Since(began))
	})
}

// Nobody knows what existed at an old version. What is newer is new.
func TestWatchSinceAnExpiredVersion(t *testing.T) {
	s := &script{
		lists:   []answer{listOf(20, object("a", "u1", 5), object("b", "u2", 15)), listOf(30, object("b", "u2", 15))},
		watches: []answer{{status: 410}, {body: event("MODIFIED", object("b", "u2", 21)) + failure(410, "Expired")}, {}},
	}
	s.lists[1] = listOf(30, object("b", "u2", 21))
	s.watch(t, WatchOptions{Since: "10"}, func(t *testing.T, w *Watcher) {
		for _, want := range []string{"ADDED b 15", "MODIFIED b 21", "DELETED a 5 synthetic"} {
			assert.Equal(t, want, nextOf(t, w))
		}
	})
}

// The page that stalls, and the list that is from two versions.
func TestWatchLearnsFromAListOfTwoVersions(t *testing.T) {
	first := `{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"10","continue":"t1"},"items":[` + object("a", "u1", 5) + `]}`
	expired := `{"kind":"Status","metadata":{"continue":"t2"},"status":"Failure","reason":"Expired","code":410}`
	s := &script{
		// Between the versions 10 and 20, b was deleted, c was changed and d was
		// replaced; a was changed at 18.
		lists: []answer{{body: first}, {status: 410, body: expired}, listOf(20, object("c", "u3", 12), object("d", "u5", 14))},
		watches: []answer{{body: event("DELETED", object("b", "u2", 11)) + event("MODIFIED", object("c", "u3", 12)) +
			event("DELETED", object("d", "u4", 13)) + event("ADDED", object("d", "u5", 14)) + event("MODIFIED", object("a", "u1", 18)) +
			event("DELETED", object("c", "u3", 21))}},
	}
	s.watch(t, WatchOptions{Initial: true}, func(t *testing.T, w *Watcher) {
		for _, want := range []string{"ADDED a 5", "ADDED c 12", "ADDED d 14", "MODIFIED a 18", "DELETED c 21"} {
			assert.Equal(t, want, nextOf(t, w))
		}
		assert.Equal(t, []string{"10"}, s.since)
	})

	// Who doesn't have what exists delivered gets every change since the start.
	s.listed, s.at, s.since = 0, nil, nil
	s.watch(t, WatchOptions{}, func(t *testing.T, w *Watcher) {
		for _, want := range []string{"DELETED b 11", "MODIFIED c 12", "DELETED d 13", "ADDED d 14", "MODIFIED a 18", "DELETED c 21"} {
			assert.Equal(t, want, nextOf(t, w))
		}
	})
}

func TestWatchOptionsAreChecked(t *testing.T) {
	v := &View{}
	for _, o := range []WatchOptions{{Initial: true, Since: "5"}, {Resync: -1}, {Since: "x"}, {Since: "0"}} {
		_, err := v.Watch(t.Context(), o)
		assert.True(t, IsKind(err, ValueError), "%v", err)
	}
}
