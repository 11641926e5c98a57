package board

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/kubelua/kubelua/engine/schedule"
)

// Source is the scheduler whose jobs are shown. Its methods are safe for concurrent
// use; those of [schedule.Scheduler] and [schedule.Replica] fit.
type Source interface {
	Ready(ctx context.Context) error
	Status(ctx context.Context) ([]schedule.Status, error)
	Trigger(ctx context.Context, job string) error
}

// Options are what a board shows, and to whom.
type Options struct {
	Source  Source
	History *schedule.History
	Metrics *Metrics

	// Title is what the page is headed.
	Title string

	// Token returns the token that has jobs run by hand. It is asked for each time;
	// nil lets nobody do so.
	Token func() (string, error)

	// Local refuses requests that don't name this machine by its loopback: a page
	// of somebody else in a browser here could else read what is shown, by a name
	// of its own that leads here.
	Local bool

	// Stopping is closed when the process is to end; from then on it isn't ready.
	Stopping <-chan struct{}

	// Log gets who had a job run.
	Log *slog.Logger
}

// board is what the handlers share.
type board struct {
	Options
	guesses guesses
}

// New makes the handler of a board.
func New(o Options) http.Handler {
	b := &board{Options: o, guesses: newGuesses()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", b.showJobs)
	mux.HandleFunc("GET /jobs/{job}", b.showJob)
	mux.HandleFunc("GET /runs/{run}", b.showRun)
	mux.HandleFunc("GET /style.css", showStyle)
	b.handleProbes(mux)
	if o.Token != nil {
		mux.HandleFunc("POST /jobs/{job}/run", b.run)
	}
	handler := http.NewCrossOriginProtection().Handler(mux)
	if o.Local {
		handler = onlyLocal(handler)
	}
	return secured(handler)
}

// Probes makes a handler of metrics and health alone, for whom what jobs print is no
// business.
func Probes(o Options) http.Handler {
	mux := http.NewServeMux()
	(&board{Options: o}).handleProbes(mux)
	return secured(mux)
}

func (b *board) handleProbes(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", b.showReady)
	mux.Handle("GET /metrics", b.Metrics)
}

// askTime is how long the scheduler may take to answer.
const askTime = 2 * time.Second

// showReady tells whether the scheduler is at work, or stands by.
func (b *board) showReady(w http.ResponseWriter, r *http.Request) {
	select {
	case <-b.Stopping:
		plain(w, http.StatusServiceUnavailable, "stopping")
		return
	default:
	}
	ctx, cancel := context.WithTimeout(r.Context(), askTime)
	defer cancel()
	if err := b.Source.Ready(ctx); err != nil {
		plain(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
		return
	}
	plain(w, http.StatusOK, "ok")
}

// plain answers with a line of text.
func plain(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text + "\n"))
}
