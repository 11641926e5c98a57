package repl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHighlight(t *testing.T) {
	t.Parallel()
	names := strings.NewReplacer("\x1b["+bold+"m", "keyword", "\x1b["+green+"m", "string", "\x1b["+dim+"m", "comment")
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"cluster.pods:fetch(x)", nil},
		{"local x = nil", []string{"keyword local", "keyword nil"}},
		{`f("a", 'b')`, []string{`string "a"`, "string 'b'"}},
		{`f("unfinished`, []string{`string "unfinished`}},
		{"x = [[\na]]", []string{"string [[\na]]"}},
		{"x -- end", []string{"comment -- end"}},
		{"-- a\n-- b\nx", []string{"comment -- a\n-- b\n"}},
		{"--[[ a\n]] x --[[ b", []string{"comment --[[ a\n]] ", "comment --[[ b"}},
		{"'--' x", []string{"string '--'"}},
		{`:watch f "x"`, []string{`string "x"`}},
		{"?and", []string{"keyword and"}},
	} {
		var got []string
		for _, s := range paint(true).highlight(tt.text) {
			got = append(got, names.Replace(s.Colour)+" "+tt.text[s.From:s.To])
		}
		assert.Equal(t, tt.want, got, tt.text)
	}
	assert.Empty(t, paint(false).highlight("local x"))
}
