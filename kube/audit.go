package kube

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// Audit writes down the calls of a run to API servers: one line of JSON each, once
// its answer has been read, or it failed, or a [Guard] has denied it. One audit
// serves all clusters of a run ([Options.Audit]).
//
//	{"time":"2026-05-04T10:11:12.131Z","server":"https://10.0.0.1:6443/",
//	 "verb":"delete","resource":"pods","namespace":"web","name":"a",
//	 "outcome":"ok","status":200,"sent":108,"received":2313,"seconds":0.011,
//	 "caller":"cleanup.lua:12"}
//
// A line holds nothing of what is sent and received, nor queries, so no secrets.
// Once a line can't be written further calls fail. It is safe for concurrent use.
type Audit struct {
	mu   sync.Mutex
	out  io.Writer
	open map[*auditCall]struct{} // that have not ended
	err  error
}

// NewAudit makes an audit that writes each line to out with one call of its
// Write. The caller closes the audit.
func NewAudit(out io.Writer) *Audit {
	return &Audit{out: out, open: map[*auditCall]struct{}{}}
}

// Close writes down what has not ended yet, and returns why lines couldn't be
// written, if so. What is called later fails.
func (a *Audit) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for c := range a.open {
		a.write(c)
	}
	err := a.err
	if a.err == nil {
		a.err = errors.New("it is closed")
	}
	return err
}

// callerKey is the key of who calls in a context.
type callerKey struct{}

// WithCaller notes in a context who makes the calls under it, for an [Audit]: the
// line of a script.
func WithCaller(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// auditLine is what is written of a call.
type auditLine struct {
	Time        time.Time `json:"time"` // when it began
	Server      string    `json:"server"`
	Verb        string    `json:"verb"`
	Group       string    `json:"group,omitempty"`
	Resource    string    `json:"resource,omitempty"`
	Subresource string    `json:"subresource,omitempty"`
	Namespace   string    `json:"namespace,omitempty"`
	Name        string    `json:"name,omitempty"`
	Path        string    `json:"path,omitempty"` // of what is no resource
	DryRun      bool      `json:"dryRun,omitempty"`
	Outcome     string    `json:"outcome"` // see the constants
	Status      int       `json:"status,omitempty"`
	Error       string    `json:"error,omitempty"` // of what was denied or failed
	Sent        int64     `json:"sent"`            // bytes of the bodies
	Received    int64     `json:"received"`
	Seconds     float64   `json:"seconds"`
	Caller      string    `json:"caller,omitempty"`
}

// The outcomes of calls.
const (
	auditOpen      = "open"      // it had no answer yet when the run ended
	auditOK        = "ok"        // the server did it
	auditRefused   = "refused"   // the server did not: the status says why
	auditDenied    = "denied"    // a guard did not let it pass
	auditFailed    = "failed"    // there was no answer
	auditCancelled = "cancelled" // it was given up before there was one
)

// link writes down the calls to one cluster.
func (a *Audit) link(at guarded) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			c, err := a.begin(r, at)
			if err != nil {
				if r.Body != nil {
					r.Body.Close()
				}
				return nil, err
			}
			resp, err := next.RoundTrip(r)
			if err != nil {
				c.fail(r.Context(), err)
				return nil, err
			}
			c.answered(resp)
			return resp, nil
		})
	}
}

// begin notes a call.
func (a *Audit) begin(r *http.Request, at guarded) (*auditCall, error) {
	c := &auditCall{audit: a, began: time.Now()}
	access, dryRun := ParseRequest(r.Method, r.URL, at.base), false
	if deeds, err := deedsOf(r, at.base); err == nil {
		access = deeds[0].Access
		dryRun = !deeds[0].reads && (deeds[0].isDryRun(r) || at.plan.On())
	}
	c.line = auditLine{
		Time: c.began.UTC().Truncate(time.Microsecond), Server: at.server, Verb: access.Verb, DryRun: dryRun, Outcome: auditOpen,
		Group: access.Group, Resource: access.Resource, Subresource: access.Subresource, Namespace: access.Namespace, Name: access.Name,
		Sent: max(r.ContentLength, 0),
	}
	if access.Resource == "" {
		c.line.Path = access.Path
	}
	c.line.Caller, _ = r.Context().Value(callerKey{}).(string)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return nil, Errorf(KubeError, "%s: the audit can't be written: %w", access, a.err)
	}
	a.open[c] = struct{}{}
	return c, nil
}

// write writes the line of a call. The lock is held.
func (a *Audit) write(c *auditCall) {
	if _, open := a.open[c]; !open {
		return
	}
	delete(a.open, c)
	c.line.Seconds = time.Since(c.began).Round(time.Microsecond).Seconds()
	text, err := json.Marshal(c.line)
	if err == nil {
		_, err = a.out.Write(append(text, '\n'))
	}
	if a.err == nil {
		a.err = err
	}
}

// auditCall is a call that goes on. Its line is guarded by the audit's lock.
type auditCall struct {
	audit *Audit
	began time.Time
	line  auditLine
}

// note changes the line.
func (c *auditCall) note(change func(line *auditLine)) {
	c.audit.mu.Lock()
	defer c.audit.mu.Unlock()
	change(&c.line)
}

func (c *auditCall) end() {
	c.audit.mu.Lock()
	defer c.audit.mu.Unlock()
	c.audit.write(c)
}

// fail ends a call that has no answer.
func (c *auditCall) fail(ctx context.Context, err error) {
	c.note(func(line *auditLine) {
		line.Outcome, line.Error = auditFailed, oneLine(err)
		if IsKind(err, DeniedError) {
			line.Outcome, line.Sent = auditDenied, 0
		} else if ctx.Err() != nil {
			line.Outcome = auditCancelled
		}
	})
	c.end()
}

// answered has a call end with its answer's body.
func (c *auditCall) answered(resp *http.Response) {
	c.note(func(line *auditLine) {
		line.Status, line.Outcome = resp.StatusCode, auditOK
		if resp.StatusCode >= 400 {
			line.Outcome = auditRefused
		}
	})
	body := &auditBody{resp.Body, c}
	if stream, ok := resp.Body.(io.Writer); ok {
		resp.Body = &auditStream{body, stream}
	} else {
		resp.Body = body
	}
}

// auditBody is the body of an answer.
type auditBody struct {
	io.ReadCloser
	call *auditCall
}

func (b *auditBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.call.note(func(line *auditLine) { line.Received += int64(n) })
	return n, err
}

func (b *auditBody) Close() error {
	defer b.call.end()
	return b.ReadCloser.Close()
}

// auditStream is a body that can be written to.
type auditStream struct {
	*auditBody
	to io.Writer
}

func (s *auditStream) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	s.call.note(func(line *auditLine) { line.Sent += int64(n) })
	return n, err
}
