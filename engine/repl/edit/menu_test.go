package edit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// completing makes an editor complete from some words.
func completing(words ...string) func(*Editor) {
	return func(e *Editor) {
		e.Complete = func(text string, cursor int) Completions {
			from := strings.LastIndexAny(text[:cursor], " (") + 1
			c := Completions{From: from}
			for _, word := range words {
				word, about, _ := strings.Cut(word, ": ")
				if strings.HasPrefix(word, text[from:cursor]) {
					c.Items = append(c.Items, Candidate{Text: word, Description: about})
				}
			}
			return c
		}
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	words := completing("fetch", "filter", "find", "pods", "podtemplates")
	for _, tt := range []struct {
		name string
		keys []string
		want string
	}{
		{"one", []string{"fe", keyTab}, "fetch|"},
		{"none", []string{"x", keyTab, "y"}, "xy|"},
		{"what several have in common", []string{"p", keyTab}, "pod|"},
		{"in a text", []string{"(fe)", keyLeft, keyTab}, "(fetch|)"},
		{"the first", []string{"f", keyTab, keyTab}, "fetch|"},
		{"the next", []string{"f", keyTab, keyTab, keyTab}, "filter|"},
		{"around", []string{"f", keyTab, keyTab, keyTab, keyTab, keyTab}, "fetch|"},
		{"the last", []string{"f", keyTab, keyBackTab}, "find|"},
		{"back", []string{"f", keyTab, keyTab, keyTab, keyBackTab}, "fetch|"},
		{"arrows", []string{"f", keyTab, keyTab, keyRight, keyRight, keyLeft}, "filter|"},
		{"Enter takes it", []string{"f", keyTab, keyTab, keyEnter, "("}, "fetch(|"},
		{"typing takes it", []string{"f", keyTab, keyTab, "("}, "fetch(|"},
		{"Escape leaves it", []string{"f", keyTab, keyTab, keyTab, keyEscape, "x"}, "fx|"},
		{"Escape closes", []string{"f", keyTab, keyEscape, keyTab, keyTab}, "fetch|"},
		{"typing narrows", []string{"f", keyTab, "i", keyTab, keyTab}, "find|"},
		{"undo", []string{"f", "e", keyTab, ctrl('_')}, "fe|"},
		{"a second menu", []string{"f", keyTab, keyTab, keyEnter, " p", keyTab, keyTab, keyTab}, "fetch podtemplates|"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, 40, 10, words)
			d.press(tt.keys...)
			assert.Equal(t, tt.want, d.edited())
		})
	}
}

func TestMenuOnTheScreen(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprintf("n%03d", i))
	}
	t.Run("side by side", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 22, 8, completing("fetch", "filter", "find", "follow"))
		d.press("f", keyTab)
		d.shows("> f|", "fetch   filter", "find    follow")
		d.press(keyTab, keyDown)
		d.shows("> find|", "fetch   filter", "find    follow")
		d.press("x")
		d.shows("> findx|")
	})
	t.Run("one below the other", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 22, 8, completing("fetch: one by name", "find: one, or nil if there is none"))
		d.press("f", keyTab)
		d.shows("> f|", "fetch  one by name", "find   one, or nil if")
		d.press("i")
		d.shows("> fi|", "find  one, or nil if")
		d.press("z")
		d.shows("> fiz|")
	})
	t.Run("wide characters", func(t *testing.T) {
		t.Parallel()
		m := menu{Completions: Completions{Items: []Candidate{{Text: "日本"}, {Text: "ab"}, {Text: "abcdefgh"}}}, selected: -1}
		assert.Equal(t, []string{"日本      ab      ", "abcdefgh  "}, m.rows(20, 5))
		assert.Equal(t, []string{"日", "ab", "ab"}, (&menu{Completions: m.Completions, selected: -1}).rows(2, 5))
	})
	t.Run("more than there is room for", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 12, 6, completing(many...))
		d.press(keyTab)
		d.shows("> n0|", "n000  n001", "n002  n003", "n004  n005", "94 more")
		for range 8 {
			d.press(keyTab)
		}
		d.shows("> n007|", "n004  n005", "n006  n007", "n008  n009", "94 more")
		d.press(keyEscape)
		d.shows("> n0|")
	})
	t.Run("left out already", func(t *testing.T) {
		t.Parallel()
		m := menu{Completions: Completions{Items: []Candidate{{Text: "a"}, {Text: "b"}}, More: 7}, selected: -1}
		assert.Equal(t, []string{"a  b  ", dim + "7 more" + plain}, m.rows(10, 5))
		assert.Equal(t, []string{dim + "9 more" + plain}, m.rows(10, 1))
		assert.Empty(t, m.rows(10, 0))
	})
	t.Run("of one that is selected the description", func(t *testing.T) {
		t.Parallel()
		words := []string{"f1: the first", "f2: the second", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12"}
		d := newDesk(t, 60, 6, completing(words...))
		d.press("f", keyTab, keyTab, keyTab)
		d.shows("> f2|", "the second", "f1   f2   f3   f4   f5   f6   f7   f8   f9   f10  f11  f12")
	})
}

// What isn't known yet is shown when it comes, unless the user has gone on.
func TestPendingCompletions(t *testing.T) {
	t.Parallel()
	var answer Completions
	pending := func(t *testing.T) *desk {
		d := newDesk(t, 40, 6)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.Complete = func(string, int) Completions { return answer }
		return d
	}
	answer = Completions{Pending: true}
	t.Run("comes", func(t *testing.T) {
		d := pending(t)
		d.press("x", keyTab)
		d.shows("> x|", "asking the cluster ...")
		answer = Completions{From: 1, Items: []Candidate{{Text: "one"}, {Text: "two"}}}
		d.Refresh()
		d.shows("> x|", "one  two")
	})
	answer = Completions{Pending: true}
	t.Run("comes too late", func(t *testing.T) {
		d := pending(t)
		d.press("x", keyTab, "y")
		d.shows("> xy|")
		answer = Completions{From: 1, Items: []Candidate{{Text: "one"}, {Text: "two"}}}
		d.Refresh()
		d.shows("> xy|")
	})
	t.Run("comes after the text", func(t *testing.T) {
		d := pending(t)
		_, _ = d.last(keyEnter)
		d.Refresh()
		d.shows(">", "|")
	})
}
