package kube

import "slices"

// The verbs of a plan's actions.
const (
	createAction = "create"
	changeAction = "change"
	applyAction  = "apply"
	deleteAction = "delete"
	evictAction  = "evict"
)

// planAction is one call that carries out a part of a plan. Most objects have
// one: what writes came to that a single call can do.
type planAction struct {
	number      int // of the write, in the plan
	verb        string
	subresource string
	manager     string
	force       bool  // of apply
	body        Value // what is created or applied, or the options of a deletion
	from, to    Value // the planned states before and after
}

// removes tells whether the object is gone after the action.
func (a planAction) removes() bool { return a.verb == deleteAction || a.verb == evictAction }

// patch is the merge patch that makes a change.
func (a planAction) patch() Value {
	if a.subresource == "status" {
		return statusPatch(a.from, a.to)
	}
	return orEmpty(mergePatch(essential(a.from), essential(a.to)))
}

// replacedBy tells whether an apply does all that the one before it did.
func (a planAction) replacedBy(next planAction) bool {
	return a.verb == applyAction && next.verb == applyAction && a.manager == next.manager && a.subresource == next.subresource
}

// fold adds an action to those of the object, into the last one where a single
// call can do both.
func (o *record) fold(a planAction) {
	o.actions = slices.Clone(o.actions) // others may look at them
	var last *planAction
	if n := len(o.actions); n > 0 {
		last = &o.actions[n-1]
	}
	switch {
	case a.removes() && !o.before.Exists():
		o.actions = nil // it never was
	case a.removes():
		// What frees it from finalizers is needed for its deletion.
		o.actions = slices.DeleteFunc(o.actions, func(b planAction) bool {
			return b.removes() || b.verb == createAction ||
				equal(b.from.At("metadata", "finalizers"), b.to.At("metadata", "finalizers"))
		})
		o.actions = append(o.actions, a)
	case last == nil || last.removes() || a.manager != last.manager || a.subresource != last.subresource:
		o.actions = append(o.actions, a)
	case a.verb == changeAction && last.verb == createAction && !o.before.Exists():
		last.body, last.to = o.createdAs(a.to), a.to
	case a.verb == changeAction && last.verb == createAction:
		last.body, last.to = afterPatch(last.body, a.patch()), a.to
	case a.verb == changeAction && last.verb == changeAction, len(o.actions) == 1 && last.replacedBy(a):
		a.number, a.from = last.number, last.from
		*last = a
	default:
		o.actions = append(o.actions, a)
	}
}

// idle tells whether the plan leaves the object as it is.
func (o record) idle() bool {
	return !slices.ContainsFunc(o.actions, func(a planAction) bool {
		return a.verb != changeAction || a.patch().Len() > 0 && !equal(essential(a.from), essential(a.to))
	})
}
