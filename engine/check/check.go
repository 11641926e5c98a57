package check

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// Finding is something that is wrong with a script.
type Finding struct {
	File    string `json:"file"`
	Line    int    `json:"line"`             // counted from 1; 0 if it is the file as a whole
	Column  int    `json:"column,omitempty"` // byte in the line, counted from 1; 0 if unknown
	Message string `json:"message"`
}

// String is "file:line:column: message".
func (f Finding) String() string {
	where := f.File
	for _, n := range []int{f.Line, f.Column} {
		if n > 0 {
			where += fmt.Sprintf(":%d", n)
		}
	}
	return where + ": " + f.Message
}

// Options say what scripts have.
type Options struct {
	// API documents what scripts have; nil is [engine.API].
	API *luacats.Index
	// Kinds tells that the API has the kinds of a cluster, too, all of them.
	Kinds bool
	// Added are fields of the API's classes that the stubs don't know.
	Added Additions
	// Path lists folders in which require looks, after that of the script.
	Path []string
}

// Script finds what is wrong with a script, in the order of its lines.
func Script(src engine.Source, o Options) []Finding {
	if o.API == nil {
		o.API = engine.API()
	}
	tree, text, err := engine.Tree(src)
	var syntax *engine.SyntaxError
	if errors.As(err, &syntax) {
		return []Finding{{src.Name, syntax.Line, syntax.Column, syntax.Message}}
	}
	r := newReading(src, text, o)
	r.block(tree)
	for _, check := range r.checks {
		check()
	}
	silent := silenced(text)
	found := slices.DeleteFunc(r.found, func(f Finding) bool { return silent[f.Line] })
	slices.SortStableFunc(found, func(a, b Finding) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return slices.Compact(found)
}

// silence is what silences a line: the comment for it, or that of a test which
// says that the line must fail.
var silence = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`--\s*kubelua:\s*ignore\b|--> error: "`)
})

// silenced are the lines that nothing is said about.
func silenced(text string) map[int]bool {
	lines := map[int]bool{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if strings.Contains(line, "--") && silence().MatchString(line) {
			lines[n] = true
		}
	}
	return lines
}

// suggestion is the end of a message about a name that isn't there.
func suggestion(name string, known []string) string {
	known = slices.DeleteFunc(known, func(k string) bool { return k == name })
	near := kube.Nearest(name, known)
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}
