package engine_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

// modules lays out folders with modules, and runs code from one of them.
func runWithModules(t *testing.T, code string) (string, error) {
	t.Helper()
	root := t.TempDir()
	write := func(name, text string) {
		file := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	write("secret.lua", `return "secret"`)
	write("script/own.lua", `return {name = ..., where = "script"}`)
	write("script/both.lua", `return "script"`)
	write("script/sub/part.lua", `return "part"`)
	write("script/pack/init.lua", `return "pack"`)
	write("script/shebang.lua", "#!/usr/bin/env kubelua\nreturn debug.traceback()")
	write("script/broken.lua", "\n\nreturn =")
	write("script/failing.lua", "\nerror('no luck')")
	write("script/quiet.lua", `loads = (loads or 0) + 1`)
	write("script/a.lua", `return require "b"`)
	write("script/b.lua", `return require "a"`)
	write("lib/both.lua", `return "lib"`)
	write("lib/extra.lua", `return require("own").where`)
	require.NoError(t, os.Symlink("../secret.lua", filepath.Join(root, "script", "link.lua")))
	require.NoError(t, os.Symlink("own.lua", filepath.Join(root, "script", "inside.lua")))
	require.NoError(t, os.Symlink("..", filepath.Join(root, "script", "up")))
	t.Chdir(root)

	var out bytes.Buffer
	vm := engine.New(engine.Options{World: engine.World{Stdout: &out}, Path: []string{"lib", "nowhere"}})
	defer vm.Close()
	err := vm.Run(context.Background(), engine.Source{Name: "script/main.lua", Text: code, Dir: "script"})
	return strings.TrimSpace(out.String()), err
}

func TestRequire(t *testing.T) {
	tests := []struct{ name, code, want string }{
		{"from the script's folder", `local own = require "own" print(own.name, own.where)`, "own\tscript"},
		{"from --path", `print(require "extra")`, "script"},
		{"script's folder first", `print(require "both")`, "script"},
		{"dots", `print(require "sub.part")`, "part"},
		{"init.lua", `print(require "pack")`, "pack"},
		{"link inside of the folder", `print(require("inside").where)`, "script"},
		{"once", `print(require "quiet", require "quiet", loads, package.loaded.quiet)`, "true\ttrue\t1\ttrue"},
		{"preload", `package.preload.p = function(name) return name .. "!" end print(require "p")`, "p!"},
		{"loaded", `package.loaded.x = 5 print(require "x")`, "5"},
		{"built in", `print(require "string" == string, require "_G" == _G)`, "true\ttrue"},
		{"lines behind a shebang", `print((require "shebang"):match("shebang.lua:%d+"))`, "shebang.lua:2"},
		{"path", `print((package.path:gsub("\\", "/")))`, "script/?.lua;script/?/init.lua;lib/?.lua;lib/?/init.lua;nowhere/?.lua;nowhere/?/init.lua"},
		{"again after a failure", `print((pcall(require, "failing"))) print((pcall(require, "failing")))`, "false\nfalse"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := runWithModules(t, tt.code)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

// TestRequireAtOnce has several tasks require a module that waits while it is
// loaded: it is loaded once, and who finds it failing tries again.
func TestRequireAtOnce(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("slow.lua", `loads = (loads or 0) + 1 task.sleep(0.02) return {}`)
	write("bad.lua", `tries = (tries or 0) + 1 task.sleep(0.001) error("try " .. tries, 0)`)
	write("x.lua", `task.sleep(0.01) return require "y"`)
	write("y.lua", `task.sleep(0.01) return require "x"`)
	run := func(text string) error {
		vm := engine.New(engine.Options{})
		defer vm.Close()
		return vm.Run(t.Context(), engine.Source{Name: "main.lua", Text: text, Dir: dir})
	}
	require.NoError(t, run(`
		local got = task.parallel({1, 2, 3}, function() return require "slow" end)
		assert(loads == 1 and got[1] == got[2] and got[2] == got[3])`))
	require.NoError(t, run(`
		local _, errors = task.parallel({1, 2, 3}, function() return require "bad" end, {on_error = "collect"})
		assert(tries == 3 and errors[1] == "try 1")
		table.sort(errors)
		assert(errors[2] == "try 2" and errors[3] == "try 3")`))
	require.ErrorContains(t, run(`
		task.spawn(require, "x")
		require "y"`), " requires itself: ")
}

func TestRequireFails(t *testing.T) {
	tests := []struct {
		name, module string
		want         []string
	}{
		{"not found", "absent.part", []string{
			"script/main.lua:1: module 'absent.part' not found:\n",
			"\n\tno built-in module of that name", "\n\tno file script/absent/part.lua", "\n\tno file script/absent/part/init.lua",
			"\n\tno file lib/absent/part.lua", "\n\tno file nowhere/absent/part.lua",
		}},
		{"syntax", "broken", []string{"script/broken.lua:3: unexpected '='"}},
		{"error", "failing", []string{"script/failing.lua:2: no luck"}},
		{"cycle", "a", []string{"script/b.lua:1: module 'a' requires itself: a -> b -> a"}},
		{"above the folder", "...secret", []string{"module '...secret' not found"}},
		{"by a path", "../secret", []string{"module '../secret' not found"}},
		{"absolute", "/etc/passwd", []string{"module '/etc/passwd' not found"}},
		{"link out of the folder", "link", []string{"script/link.lua: path escapes from parent"}},
		{"linked folder", "up.secret", []string{"script/up/secret.lua: path escapes from parent"}},
		{"zero byte", `own\0.lua`, []string{"not found"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := runWithModules(t, `require "`+tt.module+`"`)
			require.Error(t, err)
			for _, want := range tt.want {
				assert.Contains(t, filepath.ToSlash(err.Error()), want)
			}
			assert.Equal(t, engine.ExitFailed, engine.ExitCode(err))
		})
	}
}

func TestReportOfAModule(t *testing.T) {
	_, err := runWithModules(t, "\nrequire 'failing'")
	want := `kubelua: script/failing.lua:2: no luck
    2 | error('no luck')
traceback:
  script/failing.lua:2: in main chunk
  script/main.lua:2: in main chunk
`
	assert.Equal(t, want, filepath.ToSlash(report(err)))
}
