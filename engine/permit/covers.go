package permit

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/kubelua/kubelua/engine"
)

// Within is an error that names a grant which makes no sense, or doesn't lie in one of the
// wide ones. It goes by names alone, as for a machine that isn't this one: where links lead isn't
// looked at, and a program is granted by the same name.
func (g Grants) Within(wide Grants) error {
	if kind, err := g.check(); err != nil {
		return fmt.Errorf("%s: %w", engine.PolicyKey(kind), err)
	}
	if wide.All {
		return nil
	}
	in := map[string]func(name string) bool{
		"read":  func(name string) bool { return coversPath(wide.Read, name) },
		"write": func(name string) bool { return coversPath(wide.Write, name) },
		"env":   func(name string) bool { return coversName(wide.Env, name) },
		"net": func(name string) bool {
			hostname, port := splitAddress(name)
			return coversAddress(wide.Net, hostname, port)
		},
		"run": func(name string) bool {
			return slices.Contains(wide.Run, everything) || slices.Contains(wide.Run, name)
		},
	}
	for kind, names := range (*engine.Grants)(&g).Kinds() {
		for _, name := range *names {
			if !in[kind](name) {
				return engine.NotGranted(kind, name)
			}
		}
	}
	return nil
}

// coversPath tells whether one of the grants covers a path, both as they are written.
func coversPath(granted []string, path string) bool {
	return slices.ContainsFunc(granted, func(wide string) bool {
		below, err := filepath.Rel(wide, path)
		return wide == everything || path != everything && err == nil && filepath.IsLocal(below)
	})
}

// coversName tells whether one of the grants covers a variable of the environment, or
// all those that a grant is for.
func coversName(granted []string, name string) bool {
	begin, _ := strings.CutSuffix(name, everything)
	return slices.ContainsFunc(granted, func(wide string) bool {
		start, many := strings.CutSuffix(wide, everything)
		return name == wide || many && strings.HasPrefix(begin, start)
	})
}

// coversAddress tells whether one of the grants covers a host and port, or all those
// that a grant is for.
func coversAddress(granted []string, hostname, port string) bool {
	return slices.ContainsFunc(granted, func(wide string) bool {
		wantHost, wantPort := splitAddress(wide)
		domain, below := strings.CutPrefix(wantHost, "*.")
		return (wantPort == "" || wantPort == port) &&
			(wantHost == everything || hostname == wantHost || below && strings.HasSuffix(hostname, "."+domain))
	})
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

// checkName refuses an empty name, and what looks like an address and would never match
// one.
func checkName(kind, granted string) error {
	if granted == "" {
		return errors.New("the name is empty")
	}
	if kind != "net" {
		return nil
	}
	hostname, port := splitAddress(granted)
	if hostname == "" || strings.ContainsAny(granted, "/ ") {
		return fmt.Errorf("%q is no address (want HOST, HOST:PORT or *.DOMAIN)", granted)
	}
	if _, err := strconv.ParseUint(port, 10, 16); port != "" && err != nil {
		return fmt.Errorf("%q has no port that is a number", granted)
	}
	return nil
}
