package stdlib_test

import "testing"

func TestTable(t *testing.T) {
	runLua(t, []luaTest{
		{"concat", `print(table.concat({1, "b", 2.5}, ", "), table.concat({}), table.concat({1, 2, 3}, "-", 2), table.concat({1, 2, 3}, "-", 2, 2), table.concat({1, 2, 3}, 0))`,
			"1, b, 2.5\t\t2-3\t2\t10203"},
		{"concat of many", `local t = {} for i = 1, 200000 do t[i] = "x" end print(#table.concat(t, ","))`, "399999"},
		{"concat of a host value", `print(table.concat(values("a", "b"), ","))`, "a,b"},
		{"concat of others", `print(pcall(table.concat, {1, {}}))`, "false\tinvalid value (table) at index 2 in table for 'concat'"},
		{"insert", `local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) table.insert(t, 5, 4) print(unpack(t))`, "0\t1\t2\t3\t4"},
		{"insert out of range", `print(pcall(table.insert, {}, 0, 1)) print(pcall(table.insert, {})) local t = {} table.insert(t, 3, "x") print(t[3])`,
			"false\tbad argument #2 (position out of bounds)\nfalse\twrong number of arguments to 'insert'\nx"},
		{"insert after nil", `local t = {1, 2, 3} t[3] = nil table.insert(t, "x") print(#t, t[3])`, "3\tx"},
		{"remove", `local t = {1, 2, 3, 4} print(table.remove(t), table.remove(t, 1), table.remove(t, 9), table.concat(t, ",")) print(table.remove({}))`, "4\t1\tnil\t2,3\nnil"},
		{"sort", `local t = {3, 1, 2} table.sort(t) print(unpack(t)) table.sort(t, function(a, b) return a > b end) print(unpack(t))`, "1\t2\t3\n3\t2\t1"},
		{"sort strings", `local t = {"b", "a", "B"} table.sort(t) print(unpack(t))`, "B\ta\tb"},
		{"sort after nil", `local t = {3, 1, 2, 9} t[4] = nil table.sort(t) print(unpack(t))`, "1\t2\t3"},
		{"sort that fails", `local t = {3, 1, 2} print(pcall(table.sort, t, function() error("x", 0) end)) print(unpack(t)) print(pcall(table.sort, {1, "x"}))`,
			"false\tx\n3\t1\t2\nfalse\tattempt to compare string with number"},
		{"sort without an order", `local t = {} for i = 1, 100 do t[i] = i end table.sort(t, function() return true end) print(#t)`, "100"},
		{"sort by __lt", `local mt = {__lt = function(a, b) return a.n < b.n end} local function n(i) return setmetatable({n = i}, mt) end
			local t = {n(2), n(1)} table.sort(t) print(t[1].n, t[2].n)`, "1\t2"},
		{"pack", `local t = table.pack(1, nil, 3) print(t.n, t[1], t[2], t[3]) print(table.unpack(t, 1, t.n))`, "3\t1\tnil\t3\n1\tnil\t3"},
		{"maxn, getn", `print(table.maxn({1, 2, [10] = 1, [2.5] = 1}), table.getn({1, 2}))`, "10\t2"},
		{"changes of a host value", `print(pcall(table.insert, values(1), 2)) print(pcall(table.remove, values(1))) print(pcall(table.sort, values(1)))`,
			"false\tbad argument #1 (the value is read-only: change a copy, kube.totable(value))\n" +
				"false\tbad argument #1 (the value is read-only: change a copy, kube.totable(value))\n" +
				"false\tbad argument #1 (the value is read-only: change a copy, kube.totable(value))"},
	})
}
