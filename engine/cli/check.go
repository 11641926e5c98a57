package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/check"
	"github.com/kubelua/kubelua/kube"
)

const checkHelp = `
Finds mistakes in scripts without running anything: syntax, variables that
nobody has made, members, options and choices that the API doesn't have, calls
with too many or too few arguments, modules that aren't there. Of a directory all
.lua files are checked. What is found is printed, a line each, and the exit code
is 1. A comment "-- kubelua: ignore" silences its line.

With --stubs DIR it also knows the kinds of the cluster that kubelua stubs wrote
to DIR, by their names, and the fields of their objects.

With --rbac it asks the cluster whether the login may do what the files say that a
run needs: roles in YAML or JSON, as --record-rbac writes them, or scripts with a
block of rules in their first comment:

  --- RBAC:
  ---   - {apiGroups: [apps], resources: [deployments], verbs: [list, patch]}

Such rules, and Roles that name no namespace, are tried in that of --namespace;
without it the rules are tried in all namespaces at once. Missing rules are
findings too.

Usage:
  kubelua check [flags] FILE|DIR...
  kubelua check --rbac [flags] [connection flags] FILE...

Flags:
%s
Examples:
  kubelua check scripts
  kubelua check --rbac -n shop --as system:serviceaccount:shop:sweeper role.yaml
`

// checkFlags are the flags of the command.
type checkFlags struct {
	rbac   bool
	format string
	stubs  string
	help   bool
}

func (f *checkFlags) flags() *pflag.FlagSet {
	fs := newFlags("check")
	fs.SetInterspersed(true)
	fs.StringVar(&f.stubs, "stubs", "", "know the kinds of the cluster whose stubs are in `DIR`")
	fs.BoolVar(&f.rbac, "rbac", false, "ask the cluster whether the login may do what the files need")
	fs.Var(oneOf(&f.format, "text", "text", "json"), "format", "print what is found as text or json: `FORMAT`")
	fs.BoolVarP(&f.help, "help", "h", false, "show this help")
	return fs
}

// runCheck is the subcommand check.
func runCheck(ctx context.Context, o *options, args []string) error {
	var f checkFlags
	flags := f.flags()
	if err := o.parseBehind(flags, args); err != nil {
		return err
	}
	switch {
	case f.help:
		return runHelp(ctx, nil, []string{"check"})
	case flags.NArg() == 0:
		return usageError("nothing to check: name scripts, or see kubelua help check")
	}
	if idle := firstGiven(o.named([]string{"connection"})); idle != "" && !f.rbac {
		return usageError("--%s has no effect on kubelua check without --rbac: leave it out", idle)
	}
	c := &checking{options: o, rbac: f.rbac, json: f.format == "json", found: []check.Finding{}, from: check.Options{Path: o.path}}
	defer c.close()
	if flags.Changed("stubs") {
		api, err := clusterAPI(f.stubs)
		if err != nil {
			return err
		}
		c.from.API, c.from.Kinds = api, true
	}
	var files []string
	for _, name := range flags.Args() {
		more, err := scriptsOf(name)
		if err != nil {
			return err
		}
		files = append(files, more...)
	}
	c.from.Added = additionsIn(files)
	for _, file := range files {
		if err := c.file(ctx, file); err != nil {
			return err
		}
	}
	if c.json {
		if err := json.NewEncoder(os.Stdout).Encode(c.found); err != nil {
			return err
		}
	}
	if n := len(c.found); n > 0 {
		return fmt.Errorf("%d %s", n, plural(n, "finding"))
	}
	return nil
}

// additionsIn are the fields that the annotations of files add to the API.
func additionsIn(files []string) check.Additions {
	var sources []engine.Source
	for _, file := range files {
		if src, err := engine.FileSource(file); err == nil { // whoever checks it says what is wrong
			sources = append(sources, src)
		}
	}
	return check.AdditionsIn(sources...)
}

// scriptsOf is the file of a name, or the scripts below the folder of that name:
// not what is hidden there, and no stubs.
func scriptsOf(name string) ([]string, error) {
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return []string{name}, nil // whoever reads it says what is wrong
	}
	var files []string
	err := filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
		switch hidden := strings.HasPrefix(entry.Name(), ".") && path != name; {
		case err != nil:
			return err
		case entry.IsDir() && hidden:
			return filepath.SkipDir
		case entry.IsDir(), hidden, filepath.Ext(path) != ".lua", isStub(path):
			return nil
		}
		files = append(files, path)
		return nil
	})
	if err != nil {
		return nil, usageError("%w", err)
	}
	if files == nil {
		return nil, usageError("there are no .lua files in %s", name)
	}
	return files, nil
}

// checking is one run of the subcommand.
type checking struct {
	options *options
	rbac    bool
	json    bool
	from    check.Options
	cluster *kube.Cluster // once it is needed
	found   []check.Finding
}

func (c *checking) close() {
	if c.cluster != nil {
		c.cluster.Close()
	}
}

// find takes something that is wrong with a file.
func (c *checking) find(f check.Finding) {
	c.found = append(c.found, f)
	if !c.json {
		fmt.Println(f)
	}
}

// file checks one file. An error is one that keeps it from being checked.
func (c *checking) file(ctx context.Context, name string) error {
	if slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name)) {
		return c.roles(ctx, name)
	}
	src, err := engine.FileSource(name)
	if err != nil {
		return usageError("%w", err)
	}
	found := check.Script(src, c.from)
	for _, f := range found {
		c.find(f)
	}
	if !c.rbac || found != nil {
		return nil
	}
	rules, err := headRules(src.Text)
	if err != nil {
		c.find(check.Finding{File: name, Message: err.Error()})
		return nil
	}
	role := kube.Role{Namespace: c.options.cluster.Namespace, Rules: rules}
	return c.permissions(ctx, name, role.Accesses())
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
