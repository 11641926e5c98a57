package repl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// command is a command of the prompt: what is entered after a colon.
type command struct {
	name     string
	argument string   // as the help shows it
	takes    Argument // for completion
	summary  string
	run      func(r *repl, ctx context.Context, argument string) error
}

// commands is the sorted table of commands.
func commands() []command {
	return []command{
		{"ctx", "[NAME]", ContextArgument, "list the contexts of the kubeconfig, or change to one", (*repl).useContext},
		{"help", "[NAME]", LuaArgument, "show this, or explain a name as ?NAME does", (*repl).help},
		{"json", "EXPR", LuaArgument, "show a value as JSON", (*repl).showJSON},
		{"load", "FILE", NoArgument, "run a script as if it were entered", (*repl).load},
		{"ns", "[NAME|-]", NamespaceArgument, "show the namespace of the views, or bind or unbind them", (*repl).useNamespace},
		{"plan", "[on|off]", SwitchArgument, "show what is planned; plan writes instead, or no longer", (*repl).plan},
		{"quit", "", NoArgument, "leave, as Ctrl-D does", func(*repl, context.Context, string) error { return errLeave }},
		{"readonly", "[on|off]", SwitchArgument, "have nothing changed, or end that", (*repl).readOnly},
		{"save", "FILE", NoArgument, "write what was entered and did not fail as a script", (*repl).save},
		{"tasks", "[stop [N]]", NoArgument, "list the tasks that go on, or stop one or all", (*repl).tasks},
		{"time", "EXPR", LuaArgument, "evaluate and show, and how long that took", (*repl).time},
		{"watch", "EXPR", LuaArgument, "show a value anew when it changes, until q", (*repl).watch},
		{"yaml", "EXPR", LuaArgument, "show a value as YAML", (*repl).showYAML},
	}
}

// errLeave ends the prompt.
var errLeave = errors.New("leave")

// command runs a command.
func (r *repl) command(ctx context.Context, text string) error {
	name, argument := strings.TrimPrefix(text, ":"), ""
	if at := strings.IndexFunc(name, unicode.IsSpace); at >= 0 {
		name, argument = name[:at], strings.TrimSpace(name[at:])
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		var names []string
		for _, c := range all {
			names = append(names, c.name)
		}
		return fmt.Errorf("no command :%s%s", name, kube.Suggest(name, names))
	}
	c := all[i]
	switch {
	case c.argument == "" && argument != "":
		return fmt.Errorf(":%s takes no argument", name)
	case c.argument != "" && !strings.HasPrefix(c.argument, "[") && argument == "":
		return fmt.Errorf("usage: :%s %s", name, c.argument)
	}
	return r.console.call(ctx, func(ctx context.Context) error { return c.run(r, ctx, argument) })
}

// showHelp explains the prompt itself.
func (r *repl) showHelp() error {
	var b strings.Builder
	b.WriteString("Enter an expression to see its value, or any Lua. _ is the last value, and\n" +
		"_1, _2 ... all of them where there were several.\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-20s %s\n", strings.TrimSpace(":"+c.name+" "+c.argument), c.summary)
	}
	fmt.Fprintf(&b, "  %-20s %s\n", "?NAME, NAME?", "explain a name, such as ?cluster.pods.fetch")
	b.WriteString("\nKeys: Tab completes, arrows edit and recall, Ctrl-R searches, Alt-Enter begins a\n" +
		"line, Ctrl-C ends what runs or clears the text, Ctrl-D leaves.\n")
	fmt.Fprint(r.console.out, b.String())
	return nil
}

// help explains a name, or without one the prompt itself.
func (r *repl) help(ctx context.Context, name string) error {
	if name == "" {
		return r.showHelp()
	}
	return r.console.alone(ctx, func(ctx context.Context) error {
		width, _ := r.printer.room()
		text, err := r.completer().Help(ctx, name, width, bool(r.console.paint))
		if err != nil {
			return err
		}
		return r.printer.page(text)
	})
}

// time evaluates and tells how long that took, with what is asked of the cluster
// to show the values.
func (r *repl) time(ctx context.Context, text string) error {
	began := time.Now()
	values, err := r.eval(ctx, text)
	if err != nil {
		return err
	}
	r.keep(text, values)
	shown, err := r.lay(ctx, values)
	took := time.Since(began)
	err = errors.Join(r.page(ctx, shown), err)
	r.notice(fmt.Sprintf("%.3f s", took.Seconds()))
	return err
}

// value evaluates an expression that has one value.
func (r *repl) value(ctx context.Context, text string) (lua.LValue, error) {
	values, err := r.eval(ctx, text)
	if err != nil || len(values) == 0 {
		return lua.LNil, err
	}
	return values[0], nil
}

func (r *repl) showYAML(ctx context.Context, text string) error {
	v, err := r.value(ctx, text)
	if err != nil {
		return err
	}
	return r.console.alone(ctx, func(ctx context.Context) error { return r.printer.yaml(ctx, r.session, v) })
}

func (r *repl) showJSON(ctx context.Context, text string) error {
	v, err := r.value(ctx, text)
	if err != nil {
		return err
	}
	return r.console.alone(ctx, func(ctx context.Context) error { return r.printer.json(ctx, r.session, v) })
}

// useContext lists the contexts or changes to one.
func (r *repl) useContext(ctx context.Context, name string) error {
	if name != "" {
		if err := r.target.choose(ctx, name); err != nil {
			return err
		}
		r.note(r.target.statement())
		return r.use(ctx)
	}
	contexts, err := r.target.contexts(ctx)
	if err != nil {
		return err
	}
	if len(contexts) == 0 {
		r.notice("the kubeconfig has no contexts")
	}
	for _, c := range contexts {
		mark, shown := " ", c.Name
		if c.Current {
			mark = "*"
		}
		if c.Production {
			shown = r.console.paint.as(red, shown)
		}
		fmt.Fprintf(r.console.out, "%s %s\n", mark, shown)
	}
	return nil
}

// useNamespace shows the namespace that views are bound to, or binds them.
func (r *repl) useNamespace(ctx context.Context, name string) error {
	switch name {
	case "":
		if namespace := r.target.label().namespace; namespace != "" {
			fmt.Fprintln(r.console.out, namespace)
		} else {
			r.notice("views show all namespaces")
		}
		return nil
	case "-":
		name = ""
	}
	if err := r.target.bind(ctx, name); err != nil {
		return err
	}
	r.note(r.target.statement())
	r.aside(func(ctx context.Context) error { return r.target.lookFor(ctx, name) })
	return r.session.Do(ctx, func(*lua.LState) error {
		r.session.UseCluster(r.target.connect)
		return nil
	})
}

// tasks lists the tasks that go on, or stops some.
func (r *repl) tasks(ctx context.Context, argument string) error {
	const patience = time.Second
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("a task computes and lets no other run; :tasks stop ends them all"))
	defer cancel()
	switch verb, number, _ := strings.Cut(argument, " "); {
	case argument == "stop":
		r.session.StopAll()
		return nil
	case verb == "stop":
		n, err := strconv.Atoi(number)
		if err != nil {
			return fmt.Errorf("%q is not the number of a task", number)
		}
		stopped, err := r.session.Stop(ctx, n)
		if err == nil && !stopped {
			err = fmt.Errorf("no task %d goes on", n)
		}
		return err
	case argument != "":
		return fmt.Errorf("usage: :tasks [stop [N]]")
	}
	tasks, err := r.session.Tasks(ctx)
	if err != nil {
		return err
	}
	if len(tasks) == 0 {
		r.notice("no tasks go on")
	}
	width, _ := r.printer.room()
	for _, t := range tasks {
		line := fmt.Sprintf("%d  started at %s", t.Number, t.Where)
		if t.Waits != "" {
			line += ", waits for " + t.Waits
		}
		if t.Text != "" {
			line += ": " + strings.TrimSpace(t.Text)
		}
		fmt.Fprintln(r.console.out, cut(plain(line), width))
	}
	return nil
}

// load runs a script.
func (r *repl) load(ctx context.Context, name string) error {
	src, err := engine.FileSource(name)
	if err != nil {
		return err
	}
	if _, err = r.session.Eval(ctx, src); err == nil {
		r.note(src.Text)
	}
	return err
}
