package repl

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/columns"
)

// How much of many objects is shown.
const (
	viewRows = 100
	itemRows = 50 // each is asked for
)

// printer writes values for people: views and items as tables, an item as a
// summary, Lua's own values as Lua. It cuts what is wider than the terminal, and
// shows what is longer in a pager.
type printer struct {
	paint
	out   io.Writer
	size  func() (width, height int) // of the terminal; nil where it is none
	pager []string                   // the command, none to write everything at once
}

// newPrinter makes the printer of a terminal of the given size, or with a nil
// size of an output that is none.
func newPrinter(out io.Writer, size func() (width, height int), colours paint) *printer {
	p := &printer{paint: colours, out: out, size: size}
	if size != nil {
		p.pager = pagerCommand(os.LookupEnv)
	}
	return p
}

// text is how the results of an expression are shown, one below the other, with
// the last newline. A nil by itself is nothing to show. What must be asked for is
// asked for without the VM, so that tasks go on; with an error it is what came
// before that.
func (p *printer) text(ctx context.Context, s *engine.Session, values []lua.LValue) (string, error) {
	if len(values) == 1 && values[0] == lua.LNil {
		return "", nil
	}
	parts := make([]part, len(values))
	err := s.Do(ctx, func(L *lua.LState) error {
		for i, v := range values {
			parts[i] = p.part(L, s.Kube(), v)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, part := range parts {
		one, err := part(ctx)
		if err != nil {
			return text.String(), err
		}
		text.WriteString(strings.TrimSuffix(one, "\n") + "\n")
	}
	return text.String(), nil
}

// part makes the text of one value. It is called without the VM.
type part func(ctx context.Context) (string, error)

// part says how a value is shown. What Lua knows of it is read at once.
func (p *printer) part(L *lua.LState, k *bindings.Kube, v lua.LValue) part {
	if view := bindings.ViewOf(v); view != nil {
		return func(ctx context.Context) (string, error) { return p.view(ctx, view) }
	}
	if item := bindings.ItemOf(v); item != nil {
		return func(ctx context.Context) (string, error) { return p.summary(item.Summary(ctx)), nil }
	}
	if items := k.Items(v); items != nil {
		return func(ctx context.Context) (string, error) { return p.items(ctx, items) }
	}
	var text string
	if table := bindings.TableOf(v); table != nil {
		text = p.table(table)
	} else {
		text = p.value(L, k, v)
	}
	return func(context.Context) (string, error) { return text, nil }
}

// value shows what isn't of a cluster, or a part of an object: this as JSON where
// it fits on a line, else as YAML.
func (p *printer) value(L *lua.LState, k *bindings.Kube, v lua.LValue) string {
	text := plain(shownLua(L, v))
	width, _ := p.room()
	if width == 0 {
		width = lineWidth
	}
	if v.Type() != lua.LTUserData || strings.Contains(text, "\n") {
		return text
	}
	if json, err := k.Shown(v); err == nil && json.Len() > 0 {
		if line := plain(json.JSON("")); columns.Of(line) <= width {
			return line
		}
		return plain(json.YAML())
	}
	if columns.Of(text) <= width {
		return text
	}
	return strings.Join(wrap(text, width, viewRows), "\n")
}

// view shows the first rows of a view's table.
func (p *printer) view(ctx context.Context, v *kube.View) (string, error) {
	t, err := v.Table(ctx, kube.TableOptions{Limit: viewRows})
	if err != nil {
		return "", err
	}
	text := p.table(t)
	if t.More {
		text += "\n" + p.as(dim, fmt.Sprintf("… more than %d; print shows all, view:filter fewer", viewRows))
	}
	return text, nil
}

// items shows items in tables, one for each kind, and where the server doesn't
// give these by their names.
func (p *printer) items(ctx context.Context, items []*kube.Item) (string, error) {
	some := items[:min(len(items), itemRows)]
	tables, err := kube.TablesOf(ctx, some)
	if ctx.Err() != nil {
		return "", err
	}
	var text string
	if err != nil {
		for _, item := range some {
			text += plain(item.String()) + "\n"
		}
		why, _, _ := strings.Cut(err.Error(), "\n")
		text += p.as(dim, "… no table: "+plain(why))
	}
	for i, t := range tables {
		if i > 0 {
			text += "\n\n"
		}
		text += p.table(t)
	}
	if more := len(items) - itemRows; more > 0 {
		text += "\n" + p.as(dim, fmt.Sprintf("… %d more", more))
	}
	return text, nil
}

// table paints the server's table.
func (p *printer) table(t *kube.Table) string {
	width, _ := p.room()
	lines := strings.Split(plain(t.String()), "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, " ")
		switch {
		case len(t.Rows) == 0:
			line = p.as(dim, line)
		case i == 0:
			line = p.as(bold, line)
		default:
			line = p.cells(line)
		}
		lines[i] = cut(line, width)
	}
	return strings.Join(lines, "\n")
}

// room is the size of the terminal, 0 where the output is none.
func (p *printer) room() (width, height int) {
	if p.size == nil {
		return 0, 0
	}
	return p.size()
}
