-- Has a YAML text of 12 lines stand for billions of elements.
-- refused: neither YAML nor JSON
local lines = { "a0: &a0 [x, x, x, x, x, x, x, x, x]" }
for i = 1, 12 do
  lines[#lines + 1] = ("a%d: &a%d [%s]"):format(i, i, (("*a" .. i - 1 .. ", "):rep(9):gsub(", $", "")))
end
cluster:create(table.concat(lines, "\n"))
