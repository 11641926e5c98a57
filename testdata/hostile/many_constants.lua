-- Compiles code with more constants than the compiler is quick with.
-- refused: too many different strings, numbers and names in one function
local code = {}
for i = 1, 60000 do code[i] = "x=" .. i .. ".5 " end
assert(load(table.concat(code)))
