package kube

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// Several writes of one object come to what they come to without a plan, or are
// refused.
func TestPlanPutsWritesTogether(t *testing.T) {
	t.Parallel()
	apply := func(text string, options ApplyOptions) func(*testing.T, *Item) (*Item, error) {
		return func(t *testing.T, i *Item) (*Item, error) { return i.Apply(t.Context(), parse(t, text), options) }
	}
	patch := func(kind, text string) func(*testing.T, *Item) (*Item, error) {
		return func(t *testing.T, i *Item) (*Item, error) {
			return i.Patch(t.Context(), parse(t, text), PatchOptions{Type: kind})
		}
	}
	const containers = `{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"main:3"}]}}}}`
	type write = func(*testing.T, *Item) (*Item, error)
	for _, tt := range []struct {
		name        string
		writes      []write
		refused     bool // the last one is
		needsServer bool // and so it is refused of what the plan creates
	}{
		{"merge and strategic", []write{patch("merge", `{"spec":{"paused":false}}`), patch("strategic", containers)}, false, true},
		{"strategic and merge", []write{patch("strategic", containers), patch("merge", `{"spec":{"paused":false}}`)}, false, true},
		{"strategic twice", []write{patch("strategic", containers), patch("strategic", containers)}, false, true},
		{"strategic over a changed list", []write{
			patch("json", `[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"main:2"}]`), patch("strategic", containers),
		}, true, true},
		{"strategic that merges", []write{patch("merge", `{"spec":{"paused":false}}`), patch("strategic", `{"spec":{"paused":true}}`)}, false, false},
		{"apply twice", []write{
			apply(`{"metadata":{"labels":{"a":"1","b":"1"}}}`, ApplyOptions{}), apply(`{"metadata":{"labels":{"b":"2"}}}`, ApplyOptions{}),
		}, false, true},
		{"apply by two", []write{
			apply(`{"metadata":{"labels":{"a":"1"}}}`, ApplyOptions{FieldManager: "x"}), apply(`{"metadata":{"labels":{"b":"2"}}}`, ApplyOptions{FieldManager: "y"}),
		}, false, false},
		{"apply and merge", []write{
			apply(`{"metadata":{"labels":{"a":"1"}}}`, ApplyOptions{}), patch("merge", `{"metadata":{"labels":{"b":"2"}}}`),
		}, false, false},
		{"apply, merge and the same apply", []write{
			apply(`{"metadata":{"labels":{"a":"1"}}}`, ApplyOptions{}), patch("merge", `{"metadata":{"labels":{"b":"2"}}}`),
			apply(`{"metadata":{"labels":{"a":"1"}}}`, ApplyOptions{}),
		}, false, false},
		{"apply over a changed field", []write{
			patch("merge", `{"spec":{"replicas":2}}`), apply(`{"spec":{"replicas":3}}`, ApplyOptions{Force: true}),
		}, true, true},
		{"apply that forgets a field after another write", []write{
			apply(`{"metadata":{"labels":{"a":"1"}}}`, ApplyOptions{}), patch("merge", `{"spec":{"paused":false}}`),
			apply(`{"metadata":{"labels":{"c":"1"}}}`, ApplyOptions{}),
		}, true, true},
		{"json patches", []write{
			patch("json", `[{"op":"add","path":"/metadata/labels/x","value":"1"}]`),
			patch("json", `[{"op":"test","path":"/metadata/labels/x","value":"1"},{"op":"move","from":"/metadata/labels/x","path":"/metadata/labels/y"}]`),
		}, false, false},
		{"scale and back", []write{
			func(t *testing.T, i *Item) (*Item, error) { return i.Scale(t.Context(), 4) },
			func(t *testing.T, i *Item) (*Item, error) { return i.Scale(t.Context(), 0) },
		}, false, false},
		{"status", []write{
			patch("merge", `{"spec":{"paused":false}}`),
			func(t *testing.T, i *Item) (*Item, error) {
				return i.Patch(t.Context(), parse(t, `{"status":{"conditions":[{"type":"Own","status":"True"}]}}`), PatchOptions{Subresource: "status"})
			},
			patch("merge", `{"metadata":{"labels":{"z":"1"}}}`),
		}, false, false},
	} {
		for _, created := range []bool{false, true} {
			name := tt.name
			if created {
				name += ", created by the plan"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				_, dry, real := planning(t)
				namespace := localtest.Namespace(t)
				set := func(c *Cluster) *Item {
					i, err := c.Create(t.Context(), afterPatch(parse(t, planDeployment), parse(t, `{"spec":{"paused":true}}`)), CreateOptions{Namespace: namespace})
					require.NoError(t, err)
					return i
				}
				run := func(i *Item) (last *Item, err error) {
					for n, w := range tt.writes {
						if last, err = w(t, i); err != nil {
							require.True(t, created || n+1 == len(tt.writes), "%v", err)
							return nil, err
						}
					}
					return last, nil
				}
				var planned *Item
				var err error
				if created {
					planned, err = run(set(dry))
				} else {
					set(real)
					var i *Item
					i, err = dry.Builtin("deployments").Fetch(t.Context(), "web", namespace)
					require.NoError(t, err)
					planned, err = run(i)
				}
				if tt.refused || created && tt.needsServer {
					require.True(t, IsReason(err, ReasonUnplannable), "%v", err)
					return
				}
				require.NoError(t, err)
				var done *Item
				if created {
					done, err = run(set(real))
				} else {
					i, fetchErr := real.Builtin("deployments").Fetch(t.Context(), "web", namespace)
					require.NoError(t, fetchErr)
					done, err = run(i)
				}
				require.NoError(t, err)
				own := func(i *Item) string {
					v := setField(essential(i.Raw()), "status", Value{})
					return withMeta(v, "annotations", Value{}).YAML() // the controller's
				}
				assert.Equal(t, own(done), own(planned))
			})
		}
	}
}

// Preconditions hold against the planned state.
func TestPlanPreconditions(t *testing.T) {
	t.Parallel()
	_, dry, real := planning(t)
	stored := configMaps(t, real)
	first := create(t, stored, "a")
	v := *stored
	v.cluster = dry
	old := newest(t, &v, "a")
	assert.True(t, old.Equal(first), "what isn't planned is as it is stored")
	now, err := old.Meta().Labels().Set(t.Context(), "x", "1")
	require.NoError(t, err)
	_, err = old.Update(t.Context(), old.Raw(), UpdateOptions{})
	assert.True(t, IsReason(err, "Conflict"), "%v", err)
	now, err = now.Update(t.Context(), afterPatch(now.Raw(), parse(t, `{"data":{"k":"v"}}`)), UpdateOptions{})
	require.NoError(t, err)
	count := 0
	now, err = old.Edit(t.Context(), func(object Value) (Value, error) {
		if count++; count == 1 {
			_, err := now.Meta().Labels().Set(t.Context(), "y", "1")
			require.NoError(t, err)
		}
		return afterPatch(object, parse(t, `{"data":{"k":"w"}}`)), nil
	}, EditOptions{})
	require.NoError(t, err)
	assert.Equal(t, 2, count, "another one was faster")
	assert.Equal(t, "w", now.Raw().At("data", "k").String())

	require.NoError(t, now.Delete(t.Context(), DeleteOptions{}))
	again := create(t, &v, "a")
	assert.NotEqual(t, now.Meta().UID(), again.Meta().UID())
	assert.True(t, IsReason(now.Delete(t.Context(), DeleteOptions{}), "Conflict"), "it is another one now")
	_, err = dry.Create(t.Context(), again.Raw(), CreateOptions{})
	assert.True(t, IsReason(err, "AlreadyExists"), "%v", err)
	assert.Equal(t, first.Meta().Version(), newest(t, stored, "a").Meta().Version())
}

// What the plan creates may need what else it creates.
func TestPlanOfNewNamespacesAndKinds(t *testing.T) {
	t.Parallel()
	plan, dry, real := planning(t)
	ctx := t.Context()
	items, err := dry.ApplyAll(ctx, []Value{
		parse(t, `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"planned-only"}}`),
		parse(t, `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"plans.planned.example.com"},"spec":{
			"group":"planned.example.com","scope":"Namespaced","names":{"kind":"Plan","plural":"plans","singular":"plan"},
			"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}`),
		parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"planned-only"},"data":{"a":"1"}}`),
		parse(t, `{"apiVersion":"planned.example.com/v1","kind":"Plan","metadata":{"name":"p","namespace":"planned-only"},"spec":{"size":1}}`),
	}, ApplyOptions{})
	require.NoError(t, err)
	_, err = items[2].Patch(ctx, parse(t, `{"data":{"b":"2"}}`), PatchOptions{})
	require.NoError(t, err)
	v, err := dry.View(ctx, "plans")
	require.NoError(t, err)
	p, err := v.Fetch(ctx, "p", "planned-only")
	require.NoError(t, err)
	_, err = p.Edit(ctx, func(object Value) (Value, error) { return afterPatch(object, parse(t, `{"spec":{"size":2}}`)), nil }, EditOptions{})
	require.NoError(t, err)
	assert.Equal(t, []string{"p"}, names(t, v))

	_, err = real.Builtin("namespaces").Fetch(ctx, "planned-only", "")
	assert.True(t, IsKind(err, LookupError))
	got := plan.Changes()
	require.Len(t, got, 4)
	assert.Equal(t, []string{"not checked by the server: its namespace is planned"}, got[2].Notes)
	assert.Equal(t, []string{"not checked by the server: its kind is planned"}, got[3].Notes)
	assert.Equal(t, []string{"+ data:", "+   a: \"1\"", "+   b: \"2\""}, got[2].Lines())
	assert.Equal(t, []string{"+ spec:", "+   size: 2"}, got[3].Lines())
}
