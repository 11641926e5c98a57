package stdlib_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/permit"
)

// runGranted runs code in a folder that it may read and write, but for the file
// secret beside it. The folder is the global dir.
func runGranted(t *testing.T, code string) (dir string, out string, err error) {
	t.Helper()
	top, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	dir = filepath.Join(top, "granted")
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(top, "secret"), []byte("hidden"), 0o600))
	world, release, err := permit.Grants{Read: []string{dir}, Write: []string{dir}}.Grant(engine.World{})
	require.NoError(t, err)
	defer release()
	out, err = runScript(`local fs, dir = require "fs", "`+filepath.ToSlash(dir)+`" `+code, world)
	return dir, out, err
}

func TestFS(t *testing.T) {
	t.Parallel()
	tests := []luaTest{
		{"write and read", `fs.write(dir .. "/a", "one") fs.append(dir .. "/a", "two") fs.append(dir .. "/b", "new") print(fs.read(dir .. "/a"), fs.read(dir .. "/b"))`, "onetwo\tnew"},
		{"replace", `fs.write(dir .. "/a", "one") fs.write(dir .. "/a", "two") print(fs.read(dir .. "/a"), #fs.list(dir))`, "two\t1"},
		{"stat", `fs.write(dir .. "/a", "12345") local s = fs.stat(dir .. "/a")
			print(s.size, s.is_dir, s.modified:age() < 60, fs.stat(dir .. "/none"), fs.exists(dir .. "/a"), fs.exists(dir .. "/none"), fs.stat(dir).is_dir)`,
			"5\tfalse\ttrue\tnil\ttrue\tfalse\ttrue"},
		{"list", `fs.mkdir(dir .. "/x/y") fs.mkdir(dir .. "/x") fs.write(dir .. "/b", "") for _, e in ipairs(fs.list(dir)) do print(e.name, e.is_dir) end`, "b\tfalse\nx\ttrue"},
		{"walk", `fs.mkdir(dir .. "/x/y") fs.write(dir .. "/x/y/b", "") fs.write(dir .. "/x/a", "") fs.write(dir .. "/z", "")
			for path, e in fs.walk(dir) do print(path:sub(#dir + 2), e.is_dir) end`, "x\ttrue\nx/a\tfalse\nx/y\ttrue\nx/y/b\tfalse\nz\tfalse"},
		{"glob", `fs.mkdir(dir .. "/x") for _, n in ipairs{"b.yaml", "a.yaml", "c.json", "x/d.yaml"} do fs.write(dir .. "/" .. n, "") end
			for _, p in ipairs(fs.glob(dir .. "/*.yaml")) do print(fs.base(p)) end print(#fs.glob(dir .. "/*/*.yaml"), #fs.glob(dir .. "/no*"))`, "a.yaml\nb.yaml\n1\t0"},
		{"remove", `fs.mkdir(dir .. "/x/y") fs.write(dir .. "/x/y/b", "") print(pcall(fs.remove, dir .. "/x")) fs.remove(dir .. "/x", {recursive = true}) print(#fs.list(dir))`, ""},
		{"rename and copy", `fs.write(dir .. "/a", "one") fs.rename(dir .. "/a", dir .. "/b") fs.copy(dir .. "/b", dir .. "/c") print(fs.exists(dir .. "/a"), fs.read(dir .. "/c"))`, "false\tone"},
		{"names", `print(fs.join("a", "../b", "c.yaml"), fs.base("a/b.yaml"), fs.dir("a/b.yaml"), fs.ext("a/b.yaml"), fs.ext("a"))`, "b/c.yaml\tb.yaml\ta\t.yaml\t"},
		{"what isn't there", `local ok, err = pcall(fs.read, dir .. "/none") print(err.type, (err.message:gsub(dir, "DIR")))`, "KubeError\tread DIR/none: no such file or directory"},
		{"a text that is no path", `print(pcall(fs.read, 5))`, "false\tfs.read: the path must be a string, not number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir, out, err := runGranted(t, tt.code)
			require.NoError(t, err)
			if tt.name == "remove" {
				assert.Equal(t, "false\tremove "+dir+"/x: directory not empty\n0", out)
				return
			}
			assert.Equal(t, tt.want, out)
		})
	}
}

// What lies outside of what is granted can't be reached by any way.
func TestFSIsDenied(t *testing.T) {
	t.Parallel()
	_, out, err := runGranted(t, `
		local outside = dir .. "/../secret"
		for name, call in pairs {
			append = function() fs.append(outside, "x") end,
			copy = function() fs.copy(outside, dir .. "/copy") end,
			["copy out"] = function() fs.write(dir .. "/a", "") fs.copy(dir .. "/a", outside) end,
			exists = function() fs.exists(outside) end,
			glob = function() fs.glob(dir .. "/../*") end,
			list = function() fs.list(dir .. "/..") end,
			mkdir = function() fs.mkdir(dir .. "/../new") end,
			read = function() fs.read(outside) end,
			remove = function() fs.remove(outside, { recursive = true }) end,
			rename = function() fs.rename(outside, dir .. "/b") end,
			stat = function() fs.stat(outside) end,
			temp = function() fs.temp() end,
			walk = function() fs.walk(dir .. "/..") end,
			write = function() fs.write(outside, "x") end,
		} do
			local ok, err = pcall(call)
			if ok or err.type ~= "DeniedError" then print(name, ok, err) end
		end
		print("tried")`)
	require.NoError(t, err)
	assert.Equal(t, "tried", out)
}

// A link leads out as little as a path does, whatever is done by it.
func TestFSLinks(t *testing.T) {
	t.Parallel()
	top, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	dir := filepath.Join(top, "granted")
	require.NoError(t, os.MkdirAll(filepath.Join(top, "other"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(top, "other", "secret"), []byte("hidden"), 0o600))
	require.NoError(t, os.Mkdir(dir, 0o700))
	if err := os.Symlink(filepath.Join(top, "other"), filepath.Join(dir, "out")); err != nil {
		t.Skip(err)
	}
	world, release, err := permit.Grants{Read: []string{dir}, Write: []string{dir}}.Grant(engine.World{})
	require.NoError(t, err)
	defer release()
	out, err := runScript(`local fs, dir = require "fs", "`+dir+`"
		for _, call in ipairs { fs.read, fs.stat, fs.exists, fs.append, fs.write } do
			print(pcall(call, dir .. "/out/secret", "x"))
		end
		print(pcall(fs.list, dir .. "/out"))
		print(pcall(fs.mkdir, dir .. "/out/new"))
		for path, entry in fs.walk(dir) do print(fs.base(path), entry.is_dir) end
		fs.remove(dir .. "/out", { recursive = true })`, world)
	require.NoError(t, err)
	assert.NotContains(t, out, "true\thidden")
	assert.Equal(t, 7, countOf(out, "not allowed"), out)
	assert.Contains(t, out, "out\tfalse")
	assert.FileExists(t, filepath.Join(top, "other", "secret"), "the link is removed, not what it leads to")
	assert.NoFileExists(t, filepath.Join(dir, "out"))
}
