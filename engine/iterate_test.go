package engine_test

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib/host"
)

// counter is a module whose function count(n) makes a value of the host that
// loops from 1 to n, and counts how often it was asked for an iterator.
func counter() engine.Module {
	return engine.Module{Name: "counter", Global: true, Open: func(L *lua.LState, _ host.Host) lua.LValue {
		meta := L.NewTable()
		asked := 0
		meta.RawSetString("__iter", L.NewFunction(func(L *lua.LState) int {
			asked++
			i, n := 0, L.CheckUserData(1).Value.(int)
			L.Push(L.NewFunction(func(L *lua.LState) int {
				if i++; i > n {
					L.Push(lua.LNil)
				} else {
					L.Push(lua.LNumber(i))
				}
				return 1
			}))
			return 1
		}))
		return L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"count": func(L *lua.LState) int {
				ud := L.NewUserData()
				ud.Value, ud.Metatable = L.CheckInt(1), meta
				L.Push(ud)
				return 1
			},
			"asked": func(L *lua.LState) int {
				L.Push(lua.LNumber(asked))
				return 1
			},
		})
	}}
}

func TestIterate(t *testing.T) {
	tests := []struct{ name, code, want string }{
		{"loop", `for i in counter.count(3) do io.write(i, " ") end`, "1 2 3"},
		{"nested over one value", `local c = counter.count(2)
			for a in c do for b in c do io.write(a, b, " ") end end print(counter.asked())`, "11 12 21 22 3"},
		{"break and again", `local c = counter.count(5)
			for a in c do if a == 2 then break end io.write(a, " ") end
			for a in c do io.write(a, " ") end`, "1 1 2 3 4 5"},
		{"goto continue", `for a in counter.count(4) do
				if a % 2 == 0 then goto continue end
				io.write(a, " ")
				::continue::
			end`, "1 3"},
		{"return out of it", `local function first(c) for a in c do return a end end print(first(counter.count(3)))`, "1"},
		{"closures keep their variable", `local fs = {} for a in counter.count(3) do fs[a] = function() return a end end
			print(fs[1](), fs[2](), fs[3]())`, "1\t2\t3"},
		{"value of a call", `local function f() return counter.count(2), "more" end for a in f() do io.write(a, " ") end`, "1 2"},
		{"in a function with varargs", `local function f(...) for a in ... do io.write(a, " ") end return select("#", ...) end
			print(f(counter.count(2), 1, 2))`, "1 2 3"},
		{"three values", `local function f() return next, {x = 1}, nil end for k, v in f() do print(k, v) end`, "x\t1"},
		{"two expressions", `for k, v in next, {x = 1} do print(k, v) end`, "x\t1"},
		{"fewer variables than expressions", `local function state() return {5, 6}, nil end for k in next, state() do io.write(k, " ") end`, "1 2"},
		{"two expressions don't ask", `local t = setmetatable({}, {__call = function() return nil end, __iter = error}) for x in t, nil do end print("ok")`, "ok"},
		{"pairs and ipairs", `for k, v in pairs({a = 1}) do print(k, v) end for i, v in ipairs({"x"}) do print(i, v) end`, "a\t1\n1\tx"},
		{"closure", `local i = 0 for x in function() i = i + 1 if i < 3 then return i end end do io.write(x, " ") end`, "1 2"},
		{"callable table", `local i = 0 for x in setmetatable({}, {__call = function() i = i + 1 if i < 3 then return i end end}) do io.write(x, " ") end`, "1 2"},
		{"coroutine", `for x in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do io.write(x, " ") end`, "1 2 3"},
		{"__iter of a table, with state", `local t = setmetatable({10, 20}, {__iter = function(self) return next, self, nil end})
			for k, v in t do io.write(k, "=", v, " ") end`, "1=10 2=20"},
		{"out of reach of setfenv", `local function f(c) for a in c do io.write(a, " ") end end
			local io, count = io, counter.count(2)
			setfenv(f, {io = io}) f(count)`, "1 2"},
		{"not in the globals", `for k in pairs(_G) do assert(type(k) == "string" and k:match("^[%w_]+$"), k) end print("ok")`, "ok"},
		{"literals like its marker", `local s = "\0iterate" .. "\0iterate0" for a in counter.count(1) do print(#s, a) end`, "17\t1"},
		{"arg stays global", `for a in counter.count(1) do print(arg[0], arg[1], select("#", ...)) end`, "test.lua\tone\t1"},
		{"lines stay", "\nfor a in counter.count(1) do\n  local ok, err = pcall(error, 'x', 1)\n  print(select(2, pcall(function() error('here') end)))\nend", "test.lua:4: here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runScript(t, tt.code, engine.Options{Modules: []engine.Module{counter()}}, "one")
			require.NoError(t, got.err)
			assert.Equal(t, tt.want, strings.TrimSpace(got.out))
		})
	}
}

func TestIterateOverNothing(t *testing.T) {
	tests := []struct{ name, code, want string }{
		{"table", "local t = {}\nfor x in t do end", "test.lua:2: a table is no iterator: use pairs(t) or ipairs(t)"},
		{"number", "for x in 5 do end", "test.lua:1: attempt to loop over a number value"},
		{"nil", "for x in nothing do end", "test.lua:1: attempt to loop over nil"},
		{"no iterator", "for x in setmetatable({}, {__iter = function() end}) do end", "test.lua:1: attempt to call a value that is not a function"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.EqualError(t, runScript(t, tt.code, engine.Options{}).err, tt.want)
		})
	}
}
