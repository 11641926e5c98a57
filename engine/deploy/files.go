package deploy

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/schedule"
)

// File is a file that runs in the cluster: one that describes jobs, or a module
// that such files require.
type File struct {
	Path string // below the folder of the jobs, with slashes
	Text string
	Jobs []*engine.Job // nil for a module
}

// Read reads the job files of some paths, as [schedule.Find] lists them, and the
// modules of folders: files that end in ".lua" in folders below, and those whose
// names begin with "_". load reads what a file describes.
func Read(ctx context.Context, paths []string, load func(context.Context, engine.Source) ([]*engine.Job, error)) ([]File, error) {
	var files []File
	for _, root := range paths {
		jobs, err := schedule.Find([]string{root})
		if err != nil {
			return nil, err
		}
		for _, name := range jobs {
			src, err := engine.FileSource(name)
			if err != nil {
				return nil, err
			}
			f := File{Path: filepath.Base(name), Text: src.Text}
			if f.Jobs, err = load(ctx, src); err != nil {
				return nil, err
			}
			files = append(files, f)
		}
		modules, err := readModules(root, jobs)
		if err != nil {
			return nil, err
		}
		files = append(files, modules...)
	}
	return files, checkFiles(files)
}

// readModules reads the files of a folder that describe no jobs.
func readModules(root string, jobs []string) ([]File, error) {
	var files []File
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == root {
			return err
		}
		if strings.HasPrefix(e.Name(), ".") {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if e.IsDir() || filepath.Ext(name) != ".lua" || slices.Contains(jobs, name) {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, name)
		files = append(files, File{Path: filepath.ToSlash(below), Text: string(text)})
		return err
	})
	return files, err
}

// checkFiles refuses files that would be one in the cluster, and jobs of one name.
func checkFiles(files []File) error {
	paths, jobs := map[string]bool{}, map[string]string{}
	for _, f := range files {
		if paths[f.Path] {
			return fmt.Errorf("two files would be %s in the cluster", f.Path)
		}
		paths[f.Path] = true
		for _, j := range f.Jobs {
			if other, there := jobs[j.Name]; there {
				return fmt.Errorf("two jobs are named %q: those of %s and %s", j.Name, other, j.Where)
			}
			jobs[j.Name] = j.Where
		}
	}
	if len(jobs) == 0 {
		return fmt.Errorf("there are no job files")
	}
	return nil
}

// maxFiles bounds the files of a ConfigMap, which may have 1 MiB in all.
const maxFiles = 1000 << 10

// folder is where the files are in pods.
const folder = "/jobs"

// configMap is the ConfigMap of the files.
func (o *Options) configMap() (object, error) {
	data, size := object{}, 0
	for _, f := range o.Files {
		data[key(f.Path)] = f.Text
		size += len(f.Text)
	}
	if size > maxFiles {
		return nil, fmt.Errorf("the files have %d KiB, and a ConfigMap holds %d", size>>10, maxFiles>>10)
	}
	return object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": o.meta(o.filesName()), "data": data}, nil
}

func (o *Options) filesName() string { return o.Name + "-files" }

// key is the key of a file in the ConfigMap, in which it can't have slashes.
func key(path string) string { return strings.ReplaceAll(path, "/", "..") }

// volume is the volume of the files. Without a list of items it follows changes of
// the ConfigMap's keys, too.
func (o *Options) volume() object {
	source := object{"name": o.filesName()}
	var items []object
	for _, f := range o.Files {
		if path.Dir(f.Path) != "." {
			source["items"] = &items
		}
		items = append(items, object{"key": key(f.Path), "path": f.Path})
	}
	return object{"name": "jobs", "configMap": source}
}
