package board

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/schedule"
	"github.com/kubelua/kubelua/kube"
)

const token = "correct horse battery"

// jobs are those of the scheduler that is shown. None runs by itself.
const jobs = `
local evil = "</pre><script>document.title = 'evil'</script><img src=x onerror=alert(1)>\27[31m"
return {
	job { name = "prints", schedule = "0 3 1 1 *", timezone = "Europe/Paris", run = function() print(evil) end },
	job { name = "raises", run = function() error(evil) end },
	job { name = "waits", run = function() print("so far") task.sleep(3600) end },
}
`

// shown is a scheduler and its board.
type shown struct {
	t    *testing.T
	at   string // its URL
	news chan schedule.News
}

// show starts a scheduler whose board is served.
func show(t *testing.T, change func(*Options)) *shown {
	t.Helper()
	machine := schedule.Machine(func(stdout, stderr io.Writer) (engine.Options, *kube.Guard) {
		return engine.Options{World: engine.World{Stdout: stdout, Stderr: stderr}}, nil
	})
	log := slog.New(slog.DiscardHandler)
	s := &shown{t: t, news: make(chan schedule.News, 100)}
	history, metrics := schedule.NewHistory(), NewMetrics()
	runner := schedule.NewRunner(machine, log, 10)
	runner.Observe = schedule.Observers(history.Observe, metrics.Observe, func(n schedule.News) { s.news <- n })
	scheduler := schedule.New(schedule.Options{Ledger: &schedule.Memory{}, Runner: runner, Log: log})
	src := engine.Source{Name: "jobs.lua", Text: jobs}
	described, err := machine.Load(t.Context(), src)
	require.NoError(t, err)
	var all []*schedule.Definition
	for _, j := range described {
		all = append(all, &schedule.Definition{Job: j, Source: src})
	}
	scheduler.Set(all)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- scheduler.Run(ctx) }()
	o := Options{
		Source: scheduler, History: history, Metrics: metrics, Title: "the title", Local: true, Log: log,
		Token: func() (string, error) { return token, nil },
	}
	if change != nil {
		change(&o)
	}
	server := httptest.NewServer(New(o))
	s.at = server.URL
	t.Cleanup(func() {
		server.Close()
		stop()
		<-ended
		runner.Close()
	})
	return s
}

// request is what is asked for: headers are "Name: value".
type request struct {
	method, path, body string
	headers            []string
}

func (s *shown) do(r request) (code int, body string, header http.Header) {
	s.t.Helper()
	q, err := http.NewRequestWithContext(s.t.Context(), r.method, s.at+r.path, strings.NewReader(r.body))
	require.NoError(s.t, err)
	if r.body != "" {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range r.headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			q.Host = value
		}
		q.Header.Set(name, value)
	}
	answer, err := http.DefaultTransport.RoundTrip(q)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	return answer.StatusCode, string(text), answer.Header
}

func (s *shown) get(path string) string {
	s.t.Helper()
	code, body, _ := s.do(request{method: "GET", path: path})
	require.Equal(s.t, http.StatusOK, code, body)
	return body
}

// run has a job run by hand.
func (s *shown) run(job string) {
	s.t.Helper()
	code, body, header := s.do(request{method: "POST", path: "/jobs/" + job + "/run", body: "token=" + strings.ReplaceAll(token, " ", "+")})
	require.Equal(s.t, http.StatusSeeOther, code, body)
	assert.Equal(s.t, "/jobs/"+job, header.Get("Location"))
}

// await waits for news of a kind.
func await[N schedule.News](s *shown) N {
	s.t.Helper()
	for patience := time.After(time.Minute); ; {
		select {
		case n := <-s.news:
			if n, ok := n.(N); ok {
				return n
			}
		case <-patience:
			require.FailNow(s.t, "there is no such news")
		}
	}
}

var runLink = regexp.MustCompile(`href="(/runs/\d+)"`)

// harmless fails where something that was printed has become a part of a page.
func harmless(t *testing.T, page string) {
	t.Helper()
	assert.NotContains(t, page, "<script")
	assert.NotContains(t, page, "<img")
	assert.NotContains(t, page, "\x1b")
	assert.Equal(t, 1, strings.Count(page, "</h1>"), page)
}

func TestBoardShowsRuns(t *testing.T) {
	t.Parallel()
	s := show(t, nil)
	for job, want := range map[string][]string{
		"prints": {"ok", "&lt;script&gt;document.title", "␛[31m", "manual", "Output"},
		"raises": {"failed", "&lt;img src=x", "jobs.lua:5"},
	} {
		s.run(job)
		await[schedule.Ended](s)
		page := s.get("/jobs/" + job)
		harmless(t, page)
		link := runLink.FindStringSubmatch(page)
		require.NotNil(t, link, page)
		page = s.get(link[1])
		harmless(t, page)
		for _, text := range want {
			assert.Contains(t, page, text)
		}
	}
	page := s.get("/")
	harmless(t, page)
	for _, text := range []string{"the title", "3 of 3 jobs", "0 3 1 1 *", "Europe/Paris", "03:00:00 CET", "1 ok", "1 failed", `class="failed"`} {
		assert.Contains(t, page, text)
	}
	assert.Contains(t, s.get("/?q=ais"), "1 of 3 jobs")
	assert.NotContains(t, s.get("/?q=%22%3E%3Cscript%3E"), "<script")
}

func TestBoardShowsWhatARunHasPrintedSoFar(t *testing.T) {
	t.Parallel()
	s := show(t, nil)
	s.run("waits")
	await[schedule.Began](s)
	link := runLink.FindStringSubmatch(s.get("/jobs/waits"))
	require.NotNil(t, link)
	assert.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Contains(c, s.get(link[1]), "so far")
	}, time.Minute, 20*time.Millisecond)
	code, body, _ := s.do(request{method: "POST", path: "/jobs/waits/run", headers: []string{"Authorization: Bearer " + token}})
	assert.Equal(t, http.StatusConflict, code)
	assert.Contains(t, body, "has a run already")
	assert.Contains(t, s.get("/"), "running")
}

// TestBoardEscapesWhatTheSourceSays has names and errors of jobs be hostile that no
// file could describe.
func TestBoardEscapesWhatTheSourceSays(t *testing.T) {
	t.Parallel()
	evil := `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	job := &engine.Job{Name: evil, Where: evil}
	s := show(t, func(o *Options) {
		o.Title = evil
		o.Source = said{{Job: job, Last: schedule.Run{Attempt: 1, Outcome: schedule.Outcome(evil), Error: evil}}}
		o.History.Observe(schedule.FileRead{File: evil, Err: errors.New(evil)})
		o.History.Observe(schedule.Began{ID: 7, Job: job, Object: evil, Trigger: engine.Trigger(evil)})
		o.History.Observe(schedule.Ended{Began: schedule.Began{ID: 7, Job: job}, Outcome: schedule.Failed, Err: errors.New(evil), Output: evil})
	})
	for _, path := range []string{"/", "/runs/7", "/jobs/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%3Cimg%20src=x%20onerror=alert(1)%3E"} {
		harmless(t, s.get(path))
	}
}

// Runs that events trigger aren't in the ledger: of them the history knows.
func TestBoardShowsTheNewestRun(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	before, after := &engine.Job{Name: "before"}, &engine.Job{Name: "after"}
	s := show(t, func(o *Options) {
		last := schedule.Run{Attempt: 1, Started: noon, Outcome: schedule.Succeeded}
		o.Source = said{{Job: before, Last: last}, {Job: after, Last: last}}
		for _, began := range []schedule.Began{{ID: 7, Job: before, Attempt: 1, Started: noon.Add(-time.Hour)}, {ID: 8, Job: after, Attempt: 1, Started: noon.Add(time.Hour)}} {
			o.History.Observe(began)
			o.History.Observe(schedule.Ended{Began: began, Outcome: schedule.Failed, Err: errors.New("it was of " + began.Job.Name)})
		}
	})
	page := s.get("/")
	assert.Contains(t, page, "12:00:00 UTC")
	assert.Contains(t, page, "13:00:00 UTC")
	assert.Contains(t, page, "it was of after")
	assert.NotContains(t, page, "it was of before")
}

// said is a source of what never changes.
type said []schedule.Status

func (s said) Ready(context.Context) error                       { return nil }
func (s said) Status(context.Context) ([]schedule.Status, error) { return s, nil }
func (s said) Trigger(context.Context, string) error             { return errors.New("<script>") }

func TestBoardRefuses(t *testing.T) {
	t.Parallel()
	s := show(t, nil)
	form := "token=" + strings.ReplaceAll(token, " ", "+")
	const run = "/jobs/prints/run"
	for name, test := range map[string]struct {
		request
		want int
	}{
		"no token":         {request{method: "POST", path: run}, http.StatusForbidden},
		"a wrong token":    {request{method: "POST", path: run, body: "token=guess"}, http.StatusForbidden},
		"a token in a URL": {request{method: "POST", path: run + "?" + form}, http.StatusForbidden},
		"a run by GET":     {request{method: "GET", path: run}, http.StatusMethodNotAllowed},
		"a form elsewhere": {request{"POST", run, form, []string{"Origin: http://evil.example"}}, http.StatusForbidden},
		"another site":     {request{"POST", run, form, []string{"Sec-Fetch-Site: cross-site"}}, http.StatusForbidden},
		"a sibling site":   {request{"POST", run, form, []string{"Sec-Fetch-Site: same-site"}}, http.StatusForbidden},
		"no such job":      {request{method: "POST", path: "/jobs/other/run", body: form}, http.StatusConflict},
		"another host":     {request{"GET", "/", "", []string{"Host: evil.example"}}, http.StatusMisdirectedRequest},
		"no such page":     {request{method: "GET", path: "/other"}, http.StatusNotFound},
		"no job to show":   {request{method: "GET", path: "/jobs/other"}, http.StatusNotFound},
		"no run to show":   {request{method: "GET", path: "/runs/1"}, http.StatusNotFound},
		"a run by name":    {request{method: "GET", path: "/runs/prints"}, http.StatusNotFound},
		"the own site":     {request{"POST", run, form, []string{"Sec-Fetch-Site: same-origin"}}, http.StatusSeeOther},
	} {
		code, _, header := s.do(test.request)
		assert.Equal(t, test.want, code, name)
		assert.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'", name)
	}
	await[schedule.Ended](s)
	assert.Empty(t, s.news, "one run alone was to be made")
}

func TestBoardBoundsGuesses(t *testing.T) {
	t.Parallel()
	s := show(t, nil)
	wrong := request{method: "POST", path: "/jobs/prints/run", headers: []string{"Authorization: Bearer guess"}}
	code := 0
	for range 1000 {
		if code, _, _ = s.do(wrong); code != http.StatusForbidden {
			break
		}
	}
	assert.Equal(t, http.StatusTooManyRequests, code)
}

func TestBoardWithoutToken(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Options){
		"none":       func(o *Options) { o.Token = nil },
		"unreadable": func(o *Options) { o.Token = func() (string, error) { return "", errors.New("no file") } },
		"empty":      func(o *Options) { o.Token = func() (string, error) { return "", nil } },
	} {
		s := show(t, change)
		code, _, _ := s.do(request{method: "POST", path: "/jobs/prints/run", headers: []string{"Authorization: Bearer "}})
		assert.GreaterOrEqual(t, code, 400, name)
		if name == "none" {
			assert.NotContains(t, s.get("/jobs/prints"), "Run now")
		}
		assert.Empty(t, s.news, name)
	}
}

func TestBoardHealth(t *testing.T) {
	t.Parallel()
	stopping := make(chan struct{})
	s := show(t, func(o *Options) { o.Stopping = stopping })
	assert.Equal(t, "ok\n", s.get("/healthz"))
	assert.Equal(t, "ok\n", s.get("/readyz"))
	close(stopping)
	assert.Equal(t, "ok\n", s.get("/healthz"))
	code, _, _ := s.do(request{method: "GET", path: "/readyz"})
	assert.Equal(t, http.StatusServiceUnavailable, code)
}

// TestProbes has metrics and health be shown to all hosts, and nothing else.
func TestProbes(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(Probes(Options{Source: said{}, Metrics: NewMetrics(), Log: slog.New(slog.DiscardHandler)}))
	t.Cleanup(server.Close)
	s := &shown{t: t, at: server.URL}
	for path, want := range map[string]int{
		"/healthz": http.StatusOK, "/readyz": http.StatusOK, "/metrics": http.StatusOK,
		"/": http.StatusNotFound, "/jobs/prints": http.StatusNotFound, "/runs/1": http.StatusNotFound,
	} {
		code, _, _ := s.do(request{method: "GET", path: path, headers: []string{"Host: 10.0.0.1"}})
		assert.Equal(t, want, code, path)
	}
}

func TestBoardMetrics(t *testing.T) {
	t.Parallel()
	var observe schedule.Observer
	s := show(t, func(o *Options) { observe = o.Metrics.Observe })
	for _, job := range []string{"prints", "raises"} {
		s.run(job)
		await[schedule.Ended](s)
	}
	job := &engine.Job{Name: "prints"}
	for _, n := range []schedule.News{
		schedule.Passed{Job: job, Why: schedule.PassedRunning},
		schedule.WatchEnded{Job: job, Err: errors.New("gone")},
		schedule.FileRead{File: "a.lua", Err: errors.New("broken")},
		schedule.FileRead{File: "b.lua", Err: errors.New("broken")},
		schedule.FileRead{File: "b.lua"},
		schedule.Led{Shard: 2, Leads: true}, schedule.Led{Shard: 3, Leads: true}, schedule.Led{Shard: 3},
		schedule.Began{Job: job, Trigger: engine.BySchedule, Attempt: 1, Late: 20 * time.Millisecond},
	} {
		observe(n)
	}
	lines := strings.Split(s.get("/metrics"), "\n")
	for _, want := range []string{
		`kubelua_job_runs_total{job="prints",outcome="ok"} 1`,
		`kubelua_job_runs_total{job="raises",outcome="failed"} 1`,
		`kubelua_job_run_duration_seconds_count{job="prints"} 1`,
		`kubelua_job_passed_total{job="prints",why="running"} 1`,
		`kubelua_job_watch_restarts_total{job="prints"} 1`,
		`kubelua_job_file_loads_total{outcome="failed"} 2`,
		`kubelua_job_files_broken 1`,
		`kubelua_leader{shard="2"} 1`,
		`kubelua_leader{shard="3"} 0`,
		`kubelua_leader_changes_total{shard="3"} 2`,
		`kubelua_run_lateness_seconds_bucket{le="0.01"} 0`,
		`kubelua_run_lateness_seconds_bucket{le="0.025"} 1`,
		`kubelua_runs_running 1`,
	} {
		assert.Contains(t, lines, want)
	}
	for _, line := range lines {
		if name, found := strings.CutPrefix(line, "# TYPE kubelua_"); found {
			name, _, _ = strings.Cut(name, " ")
			assert.NotEmpty(t, help["kubelua_"+name], name)
			assert.Contains(t, lines, "# HELP kubelua_"+name+" "+help["kubelua_"+name])
		}
		assert.NotRegexp(t, `^# HELP \S+$`, line)
	}
}

// What was counted of a job is gone with it, also where its run ends later.
func TestMetricsForget(t *testing.T) {
	t.Parallel()
	m := NewMetrics()
	gone, kept := &engine.Job{Name: "night"}, &engine.Job{Name: "night-2"}
	end := func(j *engine.Job) {
		began := schedule.Began{Job: j, Started: time.Now()}
		m.Observe(began)
		m.Observe(schedule.Ended{Began: began, Outcome: schedule.Succeeded})
		m.Observe(schedule.Passed{Job: j, Why: schedule.PassedLate})
		m.Observe(schedule.WatchEnded{Job: j})
	}
	text := func() string {
		answer := httptest.NewRecorder()
		m.ServeHTTP(answer, nil)
		return answer.Body.String()
	}
	end(gone)
	end(kept)
	m.Observe(schedule.Described{Jobs: []*engine.Job{gone, kept}})
	assert.Contains(t, text(), `{job="night"`)
	m.Observe(schedule.Described{Jobs: []*engine.Job{kept}})
	end(gone)
	assert.NotContains(t, text(), `{job="night"`)
	assert.Contains(t, text(), `kubelua_job_runs_total{job="night-2",outcome="ok"} 1`)
	assert.Contains(t, text(), "kubelua_runs_running 0\n")
	m.Observe(schedule.Described{Jobs: []*engine.Job{gone, kept}})
	end(gone)
	assert.Contains(t, text(), `kubelua_job_runs_total{job="night",outcome="ok"} 1`)
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:80": true, "127.0.0.1:8087": true, "127.8.0.1": true, "[::1]:8087": true, "[::1]": true,
		"localhost.evil.example": false, "127.0.0.1.evil.example:80": false, "10.0.0.1": false, "": false, ":80": false,
	} {
		assert.Equal(t, want, loopback(host), host)
	}
}
