package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/stdlib/logline"
)

// shelf is a folder of job files, and its catalog.
type shelf struct {
	*Catalog
	t   *testing.T
	dir string
	log strings.Builder
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{t: t, dir: t.TempDir()}
	s.Catalog = NewCatalog([]string{s.dir}, plain, slog.New(logline.New(&s.log, slog.LevelInfo)))
	return s
}

// write writes a file as careful programs do, so that nobody sees half of it.
func (s *shelf) write(name, text string) {
	s.t.Helper()
	next := filepath.Join(s.t.TempDir(), "next")
	require.NoError(s.t, os.WriteFile(next, []byte(text), 0o600))
	require.NoError(s.t, os.Rename(next, filepath.Join(s.dir, name)))
}

func (s *shelf) remove(name string) {
	s.t.Helper()
	require.NoError(s.t, os.Remove(filepath.Join(s.dir, name)))
}

// names refreshes the catalog and lists its jobs with their time limits, by which
// the tests tell versions apart.
func (s *shelf) names() string {
	s.Refresh(s.t.Context())
	var names []string
	for _, d := range s.Jobs() {
		names = append(names, fmt.Sprintf("%s %v", d.Job.Name, d.Job.Timeout))
	}
	return strings.Join(names, ", ")
}

// logs is what was logged since it was called last.
func (s *shelf) logs() string {
	text := s.log.String()
	s.log.Reset()
	return text
}

func inSeconds(name string, seconds int) string {
	return fmt.Sprintf("return job { name = %q, timeout = %d, run = print }", name, seconds)
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	assert.Equal(t, "", s.names())
	s.write("a.lua", inSeconds("a", 1))
	s.write("b.lua", "return { "+strings.ReplaceAll(inSeconds("b1", 1)+","+inSeconds("b2", 1), "return", "")+"}")
	s.write("_module.lua", "error('is no job file')")
	s.write(".hidden.lua", "error('is no job file')")
	s.write("notes.txt", "nor is this")
	assert.Equal(t, "a 1s, b1 1s, b2 1s", s.names())
	assert.False(t, s.Refresh(t.Context()), "nothing has changed")
	s.logs()

	var described Described
	s.Observe = func(n News) {
		if d, ok := n.(Described); ok {
			described = d
		}
	}
	s.write("a.lua", inSeconds("a", 2))
	assert.Equal(t, "a 2s, b1 1s, b2 1s", s.names())
	assert.Len(t, described.Jobs, 3)
	assert.Contains(t, s.logs(), "a.lua jobs=1")
	s.remove("b.lua")
	assert.Equal(t, "a 2s", s.names())
	assert.Len(t, described.Jobs, 1)
	assert.Contains(t, s.logs(), "job file is gone")
}

func TestCatalogKeepsTheLastVersion(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.write("a.lua", inSeconds("a", 1))
	s.write("b.lua", "return job {")
	assert.Equal(t, "a 1s", s.names())
	logs := s.logs()
	assert.Contains(t, logs, "job file can't be loaded")
	assert.Contains(t, logs, "kept=0")
	for i, bad := range []string{"return 1", "return job {", `error("no")`, `return job { name = "a", tiemout = 1, run = print }`,
		`return job { name = "a", run = print, policy = { allowRead = "x" } }`} {
		s.write("a.lua", bad)
		assert.Equal(t, "a 1s", s.names())
		assert.Equal(t, "a 1s", s.names())
		logs := s.logs()
		assert.Equal(t, 1, strings.Count(logs, "a.lua error="), "reported once, %d: %s", i, logs)
		assert.Contains(t, logs, "kept=1")
		assert.NotContains(t, logs, "b.lua", "which was reported before")
	}
	s.write("a.lua", inSeconds("a", 3))
	assert.Equal(t, "a 3s", s.names())
	s.write("b.lua", inSeconds("b", 1))
	assert.Equal(t, "a 3s, b 1s", s.names())
}

func TestCatalogModules(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.write("_limits.lua", "return { sweep = 1 }")
	s.write("sweep.lua", `return job { name = "sweep", timeout = require("_limits").sweep, run = print }`)
	assert.Equal(t, "sweep 1s", s.names())
	s.write("_limits.lua", "return { sweep = 2 }")
	assert.Equal(t, "sweep 2s", s.names())
}

func TestCatalogNames(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.write("1.lua", inSeconds("a", 1))
	s.write("2.lua", inSeconds("a", 2))
	assert.Equal(t, "a 1s", s.names())
	assert.Contains(t, s.logs(), `two jobs are named \"a\"`)
	s.remove("1.lua")
	assert.Equal(t, "a 2s", s.names())
}

// A ConfigMap is mounted as links to files below a link, which is changed at once.
func TestCatalogOfAConfigMap(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	version := func(n int) {
		t.Helper()
		data := fmt.Sprintf("..version-%d", n)
		require.NoError(t, os.Mkdir(filepath.Join(s.dir, data), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(s.dir, data, "a.lua"), []byte(inSeconds("a", n)), 0o600))
		next := filepath.Join(s.dir, "..next")
		require.NoError(t, os.Symlink(data, next))
		require.NoError(t, os.Rename(next, filepath.Join(s.dir, "..data")))
	}
	version(1)
	require.NoError(t, os.Symlink("..data/a.lua", filepath.Join(s.dir, "a.lua")))
	assert.Equal(t, "a 1s", s.names())
	version(2)
	assert.Equal(t, "a 2s", s.names())
	assert.False(t, s.Refresh(t.Context()))
}

// Files that take their time take it together.
func TestCatalogOfSlowFiles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(t)
		for i := range readAtOnce - 1 {
			name := fmt.Sprint("slow-", i)
			s.write(name+".lua", "task.sleep(20) "+inSeconds(name, 1))
		}
		s.write("hangs.lua", "task.sleep(3600)")
		began := time.Now()
		assert.Equal(t, "slow-0 1s, slow-1 1s, slow-2 1s", s.names())
		assert.Equal(t, loadTime, time.Since(began))
		assert.Contains(t, s.logs(), "timed out after 30s")
	})
}

func TestCatalogOfNothing(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.write("a.lua", inSeconds("a", 1))
	assert.Equal(t, "a 1s", s.names())
	s.paths = append(s.paths, filepath.Join(s.dir, "gone"))
	assert.Equal(t, "a 1s", s.names())
	assert.Contains(t, s.logs(), "no such file")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	s.paths = s.paths[:1]
	s.write("a.lua", inSeconds("a", 2))
	assert.False(t, s.Refresh(cancelled))
	assert.Equal(t, "a 2s", s.names(), "what wasn't loaded then is loaded later")
}
