package repl

import (
	"strings"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/columns"
)

// The layout of a summary.
const (
	gap       = "  " // between cells, and before a line of a section
	cellLines = 3    // at most, of a last cell that is long
	cellRoom  = 20   // what a last cell must have to be broken into lines
)

// summary lays out the summary of an item.
func (p *printer) summary(s *kube.Summary) string {
	width, _ := p.room()
	lines := []string{p.as(bold, cut(plain(s.Title), width))}
	names := 0
	for _, f := range s.Facts {
		names = max(names, len(f.Name))
	}
	for _, f := range s.Facts {
		name := gap + f.Name + strings.Repeat(" ", names-len(f.Name)) + gap
		code := mood(f.Text)
		if f.Name == "ready" && f.Text != "yes" {
			code = red
		}
		for i, line := range wrap(plain(f.Text), remaining(width, len(name)), cellLines) {
			if i > 0 {
				name = strings.Repeat(" ", len(name))
			}
			lines = append(lines, cut(p.as(dim, name)+p.as(code, line), width))
		}
	}
	for _, section := range s.Sections {
		lines = append(lines, p.as(bold, section.Name+":"))
		lines = append(lines, p.section(section, width)...)
	}
	return strings.Join(lines, "\n")
}

// remaining is what is left of a width; 0, which is any, where that is too
// little.
func remaining(width, used int) int {
	if width-used < cellRoom {
		return 0
	}
	return width - used
}

// section lays out the rows of a section: columns as wide as what is in them, the
// last one broken into lines.
func (p *printer) section(s kube.Section, width int) []string {
	var lines []string
	if s.Columns == nil {
		for _, cells := range s.Rows {
			lines = append(lines, cut(gap+plain(cells[0]), width))
		}
		return lines
	}
	rows := [][]string{s.Columns}
	for _, cells := range s.Rows {
		row := make([]string, len(cells))
		for i, text := range cells {
			row[i] = strings.Join(strings.Fields(plain(text)), " ")
		}
		rows = append(rows, row)
	}
	last := len(s.Columns) - 1
	for last > 0 && empty(rows[1:], last) {
		last--
	}
	widths := make([]int, last+1)
	for _, row := range rows {
		for i := range last {
			widths[i] = max(widths[i], columns.Of(row[i]))
		}
	}
	for n, row := range rows {
		line := ""
		for i := range last {
			line += gap + row[i] + strings.Repeat(" ", widths[i]-columns.Of(row[i]))
		}
		line += gap
		indent := strings.Repeat(" ", columns.Of(line))
		for i, part := range wrap(row[last], remaining(width, len(indent)), cellLines) {
			if i > 0 {
				line = indent
			}
			line = strings.TrimRight(line+part, " ")
			switch {
			case n == 0:
				line = p.as(dim, line)
			case s.Name != "Conditions": // whose names are not how things are
				line = p.cells(line)
			}
			lines = append(lines, cut(line, width))
		}
	}
	return lines
}

// empty tells whether no row has anything in a column.
func empty(rows [][]string, column int) bool {
	for _, row := range rows {
		if row[column] != "" {
			return false
		}
	}
	return true
}
