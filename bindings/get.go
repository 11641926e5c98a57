package bindings

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// get implements kube.get(x, path, default): walks into anything without
// raising. What is absent or null gives the default.
func get(c call) int {
	keys := c.path(c.L.Get(2))
	v := c.L.Get(1)
	for _, key := range keys {
		if v = c.member(v, key); v == lua.LNil {
			break
		}
	}
	if v == lua.LNil || v == lua.LValue(c.nullValue) {
		v = c.L.Get(3)
	}
	return c.push(v)
}

// member looks a key up in a table or in what the bindings made.
func (c call) member(v, key lua.LValue) lua.LValue {
	switch v := v.(type) {
	case *lua.LTable:
		return v.RawGet(key)
	case *lua.LUserData:
		switch v := v.Value.(type) {
		case *sequence:
			return v.get(c, key)
		case *record:
			return v.get(key)
		}
		if raw := rawValue(v.Value); raw.Exists() && key.Type() == lua.LTString {
			return c.valueOf(raw.Get(key.String()), isSecret(v.Value))
		}
	}
	return lua.LNil
}

// maxPath bounds the text of a path.
const maxPath = 64 << 10

// path reads a path: names joined by dots, [n] from 1, ["a.b/c"], or a table of
// keys.
func (c call) path(v lua.LValue) []lua.LValue {
	switch v := v.(type) {
	case *lua.LTable:
		keys := make([]lua.LValue, v.Len())
		for i := range keys {
			keys[i] = v.RawGetInt(i + 1)
		}
		return keys
	case lua.LString:
		if len(v) > maxPath {
			c.invalid("kube.get: the path is longer than %d KiB", maxPath>>10)
		}
		steps, ok := kube.ParsePath(string(v))
		if !ok {
			c.invalid(`kube.get: %q is not a path (want names joined by dots, [1], ["a.b/c"])`, string(v))
		}
		keys := make([]lua.LValue, len(steps))
		for i, s := range steps {
			if keys[i] = lua.LString(s.Key); s.Element {
				keys[i] = lua.LNumber(s.Index)
			}
		}
		return keys
	}
	c.invalid("kube.get: the path must be a string or a table, not %s", host.TypeName(v))
	return nil
}
