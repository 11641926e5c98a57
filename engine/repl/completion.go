package repl

import (
	"cmp"
	"context"
	"sync"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/repl/edit"
)

// complete makes the completer, which reads the stubs when it is first asked, and
// has the editor, if there is one, ask it. The stubs are then read in the
// background, before they are needed.
func (r *repl) complete() (end func()) {
	editor := r.console.editor
	notify := func() {}
	if editor != nil {
		notify = editor.Refresh
	}
	r.completer = sync.OnceValue(func() *LiveCompleter {
		return NewCompleter(CompleterOptions{
			Within:   Within(r.session),
			Index:    engine.API(),
			Commands: completedCommands(),
			Contexts: r.contextNames,
			Notify:   notify,
		})
	})
	if editor == nil {
		return func() { r.completer().Close() }
	}
	ready := make(chan struct{})
	go func() {
		defer close(ready)
		r.completer()
	}()
	editor.Complete = func(text string, cursor int) edit.Completions {
		found := r.completer().Complete(text, cursor)
		c := edit.Completions{From: found.From, More: found.More, Pending: found.Pending}
		for _, item := range found.Items {
			shown := cmp.Or(item.Display, item.Text)
			c.Items = append(c.Items, edit.Candidate{
				Text: item.Text + found.Close, Display: plain(shown), Description: plain(item.Description),
			})
		}
		return c
	}
	editor.Hint = func(text string, cursor int) string {
		select {
		case <-ready:
			hint := r.completer().Hint(text, cursor)
			if hint.Argument != "" {
				return hint.Call + "    " + hint.Argument
			}
			return hint.Call
		default:
			return "" // typing doesn't wait for it
		}
	}
	return func() { r.completer().Close() }
}

// completedCommands are the commands as the completer knows them.
func completedCommands() []Command {
	var list []Command
	for _, c := range commands() {
		list = append(list, Command{Name: c.name, Summary: c.summary, Argument: c.takes})
	}
	return list
}

// contextNames are the contexts that :ctx takes.
func (r *repl) contextNames(ctx context.Context) ([]string, error) {
	contexts, err := r.target.contexts(ctx)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(contexts))
	for i, c := range contexts {
		names[i] = c.Name
	}
	return names, nil
}
