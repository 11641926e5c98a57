package bindings

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib"
	"github.com/kubelua/kubelua/stdlib/host"
)

// text is the string argument at i.
func (c call) text(i int, name string) string {
	s, ok := c.L.Get(i).(lua.LString)
	if !ok {
		c.invalid("%s must be a string, not %s", name, host.TypeName(c.L.Get(i)))
	}
	return string(s)
}

// function is the function argument at i.
func (c call) function(i int, name string) *lua.LFunction {
	fn, ok := c.L.Get(i).(*lua.LFunction)
	if !ok {
		c.invalid("%s must be a function, not %s", name, host.TypeName(c.L.Get(i)))
	}
	return fn
}

// none raises where there are arguments from i on, which catches options given
// to a call that has none.
func (c call) none(i int) {
	if c.L.GetTop() >= i && c.L.Get(i) != lua.LNil {
		c.invalid("unexpected argument %d: %s", i-1, host.Quoted(c.L.Get(i)))
	}
}

// seconds reads a duration: a number of seconds, a text like "90s", "5m", or
// what time.duration makes.
func (c call) seconds(v lua.LValue, name string) time.Duration {
	switch v := v.(type) {
	case lua.LNumber:
		s := float64(v)
		if s < 0 || s != s {
			c.invalid("%s must be a duration of 0 seconds or more, not %s", name, v)
		}
		if s >= 0 && s*float64(time.Second) < math.MaxInt64 {
			return time.Duration(s * float64(time.Second))
		}
		if s >= 0 {
			return math.MaxInt64
		}
	case lua.LString:
		if d, err := stdlib.ParseDuration(string(v)); err == nil && d >= 0 {
			return d
		}
	case *lua.LUserData:
		if d, ok := stdlib.DurationOf(v); ok && d >= 0 {
			return d
		}
	}
	c.invalid(`%s must be a duration (seconds, or a text like "90s" or "5m"), not %s`, name, host.Quoted(v))
	return 0
}

// wait reads how long a call may wait: {timeout = s}, or s itself; negative, for
// ever, where nothing is given.
func (c call) wait(i int) time.Duration {
	type waitOptions struct{ Timeout lua.LValue }
	v := c.L.Get(i)
	if v.Type() == lua.LTTable {
		v = options[waitOptions](c, i).Timeout
	}
	if v == nil || v == lua.LNil {
		return -1
	}
	return c.seconds(v, "timeout")
}

// options reads the options table at i into a struct, whose exported fields
// are the options under their names in snake_case. The table may be missing.
// An unknown option, or one of a wrong type, raises.
func options[T any](c call, i int) T {
	var result T
	v := c.L.Get(i)
	if v == lua.LNil {
		return result
	}
	fields := optionFields(reflect.TypeFor[T]())
	known := func() []string { return slices.Sorted(maps.Keys(fields)) }
	t, ok := v.(*lua.LTable)
	if !ok {
		c.invalid("options must be a table, not %s (known: %s)", host.TypeName(v), strings.Join(known(), ", "))
	}
	t.ForEach(func(key, value lua.LValue) {
		field, ok := fields[key.String()]
		if !ok || key.Type() != lua.LTString {
			c.invalid("unknown option %s%s", host.Quoted(key), kube.Suggest(key.String(), known()))
		}
		if want := luaType(field.Type); want != "" && want != value.Type().String() {
			c.invalid("option %s must be a %s, not %s", key, want, host.TypeName(value))
		}
	})
	assign := luar.New(c.L, func(given T) { result = given })
	if err := c.L.CallByParam(lua.P{Fn: assign, Protect: true}, t); err != nil {
		c.invalid("options: %s", strings.SplitN(err.Error(), "\n", 2)[0])
	}
	return result
}

// optionFields maps the names of options to the fields that take them.
func optionFields(t reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for i := range t.NumField() {
		fields[stdlib.SnakeCase(t.Field(i).Name)] = t.Field(i)
	}
	return fields
}

// luaType is the Lua type that a field of a struct takes, "" for any.
func luaType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Float64, reflect.Int:
		return "number"
	case reflect.Map, reflect.Slice:
		return "table"
	}
	return ""
}

// optionNames has gopher-luar call the fields of structs as Lua does.
func optionNames(_ reflect.Type, f reflect.StructField) []string {
	return []string{stdlib.SnakeCase(f.Name)}
}

// textMap reads a table of strings. Numbers and booleans are refused rather
// than turned into text: a label "1" and the number 1 are different things to
// people.
func (c call) textMap(t *lua.LTable, name string) map[string]string {
	m := map[string]string{}
	t.ForEach(func(key, value lua.LValue) {
		if key.Type() != lua.LTString || value.Type() != lua.LTString {
			c.invalid("%s must map strings to strings, not %s to %s", name, host.Quoted(key), host.Quoted(value))
		}
		m[key.String()] = value.String()
	})
	return m
}

// paramMap reads query parameters: strings, numbers and booleans.
func (c call) paramMap(t *lua.LTable) map[string][]string {
	m := map[string][]string{}
	t.ForEach(func(key, value lua.LValue) {
		switch v := value.(type) {
		case lua.LString, lua.LBool:
			m[key.String()] = []string{v.String()}
		case lua.LNumber:
			m[key.String()] = []string{strconv.FormatFloat(float64(v), 'f', -1, 64)}
		default:
			c.invalid("parameter %s must be a string, number or boolean, not %s", key, host.TypeName(value))
		}
	})
	return m
}

// natural is a whole number that is not negative.
func (c call) natural(v lua.LValue, name string) int {
	n, ok := v.(lua.LNumber)
	if !ok || n < 0 || n > math.MaxInt32 || n != lua.LNumber(int(n)) {
		c.invalid("%s must be a whole number, not %s", name, host.Quoted(v))
	}
	return int(n)
}
