package kube

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// Others go on changing what a plan has written: their status doesn't disturb it,
// other changes join it, and the same fields can't be planned any more.
func TestPlanAmongOthers(t *testing.T) {
	t.Parallel()
	type change = func(t *testing.T, i *Item) (*Item, error)
	patch := func(text string, options PatchOptions) change {
		return func(t *testing.T, i *Item) (*Item, error) { return i.Patch(t.Context(), parse(t, text), options) }
	}
	label := patch(`{"metadata":{"labels":{"theirs":"1"}}}`, PatchOptions{})
	for _, tt := range []struct {
		name         string
		theirs, ours change
		want         string // the lines of the plan
		refused      string
	}{
		{"status", patch(`{"status":{"conditions":[{"type":"Theirs","status":"True"}]}}`, PatchOptions{Subresource: "status"}),
			patch(`{"spec":{"paused":true}}`, PatchOptions{}), "[+ metadata.labels.ours: x + spec.paused: true]", ""},
		{"another field", label,
			patch(`{"spec":{"paused":true}}`, PatchOptions{}), "[+ metadata.labels.ours: x + spec.paused: true]", ""},
		{"another field, apply", label,
			func(t *testing.T, i *Item) (*Item, error) {
				return i.Apply(t.Context(), parse(t, `{"spec":{"replicas":0,"paused":true}}`), ApplyOptions{Force: true})
			}, "[+ metadata.labels.ours: x + spec.paused: true]", ""},
		{"another field, edit", label, func(t *testing.T, i *Item) (*Item, error) {
			return i.Edit(t.Context(), func(object Value) (Value, error) {
				return afterPatch(object, parse(t, `{"spec":{"paused":true}}`)), nil
			}, EditOptions{})
		}, "[+ metadata.labels.ours: x + spec.paused: true]", ""},
		{"another field, bound to the version", label, func(t *testing.T, i *Item) (*Item, error) {
			return i.Update(t.Context(), afterPatch(i.Raw(), parse(t, `{"spec":{"paused":true}}`)), UpdateOptions{})
		}, "", "the object has been modified"},
		{"another field, deleted by the plan", label, func(t *testing.T, i *Item) (*Item, error) {
			return nil, i.Delete(t.Context(), DeleteOptions{})
		}, "[]", ""},
		{"the same field", patch(`{"metadata":{"labels":{"ours":"theirs"}}}`, PatchOptions{}),
			patch(`{"spec":{"paused":true}}`, PatchOptions{}), "", "somebody else has changed the same fields"},
		{"gone", func(t *testing.T, i *Item) (*Item, error) {
			err := i.Delete(t.Context(), DeleteOptions{})
			require.NoError(t, err)
			return nil, i.gone(t.Context(), DefaultWait)
		}, patch(`{"spec":{"paused":true}}`, PatchOptions{}), "", "somebody else has deleted it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			plan, dry, real := planning(t)
			namespace := localtest.Namespace(t)
			stored, err := real.Create(t.Context(), parse(t, planDeployment), CreateOptions{Namespace: namespace})
			require.NoError(t, err)
			planned, err := dry.Builtin("deployments").Fetch(t.Context(), "web", namespace)
			require.NoError(t, err)
			planned, err = planned.Meta().Labels().Set(t.Context(), "ours", "x")
			require.NoError(t, err)
			_, err = tt.theirs(t, stored)
			require.NoError(t, err)

			after, err := tt.ours(t, planned)
			if tt.refused != "" {
				assert.ErrorContains(t, err, tt.refused)
				return
			}
			require.NoError(t, err)
			changes := plan.Changes()
			require.Len(t, changes, 1)
			assert.Equal(t, tt.want, fmt.Sprint(changes[0].Lines()))
			if after != nil {
				assert.Equal(t, stored.Meta().UID(), after.Meta().UID())
			}
			for _, line := range carriedOut(t, plan, real) {
				assert.NotRegexp(t, "^failed", line)
			}
		})
	}
}
