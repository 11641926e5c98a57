package kube

import (
	"encoding/json"
	"strconv"
)

// field is a member of an object.
type field struct {
	key   string
	value Value
}

// objectOf makes an object of its members.
func objectOf(members []field) Value {
	text := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			text = append(text, ',')
		}
		key, _ := json.Marshal(m.key) // a string always encodes
		text = append(append(append(text, key...), ':'), m.value.Raw()...)
	}
	return Value{append(text, '}')}
}

// setField is the object with one member set, or with an absent value deleted.
// What isn't an object counts as an empty one.
func setField(object Value, key string, value Value) Value {
	var members []field
	found := false
	for k, v := range object.Fields() {
		if k == key {
			found = true
			v = value
		}
		if v.Exists() {
			members = append(members, field{k, v})
		}
	}
	if !found && value.Exists() {
		members = append(members, field{key, value})
	}
	return objectOf(members)
}

// arrayOf makes an array of its elements, absent where there are none.
func arrayOf(elements []Value) Value {
	if len(elements) == 0 {
		return Value{}
	}
	text := []byte{'['}
	for i, e := range elements {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, e.Raw()...)
	}
	return Value{append(text, ']')}
}

// boolValue is a Value of type Bool.
func boolValue(b bool) Value { return Value{strconv.AppendBool(nil, b)} }
