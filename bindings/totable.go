package bindings

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// toTable implements kube.totable(x): a fresh table of anything that has
// fields or elements, all the way down; everything else as it is.
func toTable(c call) int {
	c.none(2)
	return c.push(c.tableOf(c.L.Get(1)))
}

// tableOf is a fresh table of a value.
func (c call) tableOf(v lua.LValue) lua.LValue { return c.copier().value(v, 0) }

// decoded makes fresh tables of a JSON value.
func (c call) decoded(v kube.Value) lua.LValue { return c.copier().json(v) }

// copier makes fresh tables. One that stands in several places is copied as often,
// so that little may make much: what isn't finished lies on the stack, where it
// counts as the script's.
type copier struct {
	call
	effort host.Effort
}

func (c call) copier() *copier { return &copier{c, host.Effort{L: c.L}} }

func (c *copier) value(v lua.LValue, depth int) lua.LValue {
	c.effort.Spend(encodingCost)
	if depth > maxDepth {
		c.invalid("kube.totable: nested too deep (does the table contain itself?)")
	}
	switch v := v.(type) {
	case *lua.LTable:
		return c.fill(c.L.NewTable(), func(t *lua.LTable) {
			t.Metatable = v.Metatable
			v.ForEach(func(key, value lua.LValue) { t.RawSet(key, c.value(value, depth+1)) })
		})
	case *lua.LUserData:
		if raw := rawValue(v.Value); raw.Exists() {
			return c.json(raw)
		}
		if s, ok := v.Value.(*sequence); ok {
			return c.fill(c.newArray(), func(t *lua.LTable) {
				for i := range s.length {
					t.Append(c.value(s.at(c.call, i), depth+1))
				}
			})
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

// bytesAStep is how many bytes of JSON are looked through in the time of a step.
const bytesAStep = 8

func (c *copier) json(v kube.Value) lua.LValue {
	c.effort.Spend(encodingCost + len(v.Raw())/bytesAStep)
	switch v.Type() {
	case kube.Array:
		return c.fill(c.newArray(), func(t *lua.LTable) {
			for e := range v.Elements() {
				t.Append(c.json(e))
			}
		})
	case kube.Object:
		return c.fill(c.L.NewTable(), func(t *lua.LTable) {
			for k, e := range v.Fields() {
				t.RawSetString(k, c.json(e))
			}
		})
	}
	return c.call.value(v)
}

// fill has a table filled that lies on the stack meanwhile.
func (c *copier) fill(t *lua.LTable, by func(*lua.LTable)) lua.LValue {
	c.L.Push(t)
	by(t)
	c.L.Pop(1)
	return t
}

// newArray makes an empty table that encodes as an array.
func (c call) newArray() *lua.LTable {
	t := c.L.NewTable()
	t.Metatable = c.array
	return t
}
