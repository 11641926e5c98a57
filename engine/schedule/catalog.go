package schedule

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// Catalog is the jobs of some files and folders, as they are now. A file that can't
// be loaded any more has the jobs of its last version that could. One goroutine uses
// it at a time.
type Catalog struct {
	// Observe gets news of the files.
	Observe Observer

	paths   []string
	machine Machine
	log     *slog.Logger

	files map[string]*jobFile    // by path
	seen  map[string]os.FileInfo // of all Lua files that may be a part of one
	told  map[string]string      // what was reported last, by file
}

// NewCatalog makes the catalog of some files and folders. It is empty before the
// first [Catalog.Refresh].
func NewCatalog(paths []string, machine Machine, log *slog.Logger) *Catalog {
	return &Catalog{paths: paths, machine: machine, log: log, files: map[string]*jobFile{}, told: map[string]string{}}
}

// jobFile is a file that was loaded, or tried.
type jobFile struct {
	sum   [sha256.Size]byte
	jobs  []*Definition // of the last version that could be loaded
	again time.Time     // when to try it again, because it may be the cluster that kept it from being loaded; zero for never
}

// reloadTime is how long to wait before that.
const reloadTime = 30 * time.Second

// touched tells, without reading it, whether a file has been written or is another
// one than before.
func touched(before, now os.FileInfo) bool {
	return before == nil || !os.SameFile(before, now) || before.Size() != now.Size() || !before.ModTime().Equal(now.ModTime())
}

// refreshTime is how often Follow looks at the files.
const refreshTime = 2 * time.Second

// Follow gives set the jobs whenever they have changed, until ctx ends.
func (c *Catalog) Follow(ctx context.Context, set func([]*Definition)) {
	ticker := time.NewTicker(refreshTime)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if c.Refresh(ctx) {
			set(c.Jobs())
		}
	}
}

// Refresh looks at the files and loads those that have changed. It tells whether
// the jobs have changed. What else is in the folder of a file counts as a part of
// it: it may be a module.
func (c *Catalog) Refresh(ctx context.Context) (changed bool) {
	names, err := Find(c.paths)
	if err != nil {
		c.report("", err) // they may be back soon
		return false
	}
	if c.told[""] != "" {
		c.Observe.tell(FileRead{})
		delete(c.told, "")
	}
	seen, folders := c.look(names)
	var due []string
	for _, name := range names {
		f := c.files[name]
		if folders[filepath.Dir(name)] || f == nil || !f.again.IsZero() && time.Now().After(f.again) {
			due = append(due, name)
		}
	}
	read := c.readAll(ctx, due)
	if ctx.Err() != nil {
		return false // what wasn't loaded now is next time
	}
	for i, name := range due {
		changed = c.take(name, read[i]) || changed
	}
	for name := range c.files {
		if !slices.Contains(names, name) {
			c.log.Info("job file is gone", "file", name)
			c.Observe.tell(FileRead{File: name, Gone: true})
			delete(c.files, name)
			delete(c.told, name)
			changed = true
		}
	}
	c.seen = seen
	return changed
}

// look looks at the files and the other Lua files beside them, and tells in which
// folders one has changed.
func (c *Catalog) look(names []string) (seen map[string]os.FileInfo, changed map[string]bool) {
	seen, changed = map[string]os.FileInfo{}, map[string]bool{}
	add := func(name string) {
		if seen[name] != nil {
			return
		}
		info, err := os.Stat(name)
		if err != nil {
			return
		}
		if seen[name] = info; touched(c.seen[name], info) {
			changed[filepath.Dir(name)] = true
		}
	}
	folders := map[string]bool{}
	for _, name := range names {
		add(name)
		folders[filepath.Dir(name)] = true
	}
	for folder := range folders {
		entries, _ := os.ReadDir(folder) // where that fails, the files are there nevertheless
		for _, e := range entries {
			if filepath.Ext(e.Name()) == ".lua" {
				add(filepath.Join(folder, e.Name()))
			}
		}
	}
	return seen, changed
}

// readAtOnce bounds how many files are read side by side: one whose main chunk takes
// its time keeps others waiting less.
const readAtOnce = 4

// reading is a file as it was read: not at all, or not as one that describes jobs,
// where there is an error.
type reading struct {
	src  engine.Source
	jobs []*engine.Job
	err  error
}

// readAll reads files side by side.
func (c *Catalog) readAll(ctx context.Context, names []string) []reading {
	all := make([]reading, len(names))
	slot := make(chan struct{}, readAtOnce)
	var wg sync.WaitGroup
	for i, name := range names {
		slot <- struct{}{}
		wg.Go(func() {
			defer func() { <-slot }()
			r := &all[i]
			if r.src, r.err = engine.FileSource(name); r.err == nil {
				r.jobs, r.err = c.machine.LoadToRun(ctx, r.src)
			}
		})
	}
	wg.Wait()
	return all
}

// take takes what was read, and tells whether the jobs of the file are others now.
func (c *Catalog) take(name string, r reading) (changed bool) {
	if r.src.Name == "" {
		c.report(name, r.err)
		return false
	}
	f := c.files[name]
	if f == nil {
		f = &jobFile{}
		c.files[name] = f
	}
	sum := sha256.Sum256([]byte(r.src.Text))
	if sum != f.sum {
		delete(c.told, name)
	}
	if r.err != nil {
		f.sum, f.again = sum, time.Now().Add(reloadTime)
		c.report(name, r.err)
		return false
	}
	if _, failed := c.told[name]; failed || sum != f.sum {
		c.log.Info("job file loaded", "file", name, "jobs", len(r.jobs))
		c.Observe.tell(FileRead{File: name})
	}
	delete(c.told, name)
	f.sum, f.jobs, f.again = sum, nil, time.Time{}
	for _, j := range r.jobs {
		f.jobs = append(f.jobs, &Definition{j, r.src})
	}
	return true
}

// report reports what is wrong with a file, once.
func (c *Catalog) report(name string, err error) {
	text := short(err)
	if c.told[name] == text {
		return
	}
	c.told[name] = text
	kept := 0
	if f := c.files[name]; f != nil {
		kept = len(f.jobs)
	}
	c.log.Error("job file can't be loaded", "file", name, "error", text, "kept", kept)
	c.Observe.tell(FileRead{File: name, Err: err})
}

// Jobs are the jobs of all files. Of several with one name the first counts, in the
// order of the files; the others are reported.
func (c *Catalog) Jobs() []*Definition {
	var all []*Definition
	var jobs []*engine.Job
	named := map[string]*Definition{}
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		for _, d := range c.files[name].jobs {
			if other := named[d.Job.Name]; other != nil {
				c.log.Error("job is left out", "error", sameName(other.Job, d.Job))
				continue
			}
			named[d.Job.Name] = d
			all, jobs = append(all, d), append(jobs, d.Job)
		}
	}
	c.Observe.tell(Described{jobs})
	return all
}
