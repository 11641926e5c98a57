package kube

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"text/tabwriter"
)

// String is the table as kubectl get prints it, without the last newline: the
// namespaces come first where the view is of all of them, the names of columns
// in upper case, columns three blanks apart. Without rows it says that there
// are none, as kubectl does.
func (t *Table) String() string {
	if len(t.Rows) == 0 {
		return t.none
	}
	var text strings.Builder
	// The numbers are those of kubectl (k8s.io/cli-runtime, printers).
	w := tabwriter.NewWriter(&text, 6, 4, 3, ' ', 0)
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = strings.ToUpper(c.Name)
	}
	t.line(w, "NAMESPACE", names)
	for _, r := range t.Rows {
		cells := make([]string, min(len(r.Cells), len(t.Columns)))
		for i := range cells {
			cells[i] = cellText(r.Cells[i])
		}
		if len(cells) > 0 {
			cells[0] = t.kind + cells[0]
		}
		t.line(w, r.Namespace, cells)
	}
	w.Flush() // into memory, which doesn't fail
	return strings.TrimSuffix(text.String(), "\n")
}

// line writes the cells that are shown.
func (t *Table) line(w *tabwriter.Writer, namespace string, cells []string) {
	var shown []string
	if t.spaced {
		shown = append(shown, namespace)
	}
	for i, cell := range cells {
		if t.Wide || t.Columns[i].Priority == 0 {
			shown = append(shown, cell)
		}
	}
	fmt.Fprintln(w, strings.Join(shown, "\t"))
}

// unsafe are the characters by which a cell could act on a terminal.
var unsafe = strings.NewReplacer("\x1b", "^[", "\r", `\r`)

// cellText is a cell as kubectl prints it: a text up to its first line's end,
// nothing for null.
func cellText(v Value) string {
	switch v.Type() {
	case Absent, Null:
		return ""
	case String:
		text := v.String()
		if end := strings.IndexAny(text, "\f\n\r"); end >= 0 {
			text = text[:end] + "..."
		}
		return unsafe.Replace(text)
	case Number:
		if _, ok := v.Int(); ok {
			return v.String()
		}
		if f := v.Float(); !math.IsInf(f, 0) {
			return fmt.Sprint(f)
		}
	case Array, Object:
		// As Go prints it, which is what kubectl does.
		var decoded any
		if json.Unmarshal(v.Raw(), &decoded) == nil {
			return unsafe.Replace(fmt.Sprint(decoded))
		}
	}
	return unsafe.Replace(v.String())
}
