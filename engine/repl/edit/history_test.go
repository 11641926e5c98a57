package edit

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHistory(t *testing.T) {
	t.Parallel()
	entries := []string{"cluster.pods", "x = 1", "for i = 1, 2 do\n  print(i)\nend", "cluster.nodes", "cluster.nodes", "x"}
	for _, tt := range []struct {
		name string
		keys []string
		want string
	}{
		{"the last", []string{keyUp}, "x|"},
		{"twice the same is one", []string{keyUp, keyUp, keyUp}, "for i = 1, 2 do\n  print(i)\nend|"},
		{"Ctrl-P and Ctrl-N", []string{ctrl('P'), ctrl('P'), ctrl('N')}, "x|"},
		{"through the lines of an entry", []string{keyUp, keyUp, keyUp, keyUp, "x"}, "for i = 1, 2 do\n  px|rint(i)\nend"},
		{"to the first and no further", []string{keyUp, keyUp, keyUp, keyUp, keyUp, keyUp, keyUp, keyUp, keyUp}, "cluster.pods|"},
		{"down from the text", []string{"a", keyDown, "b"}, "ab|"},
		{"and back to the text", []string{"", keyUp, keyUp, keyDown, keyDown, keyDown}, "|"},
		{"what begins as the text", []string{"clu", keyUp, keyUp}, "cluster.pods|"},
		{"back to what was typed", []string{"clu", keyUp, keyUp, keyDown, keyDown}, "clu|"},
		{"nothing begins as the text", []string{"y", keyUp}, "y|"},
		{"an edited entry", []string{keyUp, "yz", keyUp, keyDown}, "x|"},
		{"search", []string{ctrl('R'), "p", "o", "d"}, "cluster.pods|"},
		{"search on", []string{ctrl('R'), "cluster", ctrl('R')}, "cluster.pods|"},
		{"search that finds nothing more", []string{ctrl('R'), "nodes", ctrl('R')}, "cluster.nodes|"},
		{"search that finds nothing", []string{"a", ctrl('R'), "zz"}, "a|"},
		{"search for less", []string{ctrl('R'), "pri", keyBack, keyBack, keyBack, keyBack}, "for i = 1, 2 do\n  print(i)\nend|"},
		{"search and edit", []string{ctrl('R'), "nod", keyLeft, "x"}, "cluster.nodex|s"},
		{"search and give up", []string{"ab", ctrl('R'), "nod", ctrl('G'), "c"}, "abc|"},
		{"search and go on from there", []string{ctrl('R'), "nod", keyUp}, "for i = 1, 2 do\n  print(i)\nend|"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, 60, 8, func(e *Editor) {
				for _, entry := range entries {
					e.History.Add(entry)
				}
			})
			for _, k := range tt.keys {
				if k != "" {
					d.press(k)
				}
			}
			assert.Equal(t, tt.want, d.edited())
		})
	}
}

func TestSearchOnTheScreen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 40, 4, func(e *Editor) { e.History.Add("cluster.pods") })
	d.press(ctrl('R'), "od")
	d.shows("(search: od) cluster.pods|")
	text, err := d.last(keyEnter)
	assert.NoError(t, err)
	assert.Equal(t, "cluster.pods", text)
	d.shows("> cluster.pods", "|")
}
