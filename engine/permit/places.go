package permit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// errOutside is the error for a path that no place covers.
var errOutside = errors.New("outside of what is granted")

// places are files and folders of a grant.
type places struct {
	everywhere bool
	all        []place
	from       string // folder where relative paths start
}

// place is a file, or a folder with all below it. What is opened in it is opened
// through its root: whatever becomes of the folders and links on the way there
// meanwhile, it doesn't lead out.
type place struct {
	path string   // real path of the folder
	root *os.Root // of that folder
	name string   // the one name in it that is granted, "" for all
}

// add adds what a path leads to, which is errOutside where that doesn't lie in the
// wider places. A path that leads to nothing is a file that may come to be.
func (p *places) add(path string, wide places) error {
	switch {
	case path == everything && !wide.everywhere:
		return errOutside
	case path == everything:
		p.everywhere = true
		return nil
	}
	in, err := wide.part(path)
	if err == nil {
		p.all = append(p.all, in)
	}
	return err
}

// part is the place that a path leads to. It is opened by way of the one that covers it:
// whatever becomes of it meanwhile, it doesn't lead out.
func (p places) part(path string) (place, error) {
	if p.everywhere {
		real, err := p.resolve(path)
		if err != nil {
			return place{}, err
		}
		in := placeAt(real)
		in.root, err = os.OpenRoot(in.path)
		return in, err
	}
	around, name, err := p.find(path, p.resolve)
	if err != nil {
		return place{}, err
	}
	in := place{path: around.path, name: around.name} // one file stays one, also where a folder has taken its place
	if around.name == "" {
		in = placeAt(filepath.Join(around.path, name))
	}
	folder, err := filepath.Rel(around.path, in.path)
	if err != nil {
		return place{}, err
	}
	in.root, err = around.root.OpenRoot(folder)
	return in, inside(err)
}

// placeAt is the place of a real path, which isn't opened: all of a folder, or a file.
func placeAt(real string) place {
	if info, err := os.Stat(real); err == nil && info.IsDir() {
		return place{path: real}
	}
	return place{path: filepath.Dir(real), name: filepath.Base(real)}
}

func (p places) close() {
	for _, in := range p.all {
		_ = in.root.Close()
	}
}

// absolute is a path from the root of the file system, without "..".
func (p places) absolute(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.from, path)
	}
	return filepath.Clean(path)
}

// resolve is where a path leads, with all symbolic links followed as far as
// there is something.
func (p places) resolve(path string) (string, error) {
	path = p.absolute(path)
	rest := ""
	for at := path; ; {
		real, err := filepath.EvalSymlinks(at)
		switch {
		case err == nil:
			return filepath.Join(real, rest), nil
		case !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at):
			return "", err
		}
		rest = filepath.Join(filepath.Base(at), rest)
		at = filepath.Dir(at)
	}
}

// entry is where a path leads, but for its last name, which may be a link.
func (p places) entry(path string) (string, error) {
	path = p.absolute(path)
	folder, err := p.resolve(filepath.Dir(path))
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, filepath.Base(path)), nil
}

// covering is the place that a real path lies in, and its name there.
func (p places) covering(real string) (place, string, error) {
	for _, in := range p.all {
		name, err := filepath.Rel(in.path, real)
		if err == nil && filepath.IsLocal(name) && (in.name == "" || in.name == name) {
			return in, name, nil
		}
	}
	return place{}, "", errOutside
}

// find is the place that a path leads to. An error that hides whether something
// is there is errOutside.
func (p places) find(path string, resolve func(string) (string, error)) (place, string, error) {
	real, err := resolve(path)
	if err != nil {
		if _, _, outside := p.covering(p.absolute(path)); outside != nil {
			return place{}, "", errOutside
		}
		return place{}, "", err
	}
	return p.covering(real)
}

// check is nil if a path is covered.
func (p places) check(path string) error {
	if p.everywhere {
		return nil
	}
	_, _, err := p.find(path, p.resolve)
	return err
}

// has tells whether a path, not what it may lead to as a link, is covered.
func (p places) has(path string) bool {
	_, _, err := p.find(path, p.entry)
	return p.everywhere || err == nil
}

// within tells whether there is a place in the folder that a path is, or the
// folder is one.
func (p places) within(path string) bool {
	folder, err := p.entry(path)
	return err == nil && slices.ContainsFunc(p.all, func(in place) bool {
		name, err := filepath.Rel(folder, in.path)
		return err == nil && filepath.IsLocal(name)
	})
}

// newFile are the permissions of files that a script makes, before the umask.
const newFile = 0o666

func (p places) open(path string, flags int) (*os.File, error) {
	if p.everywhere {
		return os.OpenFile(p.absolute(path), flags, newFile)
	}
	in, name, err := p.followed(path)
	if err != nil {
		return nil, err
	}
	f, err := in.root.OpenFile(name, flags, newFile)
	return f, inside(err)
}

// followed is the place that a path leads to, with all links followed, and its
// name there.
func (p places) followed(path string) (place, string, error) {
	in, name, err := p.find(path, p.resolve)
	if err == nil && in.name != "" {
		// A link that takes the place of the file would lead to another one.
		if info, err := in.root.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return place{}, "", errOutside
		}
	}
	return in, name, err
}

func (p places) stat(path string) (fs.FileInfo, error) {
	if p.everywhere {
		return os.Stat(p.absolute(path))
	}
	in, name, err := p.followed(path)
	if err != nil {
		return nil, err
	}
	info, err := in.root.Stat(name)
	return info, inside(err)
}

func (p places) readDir(path string) ([]fs.DirEntry, error) {
	folder, err := p.open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	entries, err := folder.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// newFolder are the permissions of folders that a script makes, before the umask.
const newFolder = 0o777

func (p places) mkdir(path string) error {
	if p.everywhere {
		return os.MkdirAll(p.absolute(path), newFolder)
	}
	in, name, err := p.followed(path)
	if err != nil {
		return err
	}
	return inside(in.root.MkdirAll(name, newFolder))
}

func (p places) remove(path string) error {
	if p.everywhere {
		return os.Remove(p.absolute(path))
	}
	in, name, err := p.find(path, p.entry)
	if err != nil {
		return err
	}
	return inside(in.root.Remove(name))
}

// rename renames within a place. Its error names the path that isn't covered.
func (p places) rename(from, to string) error {
	if p.everywhere {
		return os.Rename(p.absolute(from), p.absolute(to))
	}
	in, nameFrom, err := p.find(from, p.entry)
	if err != nil {
		return &fs.PathError{Op: "rename", Path: from, Err: err}
	}
	other, nameTo, err := p.find(to, p.entry)
	switch {
	case err != nil:
		return &fs.PathError{Op: "rename", Path: to, Err: err}
	case in.path == other.path:
		return inside(in.root.Rename(nameFrom, nameTo))
	}
	// One of the two places may lie in another one.
	realFrom, realTo := filepath.Join(in.path, nameFrom), filepath.Join(other.path, nameTo)
	for _, around := range p.all {
		one := places{all: []place{around}}
		_, nameFrom, errFrom := one.covering(realFrom)
		_, nameTo, errTo := one.covering(realTo)
		if errFrom == nil && errTo == nil {
			return inside(around.root.Rename(nameFrom, nameTo))
		}
	}
	return errors.New("the two are not in one folder that is granted")
}

// inside makes errOutside of the error for a path that leads out of a root, which
// os has no name for.
func inside(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) && path.Err.Error() == "path escapes from parent" {
		return errOutside
	}
	return err
}
