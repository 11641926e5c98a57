package kube

import (
	"net/http"
)

// remove plans a deletion or an eviction.
func (w *planWrite) remove() (*planAnswer, error) {
	o := w.plan.object(w.at)
	o.turn.Lock()
	defer o.turn.Unlock()
	if o.written {
		return w.removeAgain(o)
	}
	for range planTries {
		before, refused, err := w.stored()
		if refused != nil || err != nil {
			return refused, err
		}
		answer, err := w.send(w.sent)
		if err != nil || !answer.ok() || w.trial {
			return answer, err
		}
		// What it answers may be the object, as it was when it was asked.
		if v := objectVersion(answer.value()); v != "" && v != objectVersion(before) || !before.Exists() {
			continue
		}
		return answer, w.removed(o, before)
	}
	return nil, unplannable(w.Access, "others change it too often")
}

// removeAgain plans the deletion of what the plan has written.
func (w *planWrite) removeAgain(o *planned) (*planAnswer, error) {
	now := o.now
	if !now.Exists() {
		return notFoundAnswer(w.at), nil
	}
	if refused := w.stale(now); refused != nil {
		return refused, nil
	}
	answer := planStatus(http.StatusOK, "", w.at, "")
	if o.before.Exists() && o.unchecked == "" {
		sent := w.sent
		if w.evicts() {
			options := sent.Get("deleteOptions")
			sent = setField(sent, "deleteOptions", unbound(options))
		} else if sent.Exists() {
			sent = unbound(sent)
		}
		var err error
		if answer, err = w.send(sent); err != nil || !answer.ok() {
			return answer, err
		}
	}
	if w.trial {
		return answer, nil
	}
	return answer, w.removed(o, Value{})
}

// unbound is options of a deletion without a version as precondition.
func unbound(options Value) Value {
	preconditions := options.Get("preconditions")
	if !preconditions.Exists() {
		return options
	}
	return setField(options, "preconditions", setField(preconditions, "resourceVersion", Value{}))
}

// removed plans that the object is gone. before is what is stored, for the
// first write of it.
func (w *planWrite) removed(o *planned, before Value) error {
	if err := w.full(); err != nil {
		return err
	}
	action := planAction{verb: deleteAction, body: w.sent}
	if w.evicts() {
		action.verb, action.body = evictAction, w.sent.Get("deleteOptions")
	}
	// Without a body the query has the options.
	for _, key := range []string{"propagationPolicy", "orphanDependents", "gracePeriodSeconds"} {
		if v := w.query.Get(key); v != "" && !w.sent.Exists() {
			value := textValue(v)
			if key != "propagationPolicy" {
				value = trusted([]byte(v))
			}
			action.body = setField(action.body, key, value)
		}
	}
	for _, key := range []string{"preconditions", "dryRun", "kind", "apiVersion"} {
		action.body = setField(action.body, key, Value{})
	}
	w.plan.commit(o, outcome{before: before, action: action, version: w.Version})
	return nil
}

// removeAll plans the deletion of a collection: of what the server would delete,
// as far as the plan hasn't written it, and of what of the plan matches.
func (w *planWrite) removeAll() (*planAnswer, error) {
	answer, err := w.send(w.sent)
	if err != nil || !answer.ok() || w.trial {
		return answer, err
	}
	list := answer.value()
	if !list.Get("items").Exists() {
		return nil, unplannable(w.Access, "the server doesn't say which objects it would delete")
	}
	wanted, err := newNarrowing(w.query)
	if err != nil {
		return nil, unplannable(w.Access, "%w", err)
	}
	kind := list.Get("kind").String()
	for object := range list.Get("items").Elements() {
		whole := Value{withKind(object.Raw(), apiVersion(w.Group, w.Version), kind[:max(0, len(kind)-len("List"))])}
		one := *w
		one.at = w.at
		one.at.namespace, one.at.name = object.At("metadata", "namespace").String(), object.At("metadata", "name").String()
		if err := one.removeOne(whole); err != nil {
			return nil, err
		}
	}
	written, _ := w.plan.within(w.server, w.Access)
	for _, s := range written {
		if !wanted.matches(s.now) {
			continue
		}
		if err := w.removeWritten(s.at); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// removeWritten plans that an object is gone that the plan has written.
func (w *planWrite) removeWritten(at place) error {
	o := w.plan.object(at)
	o.turn.Lock()
	defer o.turn.Unlock()
	if !o.now.Exists() {
		return nil
	}
	return w.removed(o, Value{})
}

// removeOne plans that an object of a collection is gone, unless the plan has
// written it.
func (w *planWrite) removeOne(before Value) error {
	o := w.plan.object(w.at)
	o.turn.Lock()
	defer o.turn.Unlock()
	if o.written {
		return nil
	}
	return w.removed(o, before)
}
