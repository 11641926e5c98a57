// Package cli is the command line of kubelua: its flags, its subcommands, and
// what becomes of their errors.
package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	lua "github.com/yuin/gopher-lua"
	"golang.org/x/term"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/schedule"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local"
	"github.com/kubelua/kubelua/stdlib/logline"
)

// maxArrayIndex bounds arrays. The VM fills one up to the index that a script
// assigns to: with its own bound one assignment could take a gigabyte.
const maxArrayIndex = 1 << 24

// Main runs the command line and returns the exit code.
func Main(args []string) int {
	lua.MaxArrayIndex = maxArrayIndex
	ctx, interrupts, stop := interruptible()
	defer stop()
	if calledAs() == completerName {
		args = append([]string{"completion", "words"}, args...)
	}
	err := dispatch(ctx, interrupts, args)
	engine.Report(os.Stderr, err)
	return engine.ExitCode(err)
}

// command is a subcommand: a first word that is no file.
type command struct {
	name    string
	summary string
	help    string                                                     // what help shows below the summary, with %s for its flags
	flags   func() *pflag.FlagSet                                      // its own, nil for none
	heeds   []string                                                   // the flags of the host that it heeds before its name, and the groups of them
	behind  []string                                                   // those that may stand behind its name, too
	takes   offer                                                      // what its words are
	run     func(ctx context.Context, o *options, args []string) error // o is what the flags of the host say
}

// commands is the sorted table of subcommands.
func commands() []command {
	scripts := files("lua")
	connecting, guarded := []string{"connection"}, []string{"connection", "guards"}
	ofJobs := []string{"connection", "guards", "permissions", "path", "max-memory"}
	ofRuns := []string{"connection", "guards", "permissions", "running"}
	return []command{
		{"apply-plan", "carry out a plan that was saved", applyPlanHelp, nil, guarded, guarded, files("json"), runApplyPlan},
		{"check", "check scripts, and what they are allowed", checkHelp, new(checkFlags).flags, append(connecting, "path"), connecting, files("lua", "yaml", "yml", "json"), runCheck},
		{"cluster", "start, stop and show the local cluster", clusterHelp, new(clusterFlags).flags, nil, nil, words(clusterVerbs()...), runCluster},
		{"completion", "print a script for completion in a shell", completionHelp, nil, nil, nil, words(shells()...), runCompletion},
		{"deploy", "run job files in a cluster", deployHelp, new(deploying).flags, append(guarded, "permissions"), connecting, scripts, runDeploy},
		{"help", "explain kubelua or one of its commands", helpHelp, new(helpFlags).flags, nil, nil, words(), runHelp},
		{"jobs", "list jobs, when they run next, and how they ran last", jobsHelp, new(listing).flags, ofJobs, connecting, scripts, runJobs},
		{"plan", "show what a script would change, and change nothing", planHelp, nil, ofRuns, ofRuns, offer{rest: anyFile}, runPlan},
		{"schedule", "run jobs when their times come", scheduleHelp, new(scheduling).flags, append(ofJobs, "record-rbac"), nil, scripts, runSchedule},
		{"stubs", "write what editors need for completion", stubsHelp, new(stubsFlags).flags, connecting, connecting, folders(), runStubs},
		{"test", "run tests that are written in Lua", testHelp, new(testFlags).flags, ofJobs, connecting, scripts, runTest},
		{"version", "print the version", "", nil, nil, nil, words(), runVersion},
	}
}

// commandNamed is the command of a name, if there is one.
func commandNamed(name string) (command, bool) {
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		return command{}, false
	}
	return all[i], true
}

// ownFlags are the flags that only it has.
func (c command) ownFlags() *pflag.FlagSet {
	if c.flags == nil {
		return newFlags(c.name)
	}
	return c.flags()
}

// options are the host's flags.
type options struct {
	code     string
	path     []string
	timeout  seconds
	memory   size
	local    bool
	prompt   bool
	planning bool // the command plan
	dryRun   bool
	planOut  string
	help     bool
	version  bool
	cluster  kube.Options
	guards   guards
	zone     *time.Location // of jobs that name none; nil for the machine's
	roles    roleRecord
	permits  permissions
	given    *pflag.FlagSet // all of these flags, parsed

	interrupts *interrupts
}

// flags are the flags of the host itself, which stand before the first word.
func (o *options) flags() *pflag.FlagSet {
	fs := newFlags("kubelua")
	fs.StringVarP(&o.code, "eval", "e", "", "run this `CODE` instead of a file")
	fs.BoolVarP(&o.prompt, "interactive", "i", false, "go on with the prompt after the script")
	fs.StringArrayVar(&o.path, "path", nil, "also look for Lua modules in `DIR` (repeatable)")
	fs.Var(&o.timeout, "timeout", "end the run after `DURATION`: 90s, 5m, or seconds")
	fs.Var(&o.memory, "max-memory", "end the run when it holds more than `SIZE`: 64Mi, 1Gi")
	fs.BoolVar(&o.dryRun, "dry-run", false, "change nothing, and show what the run would change")
	fs.StringVar(&o.planOut, "plan-out", "", "save what a dry run would change in `FILE`")
	o.roles.addFlag(fs)
	fs.BoolVarP(&o.help, "help", "h", false, "show this help")
	fs.BoolVar(&o.version, "version", false, "print the version")
	return fs
}

// guarding are the flags that say what a run may do to clusters.
func (o *options) guarding() *pflag.FlagSet {
	fs := newFlags("guards")
	o.guards.addFlags(fs)
	return fs
}

// permitting are the flags that say what scripts may do to the machine.
func (o *options) permitting() *pflag.FlagSet {
	fs := newFlags("permissions")
	o.permits.addFlags(fs)
	return fs
}

// connection are the flags that say which cluster.
func (o *options) connection() *pflag.FlagSet {
	fs := newFlags("connection")
	fs.BoolVar(&o.local, "local", false, "use the local cluster, and start it if it isn't up")
	o.cluster.AddFlags(fs)
	return fs
}

// group is a group of flags, by the name that commands and help have for it.
type group struct {
	name  string
	flags *pflag.FlagSet
}

// groups are all the host's flags. They set the options to what holds without them.
func (o *options) groups() []group {
	return []group{{"running", o.flags()}, {"guards", o.guarding()}, {"permissions", o.permitting()}, {"connection", o.connection()}}
}

// all are the host's flags in one set.
func (o *options) all() *pflag.FlagSet {
	all := newFlags("kubelua")
	for _, g := range o.groups() {
		all.AddFlagSet(g.flags)
	}
	return all
}

// named are those of the given flags that have one of some names, or are in a group
// that has.
func (o *options) named(names []string) *pflag.FlagSet {
	named := newFlags("kubelua")
	for _, g := range new(options).groups() {
		g.flags.VisitAll(func(f *pflag.Flag) {
			if slices.Contains(names, g.name) || slices.Contains(names, f.Name) {
				named.AddFlag(o.given.Lookup(f.Name))
			}
		})
	}
	return named
}

// firstGiven is the name of the first of some flags that is given; "" for none.
func firstGiven(flags *pflag.FlagSet) string {
	var first string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed && first == "" {
			first = f.Name
		}
	})
	return first
}

// checkFlags refuses flags that a command would not heed.
func (o *options) checkFlags(name string) error {
	c, _ := commandNamed(name)
	heeded, own := o.named(c.heeds), c.ownFlags()
	var err error
	o.given.Visit(func(f *pflag.Flag) {
		switch {
		case heeded.Lookup(f.Name) != nil || err != nil:
		case own.Lookup(f.Name) != nil:
			err = usageError("--%s has no effect before the word %s: put it behind", f.Name, name)
		default:
			err = usageError("--%s has no effect on kubelua %s: leave it out", f.Name, name)
		}
	})
	return err
}

// parseBehind parses the flags of a subcommand, among which some of the host's may
// stand, too.
func (o *options) parseBehind(flags *pflag.FlagSet, args []string) error {
	c, _ := commandNamed(flags.Name())
	flags.AddFlagSet(o.named(c.behind))
	err := parse(flags, args)
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		o.named(c.heeds).VisitAll(func(f *pflag.Flag) {
			if name := unknown.GetSpecifiedName(); name == f.Name || name == f.Shorthand {
				err = usageError("--%s has no effect behind the word %s: put it before", f.Name, c.name)
			}
		})
	}
	if err != nil {
		return err
	}
	return o.checkCluster()
}

// dispatch finds out what the first word is: a subcommand, a file, stdin.
func dispatch(ctx context.Context, interrupts *interrupts, args []string) error {
	o := options{interrupts: interrupts}
	flags := o.all()
	if err := parse(flags, args); err != nil {
		return err
	}
	o.given = flags
	words := flags.Args()
	if err := o.checkCluster(); err != nil {
		return err
	}
	switch {
	case o.help:
		return runHelp(ctx, &o, nil)
	case o.version:
		return runVersion(ctx, &o, nil)
	}
	if len(words) > 0 && !flags.Changed("eval") && !o.prompt {
		if c, is := commandNamed(words[0]); is {
			if err := o.checkFlags(c.name); err != nil {
				return err
			}
			return c.run(ctx, &o, words[1:])
		}
	}
	return o.run(ctx, words)
}

// run runs the script that the flags or the words name, with the other words
// for its arguments.
func (o *options) run(ctx context.Context, words []string) error {
	switch {
	case o.given.Changed("eval"):
		return o.runScript(ctx, engine.Source{Name: "(command line)", Text: o.code, Dir: "."}, words)
	case len(words) == 0 && (o.prompt || term.IsTerminal(int(os.Stdin.Fd()))):
		return o.runPrompt(ctx, nil, nil)
	case len(words) == 0:
		return o.runStdin(ctx, nil)
	case words[0] == "-":
		return o.runStdin(ctx, words[1:])
	}
	return o.runFile(ctx, words[0], words[1:])
}

// checkCluster refuses flags that name different clusters, or a login that can't be
// sent.
func (o *options) checkCluster() error {
	for _, name := range []string{"token", "as", "as-uid", "as-group"} {
		if err := kube.CheckHeader(o.given.Lookup(name).Value.String()); err != nil {
			return usageError("--%s: %w", name, err)
		}
	}
	for _, name := range []string{"kubeconfig", "context", "cluster", "server"} {
		if o.local && o.given.Changed(name) {
			return usageError("--local and --%s name different clusters: leave one out", name)
		}
	}
	return nil
}

// reach is the cluster of the flags. The local one is started; progress, if any,
// gets what it waits for.
func (o *options) reach(ctx context.Context, progress io.Writer) (kube.Options, error) {
	o.cluster.UserAgent, o.cluster.CacheDir = userAgent(), kube.DefaultCacheDir()
	if !o.local {
		return o.cluster, nil
	}
	status, err := startLocal(ctx, local.Options{}, progress)
	o.cluster.Kubeconfig = status.Kubeconfig
	return o.cluster, err
}

func (o *options) runFile(ctx context.Context, name string, args []string) error {
	src, err := engine.FileSource(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, "./"):
		var names []string
		for _, c := range commands() {
			names = append(names, c.name)
		}
		return usageError("%q is neither a file nor a command%s", name, suggest(name, names))
	case err != nil:
		return usageError("%w", err)
	}
	return o.runScript(ctx, src, args)
}

func (o *options) runStdin(ctx context.Context, args []string) error {
	var text []byte
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		text, err = io.ReadAll(os.Stdin)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err != nil {
		return usageError("read stdin: %w", err)
	}
	return o.runScript(ctx, engine.Source{Name: "(stdin)", Text: string(text), Dir: "."}, args)
}

// runScript runs a script with what the flags give it, or has the prompt do so.
func (o *options) runScript(ctx context.Context, src engine.Source, args []string) (failed error) {
	if o.prompt {
		return o.runPrompt(ctx, &src, args)
	}
	r, err := o.begin(src.Name)
	if err != nil {
		return err
	}
	defer r.end(&failed)
	r.world.Stdin = os.Stdin
	r.newGuard = r.cluster.Guard.Part // all attempts of all jobs are one run of the user's
	log := slog.New(logline.New(os.Stderr, slog.LevelInfo))
	ctx, cancel := o.limit(ctx)
	defer cancel()
	return schedule.Once(ctx, r.runs(r.reached(ctx)), log, r.planned.stdout, os.Stderr, src, args...)
}

// limit is the context of a run with the time that the flags give it.
func (o *options) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	d := time.Duration(o.timeout)
	if d <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, d, engine.TimedOut(d))
}
