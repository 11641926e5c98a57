package kube

import (
	"fmt"
	"strconv"
	"strings"
)

// Policy says what a run may do to clusters. The zero Policy allows everything,
// but has somebody asked before a production cluster is changed. Of a Policy
// that a [Guard] uses nothing may be changed.
type Policy struct {
	// ReadOnly denies everything that changes something: also a dry run, and what
	// reaches into pods or through them (exec, attach, port-forward, proxy).
	// Reviews of access and tokens only ask.
	ReadOnly bool
	// Allow lists what is allowed; nil is everything. What isn't about a resource
	// (versions, health, discovery) may be read in any case.
	Allow []Rule
	// Deny lists what is denied, allowed or not.
	Deny []Rule
	// Protected are patterns of namespaces in which nothing may be changed, nor
	// they themselves.
	Protected []string
	// MaxDeletes and MaxWrites bound how many objects are deleted, and how many
	// changes of any kind are made; nil for no bound. Evictions count as deletes,
	// dry runs and refusals as nothing. Where deletes are bounded nothing may be
	// deleted by selector, since nobody knows how much that is.
	MaxDeletes, MaxWrites *int
	// Production is what becomes of changes of a production cluster, see
	// [IsProduction].
	Production Production

	file  string         // that it was read from; "" for flags
	lines map[string]int // of its keys; nil where it isn't a file
}

// Production is what becomes of changes of a production cluster.
type Production string

// What becomes of changes of a production cluster, from strict to lenient.
const (
	ProductionRefuse Production = "refuse"
	ProductionAsk    Production = "ask" // once a run; the default
	ProductionAllow  Production = "allow"
)

// ParseProduction reads a Production. Others are a ValueError.
func ParseProduction(text string) (Production, error) {
	switch p := Production(text); p {
	case ProductionRefuse, ProductionAsk, ProductionAllow:
		return p, nil
	}
	return "", unknown("value", text, []string{string(ProductionRefuse), string(ProductionAsk), string(ProductionAllow)})
}

// restricts tells whether the policy says anything about clusters that aren't
// production.
func (p *Policy) restricts() bool {
	return p.ReadOnly || p.Allow != nil || p.Deny != nil || p.Protected != nil || p.MaxDeletes != nil || p.MaxWrites != nil
}

// source names what stands under a key, for messages.
func (p *Policy) source(key, flag string) string {
	if p.file == "" {
		return flag
	}
	if p.lines == nil {
		return key + " of " + p.file
	}
	return fmt.Sprintf("%s of %s:%d", key, p.file, p.lines[key])
}

// denies says by what the policy denies a deed; "" where it doesn't.
func (p *Policy) denies(d deed) string {
	if p.ReadOnly && !d.reads {
		return p.source("readOnly", "--read-only")
	}
	for _, r := range p.Deny {
		if r.denies(d) {
			return p.rule(r, "--deny") + r.extent(d)
		}
	}
	if p.Allow != nil && !p.allows(d) {
		return p.source("allow", "--only") + ": no rule allows it"
	}
	switch {
	case d.reads:
	case d.Namespace != "" && matchAny(p.Protected, d.Namespace):
		return p.source("protectedNamespaces", "--protect "+d.Namespace)
	case d.wide && p.Protected != nil:
		return p.source("protectedNamespaces", "--protect") + ofAllNamespaces
	}
	if p.MaxDeletes != nil && d.Verb == "deletecollection" {
		return p.source("maxDeletes", "--max-deletes "+strconv.Itoa(*p.MaxDeletes)) + ": nobody knows how much it deletes"
	}
	return ""
}

func (p *Policy) allows(d deed) bool {
	if d.Resource == "" && d.reads {
		return true
	}
	for _, r := range p.Allow {
		if r.allows(d) {
			return true
		}
	}
	return false
}

// rule names a rule, for messages.
func (p *Policy) rule(r Rule, flag string) string {
	if p.file == "" {
		return strings.TrimSpace(flag + " " + r.source)
	}
	return r.source
}

// exceeded says by what further deletes and writes are denied; "" where they
// aren't.
func (p *Policy) exceeded(deletes, writes int) string {
	switch {
	case p.MaxDeletes != nil && deletes > *p.MaxDeletes:
		return fmt.Sprintf("%s: %d deleted", p.source("maxDeletes", "--max-deletes "+strconv.Itoa(*p.MaxDeletes)), deletes-1)
	case p.MaxWrites != nil && writes > *p.MaxWrites:
		return fmt.Sprintf("%s: %d changes made", p.source("maxWrites", "--max-writes "+strconv.Itoa(*p.MaxWrites)), writes-1)
	}
	return ""
}
