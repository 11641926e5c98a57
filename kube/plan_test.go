package kube

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// planning connects to the tests' cluster with a plan that is on, and without.
func planning(t *testing.T) (plan *Plan, dry, real *Cluster) {
	t.Helper()
	plan = NewPlan()
	dry, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), Plan: plan})
	require.NoError(t, err)
	t.Cleanup(dry.Close)
	return plan, dry, connect(t)
}

// versions are the versions of everything in a namespace, and of it.
func versions(t *testing.T, c *Cluster, namespace string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range []string{"configmaps", "secrets", "deployments", "services", "pods", "jobs", "poddisruptionbudgets"} {
		v, err := c.View(t.Context(), name)
		require.NoError(t, err)
		v, err = v.Namespaced(namespace)
		require.NoError(t, err)
		for item, err := range v.All(t.Context()) {
			require.NoError(t, err)
			all[item.String()] = item.Meta().Version()
		}
	}
	ns, err := c.Builtin("namespaces").Fetch(t.Context(), namespace, "")
	require.NoError(t, err)
	all["namespace"] = ns.Meta().Version()
	return all
}

// described are a plan's changes as text.
func described(list []PlannedChange) string {
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "%s %s\n", c.What, c)
		for _, line := range c.Lines() {
			b.WriteString("  " + line + "\n")
		}
		for _, note := range c.Notes {
			b.WriteString("  (" + note + ")\n")
		}
	}
	return b.String()
}

const planDeployment = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","labels":{"app":"web"}},"spec":{
	"replicas":0,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},
	"spec":{"containers":[{"name":"main","image":"main:1"}]}}}}`

// A run creates, changes, scales, deletes and reads back: nothing happens, the
// run sees what it did, and the plan is what the same run really does.
func TestPlanIsWhatTheRunDoes(t *testing.T) {
	t.Parallel()
	plan, dry, real := planning(t)
	namespace := localtest.Namespace(t)
	setUp := func(c *Cluster) {
		for _, text := range []string{
			planDeployment,
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","annotations":{"a":"1"}},"data":{"mode":"slow","text":"one\ntwo\nthree\n"}}`,
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"old"}}`,
			`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"login"},"stringData":{"user":"ada","password":"hunter2"}}`,
		} {
			_, err := c.Create(t.Context(), parse(t, text), CreateOptions{Namespace: namespace})
			require.NoError(t, err)
		}
	}
	run := func(ctx context.Context, c *Cluster) {
		fetch := func(view, name string) *Item {
			v, err := c.View(ctx, view)
			require.NoError(t, err)
			item, err := v.Fetch(ctx, name, namespace)
			require.NoError(t, err)
			return item
		}
		_, err := c.Create(ctx, parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"new"},"data":{"a":"b"}}`), CreateOptions{Namespace: namespace})
		require.NoError(t, err)
		_, err = fetch("configmaps", "new").Meta().Labels().Set(ctx, "team", "x")
		require.NoError(t, err)
		_, err = c.Create(ctx, parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"made-"}}`), CreateOptions{Namespace: namespace})
		require.NoError(t, err)

		web, err := fetch("deployments", "web").Scale(ctx, 3)
		require.NoError(t, err)
		web, err = web.Scale(ctx, 0)
		require.NoError(t, err)
		web, err = web.Meta().Labels().Set(ctx, "tier", "front")
		require.NoError(t, err)
		web, err = web.Edit(ctx, func(object Value) (Value, error) {
			return afterPatch(object, parse(t, `{"spec":{"paused":true},"metadata":{"labels":{"app":null}}}`)), nil
		}, EditOptions{})
		require.NoError(t, err)
		_, err = web.Patch(ctx, parse(t, `[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"main:2"}]`), PatchOptions{Type: "json"})
		require.NoError(t, err)
		assert.Equal(t, "main:2", fetch("deployments", "web").Spec().At("template", "spec", "containers").Index(0).Get("image").String())

		settings := fetch("configmaps", "settings")
		_, err = settings.Update(ctx, afterPatch(settings.Raw(), parse(t, `{"data":{"mode":"fast","text":"one\n2\nthree\n"},"metadata":{"annotations":{"a":null}}}`)), UpdateOptions{})
		require.NoError(t, err)
		_, err = fetch("secrets", "login").Patch(ctx, parse(t, `{"stringData":{"password":"hunter3"},"data":{"user":null}}`), PatchOptions{})
		require.NoError(t, err)
		old := fetch("configmaps", "old")
		require.NoError(t, old.Delete(ctx, DeleteOptions{}))
		_, err = old.Fetch(ctx)
		require.True(t, IsKind(err, LookupError), "%v", err)
		err = old.Delete(ctx, DeleteOptions{})
		require.True(t, IsKind(err, LookupError), "%v", err)

		v, err := c.View(ctx, "configmaps")
		require.NoError(t, err)
		v, err = v.Namespaced(namespace)
		require.NoError(t, err)
		var list []string
		for item, err := range v.All(ctx) {
			require.NoError(t, err)
			list = append(list, item.Meta().Name())
		}
		require.Len(t, list, 4, "%v", list) // with the one that the cluster puts into each namespace
		assert.Contains(t, list, "new")
		assert.NotContains(t, list, "old")
	}
	setUp(real)
	before := versions(t, real, namespace)
	run(t.Context(), dry)
	require.Equal(t, before, versions(t, real, namespace))
	changes := plan.Changes()
	got := described(changes)
	assert.NotContains(t, got, "hunter")
	t.Log(got)

	run(t.Context(), real)
	var really []PlannedChange
	for _, c := range changes {
		v, err := real.View(t.Context(), c.Resource)
		require.NoError(t, err)
		name := c.Name
		if c.Generated {
			name = ""
			bound, err := v.Namespaced(namespace)
			require.NoError(t, err)
			for item, err := range bound.All(t.Context()) {
				require.NoError(t, err)
				if strings.HasPrefix(item.Meta().Name(), "made-") {
					name = item.Meta().Name()
				}
			}
		}
		now, err := v.Find(t.Context(), name, namespace)
		require.NoError(t, err)
		done := c
		done.After = Value{}
		if now != nil {
			done.After = setField(now.Raw(), "status", c.After.Get("status")) // is the controllers' business
		}
		really = append(really, done)
	}
	assert.Equal(t, described(really), got)
}
