package board

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/schedule"
)

//go:embed page.html style.css
var files embed.FS

// pages are the templates, parsed when the first page is asked for: most runs of the
// program show none. All that they are given is text to them.
var pages = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"moment": moment, "took": took, "visible": visible, "verdict": verdict,
	}).ParseFS(files, "page.html"))
})

// page is what all pages show.
type page struct {
	Title   string // of the scheduler
	Heading string
	Refresh int // after so many seconds; 0 for never
	Now     time.Time
}

// jobsPage is the page of all jobs.
type jobsPage struct {
	page
	Query  string
	Jobs   []jobRow
	All    int // jobs, those that don't match the query included
	Hours  []hour
	Broken []broken
}

// jobRow is a job as the page of all jobs shows it.
type jobRow struct {
	schedule.Status
	When   []string
	Zone   string
	Coming time.Time // the next run
	Day    []bar
}

func (b *board) row(s schedule.Status, now time.Time) jobRow {
	s.Last = b.last(s)
	return jobRow{s, when(s.Job), zone(s.Job), next(s, now), bars(b.History.Day(s.Job.Name, now), now)}
}

// last is the newest run of a job. Those that events or people have triggered aren't in
// the ledger, by which the scheduler goes; of them the history knows.
func (b *board) last(s schedule.Status) schedule.Run {
	run, ok := b.History.Last(s.Job.Name)
	if !ok || !run.Started.After(s.Last.Started) {
		return s.Last
	}
	return schedule.Run{Scheduled: run.Scheduled, Attempt: run.Attempt, Started: run.Started, Outcome: run.Outcome, Error: run.Error}
}

// broken is a file that can't be loaded.
type broken struct{ File, Error string }

// showJobs shows all jobs, or those whose names have what is looked for.
func (b *board) showJobs(w http.ResponseWriter, r *http.Request) {
	all, ok := b.status(w, r)
	if !ok {
		return
	}
	now := time.Now()
	p := jobsPage{page: page{b.Title, "Jobs", 15, now}, Query: r.URL.Query().Get("q"), All: len(all), Hours: hours(now)}
	for _, s := range all {
		if strings.Contains(s.Job.Name, p.Query) {
			p.Jobs = append(p.Jobs, b.row(s, now))
		}
	}
	wrong := b.History.Broken()
	for _, file := range slices.Sorted(maps.Keys(wrong)) {
		p.Broken = append(p.Broken, broken{file, wrong[file]})
	}
	b.show(w, "jobs", p)
}

// jobPage is the page of one job.
type jobPage struct {
	page
	jobRow
	Next5  []time.Time
	Runs   []schedule.PastRun
	CanRun bool
	Hours  []hour
}

// showJob shows a job with its runs.
func (b *board) showJob(w http.ResponseWriter, r *http.Request) {
	all, ok := b.status(w, r)
	if !ok {
		return
	}
	name, now := r.PathValue("job"), time.Now()
	i := slices.IndexFunc(all, func(s schedule.Status) bool { return s.Job.Name == name })
	if i < 0 {
		b.fail(w, http.StatusNotFound, "There is no job "+name+".")
		return
	}
	s := all[i]
	p := jobPage{
		page:   page{b.Title, name, 0, now},
		jobRow: b.row(s, now),
		Runs:   b.History.Runs(name),
		CanRun: b.Token != nil && !s.Elsewhere,
		Hours:  hours(now),
	}
	for _, c := range schedule.Upcoming([]*engine.Job{s.Job}, now, 5) {
		p.Next5 = append(p.Next5, c.Time)
	}
	b.show(w, "job", p)
}

// runPage is the page of one run.
type runPage struct {
	page
	schedule.PastRun
}

// showRun shows a run with what it has printed.
func (b *board) showRun(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("run"), 10, 64)
	run, ok := b.History.Run(id)
	if err != nil || !ok {
		b.fail(w, http.StatusNotFound, "This run isn't kept, or there was none.")
		return
	}
	p := runPage{page{b.Title, "A run of " + run.Job, 0, time.Now()}, run}
	if run.Outcome == "" {
		p.Refresh = 5
	}
	b.show(w, "run", p)
}

// failPage says why there is nothing to show.
type failPage struct {
	page
	Text string
}

// fail answers with a page that says what is wrong.
func (b *board) fail(w http.ResponseWriter, code int, text string) {
	b.write(w, code, "fail", failPage{page{b.Title, http.StatusText(code), 0, time.Now()}, text})
}

// status asks the scheduler; where it doesn't answer, the request has its answer.
func (b *board) status(w http.ResponseWriter, r *http.Request) (all []schedule.Status, ok bool) {
	ctx, cancel := context.WithTimeout(r.Context(), askTime)
	defer cancel()
	all, err := b.Source.Status(ctx)
	if err != nil {
		b.fail(w, http.StatusServiceUnavailable, "The scheduler doesn't answer yet: "+err.Error())
		return nil, false
	}
	return all, true
}

func (b *board) show(w http.ResponseWriter, name string, p any) { b.write(w, http.StatusOK, name, p) }

func (b *board) write(w http.ResponseWriter, code int, name string, p any) {
	var text bytes.Buffer
	if err := pages().ExecuteTemplate(&text, name, p); err != nil {
		b.Log.Error("a page can't be made", "page", name, "error", err)
		plain(w, http.StatusInternalServerError, "the page can't be made")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(text.Bytes())
}

func showStyle(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "style.css") }

// when is when a job is run, for people.
func when(j *engine.Job) []string {
	var texts []string
	if j.Schedule != nil {
		texts = append(texts, j.Schedule.Texts()...)
	}
	if j.On != nil {
		texts = append(texts, strings.Join(j.On.Types, ", ")+" of "+j.On.View.String())
	}
	return texts
}

func zone(j *engine.Job) string {
	if j.Schedule == nil {
		return ""
	}
	if zone := j.Schedule.Zone(); zone != time.Local {
		return zone.String()
	}
	return "" // times have it
}

// next is when a job is run next. A time that came while it was running had its
// chance, unless it is queued.
func next(s schedule.Status, now time.Time) time.Time {
	if s.Running && s.Job.Schedule != nil && s.Job.Overlap != engine.OverlapQueue && s.Next.Before(now) {
		return s.Job.Schedule.Next(now)
	}
	return s.Next
}

// moment is a time for people; "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("Mon 2 Jan 15:04:05 MST")
}

// took is a duration for people.
func took(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// verdict is how a run ended, for people.
func verdict(o schedule.Outcome) string {
	if o == "" {
		return "running"
	}
	return string(o)
}

// visible shows the characters that control terminals, and those that turn the
// direction of what follows.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r < ' ':
			return r + '\u2400'
		case r == 0x7f:
			return '\u2421'
		case unicode.Is(unicode.Bidi_Control, r), unicode.Is(unicode.Cc, r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
