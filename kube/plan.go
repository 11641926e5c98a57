package kube

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Plan is what a run would change, found out without changing anything. It is
// given to the clusters of a run by [Options.Plan] and stands in the chain of
// their transports, so that no request gets round it.
//
// Every write is sent to the server as a dry run (dryRun=All; Kubernetes
// documentation, "API Concepts", "Dry-run"): the server checks it, fills in its
// defaults, and stores nothing. What it answers is the planned state of the
// object, and from then on the run sees the object so: in reads, lists, tables
// and watches. What others do to the object meanwhile it doesn't see. What
// can't be a dry run (commands in pods, calls through the server to others,
// tokens) is refused with an error that says so, see [ReasonUnplannable].
//
// The server knows nothing of planned states. So the second write of an object
// is put together here with the first, and the sum is sent as a dry run on what
// is stored:
//
//	merge and JSON patch, update, scale   done here to the planned state
//	apply, strategic patch                done by the server to what is stored; the
//	                                      difference is done here to the planned
//	                                      state, or where the plan has changed the
//	                                      same fields already, refused
//	deletion of what the plan creates     neither is left
//
// Some things the server can't check: objects in a namespace or of a kind that
// the plan itself creates, and an object that takes the name of a deleted one.
// They are planned as they were sent, and noted so.
//
// A planned object carries a resource version of the plan's own, which is above
// all that the server gives, and stands for the stored one where it comes back
// in a write or a watch. One that the plan creates has the uid of the first dry
// run.
//
// What controllers, garbage collection and the deletion of a namespace do in
// consequence is no part of the plan. So waits for what isn't true are taken as
// fulfilled as soon as something is planned, see [Item.Wait]; an object is gone as
// soon as its deletion is planned, whatever finalizers it has.
//
// A Plan is safe for concurrent use.
type Plan struct {
	mu      sync.Mutex
	off     bool
	round   int // counts the times that it was started
	objects map[place]*planned
	order   []*planned    // those that were written, by the first time
	log     []plannedStep // of planned states, for watches
	more    chan struct{}
	waits   int // that were taken as fulfilled
	servers map[string]PlanServer
}

// maxPlanned is how many writes a plan holds; its versions count them.
const maxPlanned = 1<<20 - 1

// NewPlan makes a plan that is on.
func NewPlan() *Plan {
	p := &Plan{servers: map[string]PlanServer{}}
	p.Start()
	return p
}

// Start forgets what was planned and begins anew.
func (p *Plan) Start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.off = false
	p.reset()
	p.objects, p.order, p.log, p.waits = map[place]*planned{}, nil, nil, 0
}

// Stop ends the planning: writes are carried out from now on. Watches that have
// shown a planned state end with an error. What was planned is kept until the
// next Start.
func (p *Plan) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.off = true
	p.reset()
}

// reset has the watches notice that the plan has ended.
func (p *Plan) reset() {
	p.round++
	if p.more != nil {
		close(p.more)
	}
	p.more = make(chan struct{})
}

// On tells whether writes are planned rather than carried out. A nil Plan is
// not on.
func (p *Plan) On() bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.off
}

// place is where an object is.
type place struct{ server, group, resource, namespace, name string }

// String names the object for messages: "deployments.apps web/a".
func (at place) String() string {
	r := &Resource{Name: at.resource, Group: at.group}
	name := strings.TrimPrefix(at.namespace+"/"+at.name, "/")
	return plainLine(strings.TrimSpace(r.String() + " " + name))
}

// place is where the object of an access is. The namespace of a Namespace is
// none, and not itself.
func (a Access) place(server string) place {
	at := place{server, a.Group, a.Resource, a.Namespace, a.Name}
	if a.Group == "" && a.Resource == "namespaces" {
		at.namespace = ""
	}
	return at
}

// planned is an object of a plan. Who has the turn may read its record; what
// changes it holds the plan's lock besides.
type planned struct {
	turn sync.Mutex // held by who writes the object
	record
}

// record is what a plan knows of an object.
type record struct {
	at        place
	kind      string
	version   string // of the API, "v1", that its states are in
	written   bool
	before    Value // as it is stored; absent where it isn't
	now       Value // as it would be; absent where it would be gone
	actions   []planAction
	generated bool   // the server made its name
	unchecked string // why the server can't check it; "" where it can
	status    bool   // its status was written by itself
}

// key is what servers order the objects of a resource by.
func (o record) key() string { return o.at.namespace + "/" + o.at.name }

// outcome is what a write comes to.
type outcome struct {
	before, after      Value // before counts for the first write of the object
	action             planAction
	version, unchecked string
	generated          bool
}

// plannedStep is one planned write, as a watch sees it: the record after it, and
// the state before.
type plannedStep struct {
	record
	number int
	was    Value
}

// object is the plan's record of an object, made where there is none.
func (p *Plan) object(at place) *planned {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.objects[at]
	if o == nil {
		o = &planned{record: record{at: at}}
		p.objects[at] = o
	}
	return o
}

// state is what the plan knows of an object; false where it hasn't written it.
func (p *Plan) state(at place) (record, bool) {
	if !p.On() {
		return record{}, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.objects[at]
	if o == nil || !o.written {
		return record{}, false
	}
	return o.record, true
}

// creates tells whether the plan creates an object and keeps it.
func (p *Plan) creates(at place) bool {
	o, known := p.state(at)
	return known && o.now.Exists() && !o.before.Exists()
}

// defined are the resources of the definitions that the plan creates, or
// changes.
func (p *Plan) defined(server string) []*Resource {
	if !p.On() {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []*Resource
	for _, o := range p.order {
		if o.at.server == server && o.at.group == "apiextensions.k8s.io" && o.now.Exists() {
			for _, r := range definedResources(o.now) {
				r.Singular = o.now.At("spec", "names", "singular").String()
				for name := range o.now.At("spec", "names", "shortNames").Elements() {
					r.ShortNames = append(r.ShortNames, name.String())
				}
				list = append(list, r)
			}
		}
	}
	return list
}

// place is where the item's object is.
func (i *Item) place() place {
	return place{i.cluster.URL(), i.resource.Group, i.resource.Name, i.Meta().Namespace(), i.Meta().Name()}
}

// within lists what the plan has written of a resource, in one namespace or
// all, in the order of their keys, and how many writes there were in all.
func (p *Plan) within(server string, a Access) (list []record, writes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.off {
		return nil, 0
	}
	for _, o := range p.order {
		if o.at.among(server, a) {
			list = append(list, o.record)
		}
	}
	slices.SortFunc(list, func(a, b record) int { return strings.Compare(a.key(), b.key()) })
	return list, len(p.log)
}

// among tells whether an object is among those of a collection.
func (at place) among(server string, a Access) bool {
	return at.server == server && at.group == a.Group && at.resource == a.Resource &&
		(a.Namespace == "" || a.Namespace == at.namespace || at.namespace == "")
}

// commit makes the outcome of a write the planned state, and returns it with its
// version. The caller has the object's turn.
func (p *Plan) commit(o *planned, got outcome) Value {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := o.now
	if !o.written {
		o.written, o.before, was = true, got.before, got.before
		p.order = append(p.order, o)
	}
	got.action.number = len(p.log) + 1
	if got.after.Exists() {
		got.after = withVersion(got.after, plannedVersion(got.action.number, objectVersion(o.before)))
	}
	for _, state := range []Value{got.after, o.before} {
		if o.kind == "" {
			o.kind = state.Get("kind").String()
		}
	}
	if got.action.subresource == "status" {
		o.status = true
	}
	got.action.from, got.action.to = was, got.after
	o.now, o.version = got.after, got.version
	o.unchecked = orElse(got.unchecked, o.unchecked)
	o.generated = o.generated || got.generated
	o.fold(got.action)
	p.log = append(p.log, plannedStep{o.record, got.action.number, was})
	close(p.more)
	p.more = make(chan struct{})
	return o.now
}

// waitsFulfilled tells whether a wait for what isn't true is taken as fulfilled,
// and counts it.
func (p *Plan) waitsFulfilled() bool {
	if !p.On() {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.log) == 0 {
		return false
	}
	p.waits++
	return true
}

// ReasonUnplannable is the Reason of a KubeError for what can't be planned. It
// is ours.
const ReasonUnplannable = "Unplannable"

// unplannable refuses a request.
func unplannable(a Access, format string, args ...any) *Error {
	what := a.Verb + " " + a.Path
	if a.Resource != "" {
		at := a.place("")
		if a.Subresource != "" {
			at.resource += "/" + a.Subresource
		}
		at.group = ""
		what = a.Verb + " " + at.String()
	}
	err := Errorf(KubeError, "%s: this can't be planned: %w", what, fmt.Errorf(format, args...))
	err.Reason = ReasonUnplannable
	return err
}

// link is the plan's place in the chain of a cluster's transport.
func (p *Plan) link(server PlanServer, base *url.URL) Link {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.servers[server.URL]; !known {
		p.servers[server.URL] = server
	}
	return func(next http.RoundTripper) http.RoundTripper {
		return &planLink{plan: p, server: server.URL, base: base.Path, next: next}
	}
}
