package repl

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kubelua/kubelua/engine"
)

// report shows an error. Where in a piece of one line it happened is plain to
// see; several lines, and calls, get a position and a traceback.
func (r *repl) report(prefix string, err error, lines bool) {
	var script *engine.ScriptError
	var syntax *engine.SyntaxError
	var coded interface{ ExitCode() int }
	text := err.Error()
	switch {
	case errors.Is(err, engine.Interrupted):
		text = "interrupted"
	case errors.As(err, &syntax):
		if text = syntax.Message; lines {
			text = fmt.Sprintf("line %d: %s", syntax.Line, syntax.Message)
		}
	case errors.As(err, &script):
		text = script.Message
		if lines || len(script.Trace) > 1 {
			var b strings.Builder
			engine.Report(&b, err)
			text = strings.TrimPrefix(strings.TrimSpace(b.String()), "kubelua: ")
		}
	case errors.As(err, &coded) && r.session.Err() != nil:
		return // os.exit
	}
	first, rest, _ := strings.Cut(prefix+plain(text), "\n")
	if rest != "" {
		rest = "\n" + rest
	}
	fmt.Fprintf(r.console.err, "%s%s\n", r.console.painted(red, first), rest)
}

// notice shows a message of the prompt itself.
func (r *repl) notice(text string) {
	fmt.Fprintln(r.console.err, r.console.painted(dim, text))
}
