package stdlib

import (
	"reflect"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// options reads the options table at argument i into a struct, whose exported
// fields are the options under their names in snake_case. Fields are of type
// string, bool, int (not negative), float64, time.Duration, *lua.LTable or
// lua.LValue, a function as lua.LValue; what isn't given stays zero. The table
// may be missing. An unknown option, or one of a wrong type, raises.
func options[T any](c call, i int) T {
	var given T
	if c.absent(i) {
		return given
	}
	readOptions(c, c.table(i, "options"), reflect.ValueOf(&given).Elem())
	return given
}

func readOptions(c call, t *lua.LTable, into reflect.Value) {
	fields := map[string]reflect.Value{}
	var names []string
	for f, value := range into.Fields() {
		fields[SnakeCase(f.Name)] = value
		names = append(names, SnakeCase(f.Name))
	}
	slices.Sort(names)
	t.ForEach(func(key, v lua.LValue) {
		name, ok := key.(lua.LString)
		field, known := fields[string(name)]
		if !ok || !known {
			c.invalid("unknown option %s%s", host.Quoted(key), c.host.Suggest(key.String(), names))
		}
		setOption(c, field, v, "option "+string(name))
	})
}

// setOption sets the field of an option.
func setOption(c call, field reflect.Value, v lua.LValue, name string) {
	wrong := func(want string) { c.invalid("%s must be a %s, not %s", name, want, host.TypeName(v)) }
	switch field.Interface().(type) {
	case time.Duration:
		field.SetInt(int64(c.duration(v, name)))
		return
	case *lua.LTable:
		if _, ok := v.(*lua.LTable); !ok {
			wrong("table")
		}
		field.Set(reflect.ValueOf(v))
		return
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(c.textOf(v, name))
	case reflect.Bool:
		b, ok := v.(lua.LBool)
		if !ok {
			wrong("boolean")
		}
		field.SetBool(bool(b))
	case reflect.Int:
		field.SetInt(int64(c.wholeOf(v, name, 0)))
	case reflect.Float64:
		n, ok := v.(lua.LNumber)
		if !ok {
			wrong("number")
		}
		field.SetFloat(float64(n))
	default:
		field.Set(reflect.ValueOf(v))
	}
}
