package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// PlanOutcome is what became of one object of a plan that is carried out.
type PlanOutcome struct {
	Object SavedObject
	Name   string // "deployments.apps web/a"
	// Refused tells why nothing, or no more, was done to the object, because it
	// is no longer what it was when the plan was made. Err is why something
	// failed. Neither: it is as planned.
	Refused string
	Err     error
}

// ApplyPlan carries out a saved plan, action by action in their order. cluster
// gives the cluster of each of its servers. An object that has changed since the
// plan was made, or that exists by now, is refused and left as it is, and so is
// one whose call fails; the others go on. report is told what became of each
// object, once. The error is that of the context's end, or of cluster; else nil.
//
// Each first call of an object is bound to its uid and version, so that nothing
// comes in between. An apply that makes its object can't be bound: it looks
// first. An object whose name the server made is created under the name that
// the plan says.
func ApplyPlan(ctx context.Context, s *SavedPlan, cluster func(PlanServer) (*Cluster, error), report func(PlanOutcome)) error {
	run := planRun{saved: s, uids: map[string]string{}, objects: make([]planRunObject, len(s.Objects))}
	for _, server := range s.Servers {
		c, err := cluster(server)
		if err == nil {
			err = server.check(ctx, c)
		}
		if err != nil {
			return err
		}
		run.clusters = append(run.clusters, c)
	}
	for _, a := range s.Actions {
		run.objects[a.Object].left++
	}
	for _, a := range s.Actions {
		o := &run.objects[a.Object]
		if o.ended {
			continue
		}
		o.left--
		err := run.act(ctx, a, o)
		// Its status may change at any time, which doesn't count.
		for try := 1; isConflict(err) && try < planTries && s.Objects[a.Object].Digest != ""; try++ {
			err = run.act(ctx, a, o)
		}
		err = movedOr(err)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		o.begun = true
		if o.ended = err != nil || o.left == 0; o.ended {
			outcome := PlanOutcome{Object: s.Objects[a.Object], Name: s.Objects[a.Object].String(), Err: err}
			if moved, ok := errors.AsType[planMoved](err); ok {
				outcome.Refused, outcome.Err = moved.Error(), nil
			}
			report(outcome)
		}
	}
	return nil
}

// check is an error where a cluster is not the server's.
func (s PlanServer) check(ctx context.Context, c *Cluster) error {
	if c.URL() != s.URL {
		return Errorf(ValueError, "the plan is for %s, this is %s (name its cluster by --context, --server or --kubeconfig)", s.URL, c.URL())
	}
	namespace, err := c.fetch(ctx, builtin("namespaces"), "", "kube-system")
	if err == nil && s.ID != "" && namespace.Meta().UID() != s.ID {
		return Errorf(ValueError, "the plan is for another cluster than the one that is at %s now", s.URL)
	}
	if IsReason(err, ReasonUnreachable) {
		return err
	}
	return nil
}

// String names the object: "deployments.apps web/a".
func (o SavedObject) String() string {
	return place{"", o.Group, o.Resource, o.Namespace, o.Name}.String()
}

// at is the object's kind.
func (o SavedObject) at() *Resource {
	return &Resource{Kind: o.Kind, Name: o.Resource, Group: o.Group, Versions: []string{o.Version}, Namespaced: o.Namespace != ""}
}

// planMoved is why an object is refused: the cluster has moved on.
type planMoved string

func (e planMoved) Error() string { return string(e) }

// planRun is a plan that is being carried out.
type planRun struct {
	saved    *SavedPlan
	clusters []*Cluster
	uids     map[string]string // those of the plan -> those of the server
	objects  []planRunObject
}

type planRunObject struct {
	left    int    // actions
	begun   bool   // the first one is done
	ended   bool   // done or refused
	uid     string // that it has now
	removed bool   // by the last action
}

// uidPattern is a UUID as servers write them.
var uidPattern = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// act carries out one action.
func (r *planRun) act(ctx context.Context, a SavedAction, o *planRunObject) error {
	saved := r.saved.Objects[a.Object]
	c := r.clusters[saved.Server]
	version := ""
	if !o.begun {
		var err error
		if version, err = saved.unmoved(ctx, c); err != nil {
			return err
		}
		o.uid = saved.UID
	}
	body := uidPattern.ReplaceAllFunc(a.Body, func(planned []byte) []byte {
		if real, made := r.uids[string(planned)]; made {
			return []byte(real)
		}
		return planned
	})
	t := target{resource: saved.at(), namespace: saved.Namespace, name: saved.Name, object: trusted(body)}
	item := t.known(c, o.uid, version)
	if o.removed {
		if err := item.gone(ctx, DefaultWait); err != nil {
			return err
		}
		item = t.known(c, "", "") // what comes now is another object
	}
	made, err := (boundAction{a, t, item}).do(ctx)
	if err != nil {
		return err
	}
	if o.removed = made == nil; made != nil {
		o.uid = made.Meta().UID()
		if saved.Planned != "" {
			r.uids[saved.Planned] = o.uid
		}
	}
	return nil
}

// known is the item of an object of which little else is known; a uid or version
// that is "" doesn't count.
func (t target) known(c *Cluster, uid, version string) *Item {
	meta := map[string]any{"name": t.name}
	for key, value := range map[string]string{"namespace": t.namespace, "uid": uid, "resourceVersion": version} {
		if value != "" {
			meta[key] = value
		}
	}
	return newItem(c, t.resource, valueOf(map[string]any{"metadata": meta}).Raw())
}

// unmoved is the version of an object that is still what it was when the plan was
// made, its status aside; "" where it wasn't there. Else it is an error.
func (o SavedObject) unmoved(ctx context.Context, c *Cluster) (version string, err error) {
	now, err := c.fetch(ctx, o.at(), o.Namespace, o.Name)
	switch {
	case IsKind(err, LookupError) && o.Stored == "":
		return "", nil
	case IsKind(err, LookupError):
		return "", planMoved("it is gone")
	case err != nil:
		return "", err
	case o.Stored == "":
		return "", planMoved("it exists by now")
	case now.Meta().UID() != o.UID:
		return "", planMoved("its name has been taken over by another object")
	case now.Meta().Version() != o.Stored && (o.Digest == "" || digest(now.Raw()) != o.Digest):
		return "", planMoved(fmt.Sprintf("it has changed since: it is at version %s%s, the plan is for %s", now.Meta().Version(), o.lastChanger(now), o.Stored))
	}
	return now.Meta().Version(), nil
}

// lastChanger tells who has changed an object last, as far as that is known and
// counts.
func (o SavedObject) lastChanger(i *Item) string {
	newest, name := "", ""
	for w, at := range writers(i.Meta().Raw()) {
		if at > newest && (w.subresource != "status" || o.Digest == "") {
			newest, name = at, w.manager
		}
	}
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" (changed by %q at %s)", name, newest)
}

// movedOr tells a refusal because of what the object has become from others.
func movedOr(err error) error {
	switch {
	case isConflict(err), isNamesake(err), IsReason(err, "Conflict"):
		return planMoved("it has changed since")
	case IsReason(err, "AlreadyExists"):
		return planMoved("it exists by now")
	}
	return err
}

// boundAction is an action with what it is done to. Its item has the uid that
// the object must have, and the version where that counts.
type boundAction struct {
	SavedAction
	target
	item *Item
}

// do carries the action out and returns the object as it is then, nil where it
// is deleted.
func (a boundAction) do(ctx context.Context) (*Item, error) {
	c, object := a.item.cluster, a.object
	if a.Verb == changeAction || a.Verb == applyAction {
		for _, key := range []string{"uid", "resourceVersion"} {
			object = withMeta(object, key, a.item.Meta().get(key))
		}
	}
	switch a.Verb {
	case createAction:
		made, err := c.create(ctx, a.target, CreateOptions{FieldManager: a.Manager})
		return defined(ctx, made, err)
	case changeAction:
		return a.item.Patch(ctx, object, PatchOptions{Subresource: a.Subresource, FieldManager: a.Manager})
	case applyAction:
		made, err := a.item.apply(ctx, object, ApplyOptions{FieldManager: a.Manager, Force: a.Force}, a.Subresource)
		return defined(ctx, made, err)
	case evictAction:
		var grace *time.Duration
		if seconds, ok := object.Get("gracePeriodSeconds").Int(); ok {
			grace = new(time.Duration(seconds) * time.Second)
		}
		return nil, a.item.Evict(ctx, grace)
	}
	return nil, a.delete(ctx)
}

// delete deletes the object if it is at the version that it must be.
func (a boundAction) delete(ctx context.Context) error {
	body := a.object
	for _, m := range []field{{"kind", textValue("DeleteOptions")}, {"apiVersion", textValue("v1")}} {
		body = setField(body, m.key, m.value)
	}
	preconditions := objectOf(nil)
	for _, key := range []string{"uid", "resourceVersion"} {
		preconditions = setField(preconditions, key, a.item.Meta().get(key))
	}
	_, err := a.item.cluster.write(ctx, write{
		request: request{
			method: http.MethodDelete, path: a.item.Meta().Link(), contentType: jsonType,
			body: setField(body, "preconditions", preconditions).Raw(),
			what: strings.TrimSpace("delete " + a.item.String()),
		},
		repeatable: true,
		settle: func(_ context.Context, refusal error) (Value, bool, error) {
			if IsKind(refusal, LookupError) {
				return Value{}, true, nil // the first one has come
			}
			return Value{}, false, refusal
		},
	})
	return err
}
