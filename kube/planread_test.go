package kube

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The same things done with a plan and without are seen alike, in lists of one
// page or several, with selectors, and in tables.
func TestPlanLists(t *testing.T) {
	t.Parallel()
	_, dry, real := planning(t)
	stored := configMaps(t, real)
	for _, name := range []string{"a", "c", "e", "g", "i"} {
		create(t, stored, name)
	}
	planned := *stored
	planned.cluster = dry
	v := &planned
	_, err := v.cluster.fetch(t.Context(), v.resource, v.namespace, "a")
	require.NoError(t, err)
	for _, name := range []string{"0", "b", "f", "z"} {
		create(t, v, name)
	}
	_, err = dry.Create(t.Context(), parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"unlabelled"}}`), CreateOptions{Namespace: v.namespace})
	require.NoError(t, err)
	fetch := func(name string) *Item {
		item, err := v.Fetch(t.Context(), name, "")
		require.NoError(t, err)
		return item
	}
	require.NoError(t, fetch("e").Delete(t.Context(), DeleteOptions{}))
	require.NoError(t, fetch("b").Delete(t.Context(), DeleteOptions{}))
	_, err = fetch("c").Meta().Labels().Delete(t.Context(), "test")
	require.NoError(t, err)
	_, err = fetch("g").Meta().Labels().Set(t.Context(), "more", "yes")
	require.NoError(t, err)

	want := []string{"0", "a", "f", "g", "i", "z"}
	assert.Equal(t, want, names(t, v))
	assert.Equal(t, []string{"a", "c", "e", "g", "i"}, names(t, stored))
	for limit := 1; limit <= 3; limit++ {
		list := v.list("")
		list.limit = limit
		it := v.iterateOver(t.Context(), list)
		var got []string
		for {
			item, err := it.Next(t.Context())
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			got = append(got, item.Meta().Name())
		}
		it.Close()
		assert.Equal(t, want, got, "%d a page", limit)
	}
	narrow, err := v.Filter(Selectors{Labels: "more=yes"})
	require.NoError(t, err)
	assert.Equal(t, []string{"g"}, names(t, narrow))
	narrow, err = v.Filter(Selectors{Fields: "metadata.name=f"})
	require.NoError(t, err)
	assert.Equal(t, []string{"f"}, names(t, narrow))
	narrow, err = v.Filter(Selectors{Fields: "metadata.name!=f"})
	require.NoError(t, err)
	assert.Equal(t, []string{"0", "a", "g", "i", "z"}, names(t, narrow))

	table, err := v.Table(t.Context(), TableOptions{})
	require.NoError(t, err)
	var rows []string
	for _, r := range table.Rows {
		rows = append(rows, r.Name)
		assert.Equal(t, r.Name, table.Cell(r, "Name").String())
		assert.Equal(t, "0", table.Cell(r, "Data").String(), "the server makes the cells")
	}
	assert.Equal(t, want, rows)
}

// A watch delivers what the plan does, and goes on with what others do.
func TestPlanWatch(t *testing.T) {
	t.Parallel()
	_, dry, real := planning(t)
	stored := configMaps(t, real)
	kept, gone := create(t, stored, "kept"), create(t, stored, "gone")
	planned := *stored
	planned.cluster = dry
	v := &planned
	w, err := v.Watch(t.Context(), WatchOptions{Initial: true, Sync: true})
	require.NoError(t, err)
	defer w.Close()
	next := func(w *Watcher) string {
		t.Helper()
		ev, err := w.Next(t.Context(), time.Minute)
		require.NoError(t, err)
		if ev.Type == Sync {
			return ev.Type
		}
		return ev.Type + " " + ev.Item.Meta().Name()
	}
	assert.Equal(t, []string{"ADDED gone", "ADDED kept", "SYNC"}, []string{next(w), next(w), next(w)})
	create(t, v, "new")
	assert.Equal(t, "ADDED new", next(w))
	in := func(item *Item) *Item {
		item, err := v.Fetch(t.Context(), item.Meta().Name(), "")
		require.NoError(t, err)
		return item
	}
	changed, err := in(kept).Meta().Labels().Set(t.Context(), "x", "1")
	require.NoError(t, err)
	assert.Equal(t, "MODIFIED kept", next(w))
	require.NoError(t, in(gone).Delete(t.Context(), DeleteOptions{}))
	assert.Equal(t, "DELETED gone", next(w))
	_, err = changed.Meta().Labels().Delete(t.Context(), "test")
	require.NoError(t, err)
	assert.Equal(t, "DELETED kept", next(w), "it no longer matches")

	// What others do to planned objects isn't seen, all else is.
	_, err = kept.Meta().Labels().Set(t.Context(), "y", "2")
	require.NoError(t, err)
	other := create(t, stored, "others")
	assert.Equal(t, "ADDED others", next(w))
	require.NoError(t, other.Delete(t.Context(), DeleteOptions{}))
	assert.Equal(t, "DELETED others", next(w))

	// A later watch begins with the planned state, and one from a version of
	// the plan with what came after.
	late, err := v.Watch(t.Context(), WatchOptions{Initial: true, Sync: true})
	require.NoError(t, err)
	defer late.Close()
	assert.Equal(t, []string{"ADDED new", "SYNC"}, []string{next(late), next(late)})
	since, err := v.Watch(t.Context(), WatchOptions{Since: changed.Meta().Version()})
	require.NoError(t, err)
	defer since.Close()
	for next(since) != "DELETED gone" {
		// what others did after the version that this one stands for
	}
	item, err := newest(t, v, "new").Watch(t.Context(), WatchOptions{})
	require.NoError(t, err)
	defer item.Close()
	require.NoError(t, newest(t, v, "new").Delete(t.Context(), DeleteOptions{}))
	assert.Equal(t, "DELETED new", next(item))
	_, err = item.Next(t.Context(), time.Minute)
	assert.Equal(t, io.EOF, err)
	assert.Equal(t, "DELETED new", next(late))
}

func newest(t *testing.T, v *View, name string) *Item {
	t.Helper()
	item, err := v.Fetch(t.Context(), name, "")
	require.NoError(t, err)
	return item
}

// A plan that ends leaves nothing behind that shows what isn't.
func TestPlanStops(t *testing.T) {
	t.Parallel()
	plan, dry, real := planning(t)
	stored := configMaps(t, real)
	create(t, stored, "a")
	planned := *stored
	planned.cluster = dry
	v := &planned
	untouched, err := v.Watch(t.Context(), WatchOptions{})
	require.NoError(t, err)
	defer untouched.Close()
	item, err := newest(t, v, "a").Meta().Labels().Set(t.Context(), "x", "1")
	require.NoError(t, err)
	ev, err := untouched.Next(t.Context(), time.Minute)
	require.NoError(t, err)
	assert.Equal(t, item.Meta().Version(), ev.Item.Meta().Version())

	plan.Stop()
	assert.False(t, plan.On())
	_, err = untouched.Next(t.Context(), time.Minute)
	assert.ErrorContains(t, err, "has ended")
	_, ok := newest(t, v, "a").Meta().Labels().Get("x")
	assert.False(t, ok)
	assert.Len(t, plan.Changes(), 1, "they are kept")
	_, err = item.Update(t.Context(), item.Raw(), UpdateOptions{})
	assert.True(t, IsReason(err, "Conflict"), "a planned version is none: %v", err)
	_, err = newest(t, v, "a").Meta().Labels().Set(t.Context(), "y", "1")
	require.NoError(t, err)
	_, ok = newest(t, stored, "a").Meta().Labels().Get("y")
	assert.True(t, ok, "writes are carried out again")

	plan.Start()
	assert.Empty(t, plan.Changes())
	require.NoError(t, newest(t, v, "a").Delete(t.Context(), DeleteOptions{}))
	assert.Len(t, plan.Changes(), 1)
	assert.Equal(t, []string{"a"}, names(t, stored))
}

// Deleting a collection deletes what the server would, and what of the plan
// matches.
func TestPlanDeletesCollections(t *testing.T) {
	t.Parallel()
	plan, dry, real := planning(t)
	stored := configMaps(t, real)
	for _, name := range []string{"a", "b"} {
		create(t, stored, name)
	}
	planned := *stored
	planned.cluster = dry
	v := &planned
	create(t, v, "c")
	_, err := newest(t, v, "b").Meta().Labels().Delete(t.Context(), "test")
	require.NoError(t, err)
	path := "/api/v1/namespaces/" + v.namespace + "/configmaps"
	_, err = dry.Proxy().Do(t.Context(), Call{Method: http.MethodDelete, Path: []string{path}, Params: map[string][]string{"labelSelector": {"test"}}, Body: []byte(`{"kind":"DeleteOptions","apiVersion":"v1"}`)})
	require.NoError(t, err)
	assert.Empty(t, names(t, v))
	assert.Equal(t, []string{"a", "b"}, names(t, stored))
	var got []string
	for _, c := range plan.Changes() {
		got = append(got, c.What+" "+c.Name)
	}
	slices.Sort(got)
	assert.Equal(t, []string{"change b", "delete a"}, got)
}

// A big list is merged page by page.
func TestPlanListsManyObjects(t *testing.T) {
	t.Parallel()
	_, dry, real := planning(t)
	stored := configMaps(t, real)
	createMany(t, stored, 60)
	planned := *stored
	planned.cluster = dry
	v := &planned
	want := names(t, stored)
	for n := 0; n < 60; n += 7 {
		name := fmt.Sprintf("cm-%04d", n)
		create(t, v, name+"-x")
		require.NoError(t, newest(t, v, name).Delete(t.Context(), DeleteOptions{}))
		want[n] = name + "-x"
	}
	list := v.list("")
	list.limit = 10
	it := v.iterateOver(t.Context(), list)
	defer it.Close()
	var got []string
	for {
		item, err := it.Next(t.Context())
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		got = append(got, item.Meta().Name())
	}
	assert.Equal(t, strings.Join(want, " "), strings.Join(got, " "))
}
