package kube

// statusPatch is the merge patch of the status from one state to another.
func statusPatch(from, to Value) Value {
	return objectOf([]field{{"status", orEmpty(mergePatch(from.Get("status"), to.Get("status")))}})
}

func orEmpty(patch Value) Value {
	if !patch.Exists() {
		return objectOf(nil)
	}
	return patch
}

// essential is what of an object is its own: without what the server keeps
// about it.
func essential(object Value) Value {
	meta := object.Get("metadata")
	for _, key := range []string{"creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"} {
		meta = setField(meta, key, Value{})
	}
	return setField(object, "metadata", meta)
}

// afterPatch is an object after a merge patch (RFC 7386).
func afterPatch(object, patch Value) Value {
	if patch.Type() != Object {
		return patch
	}
	if object.Type() != Object {
		object = objectOf(nil)
	}
	for key, value := range patch.Fields() {
		if value.Type() == Null {
			value = Value{}
		} else {
			value = afterPatch(object.Get(key), value)
		}
		object = setField(object, key, value)
	}
	return object
}

// clash tells whether two patches want different things of a field. A list is
// one field.
func clash(a, b Value) bool {
	return meet(a, b, func(a, b Value) bool { return !equal(a, b) })
}

// overlap tells whether two patches are about the same fields.
func overlap(a, b Value) bool {
	return meet(a, b, func(_, _ Value) bool { return true })
}

// meet tells whether two patches have a field of which something is true.
func meet(a, b Value, is func(a, b Value) bool) bool {
	if a.Type() != Object || b.Type() != Object {
		return a.Exists() && b.Exists() && is(a, b)
	}
	for key, value := range a.Fields() {
		if meet(value, b.Get(key), is) {
			return true
		}
	}
	return false
}
