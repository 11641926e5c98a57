package schedule

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// loadTime is how long the main chunk of a job file may take where it is read only
// for what it describes.
const loadTime = 30 * time.Second

// Find lists the job files of some paths, in order: of a folder the files in it that
// end in ".lua", without those in folders below it and those whose names begin with
// a dot or "_".
func Find(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		entries, err := os.ReadDir(path)
		if err != nil {
			if _, err := os.Stat(path); err != nil {
				return nil, err
			}
			files = append(files, path)
			continue
		}
		for _, e := range entries {
			name := filepath.Join(path, e.Name())
			if filepath.Ext(name) != ".lua" || strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_") {
				continue
			}
			if regular(name, e) {
				files = append(files, name)
			}
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// regular tells whether an entry of a folder is a file, or a link to one: what a
// ConfigMap mounts are links.
func regular(name string, e os.DirEntry) bool {
	if e.Type()&os.ModeSymlink == 0 {
		return e.Type().IsRegular()
	}
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// Load reads what a job file describes.
func (machine Machine) Load(ctx context.Context, src engine.Source) ([]*engine.Job, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, loadTime, engine.TimedOut(loadTime))
	defer cancel()
	options, _ := machine(io.Discard, io.Discard)
	vm := engine.New(options)
	defer vm.Close()
	return vm.LoadJobs(ctx, src)
}

// LoadToRun reads what a job file describes, of which nothing may ask for more of the
// machine than its runs can have.
func (machine Machine) LoadToRun(ctx context.Context, src engine.Source) ([]*engine.Job, error) {
	jobs, err := machine.Load(ctx, src)
	if err != nil {
		return nil, err
	}
	return jobs, machine.grants(jobs)
}

// grants is an error where one of some jobs asks for more of the machine than its
// runs can have.
func (machine Machine) grants(jobs []*engine.Job) error {
	options, _ := machine(io.Discard, io.Discard)
	for _, j := range jobs {
		_, release, err := j.Narrowed(options.World)
		if err != nil {
			return err
		}
		release()
	}
	return nil
}

// LoadAll reads what job files describe. Jobs of one name are an error.
func (machine Machine) LoadAll(ctx context.Context, files []string) ([]*engine.Job, error) {
	var all []*engine.Job
	for _, name := range files {
		src, err := engine.FileSource(name)
		if err != nil {
			return nil, err
		}
		jobs, err := machine.Load(ctx, src)
		if err != nil {
			return nil, err
		}
		for _, j := range jobs {
			if i := slices.IndexFunc(all, func(other *engine.Job) bool { return other.Name == j.Name }); i >= 0 {
				return nil, sameName(all[i], j)
			}
			all = append(all, j)
		}
	}
	return all, nil
}

func sameName(a, b *engine.Job) error {
	return fmt.Errorf("two jobs are named %q: those of %s and %s", a.Name, a.Where, b.Where)
}
