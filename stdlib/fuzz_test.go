package stdlib_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

// fuzzedTime is what one input may take: patterns may match in more ways than
// anybody waits for.
const fuzzedTime = 200 * time.Millisecond

// fuzzLua runs a script with inputs, which must not fail unless its time is up.
func fuzzLua(f *testing.F, script string) func(t *testing.T, inputs ...string) {
	var out bytes.Buffer
	vm := engine.New(engine.Options{World: engine.World{Stdout: &out}, MaxMemory: 64 << 20})
	f.Cleanup(vm.Close)
	return func(t *testing.T, inputs ...string) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), fuzzedTime, engine.TimedOut(fuzzedTime))
		defer cancel()
		err := vm.Run(ctx, engine.Source{Name: "fuzz.lua", Text: script}, inputs...)
		if err != nil && engine.ExitCode(err) != engine.ExitTimedOut && !strings.Contains(err.Error(), "--max-memory") {
			require.NoError(t, err)
		}
	}
}

// Whatever text and pattern: matches lie in the text, what is found is what
// matches, and replacing each match by itself changes nothing.
func FuzzPattern(f *testing.F) {
	run := fuzzLua(f, `
		local text, pattern = ...
		local function try(fn, ...)
			local results = table.pack(pcall(fn, ...))
			assert(results[1] or not tostring(results[2]):find("internal error", 1, true), results[2])
			return unpack(results, 1, results.n)
		end
		local found, first, last = try(string.find, text, pattern)
		if found and first then
			assert(1 <= first and first <= #text + 1 and first - 1 <= last and last <= #text)
		end
		local replaced, same = try(string.gsub, text, pattern, "%0")
		assert(not replaced or same == text)
		local n = 0
		try(function() for _ in text:gmatch(pattern) do n = n + 1 end end)
		assert(n <= #text + 1)
		local escaped = pattern:gsub("%W", "%%%0")
		assert(text:find(escaped) == text:find(pattern, 1, true))`)
	for _, seed := range [][2]string{{"hello", "l+"}, {"f(a(b))", "%b()"}, {"THE fox", "%f[%a]%a+"}, {"aa", "(a)%1"}, {"x", "[^%]]"}, {"", "^$"}, {"a\x00b", "%z"}, {"abc", "()b()"}, {"a", "[a"}, {"a", "%"}, {"-", "[a-]"}, {"a.b", "a?-b"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, pattern string) { run(t, text, pattern) })
}

// Whatever the texts: numbers, formats, quantities and durations that are read are
// read again from what is written of them.
func FuzzTexts(f *testing.F) {
	run := fuzzLua(f, `
		local text = ...
		local quantity, time, json, yaml = require "quantity", require "time", require "json", require "yaml"
		local function try(fn, ...)
			local ok, result = pcall(fn, ...)
			assert(ok or not tostring(result):find("internal error", 1, true), result)
			return ok and result
		end
		local n = tonumber(text)
		assert(not n or n ~= n or tonumber(("%.17g"):format(n)) == n or n == math.huge or n == -math.huge)
		assert(loadstring("return " .. ("%q"):format(text))() == text)
		try(string.format, text, 1, 2, 3)
		local q = try(quantity.parse, text)
		assert(not q or quantity.parse(tostring(q)) == q, text)
		local d = try(time.duration, text)
		assert(not d or try(time.duration, tostring(d)) ~= false, tostring(d))
		try(kube.time, text)
		try(time.parse, text)
		try(os.date, text, 0)
		local value = try(json.decode, text)
		if value ~= false then assert(json.encode(json.decode(json.encode(value))) == json.encode(value)) end
		try(yaml.decode, text)
		try(os.execute, text)`)
	for _, seed := range []string{"1", "0x10", "1e3", " -2.5 ", "100m", "1.5Gi", "1E", "2d12h", "90s", "-1w", "%d %5.1f %q %s", "2026-03-01T12:00:00Z", "%c %A", `{"a":[1,null,"\u0000"]}`, "a: [b]", "'a \"b\\", "sh -c 'x'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { run(t, text) })
}
