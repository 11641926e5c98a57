package edit

import (
	"fmt"
	"strings"

	"github.com/kubelua/kubelua/stdlib/columns"
)

// Completions are what could stand at the cursor.
type Completions struct {
	From    int // byte where what they replace starts
	Items   []Candidate
	More    int  // how many there are beside the items
	Pending bool // more may come: see [Editor.Refresh]
}

// Candidate is one of them.
type Candidate struct {
	Text        string // what is put into the text
	Display     string // what the menu shows; empty for Text
	Description string // what it means, on one line; may be empty
}

func (c Candidate) shown() string {
	if c.Display != "" {
		return c.Display
	}
	return c.Text
}

// menu is a list of candidates below the text.
type menu struct {
	Completions
	selected int    // index of the one that is in the text, -1 for none
	typed    string // what stood there before one was selected
	columns  int    // how many stand side by side
}

// prefix is what all candidates begin with.
func (c Completions) prefix() string {
	prefix := c.Items[0].Text
	for _, item := range c.Items[1:] {
		for !strings.HasPrefix(item.Text, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return strings.ToValidUTF8(prefix, "")
}

// rows draws the menu: side by side, or one below the other where few have
// something to say of themselves.
func (m *menu) rows(width, height int) []string {
	if height <= 0 {
		return nil
	}
	longest, described := 0, false
	for _, item := range m.Items {
		longest = max(longest, columns.Of(item.shown()))
		described = described || item.Description != ""
	}
	longest = min(longest, width)
	m.columns = max((width+2)/(longest+2), 1)
	if described && len(m.Items) <= height {
		m.columns = 1
	}
	lines := (len(m.Items) + m.columns - 1) / m.columns
	first, last := 0, lines
	if lines > height || m.More > 0 && lines == height {
		height-- // for the line that tells so
		first = min(max(m.selected/m.columns-height/2, 0), lines-height)
		last = first + height
	}
	var rows []string
	for line := first; line < last; line++ {
		var row strings.Builder
		for column := range m.columns {
			i := line*m.columns + column
			if i >= len(m.Items) {
				break
			}
			row.WriteString(m.cell(i, longest, width))
		}
		rows = append(rows, row.String())
	}
	hidden := m.More
	if last-first < lines {
		hidden += max(len(m.Items)-(last-first)*m.columns, 1)
	}
	if hidden > 0 {
		rows = append(rows, dim+cut(fmt.Sprintf("%d more", hidden), width)+plain)
	}
	return rows
}

// cell draws a candidate.
func (m *menu) cell(i, longest, width int) string {
	item := m.Items[i]
	name := cut(item.shown(), longest)
	pad := strings.Repeat(" ", longest-columns.Of(name))
	if i == m.selected {
		name = inverse + name + plain
	}
	if m.columns > 1 {
		if (i+1)%m.columns != 0 {
			pad += "  "
		}
		return name + pad
	}
	if room := width - longest - 2; item.Description != "" && room > 0 {
		return name + pad + "  " + dim + cut(item.Description, room) + plain
	}
	return name
}
