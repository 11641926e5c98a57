package stdlib_test

import (
	"bytes"
	"context"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/permit"
)

// everything is a World with the whole machine, in a new folder that holds
// in.txt.
func everything(t *testing.T) engine.World {
	t.Helper()
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("in.txt", []byte("one\ntwo 2\n\nlast"), 0o600))
	world, release, err := permit.Grants{All: true}.Grant(engine.World{})
	require.NoError(t, err)
	t.Cleanup(release)
	return world
}

func TestFiles(t *testing.T) {
	tests := []luaTest{
		{"read", `local f = io.open("in.txt") print(f:read("*l", "*L", 2)) print(f:read("*a"), f:read("*a"), f:read("*l")) print(f:close())`, "one\ttwo 2\n\t\nl\nast\t\tnil\ntrue"},
		{"lines", `for l in io.lines("in.txt") do io.write("[", l, "]") end`, "[one][two 2][][last]"},
		{"lines close the file", `local next = io.lines("in.txt") repeat until next() == nil print(pcall(next))`, "false\tattempt to use a closed file (in.txt)"},
		{"file:lines", `local f = io.open("in.txt") f:read() for l in f:lines() do io.write("[", l, "]") end print(io.type(f))`, "[two 2][][last]file"},
		{"input", `io.input("in.txt") print(io.read(), io.input():read(3)) for l in io.lines() do io.write(l, ";") end`, "one\ttwo\n 2;;last;"},
		{"output", `local f = io.output("out.txt") io.write("a", 1):write("b") print(io.output() == f) io.close() print(io.open("out.txt"):read("*a"))`, "true\na1b"},
		{"written at the end", `io.open("out.txt", "w"):write("x") local f = io.open("more.txt", "w") f:write("y") f:flush() print(io.open("more.txt"):read("*a"))`, "y"},
		{"append", `for i = 1, 3 do local f = io.open("out.txt", "a") f:write(i) f:close() end print(io.open("out.txt"):read("*a"))`, "123"},
		{"seek", `local f = io.open("in.txt") print(f:seek("end"), f:seek("set", 4), f:read(3), f:seek(), f:seek("cur", -3), f:read("*l"), f:seek("cur", 1), f:read(4))`, "15\t4\ttwo\t7\t4\ttwo 2\t11\tlast"},
		{"seek before the start", `print(io.open("in.txt"):seek("set", -1))`, "nil\tin.txt: invalid argument\t22"},
		{"change", `local f = io.open("in.txt", "r+") print(f:read()) f:write("TWO") f:seek("set") print(f:read("*a"))`, "one\none\nTWO 2\n\nlast"},
		{"read what was written", `local f = io.open("out.txt", "w+b") f:write("one\n", "two\n") f:seek("set") print(f:read("*l")) f:seek("end") f:write("three") f:seek("set", 4) print(f:read("*a"))`, "one\ntwo\nthree"},
		{"append and read", `local f = io.open("in.txt", "a+") f:write("!") f:seek("set", 11) print(f:read("*a"))`, "last!"},
		{"setvbuf", `local f = io.open("out.txt", "w") print(f:setvbuf("no")) f:write("x") print(io.open("out.txt"):read("*a"), pcall(f.setvbuf, f, "some"))`, "true\nx\tfalse\tbad argument #2 (invalid option 'some' (want no, line or full))"},
		{"not there", `print(io.open("nowhere.txt")) print(pcall(io.lines, "nowhere.txt")) print(os.remove("nowhere.txt"))`,
			"nil\tnowhere.txt: no such file or directory\t2\nfalse\tnowhere.txt: no such file or directory\nnil\tnowhere.txt: no such file or directory\t2"},
		{"a folder", `print(io.open("."):read(1))`, "nil\t.: is a directory\t21"},
		{"wrong mode", `print(pcall(io.open, "in.txt", "rw"))`, "false\tbad argument #2 (invalid mode (want r, w, a, r+, w+ or a+, with or without b))"},
		{"wrong direction", `print(pcall(io.open("out.txt", "w").read, io.open("out.txt", "w"))) print(pcall(function() io.open("in.txt"):write("x") end))`,
			"false\tout.txt can only be written\nfalse\ttest.lua:1: in.txt can only be read"},
		{"closed", `local f = io.open("in.txt") f:close() print(io.type(f), tostring(f), pcall(f.close, f))`, "closed file\tfile (closed)\tfalse\tattempt to use a closed file (in.txt)"},
		{"close closes", `kube.with(io.open("out.txt", "w"), function(f) f:write("x") end) print(io.open("out.txt"):read("*a"))`, "x"},
		{"remove and rename", `print(os.rename("in.txt", "moved.txt"), io.open("in.txt") == nil, os.remove("moved.txt"), os.remove("moved.txt"))`,
			"true\ttrue\ttrue\tnil\tmoved.txt: no such file or directory\t2"},
		{"tmpname", `local name = os.tmpname() print(io.open(name):read("*a"), os.remove(name))`, "\ttrue"},
		{"tmpfile", `local f = io.tmpfile() f:write("x") f:seek("set") print(f:read("*a"), f:close())`, "x\ttrue"},
		{"tasks share a file", `local f, n = io.open("out.txt", "w"), 50
			task.parallel({1, 2, 3, 4}, function(i) for k = 1, n do f:write(("%d"):format(i):rep(999), "\n") task.sleep(0) end end)
			f:close() local lines = 0 for l in io.lines("out.txt") do assert(#l == 999 and l == l:sub(1, 1):rep(999)) lines = lines + 1 end print(lines)`, "200"},
		{"dofile", `local f = io.open("lib.lua", "w") f:write("return ..., 'lib'") f:close() print(dofile("lib.lua")) print(loadfile("nowhere.lua"))`, "nil\tlib\nnil\tnowhere.lua: no such file or directory"},
		{"many that are forgotten", `for i = 1, 3000 do io.open("in.txt"):read() end print("ok")`, "ok"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := runScript(tt.code, everything(t))
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			if tt.name == "written at the end" {
				text, err := os.ReadFile("out.txt")
				require.NoError(t, err)
				assert.Equal(t, "x", string(text))
			}
		})
	}
}

func TestPrograms(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are Unix'")
	}
	tests := []luaTest{
		{"execute", `print(os.execute("true")) print(os.execute("false")) print(os.execute{"sh", "-c", "exit 7"}) print(os.execute{"sh", "-c", "kill -9 $$"}) print(os.execute())`,
			"0\texit\n1\texit\n7\texit\n9\tsignal\n0"},
		{"words", `os.execute("printf '<%s>' a 'b  c' \"d'e\" f\\ g '' h'i'\"j\"")`, "<a><b  c><d'e><f g><><hij>"},
		{"output comes in order", `io.write("a") os.execute("printf b") io.write("c")`, "abc"},
		{"no such program", `print(pcall(os.execute, "no-such-program x"))`, "true\tnil\tno program no-such-program: executable file not found in $PATH"},
		{"popen", `local f = io.popen("printf 'one\ntwo'") print(f:read(), f:read("*a"), f:read(), f:close())`, "one\ttwo\tnil\ttrue\texit\t0"},
		{"popen that fails", `local f = io.popen({"sh", "-c", "echo x; exit 3"}) print(f:read("*a"), f:close())`, "x\n\tnil\texit\t3"},
		{"popen for writing", `local f = io.popen("cat", "w") f:write("one\n", 2) print(f:close())`, "one\n2true\texit\t0"},
		{"popen that isn't read", `local f = io.popen("yes") print(f:read(), f:close())`, "y\tnil\tsignal\t13"},
		{"popen that doesn't read", `local f = io.popen("true", "w") local ok, err while not err do ok, err = f:write(("x"):rep(1e5)) end print(ok, err)`, "nil\ttrue: broken pipe"},
		{"popen seek", `print(io.popen("true"):seek("set"))`, "nil\ttrue: there is no place to go to in it"},
		{"popen that is left", `local f = io.popen("sleep 600", "w") f:write("x") print("end")`, "end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := runScript(tt.code, everything(t))
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
	for code, want := range map[string]string{
		`os.execute("a | b")`: `no shell runs the command, and '|' needs one`, `os.execute("a > b")`: `'>'`, `os.execute("a $HOME")`: `'$'`, `os.execute("a \"$(b)\"")`: `'$'`,
		`os.execute("a *")`: `'*'`, `os.execute("a; b")`: `';'`, `os.execute("a\nb")`: `'\n'`, "os.execute('a `b`')": "'`'",
		`os.execute("a 'b")`: "a ' without its other", `os.execute("a \\")`: `ends in a \`, `os.execute("")`: "the command is empty", `os.execute{}`: "the command is empty",
		`os.execute{"a", {}}`: "word 2 of the command must be a string, not table", `os.execute("a\0b")`: "zero byte", `io.popen("a", "x")`: "invalid mode",
	} {
		_, err := runScript(code, everything(t))
		assert.ErrorContains(t, err, want, code)
	}
}

// Opening and reading what brings nothing is given up when the run ends.
func TestFilesThatBlock(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs named pipes")
	}
	world := everything(t)
	out, err := runScript(`print(os.execute("mkfifo pipe"))`, world)
	require.NoError(t, err)
	require.Equal(t, "0\texit", out)
	for _, code := range []string{`io.open("pipe")`, `io.lines("pipe")`, `dofile("pipe")`, `io.open("pipe", "r+"):read()`} {
		var out bytes.Buffer
		world.Stdout = &out
		vm := engine.New(engine.Options{World: world})
		ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, engine.TimedOut(100*time.Millisecond))
		began := time.Now()
		err := vm.Run(ctx, engine.Source{Name: "test.lua", Text: code})
		vm.Close()
		cancel()
		assert.Equal(t, engine.ExitTimedOut, engine.ExitCode(err), "%s: %v", code, err)
		assert.Less(t, time.Since(began), 30*time.Second, code)
	}
	// What waits for the pipe to be opened can go now.
	for range 4 {
		f, err := os.OpenFile("pipe", os.O_RDWR, 0)
		require.NoError(t, err)
		time.Sleep(time.Millisecond)
		require.NoError(t, f.Close())
	}
}

// A file that never ends doesn't fill the memory.
func TestEndlessFiles(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/zero")
	}
	for _, code := range []string{`f:read("*a")`, `f:read("*l")`, `f:read(2^40)`} {
		got, err := runScript(`local f = io.open("/dev/zero") print(`+code+`)`, everything(t))
		require.NoError(t, err)
		assert.Equal(t, "nil\t/dev/zero: there are more than 256 MiB to read at once", got, code)
	}
	got, err := runScript(`print(io.read("*n") < 1e200, #io.read("*l"))`, engine.World{Stdin: strings.NewReader(strings.Repeat("1", 1<<20))})
	assert.NoError(t, err)
	assert.Equal(t, "true\t1048376", got)
}
