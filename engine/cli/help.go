package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
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

func runHelp(_ context.Context, _ *options, args []string) error {
	var o options // as they are before any flag
	if len(args) == 0 {
		var list strings.Builder
		for _, c := range commands() {
			fmt.Fprintf(&list, "  %-10s %s\n", c.name, c.summary)
		}
		fmt.Printf(usage, list.String(), o.flags().FlagUsages())
		return nil
	}
	if args[0] == "connection" {
		fmt.Printf("Flags that say which cluster, and how to log in, most of them as in kubectl:\n\n%s", o.connection().FlagUsages())
		return nil
	}
	if args[0] == "guards" {
		fmt.Printf(guardsHelp, o.guarding().FlagUsages())
		return nil
	}
	if args[0] == "permissions" {
		fmt.Printf(permissionsHelp, o.permitting().FlagUsages())
		return nil
	}
	c, is := commandNamed(args[0])
	if !is {
		return usageError("no help for %q; see kubelua help", args[0])
	}
	text := c.help
	switch args[0] {
	case "deploy":
		text = fmt.Sprintf(text, new(deploying).flags().FlagUsages())
	case "jobs":
		text = fmt.Sprintf(text, new(listing).flags().FlagUsages())
	case "schedule":
		text = fmt.Sprintf(text, new(scheduling).flags().FlagUsages())
	case "test":
		text = fmt.Sprintf(text, new(testFlags).flags().FlagUsages())
	}
	fmt.Printf("kubelua %s: %s\n%s", c.name, c.summary, text)
	return nil
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
