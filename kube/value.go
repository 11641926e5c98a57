package kube

import (
	"encoding/json"
	"iter"
	"math"
	"strconv"
)

// ValueType says what a Value is.
type ValueType uint8

// The types of a JSON value. Absent is the zero Value: nothing there.
const (
	Absent ValueType = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// Value is one JSON value that is read without being decoded: it keeps the
// bytes it was found in and looks into them when asked.
//
// The zero Value is absent, and every look-up in an absent value is absent, so
// a path can be walked without a check at each step. A Value is read-only and
// safe for concurrent use. It keeps the whole object that it is part of in
// memory.
type Value struct {
	raw []byte // exactly one value, no white space around; empty when absent
}

// NewValue makes a Value of JSON text, which it keeps and which must not
// change afterwards. It returns a ValueError where the text isn't one valid
// JSON value.
func NewValue(text []byte) (Value, error) {
	if !json.Valid(text) {
		return Value{}, Errorf(ValueError, "not valid JSON")
	}
	return trusted(text), nil
}

// trusted is NewValue for text that is known to be one JSON value.
func trusted(text []byte) Value {
	from := skipSpace(text, 0)
	to := skipValue(text, from)
	if to < 0 {
		return Value{}
	}
	return Value{text[from:to:to]}
}

// textValue is a Value of type String.
func textValue(text string) Value {
	// A string always encodes.
	quoted, _ := json.Marshal(text)
	return Value{quoted}
}

// valueOf is the JSON of a Go value that has no functions and the like. It is
// null where a [json.RawMessage] in it isn't JSON, which a server may have sent.
func valueOf(v any) Value {
	text, err := json.Marshal(v)
	if err != nil {
		return Value{[]byte("null")}
	}
	return Value{text}
}

// Type tells what the value is.
func (v Value) Type() ValueType {
	if len(v.raw) == 0 {
		return Absent
	}
	switch v.raw[0] {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	}
	return Number
}

// Exists tells whether there is a value, null included.
func (v Value) Exists() bool { return len(v.raw) > 0 }

// Raw is the JSON text of the value, nil when absent. It must not be changed.
func (v Value) Raw() []byte { return v.raw }

// Get returns the member of an object with the given key; absent where there
// is none or the value isn't an object.
func (v Value) Get(key string) Value {
	if v.Type() != Object {
		return Value{}
	}
	for i := 1; ; {
		m, next := nextMember(v.raw, i)
		if next < 0 {
			return Value{}
		}
		if keyIs(m.key, key) {
			return Value{v.raw[m.from:m.to:m.to]}
		}
		i = next
	}
}

// At walks a path of keys.
func (v Value) At(path ...string) Value {
	for _, key := range path {
		v = v.Get(key)
	}
	return v
}

// Index returns the element of an array at i, counted from 0; absent where
// there is none or the value isn't an array. It reads the array from its
// beginning: for many look-ups take Elements once.
func (v Value) Index(i int) Value {
	for e := range v.Elements() {
		if i == 0 {
			return e
		}
		i--
	}
	return Value{}
}

// Fields iterates over the members of an object in the order of the text; over
// nothing where the value isn't an object.
func (v Value) Fields() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if v.Type() != Object {
			return
		}
		for i := 1; ; {
			m, next := nextMember(v.raw, i)
			if next < 0 || !yield(unquote(m.key), Value{v.raw[m.from:m.to:m.to]}) {
				return
			}
			i = next
		}
	}
}

// Elements iterates over the elements of an array; over nothing where the
// value isn't an array.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Type() != Array {
			return
		}
		for i := 1; ; {
			from, to := nextElement(v.raw, i)
			if from < 0 || !yield(Value{v.raw[from:to:to]}) {
				return
			}
			i = to
		}
	}
}

// Len is the number of members or elements; 0 for everything else.
func (v Value) Len() int {
	n := 0
	switch v.Type() {
	case Object:
		for i := 1; ; n++ {
			if _, i = nextMember(v.raw, i); i < 0 {
				return n
			}
		}
	case Array:
		for range v.Elements() {
			n++
		}
	}
	return n
}

// String is the text of a string, decoded, and the JSON text of everything
// else; "" when absent. The result owns its bytes.
func (v Value) String() string {
	if v.Type() == String {
		return unquote(v.raw[1 : len(v.raw)-1])
	}
	return string(v.raw)
}

// IsTrue tells whether the value is the boolean true.
func (v Value) IsTrue() bool { return v.Type() == Bool && v.raw[0] == 't' }

// Int is the value as an integer, and whether it is one that fits 64 bits.
func (v Value) Int() (int64, bool) {
	if v.Type() != Number {
		return 0, false
	}
	n, err := strconv.ParseInt(string(v.raw), 10, 64)
	return n, err == nil
}

// Float is the value as a floating-point number, 0 where it isn't a number.
func (v Value) Float() float64 {
	if v.Type() != Number {
		return 0
	}
	f, err := strconv.ParseFloat(string(v.raw), 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0
	}
	return f
}
