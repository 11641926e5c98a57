package kube

import "slices"

// rebase has the planned states of an object stand on what is stored now, where
// others have changed it since the plan wrote it first: their changes join those
// of the plan, except that the status stays as it was. It is an error where both
// have changed the same fields. The caller has the object's turn.
func (w *planWrite) rebase(o *planned) error {
	stored, refused, err := w.stored()
	switch {
	case err != nil:
		return err
	case refused != nil:
		return unplannable(w.Access, "it can't be read: %s", refused.value().Get("message"))
	case uidOf(stored) != uidOf(o.before):
		return unplannable(w.Access, "somebody else has deleted it since the plan wrote it")
	}
	delta := orEmpty(mergePatch(o.steady(o.before), o.steady(stored)))
	if clash(delta, mergePatch(o.steady(o.before), o.steady(o.now))) {
		return unplannable(w.Access, "somebody else has changed the same fields since the plan did")
	}
	w.plan.rebase(o, stored, delta)
	return nil
}

// steady is what of a state others don't change all the time: all that is the
// object's own, and the status only where the plan is about it.
func (o record) steady(state Value) Value {
	state = essential(state)
	if !o.writesStatus() {
		state = setField(state, "status", Value{})
	}
	return state
}

// rebase joins a change by others to all planned states of an object.
func (p *Plan) rebase(o *planned, stored, delta Value) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !o.writesStatus() {
		stored = setField(stored, "status", o.before.Get("status"))
	}
	joined := func(state Value) Value {
		if !state.Exists() || delta.Len() == 0 {
			return state
		}
		return afterPatch(state, delta)
	}
	o.before, o.now, o.actions = stored, joined(o.now), slices.Clone(o.actions)
	for i, a := range o.actions {
		o.actions[i].from, o.actions[i].to = joined(a.from), joined(a.to)
	}
	if delta.Len() > 0 { // who has the planned state is not up to date any more
		_, number, _ := storedVersion(objectVersion(o.now))
		o.now = withVersion(o.now, plannedVersion(number, objectVersion(stored)))
	}
}
