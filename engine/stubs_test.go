package engine_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib"
	"github.com/kubelua/kubelua/stdlib/host"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// TestStubsOfGlobals compares the globals of a VM, and what stands in the tables
// among them, with the stubs.
func TestStubsOfGlobals(t *testing.T) {
	t.Parallel()
	x := engine.API()
	globals := globalsOfVM(t)
	compare(t, "_G", globals, x.Globals())
	for _, s := range x.Globals() {
		module, ok := globals.RawGetString(s.Name).(*lua.LTable)
		class := x.Class(s.Type.Name)
		if ok && class != nil {
			compare(t, s.Name, module, class.Members)
		}
	}
	stdout := globals.RawGetString("io").(*lua.LTable).RawGetString("stdout").(*lua.LUserData)
	methods := stdout.Metatable.(*lua.LTable).RawGetString("__index").(*lua.LTable)
	assert.Equal(t, "io.File", bindings.ClassOf(stdout))
	compare(t, "io.File", methods, x.Class("io.File").Members)
}

// globalsOfVM are the globals that a script finds.
func globalsOfVM(t *testing.T) *lua.LTable {
	t.Helper()
	var globals *lua.LTable
	open := func(L *lua.LState, _ host.Host) lua.LValue {
		globals = L.G.Global
		return lua.LNil
	}
	vm := engine.New(engine.Options{Modules: []engine.Module{{Name: "look", Global: true, Open: open}}})
	t.Cleanup(vm.Close)
	return globals
}

// compare compares what a table has with the stubs of its members.
func compare(t *testing.T, where string, table *lua.LTable, members []*luacats.Symbol) {
	t.Helper()
	stubs := map[string]*luacats.Symbol{}
	for _, m := range members {
		stubs[m.Name] = m
		if table.RawGetString(m.Name) == lua.LNil && !m.Optional {
			t.Errorf("%s: %s.%s isn't there", m.Where, where, m.Name)
		}
	}
	table.ForEach(func(key, value lua.LValue) {
		m := stubs[key.String()]
		if m == nil {
			t.Errorf("%s.%s has no stub", where, key)
			return
		}
		assert.Equal(t, value.Type() == lua.LTFunction, m.Kind != luacats.Field, "%s: %s.%s is a %s", m.Where, where, key, value.Type())
	})
}

// TestStubsOfModules compares the modules for scripts, and the classes of the
// values that they make, with the stubs.
func TestStubsOfModules(t *testing.T) {
	t.Parallel()
	x := engine.API()
	var names []string
	for _, m := range stdlib.Modules() {
		names = append(names, m.Name)
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			stub := x.Module(m.Name)
			require.NotNil(t, stub, "the module has no stub")
			compare(t, m.Name, required(t, m.Name), x.Class(stub.Type.Name).Members)
			assert.Contains(t, stub.Doc, "```lua\n", "the module has no example")
		})
	}
	assert.True(t, slices.IsSorted(names), "the table is in order: %v", names)
	assert.Len(t, x.Modules(), len(names), "modules in the table and in the stubs")
	for _, c := range stdlib.Classes() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			require.NotNil(t, x.Class(c.Name), "the class has no stub")
			var fields, methods []string
			for _, m := range x.Members(luacats.ClassType(c.Name)) {
				if m.Kind == luacats.Field {
					fields = append(fields, m.Name)
				} else {
					methods = append(methods, m.Name)
				}
			}
			assert.ElementsMatch(t, c.Attributes, fields, "attributes in the table and in the stubs")
			assert.ElementsMatch(t, c.Methods, methods, "methods in the table and in the stubs")
		})
	}
	t.Run("iter.Iter", func(t *testing.T) {
		t.Parallel()
		source, err := os.ReadFile("../stdlib/lua/iter.lua")
		require.NoError(t, err)
		var methods, stubs []string
		for _, m := range regexp.MustCompile(`(?m)^(?:function )?methods\.(\w+)`).FindAllSubmatch(source, -1) {
			methods = append(methods, string(m[1]))
		}
		for _, m := range x.Class("iter.Iter").Members {
			stubs = append(stubs, m.Name)
		}
		assert.ElementsMatch(t, methods, stubs)
	})
}

// required is the table of a module.
func required(t *testing.T, name string) *lua.LTable {
	t.Helper()
	var module *lua.LTable
	look := func(L *lua.LState, _ host.Host) lua.LValue {
		return L.NewFunction(func(L *lua.LState) int {
			module = L.CheckTable(1)
			return 0
		})
	}
	vm := engine.New(engine.Options{Modules: []engine.Module{{Name: "look", Global: true, Open: look}}})
	t.Cleanup(vm.Close)
	require.NoError(t, vm.Run(t.Context(), engine.Source{Name: "look.lua", Text: `look(require("` + name + `"))`}))
	return module
}

// TestStubsOfModuleOptions compares the options that modules take with the
// stubs.
func TestStubsOfModuleOptions(t *testing.T) {
	t.Parallel()
	x := engine.API()
	for class, call := range map[string]string{
		"base64.Options":        `require("base64").encode("", OPTIONS)`,
		"diff.TextOptions":      `require("diff").text("", "", OPTIONS)`,
		"diff.ValuesOptions":    `require("diff").values({}, {}, OPTIONS)`,
		"fs.RemoveOptions":      `require("fs").remove("", OPTIONS)`,
		"hash.Options":          `require("hash").md5("", OPTIONS)`,
		"http.Options":          `require("http").get("", OPTIONS)`,
		"iter.SortOptions":      `require("iter")({}):sort_by(nil, OPTIONS)`,
		"json.EncodeOptions":    `require("json").encode({}, OPTIONS)`,
		"retry.Options":         `require("retry")(print, OPTIONS)`,
		"tabular.ColumnOptions": `require("tabular").new({ OPTIONS })`,
		"tabular.RenderOptions": `require("tabular").new({}):render("text", OPTIONS)`,
		"time.AddOptions":       `require("time").now():add(OPTIONS)`,
		"time.DateOptions":      `require("time").date(OPTIONS)`,
		"time.ParseOptions":     `require("time").parse("", OPTIONS)`,
		"ui.AskOptions":         `require("ui").ask("", OPTIONS)`,
		"ui.ConfirmOptions":     `require("ui").confirm("", OPTIONS)`,
		"ui.ProgressOptions":    `require("ui").progress(OPTIONS)`,
		"url.BuildOptions":      `require("url").build(OPTIONS)`,
	} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			var names []string
			for _, option := range x.Members(luacats.ClassType(class)) {
				if option.Name != "1" {
					names = append(names, option.Name)
				}
			}
			assert.ElementsMatch(t, known(t, `return `+strings.ReplaceAll(call, "OPTIONS", `{ ["?"] = true }`)), names)
		})
	}
}

// TestStubsOfTasks compares the values that the engine makes with their stubs:
// the error for a method that nothing has lists those that there are. So does
// the one for an unknown option.
func TestStubsOfTasks(t *testing.T) {
	t.Parallel()
	x := engine.API()
	for _, class := range []struct{ name, value string }{
		{"job.Job", `job { name = "a", run = print }`}, {"task.Queue", `task.queue()`}, {"task.Task", `task.spawn(print)`}, {"task.Timer", `task.timer(0)`},
	} {
		t.Run(class.name, func(t *testing.T) {
			t.Parallel()
			var names []string
			for _, m := range x.Members(luacats.ClassType(class.name)) {
				names = append(names, m.Name)
			}
			assert.ElementsMatch(t, known(t, `return (`+class.value+`)["?"]`), names)
		})
	}
	calls := map[string]string{
		"task.Queue:get":  `task.queue():get`,
		"task.Queue:put":  `task.queue():put("x", OPTIONS)`,
		"task.Task:wait":  `task.spawn(print):wait`,
		"task.Timer:next": `task.timer(0):next`,
		"task.parallel":   `task.parallel({}, print, OPTIONS)`,
	}
	for _, class := range []string{"tasklib", "coroutinelib", "task.Queue", "task.Task", "task.Timer"} {
		for _, m := range x.Class(class).Members {
			_, options := x.Options(m)
			if options == nil {
				continue
			}
			t.Run(m.Path, func(t *testing.T) {
				t.Parallel()
				call, listed := calls[m.Path]
				require.True(t, listed, "the test doesn't know how to call it")
				if !strings.Contains(call, "OPTIONS") {
					call += "(OPTIONS)"
				}
				var names []string
				for _, option := range x.Members(luacats.ClassType(options.Name)) {
					names = append(names, option.Name)
				}
				assert.ElementsMatch(t, known(t, `return `+strings.ReplaceAll(call, "OPTIONS", `{ ["?"] = true }`)), names)
			})
		}
	}
}

// TestStubsOfJobs compares what describes jobs, and what their functions get, with
// the stubs.
func TestStubsOfJobs(t *testing.T) {
	t.Parallel()
	for class, code := range map[string]string{
		"job.Backoff": `job { name = "a", run = print, backoff = { ["?"] = 1 } }`,
		"job.Context": `return job { name = "a", run = function(ctx) return ctx["?"] end }`,
		"job.Events":  `job { name = "a", run = print, on = { ["?"] = 1 } }`,
		"job.Fields":  `job { ["?"] = 1 }`,
		"job.Log":     `return job { name = "a", run = function(ctx) return ctx.log["?"] end }`,
		"job.Policy":  `job { name = "a", run = print, policy = { ["?"] = 1 } }`,
	} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			var names []string
			for _, m := range engine.API().Members(luacats.ClassType(class)) {
				names = append(names, m.Name)
			}
			assert.ElementsMatch(t, known(t, code), names)
		})
	}
}

// TestStubsOfExamples has every example in the stubs be Lua. What they call is
// checked, and what they print is compared, where the pages of the reference are.
func TestStubsOfExamples(t *testing.T) {
	t.Parallel()
	vm := engine.New(engine.Options{})
	defer vm.Close()
	examples := regexp.MustCompile("(?s)--- ```lua\n(.*?)--- ```\n")
	n := 0
	for _, f := range engine.Stubs() {
		for _, m := range examples.FindAllStringSubmatch(f.Text, -1) {
			n++
			code := strings.ReplaceAll(strings.ReplaceAll(m[1], "\n---", "\n"), "--- ", "")
			err := vm.Run(t.Context(), engine.Source{Name: f.Name, Text: "assert(load([==[" + code + "]==]))"})
			assert.NoError(t, err, "%s: %s", f.Name, code)
		}
	}
	assert.Greater(t, n, 50, "examples that were looked at")
}

// TestStubsShow looks for an example of each function, beside it or at its class.
func TestStubsShow(t *testing.T) {
	t.Parallel()
	x := engine.API()
	look := func(s *luacats.Symbol) {
		if s.Kind != luacats.Field && x.WithExample(s) == "" {
			t.Errorf("%s: %s has no example, nor does one of its class call it", s.Where, s.Path)
		}
	}
	for _, s := range x.Globals() {
		look(s)
	}
	for _, c := range x.Classes() {
		for _, m := range c.Members {
			look(m)
		}
	}
}

var knownNames = regexp.MustCompile(`\(known: (.*)\)`)

// known runs code, or the job that it describes, which fails by an unknown name, and
// returns the names that the error lists.
func known(t *testing.T, code string) []string {
	t.Helper()
	vm := engine.New(engine.Options{})
	defer vm.Close()
	err := vm.RunJob(t.Context(), engine.Source{Name: "known.lua", Text: code}, func(jobs []*engine.Job) (*engine.JobRun, error) {
		if jobs == nil {
			return nil, nil
		}
		return &engine.JobRun{Job: jobs[0]}, nil
	})
	require.Error(t, err)
	names := knownNames.FindStringSubmatch(err.Error())
	require.NotNil(t, names, err.Error())
	return strings.Split(names[1], ", ")
}
