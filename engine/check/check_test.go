package check_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/check"
)

// found checks a text, and returns what is found as "line:column: message".
func found(text string) []string {
	var lines []string
	for _, f := range check.Script(engine.Source{Name: "x", Text: text}, check.Options{}) {
		lines = append(lines, strings.TrimPrefix(f.String(), "x:"))
	}
	return lines
}

func TestScript(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"syntax", "local x = = 1", `1:11: unexpected '='`},
		{"shebang", "#!/usr/bin/env kubelua\nprnt(1)", `2:1: there is no variable prnt; did you mean print?`},
		{"a variable that is out of sight", "do local count = 1 end\nprint(count1)", `2:7: there is no variable count1; did you mean count?`},
		{"a global made in a function", "local function f() total = 1 end\nf()\nprint(total)", `1:20: total becomes a global variable here; is local missing?`},

		{"of a module", `print(kube.nwo())`, `1:12: kube has no nwo; did you mean now?`},
		{"of a view", `cluster.pods:fetchh("a")`, `1:14: kube.PodView has no fetchh; did you mean fetch?`},
		{"of a view of any kind", `cluster.widgets:fetchh("a")`, `1:17: kube.View has no fetchh; did you mean fetch?`},
		{"of what a loop gets", `for pod in cluster.pods do print(pod.phse) end`, `1:38: kube.Pod has no phse; did you mean phase?`},
		{"of what each gets", `for pod in cluster.pods:each() do print(pod.phse) end`, `1:45: kube.Pod has no phse; did you mean phase?`},
		{"of an element", `for pod in cluster.pods do for _, c in ipairs(pod.containers) do print(c.readyy) end end`, `1:74: kube.Container has no readyy; did you mean ready?`},
		{"of a field of a field", `print(cluster.pods:fetch("a").meta.nam)`, `1:36: kube.Metadata has no nam; did you mean name or namespace?`},
		{"of a string", `print(("x"):uper())`, `1:13: string has no uper; did you mean upper?`},
		{"of an enumeration", `print(kube.PodPhase.Runing)`, `1:21: kube.PodPhaseEnum has no Runing; did you mean Running?`},
		{"of what a callback gets", `cluster.pods:on { added = function(pod, event) print(event.evtyp) end }`, `1:60: kube.Event has no evtyp; did you mean evtype?`},
		{"of what a generic callback gets", `kube.with(cluster.pods:watch(), function(w) w:nxt() end)`, `1:47: kube.Watcher has no nxt; did you mean next?`},
		{"of what is given anew", "local d = cluster.deployments:fetch('a')\nd = d:wait { ready = true }\nd:pause()\nd:puse()", `4:3: kube.Deployment has no puse; did you mean pause?`},
		{"of what a function of the script returns", "local function newest() return cluster.pods:fetch('a') end\nprint(newest().phse)", `2:16: kube.Pod has no phse; did you mean phase?`},
		{"of what an annotation says", "---@param pod kube.Pod\nlocal function f(pod) return pod.phse end\nf()", `2:34: kube.Pod has no phse; did you mean phase?`},
		{"of what require returns", "local k = require 'kube'\nprint(k.nwo())", `2:9: kube has no nwo; did you mean now?`},
		{"over lines", "cluster.pods\n  :filter { labels = { a = 'b' } }\n  :fetchh('a')", `3:4: kube.PodView has no fetchh; did you mean fetch?`},

		{"option", `cluster.pods:fetch("a", { namespce = "b" })`, `1:27: unknown option namespce; did you mean namespace?`},
		{"option that is like none", `cluster.pods:fetch("a", { x = "b" })`, `1:27: unknown option x (known: namespace)`},
		{"field of a job", `return job { name = "a", schedul = "@daily", run = print }`, `1:26: unknown option schedul; did you mean schedule?`},
		{"of a module that is no global", "local json = require 'json'\nprint(json.encod({}))", `2:12: json has no encod; did you mean encode`},
		{"choice of an option", `for pod in cluster.pods do pod:delete { propagation = "Forground" } end`, `1:41: option propagation can't be "Forground" (want one of Background, Foreground, Orphan); did you mean Foreground?`},
		{"type of an option", `for pod in cluster.pods do pod:logs { follow = "yes" } end`, `1:39: option follow must be boolean, not a string`},
		{"type of an argument", `cluster.pods:fetch(true)`, `1:14: argument 1 of fetch must be string, not a boolean`},
		{"choice of an argument", `print(kube.is(nil, "ApiError"))`, `1:12: argument 2 of is can't be "ApiError"`},
		{"too many arguments", `task.sleep(1, 2)`, `1:6: sleep takes 1 argument, not 2`},
		{"too few arguments", `cluster.pods:fetch()`, `1:14: fetch needs name`},
		{"a method called with a dot", `cluster.pods.fetch("a")`, `1:14: kube.PodView:fetch is a method: it is called with a colon, not with a dot`},
		{"a function called with a colon", `print(kube:now())`, `1:12: kube.now is a function: it is called with a dot, not with a colon`},
		{"module", `require "lib.optoins"`, `1:1: there is no module "lib.optoins", neither built in nor`},
		{"module that is nearly there", `require "kub"`, `did you mean kube?`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := found(tt.text)
			require.Len(t, got, 1)
			assert.Contains(t, got[0], tt.want)
		})
	}
}

// TestNothingFound has what looks wrong and isn't.
func TestNothingFound(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text string }{
		{"nothing", ``},
		{"arguments of the script", `print(arg[1], ...)`},
		{"globals of the script", "function helper() return later end\nlater = 1\nhelper()"},
		{"globals that are put there", `_G.answer = 42; print(answer)`},
		{"any globals", `setmetatable(_G, { __index = string }); print(upper("x"))`},
		{"a kind that isn't built in", `for widget in cluster.widgets do print(widget.spec.size) end`},
		{"what only some items have", `print(cluster:create("x").phase, cluster:view("pods"):fetch("x"):logs())`},
		{"a variable of two types", "local x = cluster.pods\nif arg[1] then x = 'text' end\nprint(x.whatever)"},
		{"a library that the script adds to", "function string.trim(s) return s end\nprint(('x'):trim())"},
		{"keys of mappings", `for pod in cluster.pods do print(pod.meta.labels.app, pod.spec.nodeName, pod.raw.x.y) end`},
		{"the receiver as the first argument", "local pods = cluster.pods\nprint(pods.fetch(pods, 'a', { namespace = 'b' }))"},
		{"a method that is passed on", `print(pcall(cluster.pods.fetch, cluster.pods, "a"))`},
		{"arguments that a call makes", `cluster.pods:fetch(unpack(arg)); task.sleep(...)`},
		{"what shall fail", `local t = {}; t:raises("ValueError", function() cluster.pods:fetchh() end)`},
		{"a line that shall fail", `print(kube.nothing) --> error: "nothing"`},
		{"a silenced line", `print(nothing) -- kubelua: ignore`},
		{"a module of the script's own", `package.preload["mine"] = function() return 1 end; require "mine"`},
		{"options that are a value", "local o = { namespce = 1 }\ncluster.pods:fetch('a', o)"},
		{"data is not options", `cluster.configmaps:create { metadata = { name = "a" }, anything = 1 }`},
		{"a function that calls itself", "local function f(n) if n > 0 then return f(n - 1) end return cluster.pods end\nprint(f(1).kind)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, found(tt.text))
		})
	}
}

// TestLongChains has what takes forever where each step looks at the one before
// several times.
func TestLongChains(t *testing.T) {
	t.Parallel()
	var calls strings.Builder
	calls.WriteString("local function f0() return cluster.pods end\n")
	for i := range 200 {
		fmt.Fprintf(&calls, "local function f%d(x) if x then return f%[2]d(1) elseif arg[1] then return f%[2]d(2) end return f%[2]d(f%[2]d(3)) end\n", i+1, i)
	}
	calls.WriteString("print(f200().kid)")
	assert.Len(t, found(calls.String()), 1)
	assert.Empty(t, found("print(cluster.pods"+strings.Repeat(":filter { labels = 'a=b' }", 300)+")"))
	assert.Empty(t, found("print("+strings.Repeat("assert(tostring(", 60)+"1"+strings.Repeat("))", 60)+")"))
}

// FuzzScript has nothing that compiles break the check.
func FuzzScript(f *testing.F) {
	f.Add("for pod in cluster.pods do pod:delete { wait = true, [1] = '2' } end")
	f.Add("local function f(x) if x then return f(kube) end end f().y:z 'a' { f } (nil)")
	f.Add("for a, b in pairs({}) do a.b, c[1] = function(...) return ... end, (a) end goto x ::x::")
	f.Fuzz(func(_ *testing.T, text string) { found(text) })
}

// TestTests knows what the functions of a test file get.
func TestTests(t *testing.T) {
	t.Parallel()
	src := engine.Source{Name: "x_test.lua", Text: "function setup(t) t:aply('x') end\nfunction test_x(t) t:clock(0):advanc(1) end\nfunction other(t) t:aply() end"}
	var got []string
	for _, f := range check.Script(src, check.Options{}) {
		got = append(got, f.String())
	}
	assert.Equal(t, []string{
		"x_test.lua:1:21: test.T has no aply; did you mean apply?",
		"x_test.lua:2:31: test.Clock has no advanc; did you mean advance?",
	}, got)
}

// TestAdditions has fields that a script says classes have.
func TestAdditions(t *testing.T) {
	t.Parallel()
	added := check.AdditionsIn(engine.Source{Text: "---@class kube.Item: x\n---@field owner? string Who.\n---@field size integer\nlocal x\n---@field nobody string\n"})
	assert.Equal(t, check.Additions{"kube.Item": {"owner": true, "size": true}}, added)
	src := engine.Source{Name: "x", Text: "for pod in cluster.pods do print(pod.owner, pod.size, pod.nobody) end"}
	found := check.Script(src, check.Options{Added: added})
	require.Len(t, found, 1)
	assert.Contains(t, found[0].Message, "has no nobody")
}

// TestModules takes the globals of the modules that a script requires.
func TestModules(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"lib/a.lua":  `require "lib.b"; function from_a() end`,
		"lib/b.lua":  `require "lib.a"; function from_b() end`,
		"script.lua": "require 'lib.a'\nfrom_a()\nfrom_b()\nfrom_c()",
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	for name, want := range map[string]int{"lib/a.lua": 0, "lib/b.lua": 0, "script.lua": 1} {
		src, err := engine.FileSource(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Len(t, check.Script(src, check.Options{}), want, name)
	}
}

// TestOwnScripts finds nothing in all Lua of this project: that all of it works
// is tested elsewhere.
func TestOwnScripts(t *testing.T) {
	t.Parallel()
	extended, err := engine.FileSource("../../testdata/lua/t.lua")
	require.NoError(t, err)
	added := check.AdditionsIn(extended)
	n := 0
	for _, folder := range []string{"scripts", "testdata/lua", "docs", "."} {
		root := filepath.Join("../..", folder)
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && (name != root && folder == "." || entry.Name() == "reference"):
				return filepath.SkipDir // what its examples suppose is known to the tests of the pages
			case entry.IsDir():
				return nil
			}
			for _, src := range sources(t, name) {
				n++
				for _, f := range check.Script(src, check.Options{Added: added}) {
					t.Error(f)
				}
			}
			return nil
		})
		require.NoError(t, err)
	}
	assert.Greater(t, n, 80, "scripts that were looked at")
}

// sources are the script in a file, or those in a page.
func sources(t *testing.T, name string) []engine.Source {
	t.Helper()
	src, err := engine.FileSource(name)
	require.NoError(t, err)
	switch filepath.Ext(name) {
	case ".lua":
		return []engine.Source{src}
	case ".md":
		var blocks []engine.Source
		parts := strings.Split(src.Text, "```")
		for i, part := range parts {
			shown := i+2 < len(parts) && strings.HasPrefix(parts[i+2], "console\n$ kubelua check") // what is found in it
			if code, ok := strings.CutPrefix(part, "lua\n"); ok && i%2 == 1 && !shown {
				line := strings.Count(src.Text[:strings.Index(src.Text, part)], "\n") + 1
				blocks = append(blocks, engine.Source{Name: name, Text: strings.Repeat("\n", line) + code, Dir: filepath.Join(filepath.Dir(name), "../scripts")})
			}
		}
		return blocks
	}
	return nil
}
