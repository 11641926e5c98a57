package bindings

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// maxDepth bounds how deep a table may be nested to be encoded, which catches
// tables that contain themselves. encoding/json has the same bound for
// reading.
const maxDepth = 1000

// encodingCost is about how many steps it takes to encode a value.
const encodingCost = 16

// encoder turns Lua values into JSON. A table that stands in several places is
// written as often, so that little may make much.
type encoder struct {
	binding *binding
	masked  bool // what belongs to a Secret is "***"
	most    int  // bytes that the JSON may have
	effort  host.Effort
	out     []byte
}

// encode turns a Lua value into JSON. What came from a server untouched keeps
// its exact text. what names the value in errors, which are ValueErrors that
// tell the path.
func (c call) encode(v lua.LValue, what string) (kube.Value, error) {
	return c.encoder().encode(v, what)
}

func (c call) encoder() *encoder {
	return &encoder{binding: c.binding, most: host.MaxString(c.L), effort: host.Effort{L: c.L}}
}

func (e *encoder) encode(v lua.LValue, what string) (kube.Value, error) {
	if err := e.value(v, &place{name: what}, 0); err != nil {
		return kube.Value{}, err
	}
	return kube.NewValue(e.out)
}

// place is where a value stands in the one that is encoded.
type place struct {
	in    *place // nil for the whole
	name  string
	index int // from 1; 0 for one with a name
}

func (p *place) String() string {
	var steps []string
	for ; p.in != nil; p = p.in {
		if p.index > 0 {
			steps = append(steps, fmt.Sprintf("[%d]", p.index))
		} else {
			steps = append(steps, "."+p.name)
		}
	}
	steps = append(steps, p.name)
	slices.Reverse(steps)
	return strings.Join(steps, "")
}

func (e *encoder) value(v lua.LValue, path *place, depth int) error {
	e.effort.Spend(encodingCost)
	if len(e.out) > e.most {
		return kube.Errorf(kube.ValueError, "%.100s...: the data is larger than %d MiB", path, max(e.most>>20, 1))
	}
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
		return kube.Errorf(kube.ValueError, "%s: a %s can't be sent", path, host.TypeName(v))
	}
	return nil
}

func (e *encoder) number(n float64, path *place) error {
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

func (e *encoder) text(s string, path *place) error {
	if !utf8.ValidString(s) {
		return kube.Errorf(kube.ValueError, "%s: the text is not UTF-8 (encode bytes as base64)", path)
	}
	// A valid string always encodes.
	quoted, _ := json.Marshal(s)
	e.out = append(e.out, quoted...)
	return nil
}

// userdata encodes what the bindings made.
func (e *encoder) userdata(ud *lua.LUserData, path *place, depth int) error {
	raw := rawValue(ud.Value)
	if e.masked {
		entries, _ := ud.Value.(kube.Entries)
		switch item := ItemOf(ud); {
		case item != nil:
			raw = item.Shown()
		case isSecret(ud.Value), ud.Metatable == e.binding.annotations && isSecret(entries.Item()):
			return e.text(printed(raw, true), path)
		}
	}
	switch v := ud.Value.(type) {
	case null:
		e.out = append(e.out, "null"...)
	case integer:
		e.out = strconv.AppendInt(e.out, int64(v), 10)
	case host.Lister: // of a module
		return e.elements(v.List(), path, depth)
	case encoding.TextMarshaler: // of a module
		text, err := v.MarshalText()
		if err != nil {
			return kube.Errorf(kube.ValueError, "%s: %w", path, err)
		}
		return e.text(string(text), path)
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
			if err := e.value(v.at(call{binding: e.binding}, i), &place{in: path, index: i + 1}, depth+1); err != nil {
				return err
			}
		}
		e.out = append(e.out, ']')
	case *record:
		return e.object(v.names(), v.values, path, depth)
	default:
		if !raw.Exists() {
			return kube.Errorf(kube.ValueError, "%s: a %s can't be sent", path, host.TypeName(ud))
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
	case kube.Entries:
		if entries := v.Value(); entries.Exists() {
			return entries
		}
		return emptyMapping
	case kube.Finalizers:
		return listValue(v.Value())
	case kube.Owners:
		return listValue(v.Value())
	case *kube.Container:
		return v.Raw()
	case *kube.ContainerState:
		return v.Raw()
	}
	return kube.Value{}
}

func (e *encoder) table(t *lua.LTable, path *place, depth int) error {
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
		return kube.Errorf(kube.ValueError, "%s: a key is a %s (want strings, or 1 to n)", path, host.TypeName(wrong))
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

func (e *encoder) object(names []string, fields map[string]lua.LValue, path *place, depth int) error {
	e.out = append(e.out, '{')
	for i, name := range names {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		at := &place{in: path, name: name}
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

func (e *encoder) list(t *lua.LTable, path *place, depth int) error {
	var elements []lua.LValue
	for i := 1; i <= t.Len(); i++ {
		v := t.RawGetInt(i)
		if v == lua.LNil {
			return kube.Errorf(kube.ValueError, "%s: the list has holes (use kube.null for a null)", path)
		}
		elements = append(elements, v)
	}
	return e.elements(elements, path, depth)
}

func (e *encoder) elements(list []lua.LValue, path *place, depth int) error {
	e.out = append(e.out, '[')
	for i, v := range list {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		if err := e.value(v, &place{in: path, index: i + 1}, depth+1); err != nil {
			return err
		}
	}
	e.out = append(e.out, ']')
	return nil
}

// toArray implements kube.array(t): marks a table, which encodes as an array
// even when it is empty.
func toArray(c call) int {
	t, ok := c.L.Get(1).(*lua.LTable)
	switch {
	case c.L.Get(1) == lua.LNil:
		t = c.L.NewTable()
	case !ok:
		c.invalid("kube.array: want a table, not %s", host.TypeName(c.L.Get(1)))
	case t.Metatable != lua.LNil && t.Metatable != c.array:
		c.invalid("kube.array: the table has a metatable of its own")
	}
	t.Metatable = c.array
	return c.push(t)
}
