package bindings

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// tableClass is what view:table returns.
var tableClass = class[*kube.Table]{
	name: "server table",
	attributes: map[string]func(call, *kube.Table) lua.LValue{
		"columns": func(c call, t *kube.Table) lua.LValue {
			return list(c, t.Columns, func(column kube.Column) lua.LValue { return c.userdata(column, c.column) })
		},
		"more": func(c call, t *kube.Table) lua.LValue { return lua.LBool(t.More) },
		"rows": func(c call, t *kube.Table) lua.LValue { return c.userdata(rowsOf(t), c.sequence) },
		"wide": func(c call, t *kube.Table) lua.LValue { return lua.LBool(t.Wide) },
	},
	tostring: (*kube.Table).String,
	length:   func(t *kube.Table) int { return len(t.Rows) },
	iter:     func(c call, t *kube.Table) lua.LValue { return c.elements(rowsOf(t), false) },
}

// rowsOf are the rows of a table, each made when it is asked for.
func rowsOf(t *kube.Table) *sequence {
	return &sequence{
		length: len(t.Rows),
		at:     func(c call, i int) lua.LValue { return c.userdata(tableRow{t, i}, c.row) },
	}
}

// tableRow is a row of a table.
type tableRow struct {
	table *kube.Table
	at    int
}

func (r tableRow) row() kube.Row { return r.table.Rows[r.at] }

var rowClass = class[tableRow]{
	name: "row",
	attributes: map[string]func(call, tableRow) lua.LValue{
		"cells":     func(c call, r tableRow) lua.LValue { return list(c, r.row().Cells, c.value) },
		"name":      func(c call, r tableRow) lua.LValue { return lua.LString(r.row().Name) },
		"namespace": func(c call, r tableRow) lua.LValue { return textOrNil(r.row().Namespace) },
		"uid":       func(c call, r tableRow) lua.LValue { return textOrNil(r.row().UID) },
	},
	// Columns have names of their own, which begin with a capital.
	index: func(c call, r tableRow, key lua.LValue) (lua.LValue, bool) {
		cell := r.table.Cell(r.row(), key.String())
		return c.value(cell), cell.Exists() && key.Type() == lua.LTString
	},
	names: func(r tableRow) []string {
		var names []string
		for _, column := range r.table.Columns {
			names = append(names, column.Name)
		}
		return names
	},
	tostring: func(r tableRow) string { return "row of " + r.row().Name },
}

var columnClass = class[kube.Column]{
	name: "column",
	attributes: map[string]func(call, kube.Column) lua.LValue{
		"description": func(c call, col kube.Column) lua.LValue { return lua.LString(col.Description) },
		"format":      func(c call, col kube.Column) lua.LValue { return lua.LString(col.Format) },
		"name":        func(c call, col kube.Column) lua.LValue { return lua.LString(col.Name) },
		"priority":    func(c call, col kube.Column) lua.LValue { return lua.LNumber(col.Priority) },
		"type":        func(c call, col kube.Column) lua.LValue { return lua.LString(col.Type) },
	},
	tostring: func(col kube.Column) string { return col.Name },
	equal:    func(a, b kube.Column) bool { return a == b },
}

// viewTable implements view:table{wide = true, limit = n}.
func viewTable(c call, v *kube.View) int {
	given := options[struct {
		Limit lua.LValue
		Wide  bool
	}](c, 2)
	o := kube.TableOptions{Wide: given.Wide}
	if given.Limit != nil && given.Limit != lua.LNil {
		n, ok := given.Limit.(lua.LNumber)
		if o.Limit = int(n); !ok || o.Limit < 1 || lua.LNumber(o.Limit) != n {
			c.invalid("option limit must be a whole number from 1, not %s", given.Limit)
		}
	}
	return c.push(c.userdata(c.tabulated(v, o), c.table))
}

// tabulated reads the table of a view.
func (c call) tabulated(v *kube.View, o kube.TableOptions) *kube.Table {
	return blocking(c, func(ctx context.Context) (*kube.Table, error) { return v.Table(ctx, o) })
}
