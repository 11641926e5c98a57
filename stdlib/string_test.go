package stdlib_test

import "testing"

func TestString(t *testing.T) {
	runLua(t, []luaTest{
		{"byte, char", `print(("abc"):byte(), ("abc"):byte(-1), ("abc"):byte(1, -1)) print(("abc"):byte(9), string.char(72, 105), pcall(string.char, 256))`,
			"97\t99\t97\t98\t99\nnil\tHi\tfalse\tbad argument #1 (value out of range)"},
		{"len", `print(("\0a\255"):len(), #"")`, "3\t0"},
		{"sub", `local s = "hello" print(s:sub(2), s:sub(-3), s:sub(2, -2), s:sub(0), s:sub(10), s:sub(-100, 2), s:sub(3, 2), s:sub(2, 100))`,
			"ello\tllo\tell\thello\t\the\t\tello"},
		{"rep", `print(("ab"):rep(3), ("x"):rep(0), ("x"):rep(-1), ("ab"):rep(3, ", "), ("x"):rep(1, ","))`, "ababab\t\t\tab, ab, ab\tx"},
		{"rep of too much", `print(pcall(string.rep, "x", 1e9)) print(pcall(string.rep, ("x"):rep(1e6), 1e6)) print(#string.rep("", 1e9))`,
			"false\tresulting string too large (the most is 256 MiB)\nfalse\tresulting string too large (the most is 256 MiB)\n0"},
		{"reverse, case", `print(("abc"):reverse(), ("aBc1\195\164"):upper() == "ABC1\195\164", ("ABC"):lower())`, "cba\ttrue\tabc"},
		{"methods", `print(("%d"):format(3), ("x").len == string.len)`, "3\ttrue"},
	})
}

func TestFormat(t *testing.T) {
	runLua(t, []luaTest{
		{"plain", `print(("100%% of %s"):format("it"))`, "100% of it"},
		{"integers", `print(("%d|%5d|%-5d|%05d|%+d|%i|%.3d"):format(1, 2, 3, 4, 5, 6.9, 7))`, "1|    2|3    |00004|+5|6|007"},
		{"bases", `print(("%x|%X|%#x|%o|%u|%x"):format(255, 255, 255, 8, 7, -1))`, "ff|FF|0xff|10|7|ffffffffffffffff"},
		{"floats", `print(("%f|%.2f|%8.3f|%e|%g|%g|%g|%.3g"):format(1.5, 2.345, 3.14159, 12345.678, 100000, 1e20, 0.1, 1234.5))`,
			"1.500000|2.35|   3.142|1.234568e+04|100000|1e+20|0.1|1.23e+03"},
		{"infinities", `print(("%f|%5.1f|%g|%-6f|"):format(1/0, -1/0, 0/0, 1/0))`, "inf| -inf|nan|inf   |"},
		{"strings", `print(("%s|%5s|%-5s|%.2s|%10.3s"):format("a", "b", "c", "defg", "hijk"))`, "a|    b|c    |de|       hij"},
		{"any value", `print(("%s %s %s %s"):format(nil, true, values(1), setmetatable({}, {__tostring = function() return "me" end})))`, "nil true values me"},
		{"characters", `print(("%c%c%5c"):format(72, 105, 33))`, "Hi    !"},
		{"quoted", `print(("%q"):format('a "b" \\ \n \r \0 c'))`, "\"a \\\"b\\\" \\\\ \\\n \\r \\000 c\""},
		{"numbers in strings", `print(("%d %s"):format("10", 5))`, "10 5"},
		{"missing", `print(pcall(string.format, "%d %d", 1))`, "false\tbad argument #3 (no value)"},
		{"wrong", `print(pcall(string.format, "%d", "x")) print(pcall(string.format, "%y", 1)) print(pcall(string.format, "%")) print(pcall(string.format, "%123d", 1)) print(pcall(string.format, "%d", 0/0))`,
			"false\tbad argument #2 (number expected, got string)\nfalse\tinvalid conversion '%y' to 'format'\nfalse\tinvalid conversion '%' to 'format'\n" +
				"false\tinvalid conversion '%123' to 'format'\nfalse\tbad argument #2 (number has no integer representation)"},
	})
}

func TestPatterns(t *testing.T) {
	runLua(t, []luaTest{
		{"find", `print(("hello world"):find("wor"), ("hello"):find("l+"), ("hello"):find("xyz"), ("hello"):find(""), ("hello"):find("", 10))`, "7\t3\tnil\t1\t6\t5"},
		{"find from", `print(("hello"):find("l", 4), ("hello"):find("l", -2)) print(("a.b"):find(".", 2, true), ("a+b"):find("+", 1, true))`, "4\t4\t4\n2\t2\t2"},
		{"find with captures", `print(("key = value"):find("(%w+)%s*=%s*(%w+)"))`, "1\t11\tkey\tvalue"},
		{"match", `print(("2024-01-15"):match("^(%d+)-(%d+)-(%d+)$")) print(("abc"):match("b"), ("abc"):match("()b()"), ("abc"):match("x"))`, "2024\t01\t15\nb\t2\tnil"},
		{"match from", `print(("abcabc"):match("b.", 3), ("abc"):match("^b", 2))`, "bc\tb"},
		{"classes", `print(("a1 B_\t!"):gsub("%a", "A"), ("a1"):gsub("%D", "."), ("a.b"):gsub("%p", "-"), ("x\0y"):gsub("%z", "0"))`, "A1 A_\t!\t.1\ta-b\tx0y\t1"},
		{"sets", `print(("a-b]c^d"):gsub("[%]%-]", "."), ("abc"):gsub("[^b]", "."), ("a-z"):gsub("[a-]", "."), ("]"):match("[]]"), ("x"):match("[^]]"))`,
			"a.b.c^d\t.b.\t..z\t]\tx"},
		{"repetitions", `print(("aaa"):match("a-"), ("aaab"):match("a-b"), ("aaa"):match("a*"), ("b"):match("a?b"), ("<a><b>"):match("<.->"))`, "\taaab\taaa\tb\t<a>"},
		{"balance, frontier, reference", `print(("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):find("%f[%a]%a+%f[%A]", 2), ("say \"hi\" 'x'"):match("([\"'])(.-)%1"))`,
			"(a(b)c)\t6\t\"\thi"},
		{"gsub", `print(("hello world"):gsub("o", "0"), ("hello"):gsub("l", "L", 1), ("abc"):gsub("", "-"), ("abc"):gsub("%w", "%0%0"))`,
			"hell0 w0rld\theLlo\t-a-b-c-\taabbcc\t3"},
		{"gsub by table", `print(("$name is $age"):gsub("%$(%w+)", {name = "Bob", age = 5}))`, "Bob is 5\t2"},
		{"gsub by function", `print(("abc"):gsub("%w", function(c) if c ~= "b" then return c:upper() end end)) print(("a=1"):gsub("(%w)=(%w)", function(k, v) return v .. k end))`, "AbC\t3\n1a\t1"},
		{"gsub anchored", `print(("aaa"):gsub("^a", "b"), ("aaa"):gsub("a$", "b"))`, "baa\taab\t1"},
		{"gsub with captures", `print(("hello world"):gsub("(%w+) (%w+)", "%2 %1"), ("x"):gsub("x", "%%"))`, "world hello\t%\t1"},
		{"gmatch", `for w in ("one two"):gmatch("%a+") do io.write(w, ";") end for k, v in ("a=1,b=2"):gmatch("(%w)=(%w)") do io.write(k, v, ";") end for p in ("ab"):gmatch("()") do io.write(p, ";") end`,
			"one;two;a1;b2;1;2;3;"},
		{"errors", `for _, p in ipairs{"%", "[a", "(a", "a)", "%1", "%b", "%f"} do print(select(2, pcall(string.match, "a", p))) end
			print(pcall(string.gsub, "a", "a", "%2")) print(pcall(string.gsub, "a", "a", true)) print(pcall(string.gsub, "a", "a", function() return {} end))`,
			"malformed pattern (ends with '%')\nmalformed pattern (missing ']')\nunfinished capture\ninvalid pattern capture\ninvalid capture index %1\nunbalanced pattern\nmissing '[' after '%f' in pattern\n" +
				"false\tinvalid capture index %2\nfalse\tbad argument #3 (string, function or table expected, got boolean)\nfalse\tinvalid replacement value (a table)"},
		{"long subject", `local s = ("x"):rep(1e6) .. "y" print(#s:match("^x*y$"), #s:match("^.-y$"), (s:gsub("x", "")))`, "1000001\t1000001\ty"},
	})
}
