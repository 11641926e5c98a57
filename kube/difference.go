package kube

import (
	"encoding/base64"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"
)

// mergePatch is the smallest JSON merge patch (RFC 7386) that turns one object
// into another; absent where they are equal. A member that is null counts as
// one that isn't there, and lists are replaced whole. An empty object in the
// place of a list is an empty list: Lua can't tell them apart.
func mergePatch(from, to Value) Value {
	was := maps.Collect(from.Fields())
	var changed []field
	for key, value := range to.Fields() {
		old := was[key]
		delete(was, key)
		if old.Type() == Array && value.Type() == Object && value.Len() == 0 {
			value = trusted([]byte("[]"))
		}
		switch {
		case equal(old, value):
		case old.Type() == Object && value.Type() == Object:
			if inner := mergePatch(old, value); inner.Exists() {
				changed = append(changed, field{key, inner})
			}
		default:
			changed = append(changed, field{key, value})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(was)) {
		if was[key].Type() != Null {
			changed = append(changed, field{key, trusted([]byte("null"))})
		}
	}
	if changed == nil {
		return Value{}
	}
	return objectOf(changed)
}

// equal tells whether two values mean the same: null members count as absent,
// numbers as what they amount to.
func equal(a, b Value) bool {
	if absent(a) || absent(b) {
		return absent(a) && absent(b)
	}
	if a.Type() != b.Type() {
		return false
	}
	switch a.Type() {
	case Number:
		x, intX := a.Int()
		y, intY := b.Int()
		if intX && intY {
			return x == y
		}
		return a.Float() == b.Float()
	case String:
		return a.String() == b.String()
	case Array:
		return slices.EqualFunc(slices.Collect(a.Elements()), slices.Collect(b.Elements()), equal)
	case Object:
		others := maps.Collect(b.Fields())
		for key, value := range a.Fields() {
			if !equal(value, others[key]) {
				return false
			}
			delete(others, key)
		}
		for _, value := range others {
			if !absent(value) {
				return false
			}
		}
		return true
	}
	return string(a.raw) == string(b.raw)
}

func absent(v Value) bool { return !v.Exists() || v.Type() == Null }

// covers tells whether a stored object has all that was sent: the server adds
// defaults, leaves out what is empty, and writes quantities in its own way. The
// texts in its metadata and data are taken as they are.
func covers(stored, sent Value) bool {
	if sent.Type() != Object {
		return coversField(stored, sent)
	}
	for key, value := range sent.Fields() {
		is := coversField
		switch key {
		case "metadata", "data", "stringData", "binaryData":
			is = coversText
		}
		if !is(stored.Get(key), value) {
			return false
		}
	}
	return stored.Type() == Object || absent(stored)
}

func coversField(stored, sent Value) bool {
	return coversBy(stored, sent, func(stored, sent Value) bool {
		if absent(stored) {
			return isZero(sent)
		}
		return equal(stored, sent) || sameQuantity(stored, sent)
	})
}

func coversText(stored, sent Value) bool { return coversBy(stored, sent, equal) }

// coversBy compares what is neither an object nor a list by a function.
func coversBy(stored, sent Value, same func(stored, sent Value) bool) bool {
	switch sent.Type() {
	case Absent, Null:
		return absent(stored)
	case Object:
		for key, value := range sent.Fields() {
			if !coversBy(stored.Get(key), value, same) {
				return false
			}
		}
		return stored.Type() == Object || absent(stored)
	case Array:
		return slices.EqualFunc(slices.Collect(stored.Elements()), slices.Collect(sent.Elements()), func(a, b Value) bool { return coversBy(a, b, same) })
	}
	return same(stored, sent)
}

// isZero tells whether a value is one that Go's encoders leave out.
func isZero(v Value) bool {
	switch v.Type() {
	case String:
		return v.String() == ""
	case Number:
		return v.Float() == 0
	case Bool:
		return !v.IsTrue()
	}
	return false
}

// sameData tells whether two objects hold the same data, where that is what
// they are for: a ConfigMap or a Secret with more is another one.
func sameData(a, b Value) bool {
	if a.Get("apiVersion").String() != "v1" {
		return true
	}
	for _, key := range []string{"data", "binaryData"} {
		x, y := a.Get(key), b.Get(key)
		if x.Len()+y.Len() > 0 && !equal(x, y) {
			return false
		}
	}
	return true
}

func sameQuantity(a, b Value) bool {
	x, errX := resource.ParseQuantity(a.String())
	y, errY := resource.ParseQuantity(b.String())
	return errX == nil && errY == nil && x.Cmp(y) == 0
}

// plainSecret is a Secret without stringData, as the server stores it; any
// other object as it is.
func plainSecret(object Value) Value {
	if object.Get("kind").String() != "Secret" || object.Get("stringData").Type() != Object {
		return object
	}
	data := object.Get("data")
	for key, text := range object.Get("stringData").Fields() {
		data = setField(data, key, textValue(base64.StdEncoding.EncodeToString([]byte(text.String()))))
	}
	return setField(setField(object, "stringData", Value{}), "data", data)
}
