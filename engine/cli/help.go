package cli

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/pflag"
)

const usage = `kubelua runs Lua scripts against Kubernetes clusters.

Usage:
  kubelua [flags]                   evaluate Lua as it is entered: the prompt
  kubelua [flags] FILE [args]       run a script
  kubelua [flags] -e CODE [args]    run code from the command line
  kubelua [flags] - [args]          run what comes in on stdin
  kubelua [flags] -i FILE [args]    run a script, then go on with the prompt
  kubelua COMMAND [args]

Commands:
%s
Flags:
%s
Flags of the connection are kubectl's: --context, --namespace, --server, --as
and more, and --local for the local cluster. See kubelua help connection.

Guards keep a run to what it may do to clusters: --read-only, --protect, --deny,
--max-deletes, --policy and more. See kubelua help guards.

Scripts reach the cluster and nothing else. --allow-read, --allow-write,
--allow-env, --allow-net and --allow-run grant more. See kubelua help permissions.

Examples:
  kubelua cleanup.lua --older-than 7d
  kubelua --context staging -e 'for p in cluster.pods do print(p.meta.name) end'
  kubelua cluster up && kubelua --local census.lua

Exit codes: 0 ok, 1 the script failed, 2 usage or syntax, 3 no cluster or login
refused, 4 denied, 124 timed out, 130 interrupted.
`

const connectionHelp = `Flags that say which cluster, and how to log in, most of them as in kubectl:

%s`

const helpHelp = `
Usage:
  kubelua help [COMMAND | connection | guards | permissions]
  kubelua help --man

Flags:
%s`

// helpFlags are the flags of the command.
type helpFlags struct {
	man  bool
	help bool
}

func (f *helpFlags) flags() *pflag.FlagSet {
	fs := newFlags("help")
	fs.SetInterspersed(true)
	fs.BoolVar(&f.man, "man", false, "print all of it as a page of the manual, for man")
	fs.BoolVarP(&f.help, "help", "h", false, "show this help")
	return fs
}

// topic is a group of flags that help is to be asked for.
type topic struct {
	name, summary string
	help          string // with %s for the flags
	flags         func(o *options) *pflag.FlagSet
}

// topics is the sorted table of topics.
func topics() []topic {
	return []topic{
		{"connection", "flags that say which cluster, and how to log in", connectionHelp, (*options).connection},
		{"guards", "flags that say what a run may do to clusters", guardsHelp, (*options).guarding},
		{"permissions", "flags that say what scripts may do to the machine", permissionsHelp, (*options).permitting},
	}
}

// runHelp is the subcommand help.
func runHelp(_ context.Context, _ *options, args []string) error {
	var f helpFlags
	flags := f.flags()
	if err := parse(flags, args); err != nil {
		return err
	}
	var text string
	var err error
	switch words := flags.Args(); {
	case f.man:
		_, err := os.Stdout.WriteString(manual())
		return err
	case f.help:
		text, err = helpFor([]string{"help"})
	default:
		text, err = helpFor(words)
	}
	if err == nil {
		_, err = os.Stdout.WriteString(asCalled(text))
	}
	return err
}

// helpFor is the help for kubelua or what the first word names.
func helpFor(args []string) (string, error) {
	var o options // as they are before any flag
	if len(args) == 0 {
		var list strings.Builder
		for _, c := range commands() {
			fmt.Fprintf(&list, "  %-10s %s\n", c.name, c.summary)
		}
		return fmt.Sprintf(usage, list.String(), o.flags().FlagUsages()), nil
	}
	for _, t := range topics() {
		if t.name == args[0] {
			return fmt.Sprintf(t.help, t.flags(&o).FlagUsages()), nil
		}
	}
	c, is := commandNamed(args[0])
	if !is {
		return "", usageError("no help for %q; see kubelua help", args[0])
	}
	text := strings.Replace(c.help, "%s", c.ownFlags().FlagUsages(), 1)
	return fmt.Sprintf("kubelua %s: %s\n%s", c.name, c.summary, text), nil
}

func runVersion(context.Context, *options, []string) error {
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " (" + s.Value[:min(12, len(s.Value))] + ")"
			}
		}
	}
	fmt.Printf("kubelua %s%s\n", programVersion(), revision)
	return nil
}

// programVersion is what the Go toolchain stamped this build with.
func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// userAgent is what the program calls itself to API servers. The part before
// the slash is the field manager of its writes.
func userAgent() string { return "kubelua/" + programVersion() }
