// Package permit turns what a user grants into the handlers by which scripts
// reach the machine, see [engine.World].
//
// A grant is for one thing: a file or a folder with all below it, a variable,
// an address, a program. Nothing is granted by itself, and no grant brings
// another along, with one exception: a program that a script may run can do
// whatever the user can, so a grant to run one is as wide as the program.
//
// A job may ask for a part of what is granted: each of its grants must lie in
// one of those.
package permit

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib/host"
)

// Grants are what a user lets scripts do to the machine.
type Grants engine.Grants

// everything is the grant of all there is of a kind.
const everything = "*"

// Grant gives a World the handlers for what is granted, in the place of those that
// it has, and one that narrows them. Paths are resolved now. The World's scripts may
// run until release is called.
func (g Grants) Grant(w engine.World) (granted engine.World, release func(), err error) {
	from, err := os.Getwd()
	if err != nil {
		return w, nil, err
	}
	m := user(from)
	if g.All {
		return m.world(w), m.release, nil
	}
	part, kind, _, err := m.part(engine.Grants(g))
	if err != nil {
		return w, nil, fmt.Errorf("--allow-%s: %w", kind, err)
	}
	return part.world(w), part.release, nil
}

// Check refuses names that make no sense on any machine.
func (g Grants) Check() error {
	if kind, err := g.check(); err != nil {
		return fmt.Errorf("--allow-%s: %w", kind, err)
	}
	return nil
}

func (g Grants) check() (kind string, err error) {
	for kind, names := range (*engine.Grants)(&g).Kinds() {
		for _, name := range *names {
			if err := checkName(kind, name); err != nil {
				return kind, err
			}
		}
	}
	return "", nil
}

// user is the machine of whoever may do everything.
func user(from string) *machine {
	all := []string{everything}
	anywhere := places{everywhere: true, from: from}
	return &machine{grants: engine.Grants{Read: all, Write: all, Env: all, Net: all, Run: all}, read: anywhere, write: anywhere}
}

// narrow is [engine.World.Narrow].
func (m *machine) narrow(w engine.World, g engine.Grants) (narrowed engine.World, release func(), err error) {
	part, kind, name, err := m.part(g)
	switch {
	case errors.Is(err, errOutside):
		return w, nil, engine.NotGranted(kind, name)
	case err != nil:
		return w, nil, fmt.Errorf("%s: %w", engine.PolicyKey(kind), err)
	}
	return part.world(w), part.release, nil
}

// part is a machine for grants that lie in those of this one. Where one doesn't, or
// makes no sense, the error is about its kind and name.
func (m *machine) part(g engine.Grants) (part *machine, kind, name string, err error) {
	part = &machine{grants: g, read: places{from: m.read.from}, write: places{from: m.write.from}, programs: map[string]string{}}
	for kind, names := range g.Kinds() {
		for _, name := range *names {
			if err := part.add(kind, name, m); err != nil {
				part.release()
				return nil, kind, name, err
			}
		}
	}
	return part, "", "", nil
}

// add adds a grant that lies in those of a machine, else it is errOutside.
func (m *machine) add(kind, name string, of *machine) (err error) {
	if err := checkName(kind, name); err != nil {
		return err
	}
	var covered bool
	switch {
	case kind == "read":
		return m.read.add(name, of.read)
	case kind == "write":
		return m.write.add(name, of.write)
	case kind == "env":
		covered = coversName(of.grants.Env, name)
	case kind == "net":
		hostname, port := splitAddress(name)
		covered = coversAddress(of.grants.Net, hostname, port)
	case name == everything:
		covered = slices.Contains(of.grants.Run, everything)
	default:
		m.programs[name], err = of.program(name)
		covered = !errors.Is(err, host.ErrDenied)
	}
	if !covered {
		return errOutside
	}
	return err
}
