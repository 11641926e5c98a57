package kube

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// tableCalls is how many items TablesOf asks for at a time.
const tableCalls = 8

// goneCell is what stands in the cells of an object that is no more.
var goneCell = textValue("<gone>")

// TablesOf reads the server's tables of the given items as they are now: one
// for each kind, in the order in which the kinds come first. That is a request
// for each item, some at a time. An item that is gone, was replaced by a
// namesake or never was on the server has a row that says so.
func TablesOf(ctx context.Context, items []*Item) ([]*Table, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answers := make([]*Table, len(items))
	free := make(chan struct{}, tableCalls)
	var wg sync.WaitGroup
	for n, item := range items {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			var err error
			if answers[n], err = item.table(ctx); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return joined(items, answers), nil
}

// table is the table of one item, without rows where it is gone.
func (i *Item) table(ctx context.Context) (*Table, error) {
	t := &Table{Columns: columns(nil)}
	if i.addressable() != nil {
		return t, nil
	}
	meta := i.Meta()
	answer, err := i.cluster.client.object(ctx, request{
		method: http.MethodGet,
		path:   i.resource.path(meta.Namespace(), meta.Name()),
		accept: tableType,
		what:   "fetch " + i.String(),
	})
	switch definitions := answer.Get("columnDefinitions"); {
	case IsReason(err, "NotFound"):
		return t, nil
	case err != nil:
		return nil, err
	case definitions.Exists():
		t.Columns = columns(definitions.Raw())
		for r := range answer.Get("rows").Elements() {
			t.Rows = append(t.Rows, row(r.Raw(), true))
		}
	default:
		t.Rows = []Row{row(answer.Raw(), false)}
	}
	if len(t.Rows) > 0 && meta.UID() != "" && t.Rows[0].UID != meta.UID() {
		t.Rows = nil // a namesake
	}
	return t, nil
}

// joined puts the tables of items together, those of a kind into one.
func joined(items []*Item, answers []*Table) []*Table {
	type source struct {
		cluster *Cluster
		path    string
	}
	var tables []*Table
	byKind := map[source]*Table{}
	for n, item := range items {
		of := source{item.cluster, item.resource.path("", "")}
		t, answer := byKind[of], answers[n]
		if t == nil {
			t = &Table{Columns: answer.Columns, spaced: item.resource.Namespaced, kind: strings.ToLower(item.resource.key()) + "/"}
			byKind[of] = t
			tables = append(tables, t)
		}
		if len(answer.Rows) > 0 {
			t.Columns = answer.Columns
			t.Rows = append(t.Rows, answer.Rows[0])
		} else {
			meta := item.Meta()
			t.Rows = append(t.Rows, Row{Namespace: meta.Namespace(), Name: meta.Name(), UID: meta.UID()})
		}
	}
	for _, t := range tables {
		if len(tables) == 1 {
			t.kind = ""
		}
		for n := range t.Rows {
			if r := &t.Rows[n]; r.Cells == nil {
				r.Cells = append([]Value{textValue(r.Name)}, slices.Repeat([]Value{goneCell}, max(len(t.Columns)-1, 0))...)
			}
		}
	}
	return tables
}
