package kube

import (
	"bytes"
	"context"
	"io"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"
)

// maxRows bounds a table without a limit of its own: it is all in memory, at
// some 300 bytes a row.
const maxRows = 100_000

// tableType asks for a list as a table (API concepts, "Receiving resources as
// Tables"); servers that can't do that send the objects.
const tableType = jsonType + ";as=Table;g=meta.k8s.io;v=v1," + jsonType

// Table is what the server would have people see of a view, or of some items:
// columns and rows of text and numbers, the same that kubectl get shows. It is
// read-only and safe for concurrent use.
type Table struct {
	Columns []Column
	Rows    []Row
	// Wide has String show the columns of all priorities.
	Wide bool
	// More tells that there were more objects than TableOptions.Limit.
	More bool

	spaced bool   // the namespaces come first
	kind   string // what stands before the names, "pod/"
	none   string // what String says without rows
}

// Column describes a column of a Table (API reference, TableColumnDefinition).
type Column struct {
	Name        string // "Ready"
	Type        string // of OpenAPI: "string", "integer", "number", "boolean", "date"
	Format      string // of OpenAPI; "name" for that of the object's name
	Description string
	Priority    int // 0 is always shown, what is greater only in wide tables
}

// Row is a row of a Table: a cell for each column, and whose they are.
type Row struct {
	Cells     []Value // strings, numbers, booleans or nulls
	Namespace string  // "" for what lives in none
	Name      string
	UID       string
}

// TableOptions say what a table holds. The zero TableOptions: every object of
// the view, up to 100,000.
type TableOptions struct {
	Wide  bool // see [Table]
	Limit int  // at most so many rows; 0 for all
}

// Table reads the view's objects as the server's table, page by page. The
// table of a cached view comes from the server too. More than 100,000 objects,
// without a limit, are a ValueError.
func (v *View) Table(ctx context.Context, options TableOptions) (*Table, error) {
	if options.Limit < 0 {
		return nil, Errorf(ValueError, "the limit of a table is negative")
	}
	served := *v
	served.cache = nil
	list := served.list(tableType)
	if options.Limit > 0 {
		list.limit = options.Limit + 1 // for More
	}
	it := served.iterateOver(ctx, list)
	defer it.Close()
	t := &Table{Wide: options.Wide, spaced: v.resource.Namespaced && v.namespace == "", none: "No resources found"}
	if v.namespace != "" {
		t.none += " in " + v.namespace + " namespace."
	}
	for {
		object, err := it.bytes(ctx)
		if t.Columns == nil && it.pages.page != nil {
			t.Columns = columns(it.pages.page.columns)
		}
		switch {
		case err == io.EOF:
			return t, nil
		case err != nil:
			return nil, err
		case options.Limit > 0 && len(t.Rows) == options.Limit:
			t.More = true
			return t, nil
		case len(t.Rows) == maxRows && options.Limit == 0:
			return nil, Errorf(ValueError, "table of %s: there are more than %d (narrow the view, or say how many by the option limit)", v, maxRows)
		}
		t.Rows = append(t.Rows, row(object, it.pages.page.columns != nil))
	}
}

// plainColumns are the columns of servers that send objects instead of a
// table, as kubectl shows them.
var plainColumns = []Column{{Name: "Name", Type: "string", Format: "name"}, {Name: "Age", Type: "string"}}

// columns reads the columnDefinitions of a table, nil where it had none.
func columns(text []byte) []Column {
	if text == nil {
		return slices.Clone(plainColumns)
	}
	list := []Column{}
	for c := range trusted(text).Elements() {
		priority, _ := c.Get("priority").Int()
		list = append(list, Column{
			c.Get("name").String(), c.Get("type").String(), c.Get("format").String(), c.Get("description").String(), int(priority),
		})
	}
	return list
}

// row reads a row of a table, or makes one of a plain object.
func row(text []byte, rendered bool) Row {
	object := trusted(text)
	var cells []Value
	if rendered {
		cells = slices.Collect(trusted(bytes.Clone(object.Get("cells").Raw())).Elements())
		object = object.Get("object")
	}
	meta := object.Get("metadata")
	r := Row{cells, meta.Get("namespace").String(), meta.Get("name").String(), meta.Get("uid").String()}
	if !rendered {
		age := "<unknown>"
		if created, err := ParseTime(meta.Get("creationTimestamp").String()); err == nil {
			age = duration.HumanDuration(time.Since(created))
		}
		r.Cells = []Value{textValue(r.Name), textValue(age)}
	}
	return r
}

// Cell returns the cell of a row under the column of that name; absent where
// there is none.
func (t *Table) Cell(r Row, column string) Value {
	for i, c := range t.Columns {
		if c.Name == column && i < len(r.Cells) {
			return r.Cells[i]
		}
	}
	return Value{}
}
