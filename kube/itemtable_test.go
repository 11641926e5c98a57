package kube

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tablesText is the text of tables, one after another.
func tablesText(tables []*Table) string {
	var list []string
	for _, t := range tables {
		list = append(list, t.String())
	}
	return strings.Join(list, "\n\n")
}

func TestTablesOfItems(t *testing.T) {
	t.Parallel()
	c := connect(t)
	v := configMaps(t, c)
	namespace := v.Namespace()
	a, b := create(t, v, "a"), create(t, v, "b")
	// Two are compared with the view's own table, but for the namespaces.
	tables, err := TablesOf(t.Context(), []*Item{b, a})
	require.NoError(t, err)
	require.Len(t, tables, 1)
	got := strings.Fields(tables[0].String())
	assert.Equal(t, []string{"NAMESPACE", "NAME", "DATA", "AGE", namespace, "b", "0"}, got[:7])
	assert.Equal(t, []string{namespace, "a", "0"}, got[8:11])

	// Several kinds, in the order in which they come.
	own, err := c.Builtin("namespaces").Fetch(t.Context(), namespace, "")
	require.NoError(t, err)
	tables, err = TablesOf(t.Context(), []*Item{a, own, b})
	require.NoError(t, err)
	require.Len(t, tables, 2)
	assert.Regexp(t, `(?s)^NAMESPACE +NAME +DATA +AGE\n`+namespace+` +configmap/a +0 .*`+namespace+` +configmap/b +0 .*\n\n`+
		`NAME +STATUS +AGE\nnamespace/`+namespace+` +Active `, tablesText(tables))

	tables, err = TablesOf(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, tables)
}

func TestTablesOfItemsThatAreGone(t *testing.T) {
	t.Parallel()
	c := connect(t)
	v := configMaps(t, c)
	a, b, other := create(t, v, "a"), create(t, v, "b"), create(t, v, "other")
	for _, i := range []*Item{a, other} {
		require.NoError(t, i.Delete(t.Context(), DeleteOptions{}))
	}
	create(t, v, "other") // a namesake
	never, err := c.Item(t.Context(), parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"never"}}`))
	require.NoError(t, err)
	tables, err := TablesOf(t.Context(), []*Item{a, b, other, never})
	require.NoError(t, err)
	require.Len(t, tables, 1)
	var rows []string
	for _, r := range tables[0].Rows {
		rows = append(rows, r.Name+" "+tables[0].Cell(r, "Data").String())
	}
	assert.Equal(t, []string{"a <gone>", "b 0", "other <gone>", "never <gone>"}, rows)

	tables, err = TablesOf(t.Context(), []*Item{a})
	require.NoError(t, err)
	assert.Equal(t, []string{"NAMESPACE", "NAME", "AGE", v.Namespace(), "a", "<gone>"}, strings.Fields(tablesText(tables)))
}

// Some are asked for at a time, and a refusal ends it.
func TestTablesOfManyItems(t *testing.T) {
	t.Parallel()
	var now, most, all atomic.Int64
	refuse := false
	c := connectTo(t, func(http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			defer now.Add(-1)
			all.Add(1)
			for n := now.Add(1); n > most.Load(); {
				most.Store(n)
			}
			assert.Contains(t, r.Header.Get("Accept"), "as=Table")
			if refuse {
				return answer{status: http.StatusForbidden, body: `{"kind":"Status","reason":"Forbidden","message":"no"}`, ends: true}.response(r), nil
			}
			name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
			// A server behind an APIService need not know tables.
			return answer{body: `{"metadata":{"name":"` + name + `","namespace":"n"}}`, ends: true}.response(r), nil
		})
	})
	pod := podOf(t, c, "{}")
	items := make([]*Item, 100)
	for n := range items {
		items[n] = pod
	}
	tables, err := TablesOf(t.Context(), items)
	require.NoError(t, err)
	assert.Len(t, tables[0].Rows, 100)
	assert.True(t, strings.HasPrefix(tables[0].String(), "NAMESPACE   NAME   AGE\nn           p      <unknown>\n"), tables[0])
	assert.LessOrEqual(t, most.Load(), int64(tableCalls))
	refuse = true
	_, err = TablesOf(t.Context(), items)
	assert.True(t, IsReason(err, "Forbidden"), err)
	assert.ErrorContains(t, err, "fetch pods n/p: no")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = TablesOf(ended, items)
	assert.ErrorIs(t, err, context.Canceled)
}
