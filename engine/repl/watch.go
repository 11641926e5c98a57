package repl

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
)

// watch shows a value on the whole screen, anew when it changes, until a key
// ends it.
func (r *repl) watch(ctx context.Context, text string) error {
	if r.console.editor == nil {
		return errNoTerminal
	}
	eval := func(ctx context.Context) ([]lua.LValue, error) {
		return r.session.Eval(ctx, engine.Source{Name: "(watch)", Text: text, Dir: r.dir})
	}
	values, err := eval(ctx) // before the terminal is raw, in which Ctrl-C is a key
	if err != nil {
		return err
	}
	restore, err := r.console.raw()
	if err != nil {
		return err
	}
	defer restore()
	return r.console.alone(ctx, func(ctx context.Context) error {
		screen := &live{r.printer, keyInput{ctx, r.console.keys}}
		return screen.watch(ctx, text, r.session, values, eval)
	})
}
