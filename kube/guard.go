package kube

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// ReasonDenied is the Reason of a DeniedError about a request. It is ours.
const ReasonDenied = "Denied"

// Guard keeps a run to policies: one Guard serves all clusters that the run
// opens ([Options.Guard]), so that its bounds hold for all of them together.
// Every request of a cluster passes it after the links of [Options.Links] and
// before its login is added; what it denies is a DeniedError that names the rule,
// and isn't sent. Several policies add up to what all of them allow. It is safe
// for concurrent use.
//
// A request whose path or headers may be understood in several ways is denied
// where a policy restricts anything.
type Guard struct {
	*guardedRun
	rules  atomic.Pointer[guardRules]
	counts []*tally // of the whole run, and of each part around what this guard is for
}

// guardedRun is what the guards of all parts of a run have in common.
type guardedRun struct {
	ask      Asker
	readOnly atomic.Pointer[string] // see SetReadOnly

	asking  chan struct{}   // held by who asks or reads the answers
	answers map[string]bool // by server

	mu sync.Mutex // for all tallies
}

// tally is how many changes there were.
type tally struct{ deletes, writes int }

// guardRules are the policies that a guard keeps to. They never change.
type guardRules struct {
	policies   []boundPolicy
	production *Policy // the strictest about production; nil for the default
	restricts  bool
}

// boundPolicy is a policy with the changes that its bounds are for.
type boundPolicy struct {
	*Policy
	counts *tally
}

// Asker asks somebody a question and returns whether the answer is yes. It
// returns the context's cause when that ends first.
type Asker func(ctx context.Context, question string) (bool, error)

// IsYes tells whether what somebody typed is a yes to a question.
func IsYes(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	return text == "y" || text == "yes"
}

// NewGuard makes the guard of a run. ask is how to ask before a production
// cluster is changed; nil where nobody can be asked, which then is a denial.
func NewGuard(ask Asker, policies ...*Policy) *Guard {
	run := &guardedRun{ask: ask, asking: make(chan struct{}, 1), answers: map[string]bool{}}
	g := &Guard{guardedRun: run, counts: []*tally{{}}}
	g.rules.Store(&guardRules{})
	for _, p := range policies {
		g.Narrow(p)
	}
	return g
}

// Part makes the guard of a part of the run. What it lets pass counts for g's
// bounds, too, and what was answered to either is answered to both. Policies that
// it is narrowed to are its own.
func (g *Guard) Part() *Guard {
	part := &Guard{guardedRun: g.guardedRun, counts: append(slices.Clip(g.counts), &tally{})}
	part.rules.Store(g.rules.Load())
	return part
}

// Narrow has the guard keep to one more policy from now on. What it let pass
// before counts for its bounds, too.
func (g *Guard) Narrow(p *Policy) {
	for {
		rules := g.rules.Load()
		if g.rules.CompareAndSwap(rules, rules.with(boundPolicy{p, g.counts[len(g.counts)-1]})) {
			return
		}
	}
}

// with are the rules with one more policy.
func (r *guardRules) with(p boundPolicy) *guardRules {
	order := []Production{ProductionAllow, ProductionAsk, ProductionRefuse}
	more := &guardRules{append(slices.Clip(r.policies), p), r.production, r.restricts || p.restricts()}
	if p.Production != "" && (r.production == nil || slices.Index(order, p.Production) > slices.Index(order, r.production.Production)) {
		more.production = p.Policy
	}
	return more
}

// SetReadOnly has everything denied that changes something, whatever the policies
// allow, until it is set to "". Messages say that it is denied by by.
func (g *Guard) SetReadOnly(by string) { g.readOnly.Store(&by) }

// ReadOnly says by what everything is denied that changes something: by a policy,
// or by what [Guard.SetReadOnly] was told; "" where nothing does.
func (g *Guard) ReadOnly() string {
	for _, p := range g.rules.Load().policies {
		if p.ReadOnly {
			return p.source("readOnly", "--read-only")
		}
	}
	if by := g.readOnly.Load(); by != nil {
		return *by
	}
	return ""
}

// AskAgain has the guard ask once more where the answer was no.
func (g *Guard) AskAgain() {
	select {
	case g.asking <- struct{}{}:
	default:
		return // somebody is asking
	}
	maps.DeleteFunc(g.answers, func(_ string, yes bool) bool { return !yes })
	<-g.asking
}

// guarded is the place of a cluster, as its guard and its audit need it.
type guarded struct {
	base    string // path of the server's address
	server  string // the address
	context string // of production that the cluster is; "" for none
	plan    *Plan  // while it is on nothing is changed; may be nil
}

// link is the guard of one cluster.
func (g *Guard) link(at guarded) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if !g.rules.Load().restricts && at.context == "" && g.ReadOnly() == "" {
				return next.RoundTrip(r)
			}
			release, err := g.admit(r, at)
			if err != nil {
				if r.Body != nil {
					r.Body.Close()
				}
				return nil, err
			}
			resp, err := next.RoundTrip(r)
			// With 4xx the server has done nothing, but for 408.
			if err == nil && resp.StatusCode >= 400 && resp.StatusCode < 500 && resp.StatusCode != http.StatusRequestTimeout {
				release()
			}
			return resp, err
		})
	}
}

// admit decides about a request and counts what it does. release takes that back.
func (g *Guard) admit(r *http.Request, at guarded) (release func(), err error) {
	deeds, err := deedsOf(r, at.base)
	if err != nil {
		return nil, &Error{Kind: DeniedError, Reason: ReasonDenied, cause: err,
			Message: fmt.Sprintf("%s %s: denied, because the policy can't tell what it does: %s", r.Method, r.URL.EscapedPath(), err)}
	}
	for _, d := range deeds {
		for _, p := range g.rules.Load().policies {
			if by := p.denies(d); by != "" {
				return nil, denied(d, by)
			}
		}
	}
	main := deeds[0]
	if main.reads {
		return func() {}, nil
	}
	if by := g.ReadOnly(); by != "" {
		return nil, denied(main, by)
	}
	if main.isDryRun(r) {
		return func() {}, nil
	}
	if at.context != "" && !at.plan.On() {
		if err := g.changeProduction(r.Context(), at, main); err != nil {
			return nil, err
		}
	}
	release, err = g.count(r.Context(), deeds)
	if main.passedOn() {
		release = func() {} // who answers may have done anything
	}
	return release, err
}

// denied is the error of a deed that is denied by something.
func denied(d deed, by string) error {
	if d.because != "" {
		by += " (" + d.because + ")"
	}
	return &Error{Kind: DeniedError, Reason: ReasonDenied, Message: fmt.Sprintf("%s: denied by %s", d, by)}
}

// counted is whether a write has been counted, which is sent more than once when
// its answer is lost.
type counted struct{ atomic.Bool }

// countedKey is the key of a counted in the context of a write's requests.
type countedKey struct{}

// countOnce has requests counted as one.
func countOnce(ctx context.Context) context.Context {
	return context.WithValue(ctx, countedKey{}, new(counted))
}

// count counts a change, unless a policy bounds them.
func (g *Guard) count(ctx context.Context, deeds []deed) (release func(), err error) {
	once, _ := ctx.Value(countedKey{}).(*counted)
	if once == nil {
		once = new(counted)
	}
	if !once.CompareAndSwap(false, true) {
		return func() {}, nil
	}
	deletes := 0
	for _, d := range deeds {
		if d.Verb == "delete" || d.Verb == "deletecollection" {
			deletes = 1
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.rules.Load().policies {
		if by := p.exceeded(p.counts.deletes+deletes, p.counts.writes+1); by != "" {
			once.Store(false)
			return nil, denied(deeds[0], by)
		}
	}
	add := func(n int) {
		for _, c := range g.counts {
			c.deletes += n * deletes
			c.writes += n
		}
	}
	add(1)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		add(-1)
		once.Store(false)
	}, nil
}

// changeProduction decides about a change of a production cluster, and asks
// once for each.
func (g *Guard) changeProduction(ctx context.Context, at guarded, d deed) error {
	mode, by := ProductionAsk, fmt.Sprintf("the mark of context %q as production", at.context)
	if p := g.rules.Load().production; p != nil {
		mode = p.Production
		by += ", " + p.source("production", "--production "+string(mode))
	}
	switch {
	case mode == ProductionAllow:
		return nil
	case mode == ProductionRefuse:
		return denied(d, by)
	case g.ask == nil:
		return denied(d, by+", and there is no terminal to ask on (--production allow lets the run change it)")
	}
	select {
	case g.asking <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-g.asking }()
	yes, known := g.answers[at.server]
	if !known {
		var err error
		if yes, err = g.ask(ctx, fmt.Sprintf("context %q is production: may this run change it? first by: %s", at.context, d)); err != nil {
			return err
		}
		g.answers[at.server] = yes
	}
	if !yes {
		return denied(d, by+": the answer was no")
	}
	return nil
}
