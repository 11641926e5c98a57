package permit_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/permit"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// granted is a World with some grants.
func granted(t *testing.T, g permit.Grants) engine.World {
	t.Helper()
	world, release, err := g.Grant(engine.World{})
	require.NoError(t, err)
	t.Cleanup(release)
	return world
}

// isDenied tells whether an error is the one for something that isn't granted.
func isDenied(err error) bool {
	return kube.IsKind(err, kube.DeniedError) && assert.ErrorIs(nothing{}, err, host.ErrDenied)
}

// nothing is a test whose failures are only looked at.
type nothing struct{}

func (nothing) Errorf(string, ...any) {}

// inFolder runs the test in a new folder with some files, and returns its path.
func inFolder(t *testing.T, files ...string) string {
	t.Helper()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, name := range files {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("I am "+name), 0o600))
	}
	t.Chdir(folder)
	return folder
}

func TestReading(t *testing.T) {
	folder := inFolder(t, "a/one", "a/b/two", "ab/three", "four", "c/five")
	link := func(to, name string) {
		if err := os.Symlink(to, name); err != nil {
			t.Skip(err)
		}
	}
	link("../four", "a/out")
	link("b/two", "a/in")
	link(filepath.Join(folder, "a"), "absolute")
	link("..", "a/up")
	link(filepath.Join(folder, "c"), "a/c")
	link("loop", "a/loop")
	tests := []struct {
		name    string
		grants  []string
		yes, no []string
	}{
		{"nothing", nil, nil, []string{"four", "a/one", "nowhere"}},
		{"a file", []string{"four"}, []string{"four", "./four", "a/../four", "a/out", "a/up/four", filepath.Join(folder, "four")},
			[]string{"a/one", "fou", ".", "fourth"}},
		{"a folder", []string{"a"}, []string{"a/one", "a/b/two", "a/b/../one", "a/in", "absolute/one", "a/up/a/one", filepath.Join(folder, "a", "one")},
			[]string{"four", "ab/three", "a/out", "a/up/four", "a/../four", "a/c/five", "a/up/nowhere", "a/..", "/etc/passwd", "../" + filepath.Base(folder) + "/four"}},
		{"a link to a folder", []string{"absolute"}, []string{"a/one", "absolute/b/two"}, []string{"four"}},
		{"two folders", []string{"a", "c"}, []string{"a/c/five", "c/five"}, []string{"four"}},
		{"everything", []string{"*"}, []string{"four", "a/up/four", "a/c/five"}, nil},
		{"the root", []string{"/"}, []string{"four", "a/up/four", "absolute/c/five"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			world := granted(t, permit.Grants{Read: tt.grants, Write: []string{"nowhere-to-write"}})
			for _, path := range tt.yes {
				f, err := world.OpenFile(path, os.O_RDONLY)
				if assert.NoError(t, err, path) {
					assert.NoError(t, f.Close())
				}
			}
			for _, path := range tt.no {
				_, err := world.OpenFile(path, os.O_RDONLY)
				assert.True(t, isDenied(err), "%s: %v", path, err)
			}
		})
	}
	t.Run("what isn't there", func(t *testing.T) {
		world := granted(t, permit.Grants{Read: []string{"a"}})
		_, err := world.OpenFile("a/nothing", os.O_RDONLY)
		assert.ErrorIs(t, err, os.ErrNotExist)
		// Outside of what is granted nobody learns what is there.
		_, there := world.OpenFile("c/five", os.O_RDONLY)
		_, absent := world.OpenFile("c/none", os.O_RDONLY)
		assert.Equal(t, strings.ReplaceAll(there.Error(), "five", "none"), absent.Error())
		_, err = world.OpenFile("c/five/x", os.O_RDONLY)
		assert.True(t, isDenied(err), "%v", err)
		_, err = world.OpenFile("a/loop", os.O_RDONLY)
		assert.Error(t, err)
	})
}

// What a path leads to may change while a script runs.
func TestReadingWhatChanges(t *testing.T) {
	inFolder(t, "a/one", "secret/one", "file")
	world := granted(t, permit.Grants{Read: []string{"a", "file"}})
	require.NoError(t, os.Rename("a", "before"))
	if err := os.Symlink("secret", "a"); err != nil {
		t.Skip(err)
	}
	_, err := world.OpenFile("a/one", os.O_RDONLY)
	assert.True(t, isDenied(err), "a folder that became a link: %v", err)
	require.NoError(t, os.Remove("file"))
	require.NoError(t, os.Symlink("secret/one", "file"))
	_, err = world.OpenFile("file", os.O_RDONLY)
	assert.True(t, isDenied(err), "a file that became a link: %v", err)
}

func TestWriting(t *testing.T) {
	inFolder(t, "a/one", "a/sub/two", "b/three", "four")
	world := granted(t, permit.Grants{Read: []string{"b"}, Write: []string{"a", "new", "newer"}})
	write := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	for path, flags := range map[string]int{"a/one": write, "a/fresh": write, "new": write, "a/unique": os.O_RDWR | os.O_CREATE | os.O_EXCL} {
		f, err := world.OpenFile(path, flags)
		if assert.NoError(t, err, path) {
			assert.NoError(t, f.Close())
		}
	}
	for path, flags := range map[string]int{
		"b/three": write, "four": write, "a/../four": write, "elsewhere": write,
		"a/one": os.O_RDWR, "a/sub/two": os.O_RDONLY, // written, but not read
	} {
		_, err := world.OpenFile(path, flags)
		assert.True(t, isDenied(err), "%s: %v", path, err)
	}
	for _, path := range []string{"b/three", "four", "a/../four"} {
		assert.True(t, isDenied(world.Remove(path)), path)
		assert.True(t, isDenied(world.Rename("a/one", path)), path)
		assert.True(t, isDenied(world.Rename(path, "a/two")), path)
	}
	assert.NoError(t, world.Rename("a/one", "a/sub/one"))
	assert.NoError(t, world.Rename("new", "newer"))
	assert.NoError(t, world.Remove("newer"))
	assert.NoError(t, world.Remove("a/sub/one"))
	assert.ErrorIs(t, world.Remove("a/sub/one"), os.ErrNotExist)
	assert.Error(t, world.Remove("a/sub"), "a folder that isn't empty")
	if os.Symlink("../four", "a/link") == nil {
		_, err := world.OpenFile("a/link", write)
		assert.True(t, isDenied(err), "%v", err)
		assert.NoError(t, world.Rename("a/link", "a/renamed"), "the link itself")
		assert.NoError(t, world.Remove("a/renamed"))
		assert.FileExists(t, "four")
	}
}

// Who may write somewhere but not read there can't move it to where he may read.
func TestRenamingDoesNotReveal(t *testing.T) {
	folder := inFolder(t, "w/secret", "w/more/secret", "w/in/mine", "w/file", "w/out/x")
	world := granted(t, permit.Grants{Read: []string{"w/in", "w/file"}, Write: []string{"w"}})
	for _, tt := range []struct{ from, to, want string }{
		{"w/secret", "w/in/x", "rename w/secret to w/in/x: read w/secret: not allowed (--allow-read=w/secret grants it)"},
		{"w/secret", "w/file", "rename w/secret to w/file: read w/secret: not allowed (--allow-read=w/secret grants it)"},
		{"w/more", filepath.Join(folder, "w", "in", "more"), "read w/more: not allowed"},
		{"w/in", "w/elsewhere", "rename w/in to w/elsewhere: what --allow-read grants lies in it"},
	} {
		assert.ErrorContains(t, world.Rename(tt.from, tt.to), tt.want)
		assert.FileExists(t, "w/secret")
	}
	assert.NoError(t, world.Rename("w/secret", "w/out/secret"))
	assert.NoError(t, world.Rename("w/in/mine", "w/out/mine"))
	assert.NoError(t, world.Rename("w/file", "w/in/file"), "both may be read")

	world = granted(t, permit.Grants{Read: []string{"*"}, Write: []string{"w"}})
	assert.NoError(t, world.Rename("w/out", "w/in/out"))
	world = granted(t, permit.Grants{Write: []string{"*"}, Read: []string{"w/in"}})
	assert.True(t, isDenied(world.Rename("w/more/secret", "w/in/x")))
	assert.NoError(t, world.Rename("w/more", "w/another"))
}

func TestEnvironment(t *testing.T) {
	t.Setenv("KUBELUA_A", "1")
	t.Setenv("KUBELUA_B", "2")
	tests := []struct {
		grants []string
		a, b   bool
	}{
		{nil, false, false},
		{[]string{"KUBELUA_A"}, true, false},
		{[]string{"KUBELUA_"}, false, false},
		{[]string{"KUBELUA_*"}, true, true},
		{[]string{"*"}, true, true},
	}
	for _, tt := range tests {
		world := granted(t, permit.Grants{Env: tt.grants})
		if tt.grants == nil {
			assert.Nil(t, world.Getenv)
			continue
		}
		_, a := world.Getenv("KUBELUA_A")
		_, b := world.Getenv("KUBELUA_B")
		assert.Equal(t, [2]bool{tt.a, tt.b}, [2]bool{a, b}, "%v", tt.grants)
		_, absent := world.Getenv("KUBELUA_NONE")
		assert.False(t, absent)
	}
}

func TestNetwork(t *testing.T) {
	tests := []struct {
		grant   string
		yes, no []string
	}{
		{"example.com:443", []string{"example.com:443", "EXAMPLE.com.:443"}, []string{"example.com:80", "www.example.com:443", "example.com.evil.org:443", "evilexample.com:443"}},
		{"example.com", []string{"example.com:443", "example.com:80"}, []string{"sub.example.com:80"}},
		{"*.example.com:443", []string{"a.example.com:443", "a.b.example.com:443"}, []string{"example.com:443", "a.example.com:80", "aexample.com:443"}},
		{"127.0.0.1:80", []string{"127.0.0.1:80"}, []string{"localhost:80", "127.0.0.1:8080"}},
		{"[::1]:80", []string{"[::1]:80"}, []string{"[::2]:80"}},
		{"::1", []string{"[::1]:80"}, []string{"[::2]:80"}},
		{"*:443", []string{"a:443", "b:443"}, []string{"a:80"}},
		{"*", []string{"a:443", "[::1]:1"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.grant, func(t *testing.T) {
			world := granted(t, permit.Grants{Net: []string{tt.grant}})
			for _, address := range tt.yes {
				assert.NoError(t, world.Connect(address), address)
			}
			for _, address := range tt.no {
				assert.True(t, isDenied(world.Connect(address)), address)
			}
		})
	}
	for _, wrong := range []string{"https://example.com", "", ":443", "a b"} {
		_, _, err := permit.Grants{Net: []string{wrong}}.Grant(engine.World{})
		assert.ErrorContains(t, err, "--allow-net: ", wrong)
	}
}

func TestPrograms(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs files that can be run by their mode")
	}
	folder := inFolder(t)
	for _, name := range []string{"bin/tool", "other/tool", "other/more"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(t, os.WriteFile(name, []byte("#!/bin/sh\necho $0\n"), 0o700))
	}
	t.Setenv("PATH", filepath.Join(folder, "bin")+string(filepath.ListSeparator)+filepath.Join(folder, "other"))
	tests := []struct {
		name    string
		grants  []string
		yes     map[string]string
		no      []string
		unknown []string
	}{
		{"by name", []string{"tool"}, map[string]string{"tool": "bin/tool"}, []string{"more", "other/tool", "./bin/tool", "nothing"}, nil},
		{"by path", []string{"other/tool"}, map[string]string{"other/tool": "other/tool", "./other/tool": "other/tool", folder + "/other/tool": "other/tool"}, []string{"tool", "bin/tool"}, nil},
		{"all", []string{"*"}, map[string]string{"tool": "bin/tool", "more": "other/more", "other/tool": "other/tool"}, nil, []string{"nothing"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			world := granted(t, permit.Grants{Run: tt.grants})
			for name, want := range tt.yes {
				got, err := world.Program(name)
				assert.NoError(t, err)
				assert.Equal(t, filepath.Join(folder, want), got)
			}
			for _, name := range tt.no {
				_, err := world.Program(name)
				assert.True(t, isDenied(err), "%s: %v", name, err)
			}
			for _, name := range tt.unknown {
				_, err := world.Program(name)
				assert.ErrorContains(t, err, "no program "+name)
			}
		})
	}
}

// A program that is started ends with the run that started it.
func TestProgramEndsWithItsRun(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs sleep")
	}
	for _, code := range []string{`os.execute("sleep 600")`, `io.popen("sleep 600"):read()`, `io.popen("sleep 600"):close()`, `local f = io.popen("sleep 600", "w") while true do f:write(("x"):rep(1e6)) end`} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			world := granted(t, permit.Grants{Run: []string{"sleep"}})
			world.Stdout = &out
			vm := engine.New(engine.Options{World: world})
			ctx, cancel := context.WithTimeoutCause(t.Context(), 200e6, engine.TimedOut(200e6))
			defer cancel()
			err := vm.Run(ctx, engine.Source{Name: "test.lua", Text: code})
			vm.Close()
			assert.Equal(t, engine.ExitTimedOut, engine.ExitCode(err), "%v", err)
		})
	}
}
