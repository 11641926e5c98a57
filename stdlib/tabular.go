package stdlib

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/columns"
	"github.com/kubelua/kubelua/stdlib/host"
)

// tabularFunctions are the functions of the module tabular.
var tabularFunctions = functions{
	"new": func(c call) int { return c.push(object(c, c.newTabular("tabular.new"), tabularClass)) },
	"print": func(c call) int {
		t := c.newTabular("tabular.print")
		c.addRows(t, 2)
		writeTo(c.L, c.host.Stdout(), t.plain(true))
		return 0
	},
	"width": func(c call) int {
		return c.push(lua.LNumber(columns.Of(c.text(1, "tabular.width: the text"))))
	},
}

// tabular is a table for people, with its rows so far.
type tabular struct {
	columns []tabularColumn
	rows    [][]tabularCell
	size    int
}

// tabularColumn is a column of a table.
type tabularColumn struct {
	title string
	key   string     // of its cells in rows that are records, and in JSON
	right bool       // aligned to the right
	value lua.LValue // a function that makes the cell of a row, nil for none
}

// tabularCell is a cell: what the script gave, and how it is shown.
type tabularCell struct {
	value lua.LValue
	text  string
}

// Size is about how many bytes it takes. See [host.Sized].
func (t *tabular) Size() int { return t.size }

// Held are the values of its cells. See [host.Holder].
func (t *tabular) Held() (held []lua.LValue) {
	for _, row := range t.rows {
		for _, cell := range row {
			held = append(held, cell.value)
		}
	}
	return held
}

func tabularClass() class[*tabular] {
	return class[*tabular]{
		name:       "table of text",
		documented: "tabular.Table",
		methods: map[string]func(call, *tabular) int{
			"add": func(c call, t *tabular) int {
				c.addRow(t, c.L.Get(2))
				return c.push(c.L.Get(1))
			},
			"add_all": func(c call, t *tabular) int {
				c.addRows(t, 2)
				return c.push(c.L.Get(1))
			},
			"render": func(c call, t *tabular) int {
				kind := c.text(2, "the form")
				render := renderers[kind]
				if render == nil {
					c.invalid("unknown form %q%s", kind, c.host.Suggest(kind, slices.Collect(maps.Keys(renderers))))
				}
				given := options[struct{ Header lua.LValue }](c, 3)
				return c.pushText(render(c, t, given.Header != lua.LFalse))
			},
		},
		text: func(t *tabular) string { return strings.TrimSuffix(t.plain(true), "\n") },
		meta: map[string]func(call) int{
			"__len": func(c call) int {
				t, _ := objectOf[*tabular](c.L.Get(1))
				return c.push(lua.LNumber(len(t.rows)))
			},
		},
	}
}

// renderers are the forms of a table.
var renderers = map[string]func(c call, t *tabular, header bool) string{
	"csv":      func(c call, t *tabular, header bool) string { return t.csv(c, header) },
	"json":     func(c call, t *tabular, _ bool) string { return t.json(c) },
	"markdown": func(_ call, t *tabular, header bool) string { return t.markdown(header) },
	"text":     func(_ call, t *tabular, header bool) string { return t.plain(header) },
	"tsv":      func(_ call, t *tabular, header bool) string { return t.tsv(header) },
}

// newTabular makes the table that argument 1 declares: a list of columns.
func (c call) newTabular(function string) *tabular {
	t := &tabular{}
	c.table(1, function+": the columns").ForEach(func(key, column lua.LValue) {
		if key.Type() != lua.LTNumber {
			c.invalid("%s: the columns must be a list, without %s", function, host.Quoted(key))
		}
		t.columns = append(t.columns, c.tabularColumn(column, function))
	})
	return t
}

// tabularColumn reads the declaration of a column: its title, which begins with >
// where it is aligned to the right, or a table.
func (c call) tabularColumn(v lua.LValue, function string) tabularColumn {
	declared, isTable := v.(*lua.LTable)
	column := tabularColumn{}
	title := v
	if isTable {
		title = declared.RawGetInt(1)
		own := c.L.NewTable()
		declared.ForEach(func(key, value lua.LValue) {
			if key != lua.LNumber(1) {
				own.RawSet(key, value)
			}
		})
		c.L.Push(own)
		given := options[struct {
			Align, Key string
			Value      lua.LValue
		}](c, c.L.GetTop())
		c.L.Pop(1)
		if given.Align != "" && given.Align != "left" && given.Align != "right" {
			c.invalid("%s: option align must be left or right, not %q", function, given.Align)
		}
		column.key, column.value, column.right = given.Key, given.Value, given.Align == "right"
	}
	column.title = c.textOf(title, function+": the title of a column")
	if marked, ok := strings.CutPrefix(column.title, ">"); ok {
		column.title, column.right = marked, true
	}
	if column.key == "" {
		column.key = strings.ToLower(strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return '_'
		}, column.title))
	}
	return column
}

// addRows adds what argument i lists.
func (c call) addRows(t *tabular, i int) {
	c.each(i, func(row lua.LValue) { c.addRow(t, row) })
}

// addRow adds a row: a list of cells, a record of them, or anything that the
// functions of the columns make cells of.
func (c call) addRow(t *tabular, row lua.LValue) {
	cells := make([]tabularCell, len(t.columns))
	for i, column := range t.columns {
		v := lua.LValue(lua.LNil)
		switch {
		case column.value != nil:
			c.push(column.value, row)
			c.L.Call(1, 1)
			v = c.L.Get(-1)
			c.L.Pop(1)
		case row.Type() == lua.LTTable || row.Type() == lua.LTUserData:
			if row.Type() == lua.LTTable || c.L.GetMetaField(row, "__len") != lua.LNil {
				v = c.L.GetTable(row, lua.LNumber(i+1))
			}
			if v == lua.LNil {
				v = c.L.GetTable(row, lua.LString(column.key))
			}
		default:
			c.invalid("a row must be a table, not %s", host.TypeName(row))
		}
		cells[i].value = v
		if v != lua.LNil {
			cells[i].text = toString(c.L, v)
		}
		t.size += len(cells[i].text) + cellSize
	}
	t.rows = append(t.rows, cells)
}

// cellSize is what a cell takes beside its text.
const cellSize = 48

// lines are the rows of a table, with its titles before where header is true. An
// absent cell is missing.
func (t *tabular) lines(header bool, missing string, write func(string) string) (lines [][]string) {
	if header {
		var titles []string
		for _, column := range t.columns {
			titles = append(titles, write(column.title))
		}
		lines = append(lines, titles)
	}
	for _, row := range t.rows {
		var cells []string
		for _, cell := range row {
			if cell.value == lua.LNil {
				cells = append(cells, missing)
			} else {
				cells = append(cells, write(cell.text))
			}
		}
		lines = append(lines, cells)
	}
	return lines
}

// absentCell is how an absent cell is shown to people.
const absentCell = "-"

// plain is the table as kubectl prints tables: its columns line up.
func (t *tabular) plain(header bool) string {
	var out strings.Builder
	lines := t.lines(header, absentCell, oneLine)
	widths := t.widths(lines)
	for _, cells := range lines {
		line := ""
		for i, cell := range cells {
			if i > 0 {
				line += "  "
			}
			line += t.padded(i, cell, widths[i])
		}
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return out.String()
}

// widest is how wide a column gets. What is longer in it stands out: the other
// rows aren't filled up to it, or one long cell would make many rows long.
const widest = 256

// widths are the widths of the columns.
func (t *tabular) widths(lines [][]string) []int {
	widths := make([]int, len(t.columns))
	for _, cells := range lines {
		for i, cell := range cells {
			widths[i] = max(widths[i], min(columns.Of(cell), widest))
		}
	}
	return widths
}

// padded is a cell of column i at the width of the column.
func (t *tabular) padded(i int, cell string, width int) string {
	pad := strings.Repeat(" ", max(width-columns.Of(cell), 0))
	if t.columns[i].right {
		return pad + cell
	}
	return cell + pad
}

// oneLine is a text with its control characters written as Go writes them. What
// sets colours passes.
func oneLine(text string) string {
	if strings.IndexFunc(text, unicode.IsControl) < 0 {
		return text
	}
	var b strings.Builder
	for text != "" {
		n := columns.Colour(text)
		if n == 0 || text[n-1] != 'm' {
			r, size := utf8.DecodeRuneInString(text)
			if n = size; unicode.IsControl(r) {
				b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
				text = text[n:]
				continue
			}
		}
		b.WriteString(text[:n])
		text = text[n:]
	}
	return b.String()
}

// markdown is the table in Markdown, as GitHub reads it.
func (t *tabular) markdown(header bool) string {
	escape := strings.NewReplacer(`\`, `\\`, "|", `\|`, "\r\n", "<br>", "\n", "<br>")
	lines := t.lines(true, absentCell, escape.Replace)
	if !header {
		for i := range lines[0] {
			lines[0][i] = ""
		}
	}
	widths := t.widths(lines)
	rule := make([]string, len(t.columns))
	for i := range rule {
		const least = 3
		widths[i] = max(widths[i], least)
		rule[i] = strings.Repeat("-", widths[i])
		if t.columns[i].right {
			rule[i] = rule[i][1:] + ":"
		}
	}
	var out strings.Builder
	for _, cells := range slices.Insert(lines, 1, rule) {
		for i, cell := range cells {
			out.WriteString("| " + t.padded(i, cell, widths[i]) + " ")
		}
		out.WriteString("|\n")
	}
	return out.String()
}

// csv is the table as RFC 4180 has it, with line ends of one character.
func (t *tabular) csv(c call, header bool) string {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	c.raise(w.WriteAll(t.lines(header, "", func(text string) string { return text })))
	return out.String()
}

// tsv is the table with tabs between the cells; those in cells are \t, and line
// ends \n.
func (t *tabular) tsv(header bool) string {
	escape := strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)
	var out strings.Builder
	for _, cells := range t.lines(header, "", escape.Replace) {
		out.WriteString(strings.Join(cells, "\t") + "\n")
	}
	return out.String()
}

// json is a list of objects, an absent cell being null.
func (t *tabular) json(c call) string {
	var out bytes.Buffer
	out.WriteByte('[')
	for n, row := range t.rows {
		if n > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n  {")
		for i, cell := range row {
			if i > 0 {
				out.WriteString(", ")
			}
			key, _ := json.Marshal(t.columns[i].key)
			out.Write(append(key, ": "...))
			out.Write(cell.json(c))
		}
		out.WriteByte('}')
		host.CheckLength(c.L, out.Len())
	}
	out.WriteString("\n]\n")
	return out.String()
}

// json is the value of a cell, or its text where it is none of JSON's.
func (cell tabularCell) json(c call) []byte {
	if cell.value == lua.LNil {
		return []byte("null")
	}
	if text, err := c.host.Shown(c.L, cell.value, "the cell"); err == nil {
		return text
	}
	text, err := json.Marshal(cell.text)
	c.raise(err)
	return text
}
