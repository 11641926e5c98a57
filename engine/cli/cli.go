// Package cli is the command line of kubelua: its flags, its subcommands, and
// what becomes of their errors.
package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local"
)

// Main runs the command line and returns the exit code.
func Main(args []string) int {
	ctx, stop := interruptible()
	defer stop()
	err := dispatch(ctx, args)
	engine.Report(os.Stderr, err)
	return engine.ExitCode(err)
}

// command is a subcommand: a first word that is no file.
type command struct {
	name    string
	summary string
	help    string // what help shows below the summary
	run     func(ctx context.Context, args []string) error
}

// commands is the sorted table of subcommands.
func commands() []command {
	return []command{
		{"cluster", "start, stop and show the local cluster", clusterHelp, runCluster},
		{"help", "explain kubelua or one of its commands", "\nUsage: kubelua help [COMMAND | connection]\n", runHelp},
		{"version", "print the version", "", runVersion},
	}
}

// options are the host's flags.
type options struct {
	code    string
	path    []string
	timeout seconds
	local   bool
	help    bool
	version bool
	cluster kube.Options
}

// flags are the flags of the host itself, which stand before the first word.
func (o *options) flags() *pflag.FlagSet {
	fs := newFlags("kubelua")
	fs.StringVarP(&o.code, "eval", "e", "", "run this `CODE` instead of a file")
	fs.StringArrayVar(&o.path, "path", nil, "also look for Lua modules in `DIR` (repeatable)")
	fs.Var(&o.timeout, "timeout", "end the run after `DURATION`: 90s, 5m, or seconds")
	fs.BoolVar(&o.local, "local", false, "use the local cluster, and start it if it isn't up")
	fs.BoolVarP(&o.help, "help", "h", false, "show this help")
	fs.BoolVar(&o.version, "version", false, "print the version")
	return fs
}

// connection are the flags that say which cluster.
func (o *options) connection() *pflag.FlagSet {
	fs := newFlags("connection")
	o.cluster.AddFlags(fs)
	return fs
}

// dispatch finds out what the first word is: a subcommand, a file, stdin.
func dispatch(ctx context.Context, args []string) error {
	var o options
	flags := o.flags()
	flags.AddFlagSet(o.connection())
	if err := parse(flags, args); err != nil {
		return err
	}
	words := flags.Args()
	if o.local {
		for _, name := range []string{"kubeconfig", "context", "cluster", "server"} {
			if flags.Changed(name) {
				return usageError("--local and --%s name different clusters: leave one out", name)
			}
		}
	}
	switch {
	case o.help:
		return runHelp(ctx, nil)
	case o.version:
		return runVersion(ctx, nil)
	case flags.Changed("eval"):
		return o.runScript(ctx, engine.Source{Name: "(command line)", Text: o.code, Dir: "."}, words)
	case len(words) == 0 && term.IsTerminal(int(os.Stdin.Fd())):
		return usageError("nothing to run: name a script, or see kubelua help")
	case len(words) == 0:
		return o.runStdin(ctx, nil)
	case words[0] == "-":
		return o.runStdin(ctx, words[1:])
	}
	for _, c := range commands() {
		if c.name == words[0] {
			return c.run(ctx, words[1:])
		}
	}
	return o.runFile(ctx, words[0], words[1:])
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

// runScript runs a script with what the flags give it.
func (o *options) runScript(ctx context.Context, src engine.Source, args []string) error {
	o.cluster.UserAgent = userAgent()
	vm := engine.New(engine.Options{
		World: engine.World{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr},
		Cluster: func() (kube.Options, error) {
			if !o.local {
				return o.cluster, nil
			}
			status, err := startLocal(ctx, local.Options{})
			o.cluster.Kubeconfig = status.Kubeconfig
			return o.cluster, err
		},
		Path: o.path,
	})
	defer vm.Close()
	if d := time.Duration(o.timeout); d > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, d, engine.TimedOut(d))
		defer cancel()
	}
	return vm.Run(ctx, src, args...)
}

// interruptible is a context that the first Ctrl-C ends; the second one ends
// the process. An output that nobody reads must not end it before the script's
// closers ran, so SIGPIPE is taken and left.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		<-signals
		cancel(engine.Interrupted)
		<-signals
		os.Exit(engine.ExitInterrupted)
	}()
	return ctx, func() { cancel(nil) }
}
