-- Compiles code that nests deeper than the compiler's stack.
-- refused: nested deeper than 4000 levels
local all = {}
for _, code in ipairs { "return " .. ("("):rep(1e5) .. "1" .. (")"):rep(1e5), "return " .. ("{"):rep(1e5) .. ("}"):rep(1e5), ("do "):rep(1e5) .. ("end "):rep(1e5), "return " .. ("not "):rep(1e5) .. "1", "return 1" .. (" .. 1"):rep(1e5), "return a" .. (".a"):rep(1e5) } do
  all[#all + 1] = function() return assert(load(code)) end
end
require "attempts" ({ "nested deeper than 4000 levels" }, all)
