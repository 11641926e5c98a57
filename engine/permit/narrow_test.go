package permit_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/permit"
)

// narrowed is a World with a part of its grants.
func narrowed(t *testing.T, w engine.World, part engine.Grants) (engine.World, error) {
	t.Helper()
	narrow, release, err := w.Narrow(w, part)
	if err == nil {
		t.Cleanup(release)
	}
	return narrow, err
}

func TestNarrowing(t *testing.T) {
	folder := inFolder(t, "a/one", "a/b/two", "ab/three", "four")
	for name, to := range map[string]string{"a/out": "../four", "in": "a/b", "a/up": ".."} {
		if err := os.Symlink(to, name); err != nil {
			t.Skip(err)
		}
	}
	reads := func(names ...string) engine.Grants { return engine.Grants{Read: names} }
	env := func(names ...string) engine.Grants { return engine.Grants{Env: names} }
	net := func(names ...string) engine.Grants { return engine.Grants{Net: names} }
	run := func(names ...string) engine.Grants { return engine.Grants{Run: names} }
	for _, tt := range []struct {
		name       string
		wide, part engine.Grants
		want       string // the error; "" for none
	}{
		{"nothing of nothing", reads(), reads(), ""},
		{"a file of nothing", reads(), reads("four"), "allowRead four: not allowed (--allow-read=four grants it)"},
		{"a file of everything", reads("*"), reads("four"), ""},
		{"everything of everything", reads("*"), reads("*"), ""},
		{"everything of the root", reads("/"), reads("*"), "allowRead *: not allowed (--allow-read='*' grants it)"},
		{"all grants", engine.Grants{All: true}, engine.Grants{Read: []string{"*"}, Write: []string{"a"}, Env: []string{"*"}, Net: []string{"*"}, Run: []string{"*"}}, ""},
		{"a file of a folder", reads("a"), reads("a/one"), ""},
		{"a folder of a folder", reads("a"), reads("a/b"), ""},
		{"the folder itself, otherwise", reads("a"), reads(filepath.Join(folder, "ab", "..", "a")), ""},
		{"what isn't there yet", reads("a"), reads("a/new"), ""},
		{"the folder above", reads("a/b"), reads("a"), "allowRead a: not allowed"},
		{"a folder whose name begins alike", reads("a"), reads("ab"), "allowRead ab: not allowed"},
		{"by a link into it", reads("a"), reads("in"), ""},
		{"by a link out of it", reads("a"), reads("a/out"), "allowRead a/out: not allowed"},
		{"by a link up", reads("a"), reads("a/up/four"), "allowRead a/up/four: not allowed"},
		{"by dots", reads("a"), reads("a/../four"), "allowRead a/../four: not allowed"},
		{"a file of that file", reads("four"), reads("./four"), ""},
		{"below a file", reads("*"), reads("four/x"), "not a directory"},
		{"below a file that is granted", reads("four"), reads("four/x"), "allowRead four/x: not allowed"},
		{"below a file that isn't granted", reads("a"), reads("four/x"), "allowRead four/x: not allowed"},
		{"below a folder that isn't granted", reads("a"), reads("ab/x"), "allowRead ab/x: not allowed"},
		{"one of two", reads("a"), reads("a/one", "four"), "allowRead four: not allowed"},
		{"no path", reads("*"), reads(""), "allowRead: the name is empty"},
		{"writing what may be read", reads("a"), engine.Grants{Write: []string{"a"}}, "allowWrite a: not allowed (--allow-write=a grants it)"},
		{"a variable", env("A", "CI_*"), env("CI_JOB", "A"), ""},
		{"another variable", env("A", "CI_*"), env("AB"), "allowEnv AB: not allowed (--allow-env=AB grants it)"},
		{"a narrower pattern", env("CI_*"), env("CI_JOB_*"), ""},
		{"a wider pattern", env("CI_*"), env("CI*"), "allowEnv CI*: not allowed (--allow-env='CI*' grants it)"},
		{"patterns that seem one", env("CI_**"), env("CI_*"), "allowEnv CI_*: not allowed"},
		{"all variables", env("CI_*"), env("*"), "allowEnv *: not allowed"},
		{"an address", net("a.example:443"), net("A.example:443"), ""},
		{"all ports of one", net("a.example:443"), net("a.example"), "allowNet a.example: not allowed (--allow-net=a.example grants it)"},
		{"one port of all", net("a.example"), net("a.example:80"), ""},
		{"a server below a domain", net("*.example.com:443"), net("a.b.example.com:443"), ""},
		{"a domain below a domain", net("*.example.com"), net("*.b.example.com:443"), ""},
		{"the domain itself", net("*.example.com"), net("example.com"), "allowNet example.com: not allowed"},
		{"the domain above", net("*.b.example.com"), net("*.example.com"), "allowNet *.example.com: not allowed"},
		{"all servers", net("*.example.com"), net("*"), "allowNet *: not allowed"},
		{"all servers at one port", net("*:443"), net("*.example.com:443", "[::1]:443"), ""},
		{"all ports of all servers", net("*:443"), net("*"), "allowNet *: not allowed"},
		{"no address", net("*"), net("a b"), `allowNet: "a b" is no address`},
		{"a port by name", net("*"), net("a:https"), `allowNet: "a:https" has no port that is a number`},
		{"a program", run("go"), run("go"), ""},
		{"another program", run("go"), run("ls"), "allowRun ls: not allowed (--allow-run=ls grants it)"},
		{"a program of all", run("*"), run("go"), ""},
		{"no program", run("*"), run("no-such-program"), "allowRun: no program no-such-program"},
		{"all programs", run("go"), run("*"), "allowRun *: not allowed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := narrowed(t, granted(t, permit.Grants(tt.wide)), tt.part)
			if tt.want == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.want)
			}
		})
	}
}

// What is narrow can be narrowed further, and never widened.
func TestNarrowingTwice(t *testing.T) {
	inFolder(t, "a/one", "a/b/two")
	world := granted(t, permit.Grants{Read: []string{"a"}, Env: []string{"*"}})
	world, err := narrowed(t, world, engine.Grants{Read: []string{"a/b"}})
	require.NoError(t, err)
	assert.Nil(t, world.Getenv)
	_, err = narrowed(t, world, engine.Grants{Read: []string{"a/one"}})
	assert.True(t, isDenied(err), "%v", err)
	_, err = narrowed(t, world, engine.Grants{Env: []string{"HOME"}})
	assert.True(t, isDenied(err), "%v", err)
	world, err = narrowed(t, world, engine.Grants{Read: []string{"a/b/two"}})
	require.NoError(t, err)
	f, err := world.OpenFile("a/b/two", os.O_RDONLY)
	require.NoError(t, err)
	assert.NoError(t, f.Close())
}

// A folder that becomes a link before it is narrowed doesn't lead out.
func TestNarrowingWhatChanges(t *testing.T) {
	inFolder(t, "a/b/two", "secret/b/two")
	world := granted(t, permit.Grants{Read: []string{"a"}})
	require.NoError(t, os.Rename("a", "before"))
	if err := os.Symlink("secret", "a"); err != nil {
		t.Skip(err)
	}
	_, err := narrowed(t, world, engine.Grants{Read: []string{"a/b"}})
	assert.True(t, isDenied(err), "%v", err)
}

// What was granted by its name may come to be a folder, in which nothing is granted. It can
// still be asked for.
func TestNarrowingWhatBecomesAFolder(t *testing.T) {
	inFolder(t, "four")
	world := granted(t, permit.Grants{Write: []string{"new"}})
	require.NoError(t, world.Mkdir("new"))
	world, err := narrowed(t, world, engine.Grants{Write: []string{"new"}})
	require.NoError(t, err)
	_, err = world.OpenFile("new/file", os.O_WRONLY|os.O_CREATE)
	assert.True(t, isDenied(err), "%v", err)
	_, err = narrowed(t, world, engine.Grants{Write: []string{"new/file"}})
	assert.True(t, isDenied(err), "%v", err)
}

// Whatever narrow grants let a script do, the wide ones do, too; and by names alone the
// answer is the same.
func TestNarrowedIsWithinTheWide(t *testing.T) {
	folder := inFolder(t, "a/one", "a/b/two", "ab/three", "four", "c/five")
	for name, to := range map[string]string{"a/out": "../four", "in": "a/b", "a/up": "..", "c/a": "../a"} {
		if err := os.Symlink(to, name); err != nil {
			t.Skip(err)
		}
	}
	t.Setenv("AB_C", "1")
	t.Setenv("AB_", "1")
	t.Setenv("A", "1")
	paths := []string{"*", ".", "a", "a/b", "a/one", "a/b/two", "ab", "in", "a/out", "a/up", "c/a/b", "c", "four", "a/../four", folder, "a/new"}
	names := []string{"*", "A", "A*", "AB*", "AB_", "AB_*", "AB_C", "AB_**", "B*"}
	hosts := []string{"*", "a", "a:1", "*:1", "*.a", "*.a:1", "*.b.a", "b.a", "b.a:1", "c.b.a:2", "[::1]:1"}
	programs := []string{"*", "go", "ls", "cat"}
	random := rand.New(rand.NewPCG(1, 2))
	some := func(of []string) (chosen []string) {
		for range random.IntN(3) {
			chosen = append(chosen, of[random.IntN(len(of))])
		}
		return chosen
	}
	grants := func() engine.Grants {
		return engine.Grants{Read: some(paths), Write: some(paths), Env: some(names), Net: some(hosts), Run: some(programs)}
	}
	within := 0
	for range 3000 {
		wide, part := grants(), grants()
		world := granted(t, permit.Grants(wide))
		narrow, err := narrowed(t, world, part)
		if err != nil {
			require.True(t, isDenied(err), "%v", err)
			continue
		}
		within++
		compare := func(name string, wideErr, narrowErr error) {
			require.False(t, isDenied(wideErr) && !isDenied(narrowErr), "%s: by %+v, a part of %+v", name, part, wide)
		}
		for _, path := range paths {
			if narrow.OpenFile != nil {
				require.NotNil(t, world.OpenFile)
				_, wideErr := world.Stat(path)
				_, narrowErr := narrow.Stat(path)
				compare(path, wideErr, narrowErr)
				compare(path, world.Mkdir(path), narrow.Mkdir(path))
			}
		}
		for _, name := range []string{"A", "AB_", "AB_C"} {
			if narrow.Getenv != nil {
				_, wideSet := world.Getenv(name)
				_, narrowSet := narrow.Getenv(name)
				require.True(t, wideSet || !narrowSet, "%s: by %+v, a part of %+v", name, part, wide)
			}
		}
		for _, address := range []string{"a:1", "a:2", "b.a:1", "c.b.a:1", "c.b.a:2", "b:1", "[::1]:1"} {
			if narrow.Connect != nil {
				compare(address, world.Connect(address), narrow.Connect(address))
			}
		}
		for _, program := range programs {
			if narrow.Program != nil {
				_, wideErr := world.Program(program)
				_, narrowErr := narrow.Program(program)
				compare(program, wideErr, narrowErr)
			}
		}
		part.Read, part.Write = nil, nil // where links lead isn't in the names
		assert.NoError(t, permit.Grants(part).Within(permit.Grants(wide)))
	}
	assert.Greater(t, within, 100)
}

func TestWithin(t *testing.T) {
	for _, tt := range []struct{ wide, name, want string }{
		{"/etc/kubelua", "/etc/kubelua/x", ""},
		{"/etc/kubelua/", "/etc/kubelua", ""},
		{"/etc/kubelua", "/etc/kubelua-too", "allowRead /etc/kubelua-too: not allowed"},
		{"/etc/kubelua", "/etc/kubelua/../passwd", "allowRead /etc/kubelua/../passwd: not allowed"},
		{"/etc", "etc", "allowRead etc: not allowed"},
		{"data", "./data/x", ""},
		{"data", "*", "allowRead *: not allowed"},
		{"*", "anything", ""},
		{"*", "*", ""},
	} {
		err := permit.Grants{Read: []string{tt.name}}.Within(permit.Grants{Read: []string{tt.wide}})
		if tt.want == "" {
			assert.NoError(t, err, "%s in %s", tt.name, tt.wide)
		} else {
			assert.ErrorContains(t, err, tt.want)
		}
	}
	assert.NoError(t, permit.Grants{Run: []string{"git"}}.Within(permit.Grants{All: true}))
}
