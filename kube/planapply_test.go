package kube

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// carriedOut saves a plan, reads it again and carries it out on a cluster. It
// returns a line for each object.
func carriedOut(t *testing.T, plan *Plan, c *Cluster) []string {
	t.Helper()
	saved, err := ReadPlan(bytes.NewReader(plan.Save("test").JSON()))
	require.NoError(t, err)
	var lines []string
	err = ApplyPlan(t.Context(), saved, func(PlanServer) (*Cluster, error) { return c, nil }, func(o PlanOutcome) {
		line := o.Object.What + " " + o.Name
		if o.Refused != "" {
			line = "refused " + o.Name + ": " + o.Refused
		} else if o.Err != nil {
			line = "failed " + o.Name + ": " + o.Err.Error()
		}
		lines = append(lines, line)
	})
	require.NoError(t, err)
	return lines
}

// everything is what there is in a namespace, without what differs each time.
func everything(t *testing.T, c *Cluster, namespace string) string {
	t.Helper()
	var list []string
	for _, name := range []string{"configmaps", "secrets", "deployments", "jobs"} {
		v, err := c.View(t.Context(), name)
		require.NoError(t, err)
		v, err = v.Namespaced(namespace)
		require.NoError(t, err)
		for item, err := range v.All(t.Context()) {
			require.NoError(t, err)
			object := setField(essential(item.Raw()), "status", Value{})
			object = withMeta(withMeta(object, "annotations", Value{}), "namespace", Value{}) // the controllers'
			for _, owner := range slices.Collect(object.At("metadata", "ownerReferences").Elements()) {
				require.NotEmpty(t, owner.Get("uid").String())
				object = withMeta(object, "ownerReferences", owner.Get("name"))
			}
			list = append(list, name+"\n"+sorted(object))
		}
	}
	return strings.Join(list, "\n")
}

// A plan that is carried out leaves what the run itself would have left.
func TestApplyPlanIsWhatTheRunDoes(t *testing.T) {
	t.Parallel()
	real := connect(t)
	setUp := func(namespace string) {
		for _, text := range []string{
			planDeployment,
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"mode":"slow","x":"y"}}`,
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"old"}}`,
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"again"},"data":{"a":"1"}}`,
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"held","finalizers":["example.com/held"]}}`,
			`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"login"},"stringData":{"user":"ada","password":"hunter2"}}`,
		} {
			_, err := real.Create(t.Context(), parse(t, text), CreateOptions{Namespace: namespace})
			require.NoError(t, err)
		}
	}
	run := func(c *Cluster, namespace string) {
		ctx := t.Context()
		must := func(item *Item, err error) *Item {
			require.NoError(t, err)
			return item
		}
		fetch := func(resource, name string) *Item {
			v, err := c.View(ctx, resource)
			require.NoError(t, err)
			return must(v.Fetch(ctx, name, namespace))
		}
		made := must(c.Create(ctx, parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owner"},"data":{"a":"1"}}`), CreateOptions{Namespace: namespace}))
		must(made.Patch(ctx, parse(t, `{"data":{"b":"2"}}`), PatchOptions{FieldManager: "other"}))
		must(c.Create(ctx, parse(t, fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owned","ownerReferences":[
			{"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":%q}]}}`, made.Meta().UID())), CreateOptions{Namespace: namespace}))
		must(fetch("deployments", "web").Scale(ctx, 2))
		must(fetch("deployments", "web").Patch(ctx, parse(t, `{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"main:2"}]}}}}`), PatchOptions{Type: "strategic"}))
		must(fetch("deployments", "web").Scale(ctx, 0))
		must(fetch("configmaps", "settings").Patch(ctx, parse(t, `[{"op":"remove","path":"/data/x"}]`), PatchOptions{Type: "json"}))
		must(fetch("configmaps", "settings").Apply(ctx, parse(t, `{"data":{"own":"1"}}`), ApplyOptions{FieldManager: "applier"}))
		must(fetch("configmaps", "settings").Apply(ctx, parse(t, `{"data":{"own":"1","other":"1"}}`), ApplyOptions{FieldManager: "applier"}))
		require.NoError(t, fetch("configmaps", "old").Delete(ctx, DeleteOptions{}))
		require.NoError(t, fetch("configmaps", "again").Delete(ctx, DeleteOptions{}))
		must(c.Create(ctx, parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"again"},"data":{"b":"2"}}`), CreateOptions{Namespace: namespace}))
		must(fetch("configmaps", "held").Patch(ctx, parse(t, `{"metadata":{"finalizers":null}}`), PatchOptions{}))
		require.NoError(t, fetch("configmaps", "held").Delete(ctx, DeleteOptions{}))
		must(fetch("secrets", "login").Patch(ctx, parse(t, `{"stringData":{"password":"hunter3"}}`), PatchOptions{}))
		brief := must(c.Create(ctx, parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"brief"}}`), CreateOptions{Namespace: namespace}))
		require.NoError(t, brief.Delete(ctx, DeleteOptions{}))
		_, err := c.ApplyAll(ctx, []Value{parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"applied","labels":{"a":"1"}}}`)}, ApplyOptions{Namespace: namespace})
		require.NoError(t, err)
	}
	really, planned := localtest.Namespace(t), localtest.Namespace(t)
	setUp(really)
	setUp(planned)
	run(real, really)
	plan, dry, _ := planning(t)
	run(dry, planned)
	lines := carriedOut(t, plan, real)
	for _, line := range lines {
		assert.NotRegexp(t, "^(refused|failed)", line)
	}
	assert.Len(t, lines, 9)
	assert.Equal(t, everything(t, real, really), everything(t, real, planned))

	// The second time all has been done.
	for _, line := range carriedOut(t, plan, real) {
		assert.Regexp(t, "^refused .*: (it has changed since|it is gone|it exists by now|its name has been taken over)", line)
	}
	assert.Equal(t, everything(t, real, really), everything(t, real, planned))
}

// What has changed since the plan was made is left as it is, all else is done.
func TestApplyPlanRefusesWhatHasMoved(t *testing.T) {
	t.Parallel()
	plan, dry, real := planning(t)
	ctx := t.Context()
	stored := configMaps(t, real)
	for _, name := range []string{"changed", "deleted", "replaced", "gone", "same", "status"} {
		create(t, stored, name)
	}
	planned := *stored
	planned.cluster = dry
	v := &planned
	for _, name := range []string{"changed", "deleted", "replaced", "gone", "same"} {
		_, err := newest(t, v, name).Meta().Labels().Set(ctx, "plan", "yes")
		require.NoError(t, err)
	}
	require.NoError(t, newest(t, v, "gone").Delete(ctx, DeleteOptions{}))
	create(t, v, "new")
	create(t, v, "taken")

	_, err := newest(t, stored, "changed").Meta().Labels().Set(ctx, "other", "yes")
	require.NoError(t, err)
	for _, name := range []string{"deleted", "gone", "replaced"} {
		require.NoError(t, newest(t, stored, name).Delete(ctx, DeleteOptions{}))
	}
	create(t, stored, "replaced")
	create(t, stored, "taken")

	at := "configmaps " + v.namespace + "/"
	got := carriedOut(t, plan, real)
	require.Len(t, got, 7)
	assert.Regexp(t, "^refused "+at+`changed: it has changed since: it is at version \d+ \(changed by "kubelua" at .*Z\), the plan is for \d+$`, got[0])
	assert.Equal(t, []string{
		"refused " + at + "deleted: it is gone",
		"refused " + at + "replaced: its name has been taken over by another object",
		"change " + at + "same",
		"refused " + at + "gone: it is gone", // its last write came later
		"create " + at + "new",
		"refused " + at + "taken: it exists by now",
	}, got[1:])
	for name, want := range map[string]bool{"changed": false, "replaced": false, "same": true} {
		_, done := newest(t, stored, name).Meta().Labels().Get("plan")
		assert.Equal(t, want, done, name)
	}
}

// Between the look at an object and the call nothing can come either.
func TestApplyPlanIsBoundToVersions(t *testing.T) {
	t.Parallel()
	plan, dry, real := planning(t)
	stored := configMaps(t, real)
	for _, name := range []string{"change", "delete"} {
		create(t, stored, name)
	}
	planned := *stored
	planned.cluster = dry
	_, err := newest(t, &planned, "change").Meta().Labels().Set(t.Context(), "plan", "yes")
	require.NoError(t, err)
	require.NoError(t, newest(t, &planned, "delete").Delete(t.Context(), DeleteOptions{}))
	busy := connect(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodGet {
				name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
				item, err := stored.Fetch(context.WithoutCancel(r.Context()), name, "")
				assert.NoError(t, err)
				_, err = item.Meta().Labels().Set(context.WithoutCancel(r.Context()), "other", "yes")
				assert.NoError(t, err)
			}
			return next.RoundTrip(r)
		})
	})
	for _, line := range carriedOut(t, plan, busy) {
		assert.Regexp(t, "^refused .*: it has changed since", line)
	}
	assert.Equal(t, []string{"change", "delete"}, names(t, stored))
	_, done := newest(t, stored, "change").Meta().Labels().Get("plan")
	assert.False(t, done)
}

// A plan is carried out on the cluster that it was made for, and on no other.
func TestApplyPlanChecksTheCluster(t *testing.T) {
	t.Parallel()
	plan, dry, real := planning(t)
	stored := configMaps(t, real)
	planned := *stored
	planned.cluster = dry
	create(t, &planned, "a")
	saved := plan.Save("test")
	require.Len(t, saved.Servers, 1)
	require.NotEmpty(t, saved.Servers[0].ID)
	none := func(o PlanOutcome) { t.Errorf("%s: this should not have been tried", o.Name) }
	on := func(PlanServer) (*Cluster, error) { return real, nil }

	saved.Servers[0].ID = "another"
	assert.ErrorContains(t, ApplyPlan(t.Context(), saved, on, none), "the plan is for another cluster than the one that is at ")
	saved.Servers[0].URL = "https://elsewhere/"
	assert.ErrorContains(t, ApplyPlan(t.Context(), saved, on, none), "the plan is for https://elsewhere/, this is "+real.URL())
	assert.Empty(t, names(t, stored))
}
