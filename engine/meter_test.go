package engine_test

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

func TestMaxMemory(t *testing.T) {
	bombs := map[string]string{
		"a list":         `local t = {} for i = 1, 1e9 do t[i] = {} end`,
		"a table":        `local t = {} for i = 1, 1e9 do t["k" .. i] = i end`,
		"strings":        `local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end`,
		"closures":       `local t = {} for i = 1, 1e9 do t[i] = function() return i end end`,
		"on the stack":   `local function f(...) return 1 + f(("x"):rep(2e5), ...) end f()`,
		"coroutines":     `local t = {} for i = 1, 1e9 do t[i] = coroutine.wrap(function(s) coroutine.yield() return s end) t[i](("x"):rep(1e4)) end`,
		"tasks":          `for i = 1, 1e9 do task.spawn(function(s) task.sleep(1e6) return s end, ("x"):rep(1e4)) end`,
		"a queue":        `local q = task.queue(2^20) for i = 1, 1e9 do q:put(("x"):rep(1e4)) end`,
		"results":        `task.parallel((("x"):rep(1e5)):gmatch("."), function() return ("x"):rep(1e4) end)`,
		"iterators":      `local t = {} for i = 1, 1e9 do t[i] = (("x"):rep(1e5)):gmatch(".") end`,
		"an empty array": `local t = {} for i = 1, 1e9 do t[i] = {} t[i][1e6] = 1 t[i][1e6] = nil end`,
		"errors":         `local t = {} for i = 1, 1e9 do local _, e = pcall(kube.time, ("x"):rep(1e4)) t[i] = e end`,
		"items":          `local t = {} for i = 1, 1e9 do t[i] = cluster:item{kind = "Pod", apiVersion = "v1", metadata = {name = "x"}, data = ("x"):rep(1e4)} end`,
		"behind a pcall": `local t = {} while true do pcall(function() for i = 1, 1e9 do t[#t + 1] = {} end end) end`,
		"code":           `local t = {} for i = 1, 1e9 do t[i] = load(("x = y "):rep(1000) .. "z = " .. i) end`,
	}
	for name, code := range bombs {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			got := runIn(t, ctx, code, engine.Options{MaxMemory: 16 << 20})
			assert.ErrorContains(t, got.err, "the script holds more than 16 MiB of memory (--max-memory)")
		})
	}
}

// One string is bounded before it is made.
func TestMaxMemoryOfStrings(t *testing.T) {
	for _, code := range []string{
		`local s = ("x"):rep(5e6) s = s .. s .. "x" .. s .. s`,
		`("x"):rep(2e7)`,
		`("x"):rep(1e9, ("y"):rep(1e9))`,
		`("x"):rep(5e6):gsub("x", "xxxxxxxx")`,
		`local s = ("x"):rep(5e6) table.concat({s, s, s, s})`,
		`local s = ("x"):rep(5e6); ("%s%s%s%s"):format(s, s, s, s)`,
	} {
		got := runScript(t, code, engine.Options{MaxMemory: 16 << 20})
		assert.ErrorContains(t, got.err, "resulting string too large (the most is 16 MiB)", code)
	}
}

// One text of many small values makes much more than itself: that is seen while it is
// read. The process makes what is read beside what is held, but no multiple of the text.
func TestMaxMemoryOfTexts(t *testing.T) {
	const held, needed = "the script holds more than 16 MiB of memory (--max-memory)", "MiB to read, and the script may hold 16Mi (JSON takes less)"
	for name, tt := range map[string]struct{ code, want string }{
		"JSON":                {`require "json".decode("[" .. ("[],"):rep(1e6) .. "[]]")`, held},
		"JSON as YAML":        {`require "yaml".decode("[" .. ("[],"):rep(1e6) .. "[]]")`, held},
		"lists of YAML":       {`require "yaml".decode(("- []\n"):rep(1e5))`, "yaml.decode: this YAML may take some "},
		"mappings of YAML":    {`require "yaml".decode_all("[" .. ("{a},"):rep(1e5) .. "]")`, needed},
		"nested ones of YAML": {`require "yaml".decode(("- - - - -\n"):rep(4e4))`, needed},
		"documents of YAML":   {`require "yaml".decode_all(("---\n[]\n"):rep(1e5))`, needed},
		"a manifest":          {`kube.parse("a: [" .. ("{a},"):rep(1e5) .. "]")`, needed},
		"a patch":             {`cluster:item{kind = "Pod", apiVersion = "v1", metadata = {name = "x"}}:patch("a: [" .. ("{a},"):rep(1e5) .. "]")`, needed},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := runScript(t, tt.code, engine.Options{MaxMemory: 16 << 20})
			runtime.ReadMemStats(&after)
			assert.ErrorContains(t, got.err, tt.want)
			assert.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(256), "MiB that were made")
		})
	}
}

// What is read by a bounded script is about as large as it may be; without a bound it
// is nobody's business.
func TestMaxMemoryLetsTextsBeRead(t *testing.T) {
	const lists, text = `require "yaml".decode(("- []\n"):rep(1e5))`, `require "yaml".decode("a: |\n" .. ("  some text - of a file: it is long\n"):rep(5000))`
	assert.NoError(t, runScript(t, lists, engine.Options{}).err)
	assert.NoError(t, runScript(t, lists, engine.Options{MaxMemory: 256 << 20}).err)
	assert.NoError(t, runScript(t, text, engine.Options{MaxMemory: 16 << 20}).err)
}

// What is no longer needed, and what is there once, doesn't count again and
// again.
func TestMaxMemoryIsOfWhatIsHeld(t *testing.T) {
	for name, code := range map[string]string{
		"garbage":        `for i = 1, 2e5 do local s = ("x"):rep(1000) .. i end for i = 1, 5e5 do local t = {i} end`,
		"a string often": `local t, s = {}, ("x"):rep(1e6) for i = 1, 1e5 do t[i] = s end`,
		"a table often":  `local t, s = {}, {("x"):rep(1e6)} for i = 1, 1e5 do t[i] = s end`,
		"a cycle":        `local t = {("x"):rep(1e6)} for i = 1, 1e5 do t[1], t[2] = t[1], t end`,
		"what was freed": `for round = 1, 20 do local t = {} for i = 1, 4e4 do t[i] = {} end end`,
	} {
		t.Run(name, func(t *testing.T) {
			assert.NoError(t, runScript(t, code, engine.Options{MaxMemory: 16 << 20}).err)
		})
	}
}

// A run that is ended for its memory is ended alone: its closers run, other VMs
// go on, and the VM can be used again.
func TestMaxMemoryEndsOneRun(t *testing.T) {
	leavesNothing(t)
	var out bytes.Buffer
	greedy := engine.New(engine.Options{MaxMemory: 16 << 20, World: engine.World{Stdout: &out}})
	defer greedy.Close()
	waits, end := io.Pipe()
	modest := engine.New(engine.Options{MaxMemory: 16 << 20, World: engine.World{Stdin: waits}})
	defer modest.Close()
	other := make(chan error)
	go func() {
		other <- modest.Run(t.Context(), engine.Source{Name: "modest.lua", Text: `
			local t = {} for i = 1, 1e4 do t[i] = {} end
			repeat local s = ("x"):rep(1e4) task.sleep(0.001) until io.read() == nil`})
	}()
	err := greedy.Run(t.Context(), engine.Source{Name: "greedy.lua", Text: `
		local file = setmetatable({}, {__index = {close = function() print("closed") end}})
		kube.with(file, function() keep = {} for i = 1, 1e9 do keep[i] = {} end end)`})
	require.NoError(t, end.Close())
	assert.NoError(t, <-other)
	assert.ErrorContains(t, err, "holds more than 16 MiB")
	assert.Equal(t, engine.ExitFailed, engine.ExitCode(err))
	assert.Equal(t, "closed\n", out.String())
	assert.NoError(t, greedy.Run(t.Context(), engine.Source{Name: "again.lua", Text: `keep = nil print("again")`}))
	assert.Equal(t, "closed\nagain\n", out.String())
}
