package kube

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// rowNames are the names of a table's rows, by their cells.
func rowNames(t *Table) []string {
	var list []string
	for _, r := range t.Rows {
		list = append(list, t.Cell(r, "Name").String())
	}
	return list
}

// A page whose token has expired is read on, and no row is lost or comes twice.
func TestTableGoesOnAfterAnExpiredToken(t *testing.T) {
	t.Parallel()
	for name, follow := range map[string]func(string) string{
		"by the token of the answer": func(token string) string { return token },
		"from the start":             func(string) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var count atomic.Int64
			v := configMaps(t, connect(t, expire(4, follow), pages(10, &count)))
			createMany(t, v, 45)
			table, err := v.Table(t.Context(), TableOptions{})
			require.NoError(t, err)
			require.Equal(t, names(t, v), rowNames(table))
		})
	}
}

// lists is a Link that answers every list with a text.
func lists(text string) Link {
	return func(http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
		})
	}
}

func TestTableText(t *testing.T) {
	t.Parallel()
	const columns = `"columnDefinitions":[{"name":"Name","type":"string","format":"name"},{"name":"Value","type":"number"},{"name":"More","type":"string","priority":1}]`
	row := func(namespace, name string, cells string) string {
		return `{"cells":["` + name + `",` + cells + `],"object":{"metadata":{"name":"` + name + `","namespace":"` + namespace + `"}}}`
	}
	tests := []struct {
		name, namespace, rows string
		wide                  bool
		want                  string
	}{
		{"all namespaces", "", row("web", "a", `1,"x"`) + "," + row("default", "long-name", `2,"x"`), false,
			"NAMESPACE   NAME        VALUE\nweb         a           1\ndefault     long-name   2"},
		{"one namespace", "web", row("web", "a", `1,"x"`), false, "NAME   VALUE\na      1"},
		{"wide", "web", row("web", "a", `1,"x y"`), true, "NAME   VALUE   MORE\na      1       x y"},
		{"numbers", "web", row("web", "a", `12345678901,""`) + "," + row("web", "b", `2.50,""`) + "," + row("web", "c", `1e21,""`), false,
			"NAME   VALUE\na      12345678901\nb      2.5\nc      1e+21"},
		{"null, true and lists", "web", row("web", "a", `null,null`) + "," + row("web", "b", `true,null`) + "," + row("web", "c", `["a",1],null`), false,
			"NAME   VALUE\na      \nb      true\nc      [a 1]"},
		{"lines and escapes", "web", row("web", "a", `"one\ntwo",""`) + "," + row("web", "b", `"\u001b[31mred",""`), false,
			"NAME   VALUE\na      one...\nb      ^[[31mred"},
		{"too few cells, and too many", "web", `{"cells":["a"],"object":{}},{"cells":["b",1,"x","y"],"object":{}}`, true,
			"NAME   VALUE   MORE\na\nb     1     x"},
		{"none", "web", "", false, "No resources found in web namespace."},
		{"none anywhere", "", "", false, "No resources found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := `{"kind":"Table","metadata":{"resourceVersion":"1"},` + columns + `,"rows":[` + tt.rows + `]}`
			v, err := connectTo(t, lists(text)).Builtin("pods").Namespaced(tt.namespace)
			require.NoError(t, err)
			table, err := v.Table(t.Context(), TableOptions{Wide: tt.wide})
			require.NoError(t, err)
			require.Equal(t, tt.want, table.String())
		})
	}
}

// A server behind an APIService need not know tables.
func TestTableOfAServerWithoutTables(t *testing.T) {
	t.Parallel()
	v := connectTo(t, lists(`{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"a","namespace":"web","uid":"1"}}]}`)).Builtin("pods")
	table, err := v.Table(t.Context(), TableOptions{})
	require.NoError(t, err)
	require.Equal(t, "NAMESPACE   NAME   AGE\nweb         a      <unknown>", table.String())
	require.Equal(t, "1", table.Rows[0].UID)
}

func TestTableIsBounded(t *testing.T) {
	t.Parallel()
	one := `{"cells":["a"],"object":{"metadata":{"name":"a"}}},`
	text := `{"kind":"Table","metadata":{},"columnDefinitions":[{"name":"Name"}],"rows":[` + strings.TrimSuffix(strings.Repeat(one, maxRows+1), ",") + `]}`
	v := connectTo(t, lists(text)).Builtin("pods")
	_, err := v.Table(t.Context(), TableOptions{})
	require.True(t, IsKind(err, ValueError), err)
	require.ErrorContains(t, err, "table of pods: there are more than 100000")
	table, err := v.Table(t.Context(), TableOptions{Limit: 2})
	require.NoError(t, err)
	require.Len(t, table.Rows, 2)
	require.True(t, table.More)
	_, err = v.Table(t.Context(), TableOptions{Limit: -1})
	require.True(t, IsKind(err, ValueError), err)
}

// What is limited asks for no more than it shows, and for one to tell whether
// there are others.
func TestTableLimitOfRequests(t *testing.T) {
	t.Parallel()
	var first atomic.Value // the limit of the last list's first page
	note := func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if q := r.URL.Query(); q.Has("limit") && !q.Has("continue") {
				first.Store(q.Get("limit"))
			}
			return next.RoundTrip(r)
		})
	}
	v := configMaps(t, connect(t, note))
	createMany(t, v, 12)
	for _, limit := range []int{1, 11, 12} {
		table, err := v.Table(t.Context(), TableOptions{Limit: limit})
		require.NoError(t, err)
		require.Len(t, table.Rows, limit)
		require.Equal(t, limit < 12, table.More)
		require.Equal(t, strconv.Itoa(limit+1), first.Load())
	}
}

// connectTo connects to what the links answer.
func connectTo(t *testing.T, links ...Link) *Cluster {
	t.Helper()
	c, err := Connect(Options{URL: "http://127.0.0.1:1", Links: links})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}
