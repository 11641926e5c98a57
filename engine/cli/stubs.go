package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

const stubsHelp = `
Writes to a folder what editors need for completion, documentation and checks:
stubs in the notation of lua-language-server (LuaCATS) of everything that scripts
have and, one file for each API version, of every kind of the cluster with the
fields of its objects, those of custom resources included. Where no cluster can
be reached, and with --api-only, it writes the former alone.

It writes .luarc.json for the editor into the current folder if the stubs are
below that, else to the stubs. One that exists stays as it is, and so does any
file that this command hasn't written. What it wrote before is replaced.

Usage:
  kubelua stubs [flags] [connection flags] DIR

Flags:
%s
Examples:
  kubelua stubs .kubelua
  kubelua stubs --context staging .kubelua && kubelua check --stubs .kubelua scripts
`

// stubsFlags are the flags of the command.
type stubsFlags struct {
	apiOnly bool
	help    bool
}

func (f *stubsFlags) flags() *pflag.FlagSet {
	fs := newFlags("stubs")
	fs.SetInterspersed(true)
	fs.BoolVar(&f.apiOnly, "api-only", false, "write the stubs of the API alone, and ask no cluster")
	fs.BoolVarP(&f.help, "help", "h", false, "show this help")
	return fs
}

// runStubs is the subcommand stubs.
func runStubs(ctx context.Context, o *options, args []string) error {
	var f stubsFlags
	flags := f.flags()
	if err := o.parseBehind(flags, args); err != nil {
		return err
	}
	switch {
	case f.help:
		return runHelp(ctx, nil, []string{"stubs"})
	case flags.NArg() != 1:
		return usageError("stubs takes the folder to write to, see kubelua help stubs")
	}
	dir := flags.Arg(0)
	files, stale := engine.Stubs(), true
	if !f.apiOnly {
		of, err := o.clusterStubs(ctx)
		switch {
		case kube.IsReason(err, kube.ReasonUnreachable) && !o.names():
			fmt.Fprintf(os.Stderr, "kubelua: no cluster, so only the stubs of the API are written: %v\n", err)
			stale = false
		case err != nil:
			return err
		}
		files = append(files, of...)
	}
	if err := writeStubs(dir, files, stale); err != nil {
		return err
	}
	fmt.Printf("wrote %d files to %s\n", len(files), dir)
	return writeLuarc(dir)
}

// names tells whether the flags name a cluster.
func (o *options) names() bool {
	return o.local || slices.ContainsFunc([]string{"kubeconfig", "context", "cluster", "server"}, o.given.Changed)
}

// clusterStubs are the stubs of the kinds of the cluster.
func (o *options) clusterStubs(ctx context.Context) ([]luacats.File, error) {
	options, err := o.reach(ctx, progress())
	if err != nil {
		return nil, err
	}
	c, err := kube.Connect(options)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return bindings.ClusterStubs(ctx, c)
}

// stubHeader is the first line of the files that are replaced and removed.
const stubHeader = "-- Written by kubelua stubs, which writes it anew the next time.\n"

// isStub tells whether a file is one of the command's.
func isStub(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, len(stubHeader))
	n, _ := f.Read(start)
	return string(start[:n]) == stubHeader
}

// writeStubs writes the files below a folder, or none where another file is in
// the way, and removes those of the command's own that are there else; those of
// a cluster only if stale.
func writeStubs(dir string, files []luacats.File, stale bool) error {
	written := map[string]bool{}
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		written[path] = true
		if _, err := os.Lstat(path); err == nil && !isStub(path) {
			return fmt.Errorf("%s is in the way: kubelua stubs has not written it", path)
		}
	}
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := replaceFile(path, stubHeader+f.Text); err != nil {
			return err
		}
	}
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || written[path] || filepath.Ext(path) != ".lua" || !isStub(path) {
			return err
		}
		if !stale && filepath.Base(filepath.Dir(path)) == "cluster" {
			return nil
		}
		return os.Remove(path)
	})
}

// replaceFile writes a file whole: who reads it sees the old one or the new one.
func replaceFile(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".kubelua-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// writeLuarc writes the configuration of lua-language-server, unless there is
// one. What Lua has itself is in the stubs. Of the versions that the server knows
// LuaJIT is the one that is Lua 5.1 with goto.
func writeLuarc(dir string) error {
	path, library := ".luarc.json", filepath.ToSlash(filepath.Clean(dir))
	if !filepath.IsLocal(dir) {
		path, library = filepath.Join(dir, path), "."
	}
	if text, err := os.ReadFile(path); err == nil {
		if !strings.Contains(string(text), strconv.Quote(library)) {
			fmt.Fprintf(os.Stderr, "kubelua: %s is there already; it should have %q in workspace.library\n", path, library)
		}
		return nil
	}
	builtin := map[string]string{}
	for _, name := range []string{"basic", "bit", "bit32", "coroutine", "debug", "ffi", "io", "jit", "math", "os", "package", "string", "table", "utf8"} {
		builtin[name] = "disable"
	}
	text, err := json.MarshalIndent(map[string]any{
		"$schema":                   "https://raw.githubusercontent.com/LuaLS/vscode-lua/master/setting/schema.json",
		"runtime.version":           "LuaJIT",
		"runtime.builtin":           builtin,
		"workspace.library":         []string{library},
		"workspace.checkThirdParty": false,
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := replaceFile(path, string(text)+"\n"); err != nil {
		return err
	}
	fmt.Printf("wrote %s\n", path)
	return nil
}

// clusterAPI is the API with the kinds of the cluster whose stubs are in a
// folder.
func clusterAPI(dir string) (*luacats.Index, error) {
	root := os.DirFS(dir)
	names, err := fs.Glob(root, "cluster/*.lua")
	if err != nil {
		return nil, err
	}
	if names == nil {
		return nil, usageError("there are no stubs of a cluster in %s (kubelua stubs writes them)", dir)
	}
	files := engine.Stubs()
	for _, name := range names {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return nil, usageError("%w", err)
		}
		files = append(files, luacats.File{Name: name, Text: string(text)})
	}
	api, err := luacats.Load(files...)
	if err != nil {
		return nil, usageError("%s: %w (kubelua stubs writes them anew)", dir, err)
	}
	return api, nil
}
