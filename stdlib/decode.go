package stdlib

import (
	"encoding/json"
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// maxExact is the largest integer up to which every Lua number is exact.
const maxExact = 1 << 53

// decoded makes a Lua value of what a library has read of a text.
func (c call) decoded(v any) (lua.LValue, error) {
	return decoding{c, &host.Effort{L: c.L}}.value(v)
}

// decoding makes Lua values of what one text holds.
type decoding struct {
	call
	effort *host.Effort
}

// fill has a table filled that lies on the stack meanwhile, where it counts as the
// script's: little text may make much.
func (d decoding) fill(t *lua.LTable, by func() error) (lua.LValue, error) {
	d.L.Push(t)
	err := by()
	d.L.Pop(1)
	return t, err
}

// decodingEffort is how many steps a value counts for.
const decodingEffort = 64

func (d decoding) value(v any) (lua.LValue, error) {
	d.effort.Spend(decodingEffort)
	switch v := v.(type) {
	case nil:
		return d.host.Null(), nil
	case bool:
		return lua.LBool(v), nil
	case string:
		return lua.LString(v), nil
	case json.Number:
		return d.decodedNumber(string(v))
	case int:
		return d.decodedInteger(int64(v)), nil
	case int64:
		return d.decodedInteger(v), nil
	case uint64:
		return lua.LNumber(v), nil
	case float64:
		return lua.LNumber(v), nil
	case []any:
		t := d.host.Array(d.L)
		return d.fill(t, func() error {
			for _, e := range v {
				value, err := d.value(e)
				if err != nil {
					return err
				}
				t.Append(value)
			}
			return nil
		})
	case map[string]any:
		t := d.L.CreateTable(0, len(v))
		return d.fill(t, func() error {
			for key, e := range v {
				if err := d.set(t, key, e); err != nil {
					return err
				}
			}
			return nil
		})
	case map[any]any:
		t := d.L.CreateTable(0, len(v))
		return d.fill(t, func() error {
			for key, e := range v {
				name, err := yamlKey(key)
				if err == nil {
					err = d.set(t, name, e)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return nil, host.Invalidf("a %T is nothing that Lua has", v)
}

// set sets an entry of a table to what a value is in Lua.
func (d decoding) set(t *lua.LTable, key string, e any) error {
	value, err := d.value(e)
	if err == nil {
		t.RawSetString(key, value)
	}
	return err
}

// decodedNumber makes a Lua value of the text of a number.
func (c call) decodedNumber(text string) (lua.LValue, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return c.decodedInteger(n), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if math.IsInf(f, 0) {
		return nil, host.Invalidf("the number %s is too large", text)
	}
	return lua.LNumber(f), err
}

// decodedInteger is a Lua number where that is exact.
func (c call) decodedInteger(n int64) lua.LValue {
	if n > maxExact || n < -maxExact {
		return c.host.Integer(n)
	}
	return lua.LNumber(n)
}
