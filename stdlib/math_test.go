package stdlib_test

import "testing"

func TestMath(t *testing.T) {
	runLua(t, []luaTest{
		{"rounding", `print(math.floor(-1.5), math.ceil(1.2), math.fmod(-7, 3), -7 % 3, math.modf(3.7)) print(math.modf(-1/0))`, "-2\t2\t-1\t2\t3\t0.7\n-inf\t0"},
		{"huge", `print(math.huge == 1/0, math.huge > 1e308)`, "true\ttrue"},
		{"log", `print(math.log(8, 2), math.log(1000, 10), math.log(1), math.log10(100), math.exp(0))`, "3\t3\t0\t2\t1"},
		{"random", `for i = 1, 1000 do
				local a, b, c = math.random(), math.random(3), math.random(-2, 2)
				assert(a >= 0 and a < 1 and b >= 1 and b <= 3 and c >= -2 and c <= 2 and b % 1 == 0 and c % 1 == 0)
			end print(math.random(5, 5), pcall(math.random, 0))`, "5\tfalse\tbad argument #1 (interval is empty)"},
		{"seeded", `math.randomseed(42) local a, b = math.random(1e9), math.random(1e9) math.randomseed(42) print(a == math.random(1e9), b == math.random(1e9), a ~= b)`, "true\ttrue\ttrue"},
	})
}
