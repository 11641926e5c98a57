-- Recurses through everything that calls back.
-- under: --max-memory 64Mi
-- bounded: stack overflow
local all = {}
local function add(name, fn) all[name] = fn end
add("functions", function() local function f() return 1 + f() end return f() end)
add("pcall", function() local function f() local ok, err = pcall(f) if not ok then error(err, 0) end end return f() end)
add("index", function() local t = setmetatable({}, { __index = function(t, k) return t[k .. "x"] end }) return t.x end)
add("call", function() local t t = setmetatable({}, { __call = function() return 1 + t() end }) return t() end)
add("add", function() local t t = setmetatable({}, { __add = function(a, b) return 1 + (a + b) end }) return t + t end)
add("equal", function() local m = {} m.__eq = function(a, b) return not (a == b) end return setmetatable({}, m) == setmetatable({}, m) end)
add("concat", function() local t = setmetatable({}, { __concat = function(a, b) return 1 + #(a .. b) end }) return t .. t end)
add("gsub", function() local function f() return 1 + #(("x"):gsub("x", f)) end return f() end)
add("sort", function() local function f() table.sort({ 1, 2, 3 }, f) return true end return f() end)
add("tostring", function() local t t = setmetatable({}, { __tostring = function() return tostring(t) .. "x" end }) return tostring(t) end)
add("load", function() local function f() return load(f) .. "x" end return f() end)
add("coroutines", function() local function f() return 1 + coroutine.wrap(f)() end return f() end)
add("handler", function() local function h() return 1 + h() end local _, err = xpcall(error, h) error(err, 0) end)
add("iterator", function() local function f() for _ in f do end return 1 end return 1 + f() end)
require "attempts" ({ "stack overflow", "C stack", "nested" }, all)
local function f() return 1 + f() end
f()
