package permit

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib/host"
)

// machine is the handlers for some grants.
type machine struct {
	grants      engine.Grants
	read, write places
	programs    map[string]string // path by name, of what may be run
}

// world is a World with the handlers.
func (m *machine) world(w engine.World) engine.World {
	w = w.Streams()
	w.Narrow = m.narrow
	if len(m.grants.Read)+len(m.grants.Write) > 0 {
		w.OpenFile, w.Remove, w.Rename = m.openFile, m.remove, m.rename
		w.Stat, w.ReadDir, w.Mkdir = m.stat, m.readDir, m.mkdir
	}
	if len(m.grants.Env) > 0 {
		w.Getenv = m.getenv
	}
	if len(m.grants.Net) > 0 {
		w.Connect = m.connect
	}
	if len(m.grants.Run) > 0 {
		w.Program = m.program
	}
	return w
}

// release closes the folders.
func (m *machine) release() {
	m.read.close()
	m.write.close()
}

func (m *machine) openFile(path string, flags int) (host.File, error) {
	writes := flags&(os.O_WRONLY|os.O_RDWR) != 0
	// What the call makes itself holds nothing yet that could be read.
	reads := flags&os.O_WRONLY == 0 && flags&(os.O_CREATE|os.O_EXCL) != os.O_CREATE|os.O_EXCL
	verb, in := "read", m.read
	if writes {
		if err := m.read.check(path); reads && err != nil {
			return nil, denied(err, "read", path, "read")
		}
		verb, in = "write", m.write
	}
	f, err := in.open(path, flags)
	if err != nil {
		return nil, denied(err, verb, path, verb)
	}
	return f, nil
}

func (m *machine) remove(path string) error {
	return denied(m.write.remove(path), "remove", path, "write")
}

func (m *machine) stat(path string) (fs.FileInfo, error) {
	info, err := m.read.stat(path)
	return info, denied(err, "read", path, "read")
}

func (m *machine) readDir(path string) ([]fs.DirEntry, error) {
	entries, err := m.read.readDir(path)
	return entries, denied(err, "read", path, "read")
}

func (m *machine) mkdir(path string) error {
	return denied(m.write.mkdir(path), "write", path, "write")
}

func (m *machine) rename(from, to string) error {
	what := "rename " + from + " to " + to
	// Nothing comes to where it may be read that couldn't be read before: neither
	// by its own way, nor along with the folder that was granted.
	if m.read.has(to) && m.read.check(from) != nil {
		return denied(errOutside, what+": read", from, "read")
	}
	if m.read.within(from) {
		return fmt.Errorf("%s: what --allow-read grants lies in it", what)
	}
	err := m.write.rename(from, to)
	var outside *fs.PathError
	if errors.As(err, &outside) && outside.Err == errOutside {
		return denied(errOutside, what+": write", outside.Path, "write")
	}
	return denied(err, "rename "+from+" to", to, "write")
}

// denied makes of an error of places one that a script gets: [engine.Denied]
// where the path isn't granted.
func denied(err error, verb, path, flag string) error {
	if errors.Is(err, errOutside) {
		return engine.Denied(verb+" "+path, flag, path)
	}
	return err
}

func (m *machine) getenv(name string) (string, bool) {
	if !coversName(m.grants.Env, name) {
		return "", false
	}
	return os.LookupEnv(name)
}

func (m *machine) connect(address string) error {
	hostname, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if !coversAddress(m.grants.Net, strings.ToLower(strings.TrimSuffix(hostname, ".")), port) {
		return engine.Denied("connect to "+address, "net", address)
	}
	return nil
}

func (m *machine) program(name string) (string, error) {
	if path, ok := m.programs[name]; ok {
		return path, nil
	}
	path, err := find(name)
	if slices.Contains(m.grants.Run, everything) {
		return path, err
	}
	if err == nil {
		// One that is granted by its path may be called by another one.
		for granted, known := range m.programs {
			if path == known && filepath.Base(granted) != granted && filepath.Base(name) != name {
				return path, nil
			}
		}
	}
	return "", engine.Denied("run "+name, "run", name)
}

// find finds a program by its name in $PATH, or by its path.
func find(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("no program %s: %w", name, reason(err))
	}
	return filepath.Abs(path)
}

// reason is an error without the name that it is about.
func reason(err error) error {
	var look *exec.Error
	if errors.As(err, &look) {
		return look.Err
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
