package board

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// maxForm bounds the body of a request, in bytes.
const maxForm = 8 << 10

// guesses bound how often a wrong token may be tried.
type guesses struct{ *rate.Limiter }

func newGuesses() guesses { return guesses{rate.NewLimiter(rate.Every(time.Second), 5)} }

// run has a job run now, for whoever has the token: in the form, or as a bearer's.
func (b *board) run(w http.ResponseWriter, r *http.Request) {
	job := r.PathValue("job")
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	switch b.admit(r) {
	case http.StatusOK:
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "1")
		b.fail(w, http.StatusTooManyRequests, "Wrong tokens were tried too often. Try again in a moment.")
		return
	default:
		b.Log.Warn("a run by hand was refused: wrong token", "job", job, "from", r.RemoteAddr)
		b.fail(w, http.StatusForbidden, "The token is missing or wrong.")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), askTime)
	defer cancel()
	if err := b.Source.Trigger(ctx, job); err != nil {
		b.fail(w, http.StatusConflict, err.Error())
		return
	}
	b.Log.Info("run by hand", "job", job, "from", r.RemoteAddr)
	http.Redirect(w, r, "/jobs/"+url.PathEscape(job), http.StatusSeeOther)
}

// admit tells by a status whether a request has the token. A wrong one counts as a
// guess; where there were many, none is looked at.
func (b *board) admit(r *http.Request) int {
	if b.guesses.Tokens() < 1 {
		return http.StatusTooManyRequests
	}
	given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		given = r.PostFormValue("token")
	}
	want, err := b.Token()
	if err != nil {
		b.Log.Error("the token can't be read", "error", err)
	}
	// What is compared has one length, so that the time tells nothing.
	a, z := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(want))
	if err == nil && want != "" && subtle.ConstantTimeCompare(a[:], z[:]) == 1 {
		return http.StatusOK
	}
	b.guesses.Allow()
	return http.StatusForbidden
}
