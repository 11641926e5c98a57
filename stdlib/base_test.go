package stdlib_test

import "testing"

func TestBase(t *testing.T) {
	runLua(t, []luaTest{
		{"print", `print(1, nil, "x", true, 0.5, 1e15, -0)`, "1\tnil\tx\ttrue\t0.5\t1000000000000000\t0"},
		{"print nothing", `print() print("x")`, "\nx"},
		{"print by __tostring", `print(setmetatable({}, {__tostring = function() return "me" end}), values(1))`, "me\tvalues"},
		{"print by __print", `local v = setmetatable({}, {__print = function() return "all\nof me" end, __tostring = function() return "me" end}) print(v) print(v, v) io.write(tostring(v))`, "all\nof me\nme\tme\nme"},
		{"bad __print", `print(pcall(print, setmetatable({}, {__print = function() return {} end})))`, "false\t'__print' must return a string"},
		{"tostring", `print(tostring(1e100), tostring(1/0), tostring(-1/0), tostring(0/0), tostring(nil))`, "1e+100\tinf\t-inf\tnan\tnil"},
		{"bad __tostring", `print(pcall(tostring, setmetatable({}, {__tostring = function() return {} end})))`, "false\t'__tostring' must return a string"},
		{"tonumber", `print(tonumber("10"), tonumber(" 1.5 "), tonumber("1e5"), tonumber("0x1F"), tonumber("-0x10"), tonumber("010"), tonumber(7), tonumber("1e400"))`,
			"10\t1.5\t100000\t31\t-16\t10\t7\tinf"},
		{"tonumber of none", `print(tonumber("x"), tonumber(""), tonumber("1_000"), tonumber("inf"), tonumber("nan"), tonumber("0x"), tonumber("--1"), tonumber("1 2"), tonumber({}))`,
			"nil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil"},
		{"tonumber in a base", `print(tonumber("ff", 16), tonumber("0xff", 16), tonumber("777", 8), tonumber("101", 2), tonumber("zz", 36), tonumber("9", 8), tonumber("-7", 8))`,
			"255\t255\t511\t5\t1295\tnil\t-7"},
		{"tonumber in no base", `print(pcall(tonumber, "1", 99))`, "false\tbad argument #2 (base out of range)"},
		{"select", `print(select("#"), select("#", nil, nil), select(2, 1, 2, 3), select(-1, 1, 2, 3), (select(5, 1)))`, "0\t2\t2\t3\tnil"},
		{"select out of range", `print(pcall(select, 0, 1))`, "false\tbad argument #1 (index out of range)"},
		{"pairs", `for k, v in pairs({1, x = 2}) do io.write(tostring(k), "=", v, " ") end`, "1=1 x=2 "},
		{"__pairs", `local t = setmetatable({}, {__pairs = function(t) return function(_, k) if not k then return 1, 2 end end, t, nil end}) for k, v in pairs(t) do print(k, v) end`, "1\t2"},
		{"pairs of a host value", `for k, v in pairs(values("a", "b")) do io.write(k, v, " ") end`, "1a 2b "},
		{"next", `print(next({}), next({5})) print(next(values("a"))) print(next(values("a"), 1))`, "nil\t1\t5\n1\ta\nnil\tnil"},
		{"pairs of nothing", `print(pcall(pairs, nil)) print(pcall(pairs, 5)) print(pcall(next, "x"))`,
			"false\tbad argument #1 (table expected, got nil)\nfalse\tbad argument #1 (table expected, got number)\nfalse\tbad argument #1 (table expected, got string)"},
		{"ipairs", `for i, v in ipairs({"a", "b", nil, "d"}) do io.write(i, v, " ") end`, "1a 2b "},
		{"__ipairs", `local t = setmetatable({}, {__ipairs = function(t) return function(_, i) if i < 2 then return i + 1, "x" end end, t, 0 end}) for i, v in ipairs(t) do io.write(i, v, " ") end`, "1x 2x "},
		{"ipairs of a host value", `for i, v in ipairs(values("a", "b")) do io.write(i, v, " ") end`, "1a 2b "},
		{"unpack", `print(unpack({1, 2, 3})) print(unpack({1, 2, 3}, 2)) print(unpack({1, 2}, 1, 3)) print(unpack(values("a", "b")))`, "1\t2\t3\n2\t3\n1\t2\tnil\na\tb"},
		{"raw", `local t = setmetatable({}, {__index = function() return 1 end, __newindex = error, __eq = function() return true end, __len = function() return 9 end})
			print(rawget(t, "x"), rawset(t, "x", 2) == t, t.x, rawequal(t, t), rawequal(t, {}), rawlen({1, 2}), rawlen("abc"), #"abc")`,
			"nil\ttrue\t2\ttrue\tfalse\t2\t3\t3"},
		{"metatables", `local m = {} local t = setmetatable({}, m) print(getmetatable(t) == m, getmetatable({}), getmetatable("").__index == string)
			print(getmetatable(setmetatable({}, {__metatable = "locked"})), pcall(setmetatable, setmetatable({}, {__metatable = "locked"}), {}))`,
			"true\tnil\ttrue\nlocked\tfalse\tcannot change a protected metatable"},
		{"metatables of the host", `print(getmetatable(values(1)), getmetatable(io.stdout), pcall(setmetatable, values(1), {}))`,
			"false\tfalse\tfalse\tbad argument #1 (table expected, got userdata)"},
		{"environments", `local function f() return x end print(f(), setfenv(f, {x = 5}) == f, f(), getfenv(f).x, getfenv(print) == _G)
			local g = setfenv(function() setfenv(1, {y = 1}) return y end, {setfenv = setfenv}) print(g())`, "nil\ttrue\t5\t5\ttrue\n1"},
		{"environments of the host", `print(pcall(setfenv, print, {}))`, "false\tcannot change the environment of the given object"},
		{"collectgarbage", `print(collectgarbage(), collectgarbage("count") > 0, collectgarbage("step", 100))`, "0\ttrue\t0"},
		{"type", `print(type(nil), type(1), type("x"), type({}), type(print), type(values()), type(coroutine.create(print)), pcall(type))`,
			"nil\tnumber\tstring\ttable\tfunction\tuserdata\tthread\tfalse\tbad argument #1 (value expected)"},
		{"version", `print(_VERSION, _G._G == _G)`, "Lua 5.1\ttrue"},
		{"coroutines", `print(coroutine.running()) coroutine.wrap(function() print(type(coroutine.running()), pcall(function() return type((coroutine.running())) end)) end)()`,
			"nil\nthread\ttrue\tthread"},
	})
}
