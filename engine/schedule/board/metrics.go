package board

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/VictoriaMetrics/metrics"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/schedule"
)

// Bounds of the buckets of histograms, in seconds.
var (
	durations  = []float64{0.1, 1, 10, 60, 300, 1800, 3600}
	latenesses = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300}
)

// Metrics is a [schedule.Observer] that counts, and shows what it has counted in the
// text format of Prometheus. It is made by [NewMetrics].
type Metrics struct {
	set *metrics.Set

	mu      sync.Mutex
	running int
	known   map[string]bool // jobs that are described; nil where nobody tells
	broken  map[string]bool // files
	led     map[int]bool    // shards; false for one that isn't led any more
}

// NewMetrics makes metrics that have counted nothing.
func NewMetrics() *Metrics {
	metrics.ExposeMetadata(true) // for all sets of the process, as the library has it
	m := &Metrics{set: metrics.NewSet(), broken: map[string]bool{}, led: map[int]bool{}}
	m.set.NewGauge("kubelua_runs_running", func() float64 { return m.locked(func() int { return m.running }) })
	m.set.NewGauge("kubelua_job_files_broken", func() float64 { return m.locked(func() int { return len(m.broken) }) })
	m.late() // so that it is there from the start
	return m
}

// Observe takes news.
func (m *Metrics) Observe(n schedule.News) {
	switch n := n.(type) {
	case schedule.Began:
		m.locked(func() int { m.running++; return 0 })
		if n.Trigger == engine.BySchedule && n.Attempt == 1 {
			m.late().Update(max(n.Late, 0).Seconds())
		}
	case schedule.Ended:
		m.locked(func() int { m.running--; return 0 })
		m.ended(n)
	case schedule.Passed:
		m.countOf(n.Job, "kubelua_job_passed_total", "why", string(n.Why))
	case schedule.WatchEnded:
		m.countOf(n.Job, "kubelua_job_watch_restarts_total")
	case schedule.Described:
		m.describe(n)
	case schedule.FileRead:
		m.read(n)
	case schedule.Led:
		m.lead(n)
	}
}

func (m *Metrics) ended(n schedule.Ended) {
	m.countOf(n.Job, "kubelua_job_runs_total", "outcome", string(n.Outcome))
	if m.gone(n.Job.Name) {
		return
	}
	m.set.GetOrCreatePrometheusHistogramExt(series("kubelua_job_run_duration_seconds", "job", n.Job.Name), durations).Update(n.Took.Seconds())
	if n.Outcome == schedule.Succeeded {
		m.set.GetOrCreateGauge(series("kubelua_job_last_success_timestamp_seconds", "job", n.Job.Name), nil).Set(float64(n.Started.Add(n.Took).Unix()))
	}
}

// describe drops what was counted of jobs that are gone.
func (m *Metrics) describe(n schedule.Described) {
	known := map[string]bool{}
	for _, j := range n.Jobs {
		known[j.Name] = true
	}
	m.locked(func() int { m.known = known; return 0 })
	for _, name := range m.set.ListMetricNames() {
		_, rest, found := strings.Cut(name, `{job="`)
		if job, _, _ := strings.Cut(rest, `"`); found && !known[job] {
			m.set.UnregisterMetric(name)
		}
	}
}

// gone tells whether nobody describes a job any more. Its last run may end later.
func (m *Metrics) gone(job string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.known != nil && !m.known[job]
}

func (m *Metrics) read(n schedule.FileRead) {
	outcome := schedule.Succeeded
	if n.Err != nil {
		outcome = schedule.Failed
	}
	m.count("kubelua_job_file_loads_total", "outcome", string(outcome))
	m.locked(func() int {
		if delete(m.broken, n.File); n.Err != nil {
			m.broken[n.File] = true
		}
		return 0
	})
}

func (m *Metrics) lead(n schedule.Led) {
	m.locked(func() int { m.led[n.Shard] = n.Leads; return 0 })
	shard := fmt.Sprint(n.Shard)
	m.count("kubelua_leader_changes_total", "shard", shard)
	m.set.GetOrCreateGauge(series("kubelua_leader", "shard", shard), func() float64 {
		return m.locked(func() int {
			if m.led[n.Shard] {
				return 1
			}
			return 0
		})
	})
}

// locked calls fn with the metrics locked.
func (m *Metrics) locked(fn func() int) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return float64(fn())
}

// late is how late runs have begun.
func (m *Metrics) late() *metrics.PrometheusHistogram {
	return m.set.GetOrCreatePrometheusHistogramExt("kubelua_run_lateness_seconds", latenesses)
}

// countOf counts one more of something that is about a job.
func (m *Metrics) countOf(job *engine.Job, name string, labels ...string) {
	if !m.gone(job.Name) {
		m.count(name, append([]string{"job", job.Name}, labels...)...)
	}
}

// count counts one more of something.
func (m *Metrics) count(name string, labels ...string) {
	m.set.GetOrCreateCounter(series(name, labels...)).Inc()
}

// series is the name of a series, with names and values of labels by turns. Those
// that are used need no escapes but Go's.
func series(name string, labels ...string) string {
	for i := 0; i < len(labels); i += 2 {
		open := "{"
		if i > 0 {
			open = ","
		}
		name += fmt.Sprintf("%s%s=%q", open, labels[i], labels[i+1])
	}
	return name + "}"
}

// ServeHTTP shows what was counted, and how the process does.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	var text bytes.Buffer
	m.set.WritePrometheus(&text)
	metrics.WriteProcessMetrics(&text)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(explained(text.Bytes()))
}
