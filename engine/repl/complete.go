package repl

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// Completions are what could stand at the cursor.
type Completions struct {
	From    int // the byte where what they replace begins; it ends at the cursor
	Items   []Candidate
	Close   string // what is to follow the one that is chosen: the end of a string
	More    int    // how many there are that Items leaves out
	Pending bool   // more may come: the answer of a cluster is on its way
}

// Candidate is one of them.
type Candidate struct {
	Text        string // what is to stand in the text
	Display     string // what is shown in a list; "" for Text
	Description string // one line, may be ""
	Kind        string // see the constants
}

// The kinds of candidates.
const (
	CommandCandidate   = "command"
	ContextCandidate   = "context"
	FieldCandidate     = "field"
	GlobalCandidate    = "global"
	KeywordCandidate   = "keyword"
	LabelCandidate     = "label" // the key or the value of one
	MethodCandidate    = "method"
	NameCandidate      = "name" // of an object
	NamespaceCandidate = "namespace"
	OptionCandidate    = "option"
	ValueCandidate     = "value" // one of a closed list
	ViewCandidate      = "view"
)

// Completer offers what could stand at the cursor.
type Completer interface {
	// Complete never waits for a cluster: what it doesn't know yet it asks in the
	// background. The cursor is a byte in the text.
	Complete(text string, cursor int) Completions
}

// Scope is what a completer sees of a session while nothing runs there.
type Scope interface {
	// Value is the value of a variable, without asking any metamethod; nil or
	// LNil if there is none.
	Value(name string) lua.LValue
	// Names lists the variables.
	Names() []string
	// Look tells what shows of a value of the bindings.
	Look(v lua.LValue) (bindings.Sight, bool)
}

// Within is for CompleterOptions.Within what a session is for the rest.
func Within(s *engine.Session) func(ctx context.Context, fn func(Scope)) error {
	return func(ctx context.Context, fn func(Scope)) error {
		return s.Do(ctx, func(*lua.LState) error {
			fn(scope{s})
			return nil
		})
	}
}

// scope is the Scope of a session.
type scope struct{ *engine.Session }

func (s scope) Look(v lua.LValue) (bindings.Sight, bool) { return s.Kube().Look(v) }

// Command is a command of the prompt, as a completer has to know it.
type Command struct {
	Name     string // without the colon
	Summary  string
	Argument Argument
}

// Argument says what a command is given.
type Argument string

// The arguments of commands.
const (
	NoArgument        Argument = ""
	LuaArgument       Argument = "lua"
	ContextArgument   Argument = "context"
	NamespaceArgument Argument = "namespace"
	SwitchArgument    Argument = "switch" // on or off
)

// CompleterOptions say what a completer looks into.
type CompleterOptions struct {
	// Within calls a function while nothing runs in the session, and returns an
	// error where that can't be soon.
	Within func(ctx context.Context, fn func(Scope)) error
	// Index are the stubs of what scripts have.
	Index *luacats.Index
	// Commands are the commands of the prompt.
	Commands []Command
	// Contexts lists the contexts of the kubeconfig; nil for none. It is called in
	// the background.
	Contexts func(ctx context.Context) ([]string, error)
	// Notify is called, on any goroutine, when what was pending has come; nil for
	// nothing.
	Notify func()
}

const (
	// lookTime is how long the session is waited for.
	lookTime = 30 * time.Millisecond
	// maxCandidates is how many are offered.
	maxCandidates = 300
)

// LiveCompleter completes from the stubs, from the values of a session, and from
// what its clusters have. It is safe for concurrent use.
type LiveCompleter struct {
	options CompleterOptions
	asked   *asked
}

// NewCompleter makes a completer. The caller closes it.
func NewCompleter(o CompleterOptions) *LiveCompleter {
	if o.Notify == nil {
		o.Notify = func() {}
	}
	if o.Contexts == nil {
		o.Contexts = func(context.Context) ([]string, error) { return nil, nil }
	}
	return &LiveCompleter{o, newAsked(o.Notify)}
}

// Close ends what is asked of clusters in the background, and returns when it
// has ended.
func (c *LiveCompleter) Close() { c.asked.close() }

// Complete is [Completer]'s.
func (c *LiveCompleter) Complete(text string, cursor int) Completions {
	cursor = max(0, min(cursor, len(text)))
	var done Completions
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	err := c.options.Within(ctx, func(s Scope) { done = c.complete(s, text, cursor) })
	if err != nil {
		return Completions{From: cursor}
	}
	return done
}

// look is one look at a text and what it means.
type look struct {
	place
	asked   *asked
	options CompleterOptions
	index   *luacats.Index
	scope   Scope
	rest    string // what stands behind the cursor

	explains bool // the text asks for help

	pending bool
	more    int // candidates that were left out already
	depth   int // of variables that lead to others
	horizon int // what stands from this token on isn't declared yet
}

// look begins a look.
func (c *LiveCompleter) look(s Scope) *look {
	return &look{asked: c.asked, options: c.options, index: c.options.Index, scope: s}
}

// read takes a text, in which the cursor stands at the end.
func (l *look) read(text string) {
	l.place = placeOf(text)
	l.horizon = len(l.tokens)
}

func (c *LiveCompleter) complete(s Scope, text string, cursor int) Completions {
	l := c.look(s)
	l.rest = text[cursor:]
	before := text[:cursor]
	if list, from, ok := l.command(before); ok {
		return l.chosen(list, before[from:], from)
	}
	skip := len(before) - len(luaPart(before))
	l.explains = strings.HasPrefix(strings.TrimLeft(before, " \t"), "?")
	if l.read(before[skip:]); !l.ok {
		return Completions{From: cursor}
	}
	done := l.chosen(l.candidates(), l.prefix, skip+l.from)
	done.Close = l.ending()
	return done
}

// luaPart is the part of a line that is Lua: all but a command at its start, or
// the question mark of help.
func luaPart(text string) string {
	trimmed := strings.TrimLeft(text, " \t")
	switch {
	case strings.HasPrefix(trimmed, "?"):
		return trimmed[1:]
	case strings.HasPrefix(trimmed, ":") && !strings.HasPrefix(trimmed, "::"):
		if _, argument, ok := strings.Cut(trimmed, " "); ok {
			return argument
		}
	}
	return text
}

// chosen are those of a list that begin with what stands there.
func (l *look) chosen(list []Candidate, prefix string, from int) Completions {
	found := matching(list, func(c Candidate) string { return c.Text }, prefix)
	slices.SortStableFunc(found, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(hidden(a.Text), hidden(b.Text)), cmp.Compare(rank(a.Kind), rank(b.Kind)), strings.Compare(a.Text, b.Text))
	})
	found = slices.CompactFunc(found, func(a, b Candidate) bool { return a.Text == b.Text })
	done := Completions{From: from, Items: found, More: l.more, Pending: l.pending}
	if n := len(found) - maxCandidates; n > 0 {
		done.Items, done.More = found[:maxCandidates], l.more+n
	}
	return done
}

// matching are those of a list whose text begins with a prefix, in whatever
// case where none does as it is.
func matching[T any](list []T, text func(T) string, prefix string) []T {
	var found, folded []T
	for _, e := range list {
		switch t := text(e); {
		case strings.HasPrefix(t, prefix):
			found = append(found, e)
		case found == nil && len(t) >= len(prefix) && strings.EqualFold(t[:len(prefix)], prefix):
			folded = append(folded, e)
		}
	}
	if found == nil {
		return folded
	}
	return found
}

// hidden puts names that begin with an underscore last.
func hidden(text string) int {
	if strings.HasPrefix(text, "_") {
		return 1
	}
	return 0
}

// rank puts options before everything else that may stand in their place, and
// keywords last.
func rank(kind string) int {
	switch kind {
	case OptionCandidate, LabelCandidate:
		return 0
	case KeywordCandidate:
		return 2
	}
	return 1
}

// command completes a command, or the argument of one that isn't Lua. It is
// false for everything else.
func (l *look) command(before string) (list []Candidate, from int, ok bool) {
	trimmed := strings.TrimLeft(before, " \t")
	if !strings.HasPrefix(trimmed, ":") || strings.HasPrefix(trimmed, "::") {
		return nil, 0, false
	}
	name, argument, given := strings.Cut(trimmed[1:], " ")
	if !given {
		for _, c := range l.options.Commands {
			list = append(list, Candidate{Text: c.Name, Display: ":" + c.Name, Description: c.Summary, Kind: CommandCandidate})
		}
		return list, len(before) - len(name), true
	}
	from = len(before) - len(strings.TrimLeft(argument, " "))
	i := slices.IndexFunc(l.options.Commands, func(c Command) bool { return c.Name == name })
	if i < 0 {
		return nil, from, true
	}
	switch l.options.Commands[i].Argument {
	case LuaArgument:
		return nil, 0, false
	case ContextArgument:
		list = texts(ContextCandidate, l.contexts()...)
	case NamespaceArgument:
		list = texts(NamespaceCandidate, l.namespaces(l.current())...)
	case SwitchArgument:
		list = texts(ValueCandidate, "on", "off")
	}
	return list, from, true
}

// current is the site of the global cluster, nil where there is none.
func (l *look) current() *site { return l.valued(l.scope.Value("cluster")).site }

// texts are candidates of one kind.
func texts(kind string, texts ...string) []Candidate {
	list := make([]Candidate, len(texts))
	for i, t := range texts {
		list[i] = Candidate{Text: t, Kind: kind}
	}
	return list
}

// lookAt tells what shows of a value.
func (l *look) lookAt(v lua.LValue) (bindings.Sight, bool) {
	if v == nil {
		return bindings.Sight{}, false
	}
	return l.scope.Look(v)
}
