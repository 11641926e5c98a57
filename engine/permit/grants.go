// Package permit turns what a user grants into the handlers by which scripts
// reach the machine, see [engine.World].
//
// A grant is for one thing: a file or a folder with all below it, a variable,
// an address, a program. Nothing is granted by itself, and no grant brings
// another along, with one exception: a program that a script may run can do
// whatever the user can, so a grant to run one is as wide as the program.
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

// Grants are what a user lets scripts do to the machine. The zero Grants are
// nothing. In each list "*" is everything.
type Grants struct {
	// Read and Write are files, and folders with all below them. Relative ones
	// start at the working directory. A file that doesn't exist yet is granted
	// by its name.
	Read, Write []string

	// Env are names of environment variables. One that ends in "*" is for all
	// that start like it.
	Env []string

	// Net are HOST:PORT, HOST (every port), and *.DOMAIN[:PORT].
	Net []string

	// Run are programs: by name, found in $PATH, or by path.
	Run []string

	// All grants everything.
	All bool
}

// everything is the grant of all there is of a kind.
const everything = "*"

// machine is the handlers.
type machine struct {
	grants      Grants
	read, write places
	programs    map[string]string // path by name, of what may be run
}

// Grant gives a World the handlers for what is granted, and leaves the others
// nil. Paths are resolved now. The World's scripts may run until release is
// called.
func (g Grants) Grant(w engine.World) (granted engine.World, release func(), err error) {
	if g.All {
		all := []string{everything}
		g = Grants{Read: all, Write: all, Env: all, Net: all, Run: all}
	}
	m := &machine{grants: g, programs: make(map[string]string)}
	defer func() {
		if err != nil {
			m.release()
		}
	}()
	if m.read, err = newPlaces(g.Read); err != nil {
		return w, nil, fmt.Errorf("--allow-read: %w", err)
	}
	if m.write, err = newPlaces(g.Write); err != nil {
		return w, nil, fmt.Errorf("--allow-write: %w", err)
	}
	for _, name := range g.Net {
		if err := checkAddress(name); err != nil {
			return w, nil, fmt.Errorf("--allow-net: %w", err)
		}
	}
	for _, name := range g.Run {
		if name == everything {
			continue
		}
		path, err := find(name)
		if err != nil {
			return w, nil, fmt.Errorf("--allow-run: %w", err)
		}
		m.programs[name] = path
	}
	if len(g.Read)+len(g.Write) > 0 {
		w.OpenFile, w.Remove, w.Rename = m.openFile, m.remove, m.rename
		w.Stat, w.ReadDir, w.Mkdir = m.stat, m.readDir, m.mkdir
	}
	if len(g.Env) > 0 {
		w.Getenv = m.getenv
	}
	if len(g.Net) > 0 {
		w.Connect = m.connect
	}
	if len(g.Run) > 0 {
		w.Program = m.program
	}
	return w, m.release, nil
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
	for _, granted := range m.grants.Env {
		start, all := strings.CutSuffix(granted, everything)
		if name == granted || all && strings.HasPrefix(name, start) {
			return os.LookupEnv(name)
		}
	}
	return "", false
}

func (m *machine) connect(address string) error {
	hostname, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	hostname = strings.ToLower(strings.TrimSuffix(hostname, "."))
	for _, granted := range m.grants.Net {
		wantHost, wantPort := splitAddress(granted)
		if wantPort != "" && wantPort != port {
			continue
		}
		domain, below := strings.CutPrefix(wantHost, "*.")
		if wantHost == everything || hostname == wantHost || below && strings.HasSuffix(hostname, "."+domain) {
			return nil
		}
	}
	return engine.Denied("connect to "+address, "net", address)
}

// splitAddress splits HOST, HOST:PORT, [IPv6] or [IPv6]:PORT. Names are in lower
// case.
func splitAddress(granted string) (hostname, port string) {
	hostname, port, err := net.SplitHostPort(granted)
	if err != nil {
		hostname, port = strings.Trim(granted, "[]"), ""
	}
	return strings.ToLower(hostname), port
}

// checkAddress refuses what looks like an address and would never match one.
func checkAddress(granted string) error {
	hostname, port := splitAddress(granted)
	if hostname == "" || strings.ContainsAny(hostname, "/ ") || strings.ContainsAny(port, "/ ") {
		return fmt.Errorf("%q is no address (want HOST, HOST:PORT or *.DOMAIN)", granted)
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
