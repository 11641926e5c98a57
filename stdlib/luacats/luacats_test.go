package luacats_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/stdlib/luacats"
)

// shop is a small API in one stub.
const shop = `---@meta shop

-- This is for nobody.

--- What a call may be given.
---@alias shop.Mode
---| "fast" # At once.
---| "safe" # One after another.

---@class stringlib
string = {}

---@param s string
---@return string
function string.upper(s) end

--- A collection.
--- It has items.
---@class shop.View
---@field kind string Its kind.
--- Where it is.
---@field namespace? string
---@field [string] any
---@overload fun(): shop.Item
local View = {}

--- The item with that name.
---@param name string What it is called.
---@param options? shop.FetchOptions
---@return shop.Item # The newest.
function View:fetch(name, options) end

---@return self
function View:all() end

---@class shop.FetchOptions
---@field mode? shop.Mode How.

---@class shop.PodView: shop.View
local PodView = {}

---@param name string
---@param options? shop.FetchOptions
---@return shop.Pod
function PodView:fetch(name, options) end

---@class shop.Item
---@field labels table<string, string>
---@field parts shop.Item[]
---@field ["a/b"] number With a slash.
---@field next shop.Item?

---@class shop.Pod: shop.Item
---@field phase string

--- Runs calls.
---@class shoplib
---@field pods shop.PodView
shop = {}

--- Waits.
---@generic T
---@param fn fun(item: shop.Item, n?: integer): T
---@param ... any
---@return T result
---@return string? why # Why not.
---@overload fun(fn: string)
function shop.run(fn, ...) end

--- The shop's own.
---@type shop.PodView
pods = nil
`

func load(t *testing.T) *luacats.Index {
	t.Helper()
	x, err := luacats.Load(luacats.File{Name: "shop.lua", Text: shop})
	require.NoError(t, err)
	return x
}

func TestLoad(t *testing.T) {
	t.Parallel()
	x := load(t)
	view := x.Class("shop.View")
	require.NotNil(t, view)
	assert.Equal(t, "A collection.\nIt has items.", view.Doc)
	require.Len(t, view.Members, 4)
	assert.Equal(t, luacats.Symbol{
		Kind: luacats.Field, Name: "namespace", Owner: "shop.View", Path: "shop.View.namespace", Doc: "Where it is.",
		Type: luacats.ClassType("string"), Optional: true, Where: "shop.lua:22",
	}, *view.Members[1])
	fetch := view.Members[2]
	assert.Equal(t, luacats.Method, fetch.Kind)
	assert.Equal(t, "shop.View:fetch", fetch.Path)
	assert.Equal(t, "The item with that name.", fetch.Doc)
	assert.Equal(t, "What it is called.", fetch.Params[0].Doc)
	assert.Equal(t, luacats.Return{Type: luacats.ClassType("shop.Item"), Doc: "The newest."}, fetch.Returns[0])
	assert.Equal(t, "fetch(name, options?) -> shop.Item", fetch.Signature())
	run := x.Class("shoplib").Members[1]
	assert.Equal(t, "shop.run", run.Path)
	assert.Equal(t, "run(fn, ...) -> T, string?", run.Signature())
	assert.Equal(t, "fun(item: shop.Item, n?: integer): T", run.Params[0].Type.String())
	assert.Equal(t, luacats.Return{Name: "why", Type: run.Returns[1].Type, Doc: "Why not."}, run.Returns[1])
	assert.Equal(t, []string{"T"}, run.Generics)
	assert.Equal(t, "fun(fn: string)", run.Overloads[0].String())
	mode := x.Alias("shop.Mode")
	assert.Equal(t, `"fast"|"safe"`, mode.Type.String())
	assert.Equal(t, "One after another.", mode.Choices[1].Doc)
	assert.Equal(t, "The shop's own.", x.Global("pods").Doc)
	assert.Equal(t, "Runs calls.", x.Global("shop").Doc)
	assert.Len(t, x.Globals(), 3)
}

func TestLookup(t *testing.T) {
	t.Parallel()
	x := load(t)
	for _, tt := range []struct{ path, symbol, typ string }{
		{"shop", "shop", "shoplib"},
		{"shop.pods", "shop.pods", "shop.PodView"},
		{"shop.pods:fetch", "shop.PodView:fetch", "shop.Pod"},
		{"shop.pods.fetch.phase", "shop.Pod.phase", "string"},
		{"shop.pods.all.all.kind", "shop.View.kind", "string"},
		{"pods:all", "shop.View:all", "shop.PodView"},
		{"shop.pods.anything", "shop.View.anything", "any"},
		{"shop.View", "", "shop.View"},
		{"shop.Item.labels", "shop.Item.labels", "table<string, string>"},
		{"shop.Item.labels.app", "app", "string"},
		{"shop.Item.a/b", "shop.Item.a/b", "number"},
		{"shop.Pod.next.parts", "shop.Item.parts", "shop.Item[]"},
		{"shop.FetchOptions.mode.upper", "string.upper", "string"},
		{"shop.run.x", "", "unknown"},
		{"shop.Pod.fase", "", "unknown"},
		{"nobody", "", "unknown"},
		{".:", "", "unknown"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			s, typ := x.Lookup(tt.path)
			path := ""
			if s != nil {
				path = s.Path
			}
			assert.Equal(t, tt.symbol, path)
			assert.Equal(t, tt.typ, typ.String())
		})
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	x := load(t)
	var names []string
	for _, m := range x.Members(luacats.ClassType("shop.PodView")) {
		names = append(names, m.Path)
	}
	assert.Equal(t, []string{"shop.PodView:fetch", "shop.View.kind", "shop.View.namespace", "shop.View:all"}, names)
	assert.Empty(t, x.Members(luacats.ClassType("any")))
	assert.True(t, x.Inherits("shop.PodView", "shop.View"))
	assert.False(t, x.Inherits("shop.View", "shop.PodView"))
}

func TestWithExample(t *testing.T) {
	t.Parallel()
	x, err := luacats.Load(luacats.File{Name: "bell.lua", Text: `---@meta

--- A bell that rings.
---
--- ` + "```lua" + `
--- bell:ring()
--- print(bell.ringing)
--- ` + "```" + `
---@class Bell
local Bell = {}

function Bell:ring() end

--- Hits it.
---
--- ` + "```lua" + `
--- bell:hit(3)
--- ` + "```" + `
---@param times integer
function Bell:hit(times) end

function Bell:rin() end

function Bell:rings() end

---@class Plain
local Plain = {}

function Plain:ring() end

function ring() end
`})
	require.NoError(t, err)
	bell := x.Class("Bell")
	for name, want := range map[string]string{"ring": bell.Doc, "hit": "Hits it.\n\n```lua\nbell:hit(3)\n```", "rin": "", "rings": ""} {
		assert.Equal(t, want, x.WithExample(x.Member(luacats.ClassType("Bell"), name)), name)
	}
	assert.Empty(t, x.WithExample(x.Member(luacats.ClassType("Plain"), "ring")), "a class without an example")
	assert.Empty(t, x.WithExample(x.Global("ring")), "a global without an example")
}

func TestElement(t *testing.T) {
	t.Parallel()
	x := load(t)
	for _, tt := range []struct{ of, want string }{
		{"shop.View", "shop.Item"},
		{"shop.PodView", "shop.Item"},
		{"shop.Pod[]", "shop.Pod"},
		{"shop.Pod[]?", "shop.Pod"},
		{"table<string, shop.Pod>", "shop.Pod"},
		{"shop.Item", "unknown"},
	} {
		of, _, err := luacats.ParseType(tt.of)
		require.NoError(t, err)
		assert.Equal(t, tt.want, x.Element(of).String(), tt.of)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	x := load(t)
	fetch, _ := x.Lookup("shop.View.fetch")
	param, class := x.Options(fetch)
	assert.Equal(t, "options", param.Name)
	assert.Equal(t, "shop.FetchOptions", class.Name)
	all, _ := x.Lookup("shop.View.all")
	param, class = x.Options(all)
	assert.Nil(t, param)
	assert.Nil(t, class)
}

// TestMistakes has a stub for each mistake, with where it is.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"no meta", "x = nil", "s.lua:1: the global x has neither @class nor @type"},
		{"nothing", "", "s.lua: there is no @meta"},
		{"unknown annotation", "---@meta\n---@kind x", "s.lua:2: @kind: unknown annotation"},
		{"text for nobody", "---@meta\n\n--- Text.\n\n", "s.lua:4: the text before documents nothing (a comment for nobody begins with two dashes)"},
		{"function missing", "---@meta\n---@param x string\n", "s.lua:3: the annotations before have no function"},
		{"variable missing", "---@meta\n---@type string\n", "s.lua:3: the @type before has no variable"},
		{"other parameters", "---@meta\n---@param x string\nfunction f(y) end", "s.lua:3: the parameters are (y), the @param are (x)"},
		{"parameter without annotation", "---@meta\nfunction f(y) end", "s.lua:2: the parameters are (y), the @param are ()"},
		{"text too late", "---@meta\n---@param x string\n--- Text.\nfunction f(x) end", "s.lua:3: text stands before the annotations of a function"},
		{"unknown type", "---@meta\n---@param x strin\nfunction f(x) end", "s.lua:2: there is no type strin"},
		{"unknown parent", "---@meta\n---@class A: string\n", "s.lua:2: there is no type string"},
		{"below itself", "---@meta\n---@class A: B\n\n---@class B: A\n", "the class A is below itself"},
		{"twice a field", "---@meta\n---@class A\n---@field x string\n---@field x number\n", "s.lua:4: @field: A has a x already, see s.lua:3"},
		{"twice a function", "---@meta\nfunction f() end\nfunction f() end", "s.lua:3: there is a global f already, see s.lua:2"},
		{"field of nothing", "---@meta\n---@field x string", "s.lua:2: @field: there is no @class in this comment"},
		{"no type", "---@meta\n---@class A\n---@field x |", `s.lua:3: @field: a type is missing before "|"`},
		{"half a type", "---@meta\n---@class A\n---@field x fun(a", `s.lua:3: @field: "," is missing before ""`},
		{"name of a return", "---@meta\n---@return string The text.\nfunction f() end", `s.lua:2: @return: "The text." is no name (the text begins with a #)`},
		{"code", "---@meta\nlocal x = 1", "s.lua:2: a stub has no such line (want a table, an empty global or function ... end)"},
		{"method of nothing", "---@meta\nfunction View:x() end", "s.lua:2: View stands for no class"},
		{"alias without type", "---@meta\n---@alias A\n", "s.lua:3: the alias A has no type"},
		{"overload of a string", "---@meta\n---@overload string\nfunction f() end", "s.lua:2: @overload: string is no function"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := luacats.Load(luacats.File{Name: "s.lua", Text: tt.text})
			assert.EqualError(t, err, tt.want)
		})
	}
}

func TestType(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want, rest string }{
		{"string", "string", ""},
		{"string? text", "string?", "text"},
		{"string|nil text", "string?", "text"},
		{"nil|string|number", "string|number|nil", ""},
		{"(string|number)[]", "(string|number)[]", ""},
		{"string|number[]", "string|number[]", ""},
		{"table<string, kube.Item[]>", "table<string, kube.Item[]>", ""},
		{`"stop"|'go'|12`, `"stop"|'go'|12`, ""},
		{"fun(): any the doc", "fun(): any", "the doc"},
		{"fun(a: string, b?: number, ...: any): string, ...any", "fun(a: string, b?: number, ...: any): string, ...any", ""},
		{"fun(): string|number, true?", "fun(): string|number, true?", ""},
		{"fun(a)?", "(fun(a))|nil", ""},
		{"kube.View. Text", "kube.View", ". Text"},
	} {
		got, rest, err := luacats.ParseType(tt.text)
		require.NoError(t, err, tt.text)
		assert.Equal(t, tt.want, got.String(), tt.text)
		assert.Equal(t, tt.rest, rest, tt.text)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	files := luacats.Read(fstest.MapFS{"stubs/b.lua": {Data: []byte("b")}, "stubs/a.lua": {Data: []byte("a")}}, "kube")
	assert.Equal(t, []luacats.File{{Name: "kube/a.lua", Text: "a"}, {Name: "kube/b.lua", Text: "b"}}, files)
}

// FuzzParse has any text be read without a panic, and what a type prints be the
// same type again.
func FuzzParse(f *testing.F) {
	f.Add(shop)
	f.Add("---@meta\n---@field x fun(a?: (string|number)[]): ...any doc")
	f.Add("---@meta\n---@class A: B, C\n---@field [string] table<string, A[]>?\nlocal A = {}\nfunction A:b(...) end")
	f.Add("---@alias X\n---| 'a' # b\n---| 2")
	f.Fuzz(func(t *testing.T, text string) {
		x, err := luacats.Load(luacats.File{Name: "f.lua", Text: text})
		if err == nil {
			for _, c := range x.Classes() {
				x.Members(luacats.ClassType(c.Name))
				x.Element(luacats.ClassType(c.Name))
				x.Lookup(c.Name + "." + text)
			}
		}
		typ, _, err := luacats.ParseType(text)
		if err != nil {
			return
		}
		again, rest, err := luacats.ParseType(typ.String())
		require.NoError(t, err, typ.String())
		assert.Empty(t, rest)
		assert.Equal(t, typ.String(), again.String())
	})
}
