package bindings

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// maxDepth bounds how deep a table may be nested to be encoded, which catches
// tables that contain themselves. encoding/json has the same bound for
// reading.
const maxDepth = 1000

// encoder turns Lua values into JSON.
type encoder struct {
	binding *binding
	out     []byte
}

// encode turns a Lua value into JSON. What came from a server untouched keeps
// its exact text. what names the value in errors, which are ValueErrors that
// tell the path.
func (b *binding) encode(v lua.LValue, what string) (kube.Value, error) {
	e := &encoder{binding: b}
	if err := e.value(v, what, 0); err != nil {
		return kube.Value{}, err
	}
	return kube.NewValue(e.out)
}

func (e *encoder) value(v lua.LValue, path string, depth int) error {
	if depth > maxDepth {
		return kube.Errorf(kube.ValueError, "%.100s...: nested too deep (does the table contain itself?)", path)
	}
	switch v := v.(type) {
	case lua.LBool:
		e.out = strconv.AppendBool(e.out, bool(v))
	case lua.LNumber:
		return e.number(float64(v), path)
	case lua.LString:
		return e.text(string(v), path)
	case *lua.LTable:
		return e.table(v, path, depth)
	case *lua.LUserData:
		return e.userdata(v, path, depth)
	default:
		return kube.Errorf(kube.ValueError, "%s: a %s can't be sent", path, typeName(v))
	}
	return nil
}

func (e *encoder) number(n float64, path string) error {
	switch {
	case math.IsNaN(n) || math.IsInf(n, 0):
		return kube.Errorf(kube.ValueError, "%s: %v is not a number that can be sent", path, n)
	case n == math.Trunc(n) && math.Abs(n) < 1e21:
		e.out = strconv.AppendFloat(e.out, n, 'f', -1, 64)
	default:
		e.out = strconv.AppendFloat(e.out, n, 'g', -1, 64)
	}
	return nil
}

func (e *encoder) text(s, path string) error {
	if !utf8.ValidString(s) {
		return kube.Errorf(kube.ValueError, "%s: the text is not UTF-8 (encode bytes as base64)", path)
	}
	// A valid string always encodes.
	quoted, _ := json.Marshal(s)
	e.out = append(e.out, quoted...)
	return nil
}

// userdata encodes what the bindings made.
func (e *encoder) userdata(ud *lua.LUserData, path string, depth int) error {
	raw := rawValue(ud.Value)
	switch v := ud.Value.(type) {
	case null:
		e.out = append(e.out, "null"...)
	case integer:
		e.out = strconv.AppendInt(e.out, int64(v), 10)
	case timestamp:
		return e.text(v.String(), path)
	case *sequence:
		if raw.Exists() {
			e.out = append(e.out, raw.Raw()...)
			return nil
		}
		e.out = append(e.out, '[')
		for i := range v.length {
			if i > 0 {
				e.out = append(e.out, ',')
			}
			if err := e.value(v.at(call{binding: e.binding}, i), fmt.Sprintf("%s[%d]", path, i+1), depth+1); err != nil {
				return err
			}
		}
		e.out = append(e.out, ']')
	case *record:
		return e.object(v.names(), v.values, path, depth)
	default:
		if !raw.Exists() {
			return kube.Errorf(kube.ValueError, "%s: a %s can't be sent", path, typeName(ud))
		}
		e.out = append(e.out, raw.Raw()...)
	}
	return nil
}

// rawValue is the JSON behind a value of the bindings; absent where there is
// none.
func rawValue(v any) kube.Value {
	switch v := v.(type) {
	case *mapping:
		return v.value
	case *sequence:
		return v.raw
	case *kube.Item:
		return v.Raw()
	case kube.Meta:
		return v.Raw()
	case kube.Labels:
		if labels := v.Value(); labels.Exists() {
			return labels
		}
		return emptyMapping
	case *kube.Container:
		return v.Raw()
	case *kube.ContainerState:
		return v.Raw()
	}
	return kube.Value{}
}

func (e *encoder) table(t *lua.LTable, path string, depth int) error {
	var names []string
	count := 0
	var wrong lua.LValue
	t.ForEach(func(key, _ lua.LValue) {
		switch k := key.(type) {
		case lua.LString:
			names = append(names, string(k))
		case lua.LNumber:
			count++
		default:
			wrong = key
		}
	})
	switch isArray := t.Metatable == e.binding.array; {
	case wrong != nil:
		return kube.Errorf(kube.ValueError, "%s: a key is a %s (want strings, or 1 to n)", path, typeName(wrong))
	case len(names) > 0 && (count > 0 || isArray):
		return kube.Errorf(kube.ValueError, "%s: has both a list and named fields (%q)", path, slices.Min(names))
	case count != t.Len():
		return kube.Errorf(kube.ValueError, "%s: the list has holes (use kube.null for a null)", path)
	case count > 0 || isArray:
		return e.list(t, path, depth)
	}
	fields := make(map[string]lua.LValue, len(names))
	for _, name := range names {
		fields[name] = t.RawGetString(name)
	}
	slices.Sort(names)
	return e.object(names, fields, path, depth)
}

func (e *encoder) object(names []string, fields map[string]lua.LValue, path string, depth int) error {
	e.out = append(e.out, '{')
	for i, name := range names {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		at := path + "." + name
		if err := e.text(name, at); err != nil {
			return err
		}
		e.out = append(e.out, ':')
		if err := e.value(fields[name], at, depth+1); err != nil {
			return err
		}
	}
	e.out = append(e.out, '}')
	return nil
}

func (e *encoder) list(t *lua.LTable, path string, depth int) error {
	e.out = append(e.out, '[')
	for i := 1; i <= t.Len(); i++ {
		if i > 1 {
			e.out = append(e.out, ',')
		}
		v := t.RawGetInt(i)
		if v == lua.LNil {
			return kube.Errorf(kube.ValueError, "%s: the list has holes (use kube.null for a null)", path)
		}
		if err := e.value(v, fmt.Sprintf("%s[%d]", path, i), depth+1); err != nil {
			return err
		}
	}
	e.out = append(e.out, ']')
	return nil
}

// toTable implements kube.totable(x): a fresh table of anything that has
// fields or elements, all the way down; everything else as it is.
func toTable(c call) int {
	c.none(2)
	return c.push(c.tableOf(c.L.Get(1), 0))
}

func (c call) tableOf(v lua.LValue, depth int) lua.LValue {
	if depth > maxDepth {
		c.invalid("kube.totable: nested too deep (does the table contain itself?)")
	}
	switch v := v.(type) {
	case *lua.LTable:
		t := c.L.NewTable()
		t.Metatable = v.Metatable
		v.ForEach(func(key, value lua.LValue) { t.RawSet(key, c.tableOf(value, depth+1)) })
		return t
	case *lua.LUserData:
		if raw := rawValue(v.Value); raw.Exists() {
			return c.decoded(raw)
		}
		if s, ok := v.Value.(*sequence); ok {
			t := c.newArray()
			for i := range s.length {
				t.Append(c.tableOf(s.at(c, i), depth+1))
			}
			return t
		}
		if r, ok := v.Value.(*record); ok {
			t := c.L.NewTable()
			for name, value := range r.values {
				t.RawSetString(name, value)
			}
			return t
		}
	}
	return v
}

// decoded makes fresh tables of a JSON value.
func (c call) decoded(v kube.Value) lua.LValue {
	switch v.Type() {
	case kube.Array:
		t := c.newArray()
		for e := range v.Elements() {
			t.Append(c.decoded(e))
		}
		return t
	case kube.Object:
		t := c.L.NewTable()
		for k, e := range v.Fields() {
			t.RawSetString(k, c.decoded(e))
		}
		return t
	}
	return c.value(v)
}

// newArray makes an empty table that encodes as an array.
func (c call) newArray() *lua.LTable {
	t := c.L.NewTable()
	t.Metatable = c.array
	return t
}

// toArray implements kube.array(t): marks a table, which encodes as an array
// even when it is empty.
func toArray(c call) int {
	t, ok := c.L.Get(1).(*lua.LTable)
	switch {
	case c.L.Get(1) == lua.LNil:
		t = c.L.NewTable()
	case !ok:
		c.invalid("kube.array: want a table, not %s", typeName(c.L.Get(1)))
	case t.Metatable != lua.LNil && t.Metatable != c.array:
		c.invalid("kube.array: the table has a metatable of its own")
	}
	t.Metatable = c.array
	return c.push(t)
}
