package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/repl/edit"
	"github.com/kubelua/kubelua/kube"
)

// Options say what a prompt works with.
type Options struct {
	// VM is what scripts get. The streams of its World, and its Cluster, are the
	// prompt's.
	VM engine.Options

	// Cluster says how the cluster of the flags is reached; nil for what kubectl
	// would reach. It is asked in the background, and may write what it waits for
	// to progress.
	Cluster func(progress io.Writer) (kube.Options, error)

	// Policies are what the session is kept to, see [kube.NewGuard].
	Policies []*kube.Policy

	// Script is run before the first line is read, with its arguments; nil for
	// none.
	Script *engine.Source
	Args   []string

	// Target is what the prompt calls the cluster of the flags; empty for its
	// context.
	Target string

	// Plan plans the writes of the prompt while it is on, see :plan; nil for one
	// that is off. Where it is on at the end it is shown.
	Plan *kube.Plan

	// StateDir is the folder in which the history is kept; empty keeps none.
	StateDir string
}

// Run is the prompt on the standard streams, until the user leaves it. The error
// is why it ended, for [engine.ExitCode]; nil where the user left. Until then
// Ctrl-C is the prompt's.
func Run(ctx context.Context, o Options) error {
	return run(ctx, o, newConsole(os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// run is Run on a console.
func run(ctx context.Context, o Options, c *console) error {
	defer c.keys.Close()
	if o.Cluster == nil {
		o.Cluster = func(io.Writer) (kube.Options, error) { return kube.Options{}, nil }
	}
	if o.Plan == nil {
		o.Plan = kube.NewPlan()
		o.Plan.Stop()
	}
	r := &repl{Options: o, console: c, dir: ".", guard: kube.NewGuard(c.asker(), o.Policies...)}
	r.target = newTarget(func() (kube.Options, error) {
		reached, err := o.Cluster(c.err)
		reached.Guard, reached.Plan = r.guard, o.Plan
		return reached, err
	}, o.Target)
	o.VM.Cluster = r.target.options
	o.VM.World.Stdin, o.VM.World.Stdout, o.VM.World.Stderr = c.stdin, c.out, c.err
	vm := engine.New(o.VM)
	defer vm.Close()
	r.session = vm.NewSession(ctx)
	defer r.session.Close()
	r.session.TaskFailed = func(err error) { r.report("a task failed: ", err, false) }
	defer c.watch()()
	defer r.looks(ctx)()
	if err := r.use(ctx); err != nil {
		return err
	}
	r.history = openHistory(o.StateDir)
	r.console.setHistory(r.history.texts)
	r.printer = newPrinter(c.direct, c.size, c.paint)
	defer r.complete()()
	if o.Script != nil {
		r.script(ctx, *o.Script, o.Args)
	}
	if err := r.loop(ctx); err != nil {
		return err
	}
	return r.leavePlan(ctx)
}

// repl is a prompt.
type repl struct {
	Options
	console *console
	session *engine.Session
	printer *printer
	guard   *kube.Guard
	target  *target
	history *history

	aside     func(look func(ctx context.Context) error) // looks at the target in the background
	completer func() *LiveCompleter                      // reads the stubs when it is first called

	dir     string  // folder in which require looks, until a script has another
	pieces  int     // that were read
	kept    []piece // what of them makes up the script of :save
	saved   string  // file that :save has written
	results int     // how many values the last piece with results had
}

// loop reads and evaluates until the user leaves or the session is over.
func (r *repl) loop(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-r.session.Done():
			cancel(r.session.Err())
		case <-ctx.Done():
		}
	}()
	for {
		if err := r.session.Err(); err != nil {
			return err
		}
		text, err := r.console.read(ctx, r.prompt())
		switch {
		case errors.Is(err, edit.ErrInterrupted):
			continue
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		r.remember(text)
		if err := r.enter(ctx, text); errors.Is(err, errLeave) {
			return nil
		} else if err != nil {
			r.report("", err, strings.Contains(text, "\n"))
		}
	}
}

// remember adds a text to the history, unless it is secret.
func (r *repl) remember(text string) {
	if secret(text) {
		return
	}
	if err := r.history.add(text); err != nil {
		r.notice(fmt.Sprintf("the history can't be kept: %v", err))
	}
	r.console.addHistory(text)
}

// asksBehind is a question mark behind a name, such as cluster.pods?
var asksBehind = regexp.MustCompile(`^[A-Za-z_][\w.:]*\?$`)

// enter does what a text means.
func (r *repl) enter(ctx context.Context, text string) error {
	trimmed := strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(trimmed, ":") && !strings.HasPrefix(trimmed, "::"):
		return r.command(ctx, trimmed)
	case strings.HasPrefix(trimmed, "?"):
		return r.help(ctx, strings.TrimSpace(trimmed[1:]))
	case asksBehind.MatchString(trimmed):
		return r.help(ctx, strings.TrimSuffix(trimmed, "?"))
	}
	values, err := r.eval(ctx, text)
	switch {
	case err != nil:
		return err
	case isNothing(trimmed, values):
		return r.nothing(ctx, trimmed)
	}
	r.keep(text, values)
	return r.show(ctx, values)
}

// eval evaluates a piece that was entered, as something that Ctrl-C ends.
func (r *repl) eval(ctx context.Context, text string) (values []lua.LValue, err error) {
	r.pieces++
	r.guard.AskAgain()
	err = r.console.call(ctx, func(ctx context.Context) error {
		values, err = r.session.Eval(ctx, engine.Source{Name: fmt.Sprintf("(prompt %d)", r.pieces), Text: text, Dir: r.dir})
		return err
	})
	return values, err
}

// show shows results, and gives them the names _ and _1, _2 and so on.
func (r *repl) show(ctx context.Context, values []lua.LValue) error {
	text, err := r.lay(ctx, values)
	return errors.Join(r.page(ctx, text), err)
}

// lay is what show shows, which for views is asked of the cluster. With an error
// it is what came before that.
func (r *repl) lay(ctx context.Context, values []lua.LValue) (text string, err error) {
	if len(values) == 0 {
		return "", nil
	}
	err = r.console.call(ctx, func(ctx context.Context) error {
		if err := r.session.Do(ctx, func(*lua.LState) error { r.name(values); return nil }); err != nil {
			return err
		}
		text, err = r.printer.text(ctx, r.session, values)
		return err
	})
	return text, err
}

// page writes what was laid out.
func (r *repl) page(ctx context.Context, text string) error {
	if text == "" {
		return nil
	}
	return r.console.alone(ctx, func(context.Context) error { return r.printer.page(text) })
}

// name makes the last results variables.
func (r *repl) name(values []lua.LValue) {
	r.session.Set("_", values[0])
	for i := range max(len(values), r.results) {
		var value lua.LValue = lua.LNil
		if i < len(values) {
			value = values[i]
		}
		r.session.Set(fmt.Sprintf("_%d", i+1), value)
	}
	r.results = len(values)
}

// script runs a script as if it were entered.
func (r *repl) script(ctx context.Context, src engine.Source, args []string) {
	r.dir = src.Dir
	err := r.console.call(ctx, func(ctx context.Context) error {
		_, err := r.session.Eval(ctx, src, args...)
		return err
	})
	if err != nil {
		r.report("", err, true)
		return
	}
	r.note(src.Text)
}

// use makes what the target is the global cluster, and has it looked at.
func (r *repl) use(ctx context.Context) error {
	err := r.session.Do(ctx, func(*lua.LState) error {
		r.session.UseCluster(r.target.connect)
		return nil
	})
	if err == nil {
		r.aside(r.target.look)
	}
	return err
}

// lookTimeout bounds how long a look at a cluster may take.
const lookTimeout = 15 * time.Second

// looks makes aside, which says what is wrong with the target, if something is.
// end ends what is being looked at.
func (r *repl) looks(ctx context.Context) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var looks sync.WaitGroup
	r.aside = func(look func(ctx context.Context) error) {
		looks.Go(func() {
			ctx, cancel := context.WithTimeoutCause(ctx, lookTimeout, errors.New("no answer"))
			defer cancel()
			if err := look(ctx); err != nil && ctx.Err() != context.Canceled {
				r.report("", err, false)
			}
		})
	}
	return func() {
		cancel()
		looks.Wait()
	}
}
