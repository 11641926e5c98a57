package repl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
)

// piece is a part of the script of :save: what was entered and did not fail.
type piece struct {
	text    string
	results int  // how many values it had, which were named then
	shown   bool // some value was shown
}

// keep notes what was entered. One that begins with a blank is a secret.
func (r *repl) keep(text string, values []lua.LValue) {
	if secret(text) {
		r.note("-- what was entered here began with a blank")
		return
	}
	shown := len(values) > 1 || len(values) == 1 && values[0] != lua.LNil
	r.kept = append(r.kept, piece{strings.TrimRight(text, " \t\n"), len(values), shown})
}

// note notes a statement or a comment.
func (r *repl) note(text string) { r.kept = append(r.kept, piece{text: text}) }

// secret tells whether a text is not to be kept: it begins with a blank.
func secret(text string) bool { return text[0] == ' ' || text[0] == '\t' }

// save writes the script of what was entered. It overwrites only what it has
// written itself.
func (r *repl) save(_ context.Context, name string) error {
	if len(r.kept) == 0 {
		return errors.New("there is nothing to save yet")
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if name != r.saved {
		flags |= os.O_EXCL
	}
	out, err := os.OpenFile(name, flags, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and :save overwrites only what it has written: name another file", name)
	}
	if err != nil {
		return err
	}
	r.saved = name
	src := engine.Source{Name: name, Text: scriptOf(r.kept)}
	_, err = out.WriteString(src.Text)
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	if err := engine.Check(src); err != nil { // it may have more local variables than a script can have
		return fmt.Errorf("%s is written, but has to be edited before it can be run (%v)", name, err)
	}
	return nil
}

// scriptOf is a script that does what the pieces did.
func scriptOf(pieces []piece) string {
	var b strings.Builder
	b.WriteString("#!/usr/bin/env kubelua\n")
	for i, p := range pieces {
		text := p.statement(usedLater(pieces[i+1:]))
		if strings.HasPrefix(text, "(") {
			text = "do end " + text // else it would be a call of what stands before it
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

// last finds the names of the last results.
var last = regexp.MustCompile(`(?:^|[^\w.:])_\d*\b`)

// usedLater tells whether pieces use the last results, up to the next that has
// some.
func usedLater(pieces []piece) bool {
	for _, p := range pieces {
		if last.MatchString(p.text) {
			return true
		}
		if p.results > 0 {
			return false
		}
	}
	return false
}

// statement is the piece as a statement, behind which others can stand: an
// expression whose value was shown is one that prints it. named has it give the
// results their names.
func (p piece) statement(named bool) string {
	text := p.text
	if strings.HasPrefix(text, "#") && engine.KindOf(text) == engine.Chunk {
		text = "--" + text // the first line of a script
	}
	kind := engine.KindOf(text)
	if kind == engine.Return {
		value, _ := strings.CutPrefix(text, "return")
		switch engine.KindOf(value) {
		case engine.Call, engine.Expression:
			text, kind = strings.TrimSpace(value), engine.Expression
		default:
			text, kind = "(function(...)\n"+text+"\nend)(...)", engine.Call
		}
	}
	switch {
	case kind == engine.Chunk || kind == engine.Call && !p.shown && !named:
		return text
	case !named:
		return printed(text)
	}
	names := "_1"
	for i := 2; i <= p.results; i++ {
		names += fmt.Sprintf(", _%d", i)
	}
	text = names + " = " + text + "\n_ = _1"
	if p.shown {
		text += "\n" + printed(names)
	}
	return text
}

// printed is a statement that prints an expression, which may end in a comment.
func printed(text string) string {
	end := ""
	if strings.Contains(text, "--") {
		end = "\n"
	}
	return "print(" + text + end + ")"
}
