package kube

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

const logged = `{"localcluster.kubelua/logs":"one\ntwo\nthree"}`

// readLogs reads lines to their end.
func readLogs(t *testing.T, logs *Logs, err error) []string {
	t.Helper()
	require.NoError(t, err)
	defer logs.Close()
	lines := []string{}
	for {
		line, err := logs.Next(t.Context(), time.Minute)
		if err == io.EOF {
			return lines
		}
		require.NoError(t, err)
		lines = append(lines, line.Text)
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	c := connect(t)
	pod := runningPod(t, c, "p", logged, oneContainer)
	read := func(o LogOptions) []string {
		logs, err := pod.Logs(t.Context(), o)
		return readLogs(t, logs, err)
	}
	assert.Equal(t, []string{"one", "two", "three"}, read(LogOptions{}))
	two := 2
	assert.Equal(t, []string{"two", "three"}, read(LogOptions{Tail: &two}))
	none := 0
	assert.Empty(t, read(LogOptions{Tail: &none}))
	assert.Empty(t, read(LogOptions{Since: time.Now().Add(time.Hour)}))
	assert.Equal(t, []string{"one", "two", "three"}, read(LogOptions{Since: time.Now().Add(-time.Hour)}))

	for o, want := range map[*LogOptions]string{
		{Previous: true}:    `previous terminated container "web" in pod "p" not found`,
		{Container: "webb"}: "container webb is not valid for pod p",
	} {
		logs, err := pod.Logs(t.Context(), *o)
		require.NoError(t, err)
		_, err = logs.Next(t.Context(), time.Minute)
		assert.ErrorContains(t, err, want)
		logs.Close()
	}
	minus := -1
	_, err := pod.Logs(t.Context(), LogOptions{Tail: &minus})
	assert.True(t, IsKind(err, ValueError))
}

// cutting is a link that breaks the first connections of a log after some bytes.
func cutting(cuts *atomic.Int32, after int64) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && strings.HasSuffix(r.URL.Path, "/log") && cuts.Add(-1) >= 0 {
				resp.Body = struct {
					io.Reader
					io.Closer
				}{io.MultiReader(io.LimitReader(resp.Body, after), broken{}), resp.Body}
			}
			return resp, err
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Lines of a log that is followed come once each, whatever breaks, until the
// container has ended.
func TestLogsFollowThroughBreaks(t *testing.T) {
	t.Parallel()
	var cuts atomic.Int32
	cuts.Store(4)
	c := connect(t, cutting(&cuts, 200))
	for name, tail := range map[string]*int{"whole": nil, "tail": new(int)} {
		cuts.Store(4)
		pod := runningPod(t, c, name, "{}", oneContainer)
		logs, err := pod.Logs(t.Context(), LogOptions{Follow: true, Tail: tail})
		require.NoError(t, err)
		number, first := 0, 0
		for range 4 {
			line, err := logs.Next(t.Context(), time.Minute)
			require.NoError(t, err)
			n := 0
			_, err = fmt.Sscanf(line.Text, "line %d of container web", &n)
			require.NoError(t, err, line.Text)
			if first == 0 {
				first, number = n, n-1
			}
			assert.Equal(t, number+1, n)
			number = n
			assert.False(t, line.Time.IsZero())
		}
		require.NoError(t, pod.Delete(t.Context(), DeleteOptions{}))
		for err == nil {
			_, err = logs.Next(t.Context(), time.Minute)
		}
		assert.Equal(t, io.EOF, err)
		logs.Close()
	}
}

// Lines with one and the same time, and a connection that breaks between them.
func TestLogsResumeWithinOneMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const at = "2026-03-01T12:00:00.123456789Z "
		all := []string{"a", "b", "c", "d", "\xff\x00", "", "last"}
		asked := []string{}
		c := answered(t, func(r *http.Request) *http.Response {
			asked = append(asked, r.URL.Query().Get("sinceTime"))
			body := ""
			for _, line := range all[:min(2*len(asked), len(all))] {
				body += at + line + "\n"
			}
			var rest io.Reader = strings.NewReader("")
			if 2*len(asked) < len(all) {
				rest = broken{}
			}
			resp := answer{ends: true}.response(r)
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(body), rest))
			return resp
		})
		logs, err := podOf(t, c, `{"containers":[{"name":"web"}]}`).Logs(t.Context(), LogOptions{})
		assert.Equal(t, all, readLogs(t, logs, err))
		assert.Equal(t, []string{"", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"}, asked)
	})
}

// A container that starts anew while the connection is broken: the rest of the
// run that was followed comes from the log of the one before.
func TestLogsFollowToTheEndOfARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const pod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"n","uid":"u"},"status":{"containerStatuses":[
			{"name":"web","restartCount":%d,"state":{"running":{}}}]}}`
		restarts := 0
		c := answered(t, func(r *http.Request) *http.Response {
			q := r.URL.Query()
			switch {
			case !strings.HasSuffix(r.URL.Path, "/log"):
				return answer{body: fmt.Sprintf(pod, restarts), ends: true}.response(r)
			case q.Has("previous"):
				return answer{body: "2026-03-01T12:00:01Z a\n2026-03-01T12:00:02Z b\n", ends: true}.response(r)
			}
			restarts = 1
			resp := answer{}.response(r)
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("2026-03-01T12:00:01Z a\n"), broken{}))
			return resp
		})
		logs, err := podOf(t, c, `{"containers":[{"name":"web"}]}`).Logs(t.Context(), LogOptions{Follow: true})
		assert.Equal(t, []string{"a", "b"}, readLogs(t, logs, err))
	})
}

func TestLogsLongLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 100 << 20
		c := answered(t, func(r *http.Request) *http.Response {
			resp := answer{ends: true}.response(r)
			resp.Body = io.NopCloser(io.MultiReader(io.LimitReader(repeated('x'), size), strings.NewReader("\nshort")))
			return resp
		})
		logs, err := podOf(t, c, `{"containers":[{"name":"web"}]}`).Logs(t.Context(), LogOptions{})
		require.NoError(t, err)
		defer logs.Close()
		long, err := logs.Next(t.Context(), -1)
		require.NoError(t, err)
		assert.Len(t, long.Text, MaxLogLine)
		assert.True(t, long.Cut)
		short, err := logs.Next(t.Context(), -1)
		require.NoError(t, err)
		assert.Equal(t, "short", short.Text)
		assert.False(t, short.Cut)
	})
}

type repeated byte

func (r repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r)
	}
	return len(p), nil
}

// answered is a cluster that answers as it is told.
func answered(t *testing.T, respond func(*http.Request) *http.Response) *Cluster {
	t.Helper()
	c, err := Connect(Options{URL: "http://answered.example.com", Links: []Link{func(http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if err := r.Context().Err(); err != nil { // as a server is asked nothing then
				return nil, err
			}
			return respond(r), nil
		})
	}}})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// podOf is a pod that no server has.
func podOf(t *testing.T, c *Cluster, spec string) *Item {
	t.Helper()
	i, err := c.Item(t.Context(), parse(t, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"n"},"spec":`+spec+`}`))
	require.NoError(t, err)
	return i
}

func TestLogsOfManyPods(t *testing.T) {
	t.Parallel()
	c := connect(t)
	namespace := localtest.Namespace(t)
	for i := range 20 {
		runningPodIn(t, c, namespace, fmt.Sprintf("p%02d", i), logged, oneContainer)
	}
	view, err := c.Builtin("pods").Namespaced(namespace)
	require.NoError(t, err)
	logs, err := view.Logs(t.Context(), LogOptions{})
	lines := readLogs(t, logs, err)
	slices.Sort(lines)
	assert.Len(t, slices.Compact(slices.Clone(lines)), 3)
	assert.Len(t, lines, 60)
}

// A view that is followed brings what pods log that come later.
func TestLogsFollowView(t *testing.T) {
	t.Parallel()
	c := connect(t)
	first := runningPod(t, c, "a", logged, oneContainer)
	view, err := c.Builtin("pods").Namespaced(first.Meta().Namespace())
	require.NoError(t, err)
	one := 1
	logs, err := view.Logs(t.Context(), LogOptions{Follow: true, Tail: &one})
	require.NoError(t, err)
	defer logs.Close()
	next := func() string {
		t.Helper()
		line, err := logs.Next(t.Context(), time.Minute)
		require.NoError(t, err)
		return line.Pod.Meta().Name() + " " + line.Text
	}
	assert.Equal(t, "a three", next())
	runningPodIn(t, c, view.Namespace(), "b", logged, oneContainer)
	assert.Equal(t, "b one", next())
	assert.Equal(t, "b two", next())
	assert.Equal(t, "b three", next())
	logs.Close()
	_, err = logs.Next(context.Background(), -1)
	assert.Equal(t, io.EOF, err)
}
