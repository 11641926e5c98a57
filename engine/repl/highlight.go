package repl

import (
	"strings"

	"github.com/kubelua/kubelua/engine/repl/edit"
)

// highlight gives the parts of a text their colours while it is typed: keywords,
// strings and comments.
func (p paint) highlight(text string) []edit.Span {
	if !p {
		return nil
	}
	var spans []edit.Span
	add := func(code string, from, to int) {
		spans = append(spans, edit.Span{From: from, To: to, Colour: "\x1b[" + code + "m"})
	}
	skip := len(text) - len(luaPart(text))
	end := skip
	between := func(to int) { // where there are comments and nothing else
		if at := strings.Index(text[end:to], "--"); at >= 0 {
			add(dim, end+at, to)
		}
	}
	for _, t := range scan(text[skip:]) {
		from, to := t.from+skip, t.to+skip
		between(from)
		switch t.kind {
		case keywordToken:
			add(bold, from, to)
		case stringToken, longStringToken:
			add(green, from, to)
		case commentToken:
			add(dim, from, to)
		}
		end = to
	}
	between(len(text))
	return spans
}
