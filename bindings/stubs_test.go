package bindings

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// stubs is the index of the bindings' stubs.
func stubs(t *testing.T) *luacats.Index {
	t.Helper()
	others := luacats.File{Name: "others.lua", Text: "---@meta\n---@class task.Task\n\n---@class time.Duration\n\n---@class time.Time\n"}
	x, err := luacats.Load(append(Stubs(), others)...)
	require.NoError(t, err)
	return x
}

// TestStubsOfClasses compares the classes with their stubs.
func TestStubsOfClasses(t *testing.T) {
	t.Parallel()
	x := stubs(t)
	known := map[string]bool{"kubelib": true}
	for _, c := range Classes() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			require.NotNil(t, x.Class(c.Name), "the class has no stub")
			var fields, methods []string
			for _, m := range x.Members(luacats.ClassType(c.Name)) {
				if m.Kind == luacats.Field {
					fields = append(fields, m.Name)
				} else {
					assert.Equal(t, luacats.Method, m.Kind, m.Path)
					methods = append(methods, m.Name)
				}
			}
			if c.Name == "kube.Cluster" { // whose views are no attributes of the class
				fields = slices.DeleteFunc(fields, func(name string) bool { return isResource(name) })
			}
			assert.ElementsMatch(t, c.Attributes, fields, "attributes in the table and in the stubs")
			assert.ElementsMatch(t, c.Methods, methods, "methods in the table and in the stubs")
		})
		known[c.Name] = true
	}
	for _, k := range documentedKinds() {
		known["kube."+k.kind], known["kube."+k.kind+"View"] = true, true
	}
	for _, e := range kube.Enums() {
		known[enumClassName(e.Name)] = true
	}
	// Classes that others are made of, and tables that methods take and return.
	for _, name := range []string{
		"kube.Condition", "kube.Conflict", "kube.Entries", "kube.ExecResult", "kube.FileContent", "kube.Measured", "kube.RawEvent", "kube.Revision",
		"kube.Rolling", "kube.Rollout", "kube.Running", "kube.Scalable", "kube.Stream", "kube.Suspendable", "kube.Usage", "kube.Web",
		"kube.Workload", "task.Task", "time.Duration", "time.Time",
	} {
		known[name] = true
	}
	for _, c := range x.Classes() {
		assert.True(t, known[c.Name] || strings.HasSuffix(c.Name, "Options"), "%s is in the stubs and nowhere else", c.Name)
	}
}

// isResource tells whether a kind with stubs of its own has that plural name.
func isResource(name string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(documentedKinds())), func(k documentedKind) bool { return k.resource == name })
}

// TestStubsOfKinds compares what items of a kind have besides what all have.
func TestStubsOfKinds(t *testing.T) {
	t.Parallel()
	x := stubs(t)
	for key, k := range documentedKinds() {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			want := Operations()[key]
			for _, a := range k.attributes {
				want = append(want, a.Name)
				assert.NotEmpty(t, attributeTypes[a.Type], a.Name)
			}
			if e := kindEnums[k.kind]; e != "" {
				want = append(want, e)
			}
			var got []string
			for _, m := range x.Members(luacats.ClassType("kube." + k.kind)) {
				if m.Owner != "kube.Item" {
					got = append(got, m.Name)
				}
			}
			assert.ElementsMatch(t, want, got)
			view, _ := x.Lookup("kube.Cluster." + k.resource)
			require.NotNil(t, view)
			_, item := x.Lookup("kube.Cluster." + k.resource + ".filter.fetch")
			assert.Equal(t, "kube."+k.kind, item.String())
			assert.Equal(t, "kube."+k.kind, x.Element(view.Type).String())
		})
	}
}

// TestStubsOfModule compares the module kube with its stub.
func TestStubsOfModule(t *testing.T) {
	t.Parallel()
	x := stubs(t)
	want := append(Functions(), "null")
	for _, e := range kube.Enums() {
		want = append(want, e.Name)
		var names []string
		for _, m := range x.Class(enumClassName(e.Name)).Members {
			names = append(names, m.Name)
		}
		assert.Equal(t, e.Values, names, e.Name)
	}
	var got []string
	for _, m := range x.Class("kubelib").Members {
		got = append(got, m.Name)
	}
	assert.ElementsMatch(t, want, got)
}

// TestStubsOfRecords compares what else calls give, all of it being there.
func TestStubsOfRecords(t *testing.T) {
	t.Parallel()
	x := stubs(t)
	L, b := newStill(t)
	c := call{b, L}
	usage := kube.Usage{Namespace: "x", Containers: []kube.Usage{{}}}
	for class, value := range map[string]lua.LValue{
		"kube.Conflict":   c.conflict(kube.FieldConflict{}),
		"kube.ExecResult": c.execResult(&kube.ExecResult{}),
		"kube.RawEvent":   c.rawEvent(kube.RawEvent{Object: mustValue("{}")}),
		"kube.Revision":   c.revision(kube.Revision{ChangeCause: "x"}),
		"kube.Rollout":    c.rollout(kube.Rollout{Failed: "x", Revision: "1"}),
		"kube.Usage":      c.usage(usage),
	} {
		var got, want []string
		if ud, ok := value.(*lua.LUserData); ok {
			got = ud.Value.(*record).names()
		} else {
			value.(*lua.LTable).ForEach(func(key, _ lua.LValue) { got = append(got, key.String()) })
		}
		for _, m := range x.Members(luacats.ClassType(class)) {
			want = append(want, m.Name)
		}
		assert.ElementsMatch(t, got, want, "%s as it is and in the stubs", class)
	}
}

// TestStubsOfChoices compares what strings may be given with the stubs' lists.
func TestStubsOfChoices(t *testing.T) {
	t.Parallel()
	x := stubs(t)
	var errorTypes []string
	for _, k := range kube.ErrorKinds() {
		errorTypes = append(errorTypes, string(k))
	}
	for alias, want := range map[string][]string{
		"kube.DrainStep":   {kube.DrainEvicting, kube.DrainBlocked, kube.DrainGone, kube.DrainPlanned},
		"kube.ErrorType":   errorTypes,
		"kube.PatchType":   kube.PatchTypes(),
		"kube.Propagation": propagations,
		"kube.TaintEffect": kube.TaintEffects(),
	} {
		var got []string
		for _, c := range x.Alias(alias).Choices {
			got = append(got, strings.Trim(c.Type.Name, `"`))
		}
		assert.ElementsMatch(t, want, got, alias)
	}
}

func TestClassOf(t *testing.T) {
	t.Parallel()
	L, b := newStill(t)
	cluster, err := kube.Connect(kube.Options{URL: "http://127.0.0.1:1"})
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	c := call{b, L}
	for _, tt := range []struct {
		value lua.LValue
		want  string
	}{
		{c.userdata(cluster.Builtin("pods"), b.view), "kube.PodView"},
		{c.clusterValue(cluster), "kube.Cluster"},
		{c.time(time.Time{}), "time.Time"},
		{c.userdata(&kube.ContainerState{}, b.containerState), "kube.ContainerState"},
		{b.nullValue, "kube.Null"},
		{lua.LString("x"), ""},
		{L.NewTable(), ""},
	} {
		assert.Equal(t, tt.want, ClassOf(tt.value))
	}
}

// still is a host in which nothing happens: what would wait fails.
type still struct{ host.Host }

var errStill = errors.New("nothing happens here")

func (still) Block(*lua.LState, func(context.Context) error) error           { return errStill }
func (still) Turn(*lua.LState)                                               {}
func (still) Cleanup(*lua.LState, func())                                    {}
func (still) Where(*lua.LState) string                                       { return "" }
func (still) Now() time.Time                                                 { return time.Time{} }
func (still) ReadFile(string) ([]byte, error)                                { return nil, nil }
func (still) Spawn(*lua.LState, lua.LValue, ...lua.LValue) (none lua.LValue) { return lua.LNil }

// Default and Connect make no clusters.
func (still) Forwarded(*kube.PortForward)                 {}
func (still) Default() (*kube.Cluster, error)             { return nil, errStill }
func (still) Connect(kube.Options) (*kube.Cluster, error) { return nil, errStill }

// newStill is a binding in which nothing happens.
func newStill(t *testing.T) (*lua.LState, *binding) {
	t.Helper()
	L := lua.NewState()
	t.Cleanup(L.Close)
	return L, Open(L, still{}, still{}).binding
}

// zero is a receiver for methods that never get as far as to use it.
func (cl class[T]) zero() any {
	if t := reflect.TypeFor[T](); t.Kind() == reflect.Pointer {
		return reflect.New(t.Elem()).Interface()
	}
	var none T
	return none
}

// TestStubsOfOptions calls everything that can be called with an option that
// nothing has, and compares the options that the error lists with the stubs.
func TestStubsOfOptions(t *testing.T) {
	t.Parallel()
	x := stubs(t)
	L, b := newStill(t)
	for i, row := range b.classes() {
		class := row.class.registered()
		receiver := b.userdata(row.class.(interface{ zero() any }).zero(), *b.classes()[i].metatable)
		for _, name := range class.Methods {
			t.Run(class.Name+":"+name, func(t *testing.T) {
				checkOptions(t, x, x.Member(luacats.ClassType(class.Name), name), func(args []lua.LValue) string {
					return b.failure(L, L.GetField(receiver, name), append([]lua.LValue{receiver}, args...))
				})
			})
		}
	}
	for _, name := range Functions() {
		t.Run("kube."+name, func(t *testing.T) {
			checkOptions(t, x, x.Member(luacats.ClassType("kubelib"), name), func(args []lua.LValue) string {
				return b.failure(L, L.NewFunction(func(L *lua.LState) int { return functions[name](call{b, L}) }), args)
			})
		})
	}
	for key, methods := range operations {
		kind := documentedKinds()[key].kind
		for name, run := range methods {
			t.Run("kube."+kind+":"+name, func(t *testing.T) {
				checkOptions(t, x, x.Member(luacats.ClassType("kube."+kind), name), func(args []lua.LValue) string {
					fn := L.NewFunction(func(L *lua.LState) int { return run(call{b, L}, nil) })
					return b.failure(L, fn, append([]lua.LValue{lua.LNil}, args...))
				})
			})
		}
	}
}

// failure calls a function and returns the message of what it raised.
func (b *binding) failure(L *lua.LState, fn lua.LValue, args []lua.LValue) string {
	err := L.CallByParam(lua.P{Fn: fn, Protect: true}, args...)
	if err == nil {
		return ""
	}
	var raised *lua.ApiError
	if errors.As(err, &raised) {
		return L.ToStringMeta(raised.Object).String()
	}
	return err.Error()
}

// noOption is an option that nothing has; it is near to no other.
const noOption = "?"

// listed finds the options that the error for an unknown one lists.
var listed = regexp.MustCompile(`^unknown option "\?" \(known: (.*)\)$`)

// checkOptions calls a function with an unknown option at each place where the
// stubs say that it takes options, and where they say that it takes none.
func checkOptions(t *testing.T, x *luacats.Index, s *luacats.Symbol, failure func(args []lua.LValue) string) {
	t.Helper()
	require.NotNil(t, s, "there is no stub")
	documented := false
	for i, p := range s.Params {
		want := optionsOf(x, p.Type)
		if want == nil {
			continue
		}
		documented = true
		var got []string
		for _, args := range fillings(x, s.Params[:i]) {
			if p.Name == "..." {
				args = append(args, lua.LString("x"))
			}
			if m := listed.FindStringSubmatch(failure(append(args, unknownOption(p.Type)))); m != nil {
				got = strings.Split(m[1], ", ")
			}
		}
		assert.ElementsMatch(t, got, want, "options in the table and in the stubs, of %s", p.Name)
	}
	if documented {
		return
	}
	for _, args := range append(fillings(x, s.Params), nil) {
		assert.NotContains(t, failure(append(args, unknownOption(luacats.Type{}))), "unknown option", "it takes options that the stubs don't have")
	}
}

// optionsOf are the options that a parameter of the type takes, nil if it
// takes none.
func optionsOf(x *luacats.Index, t luacats.Type) []string {
	_, class := x.Options(&luacats.Symbol{Params: []luacats.Param{{Type: t}}})
	if class == nil {
		return nil
	}
	names := []string{}
	for _, m := range x.Members(luacats.ClassType(class.Name)) {
		names = append(names, m.Name)
	}
	return names
}

// unknownOption is a table with an option that nothing has, and an element where
// the type is one of lists too.
func unknownOption(t luacats.Type) *lua.LTable {
	table := &lua.LTable{Metatable: lua.LNil}
	if strings.Contains(t.String(), "string[]") {
		table.RawSetInt(1, lua.LString("x"))
	}
	table.RawSetString(noOption, lua.LTrue)
	return table
}

// fillings are the lists of arguments that could be given for parameters.
func fillings(x *luacats.Index, params []luacats.Param) [][]lua.LValue {
	lists := [][]lua.LValue{nil}
	for _, p := range params {
		var longer [][]lua.LValue
		for _, list := range lists {
			for _, v := range arguments(p.Type) {
				longer = append(longer, append(slices.Clone(list), v))
			}
		}
		lists = longer
	}
	return lists
}

// arguments are values of a type: one of each kind.
func arguments(t luacats.Type) []lua.LValue {
	object := &lua.LTable{Metatable: lua.LNil}
	object.RawSetString("apiVersion", lua.LString("v1"))
	object.RawSetString("kind", lua.LString("ConfigMap"))
	files := &lua.LTable{Metatable: lua.LNil}
	files.RawSetString("path", lua.LString("content"))
	list := &lua.LTable{Metatable: lua.LNil}
	list.RawSetInt(1, lua.LString("x"))
	item := &lua.LUserData{Value: (*kube.Item)(nil), Metatable: lua.LNil}
	text := t.String()
	var values []lua.LValue
	for _, kind := range []struct {
		in    string
		value lua.LValue
	}{
		{"table<", files}, {"Data", object}, {"table", object}, {"string[]", list}, {"string", lua.LString("x")}, {"integer", lua.LNumber(1)},
		{"Duration", lua.LNumber(1)}, {"fun(", &lua.LFunction{IsG: true, GFunction: func(*lua.LState) int { return 0 }}}, {"kube.Item", item},
	} {
		if strings.Contains(text, kind.in) {
			values = append(values, kind.value)
		}
	}
	if values == nil {
		values = []lua.LValue{object}
	}
	return values
}
