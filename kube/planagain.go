package kube

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
)

// again plans another write of an object. The caller has its turn.
func (w *planWrite) again(o *planned) (*planAnswer, error) {
	switch {
	case !o.now.Exists() && w.applies() && w.Subresource == "":
		return w.anew(o)
	case !o.now.Exists():
		return notFoundAnswer(w.at), nil
	case o.version != w.Version:
		return nil, unplannable(w.Access, "the plan has it in version %s", o.version)
	}
	for range planTries {
		if refused := w.stale(o.now); refused != nil {
			return refused, nil
		}
		want, refused, err := w.combined(o)
		if refused != nil || err != nil {
			return refused, err
		}
		for _, key := range []string{"name", "namespace", "uid", "creationTimestamp", "resourceVersion"} {
			want = withMeta(want, key, o.now.At("metadata", key))
		}
		after, refused, err := w.checked(o, want)
		switch {
		case err != nil:
			return nil, err
		case refused == nil:
			return w.planned(o, after)
		case !o.before.Exists() || !refused.moved():
			return refused, nil
		}
		if err := w.rebase(o); err != nil {
			return nil, err
		}
	}
	return nil, unplannable(w.Access, "others change it too often")
}

// planned makes the state after another write the planned one.
func (w *planWrite) planned(o *planned, after Value) (*planAnswer, error) {
	if w.trial || equal(essential(o.now), essential(after)) && !w.applies() {
		if w.Subresource == "scale" {
			after = scaleOf(after)
		}
		return objectAnswer(http.StatusOK, after), nil
	}
	return w.commit(o, http.StatusOK, outcome{after: after, action: w.action()})
}

// anew plans that an apply makes an object whose deletion is planned.
func (w *planWrite) anew(o *planned) (*planAnswer, error) {
	unchecked := ""
	if o.before.Exists() {
		unchecked = "its name is another's until that is gone"
	}
	made, answer, err := w.made(unchecked)
	if err != nil || !answer.ok() || w.trial {
		return answer, err
	}
	return w.commit(o, http.StatusCreated, outcome{after: made, action: w.action()})
}

// stale refuses a write that is bound to another version or object than the
// planned one.
func (w *planWrite) stale(now Value) *planAnswer {
	meta := w.sent.Get("metadata")
	if strings.HasPrefix(w.Verb, "delete") {
		meta = w.sent.Get("preconditions")
	} else if w.evicts() {
		meta = w.sent.At("deleteOptions", "preconditions")
	}
	if uid := meta.Get("uid").String(); uid != "" && uid != uidOf(now) {
		return conflictAnswer(w.at, "Precondition failed: UID in precondition: "+uid+", UID in object meta: "+uidOf(now))
	}
	if v := meta.Get("resourceVersion").String(); v != "" && v != objectVersion(now) {
		return conflictAnswer(w.at, "the object has been modified; please apply your changes to the latest version and try again")
	}
	return nil
}

// combined is the planned state with the write, done here.
func (w *planWrite) combined(o *planned) (want Value, refused *planAnswer, err error) {
	now := o.now
	switch {
	case w.Subresource == "scale":
		scale := scaleOf(now)
		if scale, refused, err = w.patched(scale); refused != nil || err != nil {
			return scale, refused, err
		}
		want, err = w.scaled(now, scale.At("spec", "replicas"))
		return want, nil, err
	case w.Subresource != "" && w.Subresource != "status":
		return now, nil, unplannable(w.Access, "the plan has changed the object already")
	case w.applies(), w.contentType == strategicType && !plainlyMerges(w.sent):
		want, refused, err = w.byServer(o)
	default:
		want, refused, err = w.patched(now)
	}
	if w.Subresource == "status" {
		want = setField(now, "status", want.Get("status"))
	}
	return want, refused, err
}

// patched is an object after an update, or a patch that needs no knowledge of
// its kind.
func (w *planWrite) patched(object Value) (Value, *planAnswer, error) {
	switch {
	case w.Verb == "update":
		return w.sent, nil, nil
	case w.contentType == mergeType, w.contentType == strategicType:
		return afterPatch(object, w.sent), nil, nil
	case w.contentType == jsonPatchType:
		patch, err := jsonpatch.DecodePatch(w.sent.Raw())
		if err != nil {
			return object, planStatus(http.StatusBadRequest, "BadRequest", w.at, err.Error()), nil
		}
		text, err := patch.Apply(object.Raw())
		if err != nil {
			return object, planStatus(http.StatusUnprocessableEntity, "Invalid", w.at, "the server rejected our request due to an error in our request: "+err.Error()), nil
		}
		return trusted(text), nil, nil
	}
	return object, nil, unplannable(w.Access, "%q is no type of patch", w.contentType)
}

// plainlyMerges tells whether a strategic patch does what a merge patch does:
// it has no lists, which are merged by their keys, and no directives.
func plainlyMerges(patch Value) bool {
	if patch.Type() == Array {
		return false
	}
	for key, value := range patch.Fields() {
		if strings.HasPrefix(key, "$") || !plainlyMerges(value) {
			return false
		}
	}
	return true
}

// byServer has the server write what is stored, and carries the difference over
// to the planned state. That is refused where the plan has changed the same
// fields: what they came to then, only the server knows.
func (w *planWrite) byServer(o *planned) (want Value, refused *planAnswer, err error) {
	now := o.now
	there := wantedBy(w.sent)
	next := w.action()
	next.manager = w.query.Get("fieldManager")
	has := w.applies() && covers(now, there)
	forgets := w.applies() && slices.ContainsFunc(o.actions, func(a planAction) bool {
		return a.verb == applyAction && a.manager == next.manager && !covers(there, wantedBy(a.body))
	})
	// One that has taken fields over has left nothing of them to others.
	alone := len(o.actions) == 1 && o.actions[0].replacedBy(next) && !(forgets && o.actions[0].force)
	switch {
	case alone && o.unchecked == "":
	case forgets:
		return now, nil, w.entangled()
	case o.unchecked != "" || !o.before.Exists():
		if labelled := labelledBy(now, there); w.applies() && covers(labelled, there) {
			return labelled, nil, nil
		}
		return now, nil, unplannable(w.Access, "the plan creates the object, and how the two go together only the server knows")
	}
	planned := mergePatch(essential(o.before), essential(now))
	unbound := withMeta(w.sent, "resourceVersion", Value{})
	answer, err := w.send(unbound)
	if err == nil && answer.code == http.StatusConflict && w.applies() && overlap(planned, there) {
		// The conflict may be about what the plan has changed.
		if !has {
			return now, nil, w.entangled()
		}
		forced := *w
		forced.query = maps.Clone(w.query)
		forced.query.Set("force", "true")
		answer, err = forced.send(unbound)
	}
	if err != nil || !answer.ok() {
		return now, answer, err
	}
	made := answer.value()
	if w.Subresource != "status" && !there.Get("status").Exists() {
		made = setField(made, "status", now.Get("status")) // others may have changed it
	}
	if alone {
		return made, nil, nil
	}
	delta := mergePatch(essential(o.before), essential(made))
	want = afterPatch(now, delta)
	// What the plan has done in the same way already may be done again.
	if !equal(want, now) && (clash(planned, delta) || !has && clash(planned, there)) {
		return now, nil, w.entangled()
	}
	return want, nil, nil
}

// labelledBy is an object with those labels and annotations of applied data that
// it lacks.
func labelledBy(object, data Value) Value {
	for _, part := range []string{"labels", "annotations"} {
		has := object.At("metadata", part)
		for key, value := range data.At("metadata", part).Fields() {
			if !has.Get(key).Exists() {
				has = setField(has, key, value)
			}
		}
		object = withMeta(object, part, has)
	}
	return object
}

func (w *planWrite) entangled() error {
	return unplannable(w.Access, "the plan has changed the same fields already, and how the two go together only the server knows")
}

// wantedBy is what of applied data are fields that somebody wants, without what
// identifies the object.
func wantedBy(data Value) Value {
	wanted := setField(setField(essential(data), "apiVersion", Value{}), "kind", Value{})
	for _, key := range []string{"name", "namespace"} {
		wanted = withMeta(wanted, key, Value{})
	}
	return plainSecret(wanted)
}

// checked has the server check the planned state: as a write of what is stored,
// or as the creation. It returns the state that the server makes of it.
func (w *planWrite) checked(o *planned, want Value) (after Value, refused *planAnswer, err error) {
	now := o.now
	if o.unchecked != "" || w.Subresource == "status" && !o.before.Exists() {
		return want, nil, nil
	}
	var answer *planAnswer
	manager := dry(managed(w.query.Get("fieldManager")))
	if o.before.Exists() {
		path, patch := w.path(), orEmpty(mergePatch(o.changeable(o.before), o.changeable(want)))
		if w.Subresource == "status" {
			path += "/status"
			patch = statusPatch(o.before, want)
		}
		for _, key := range []string{"uid", "resourceVersion"} {
			patch = withMeta(patch, key, o.before.At("metadata", key))
		}
		ask := planAsk{query: manager, body: patch, contentType: mergeType}
		method := http.MethodPatch
		if w.Verb == "update" {
			method, ask.contentType = http.MethodPut, jsonType
			ask.body = withMeta(want, "resourceVersion", textValue(objectVersion(o.before)))
		}
		answer, err = w.ask(w.r, method, path, ask)
	} else {
		answer, err = w.ask(w.r, http.MethodPost, w.resource().path(w.at.namespace, ""), planAsk{query: manager, body: o.createdAs(want)})
	}
	switch {
	case err != nil:
		return now, nil, err
	case !o.before.Exists() && (answer.code == http.StatusConflict || answer.code == http.StatusNotFound):
		return now, nil, unplannable(w.Access, "somebody else has been faster than the plan: %s", answer.value().Get("message"))
	case !answer.ok():
		return now, answer, nil
	}
	after = answer.value()
	if w.Subresource == "status" {
		return setField(now, "status", after.Get("status")), nil, nil
	}
	if o.status || !o.before.Exists() || equal(want.Get("status"), now.Get("status")) {
		after = setField(after, "status", now.Get("status"))
	}
	for _, key := range []string{"uid", "creationTimestamp"} {
		after = withMeta(after, key, now.At("metadata", key))
	}
	return after, nil, nil
}

// changeable is what of a state a write of the object itself changes.
func (o record) changeable(state Value) Value {
	state = essential(state)
	if o.status {
		state = setField(state, "status", Value{})
	}
	return state
}

// createdAs is what has to be sent to create the object in a state: what was
// sent to create it, with what has changed since.
func (o record) createdAs(state Value) Value {
	first := o.actions[0]
	return afterPatch(first.body, orEmpty(mergePatch(o.changeable(first.to), o.changeable(state))))
}
