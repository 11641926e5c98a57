package kube

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// A wait for what controllers would do ends at once when something is planned;
// until then it is a wait like any other.
func TestPlanFulfilsWaits(t *testing.T) {
	t.Parallel()
	plan, dry, real := planning(t)
	ctx := t.Context()
	namespace := localtest.Namespace(t)
	_, err := real.Create(ctx, parse(t, planDeployment), CreateOptions{Namespace: namespace})
	require.NoError(t, err)
	web, err := dry.Builtin("deployments").Fetch(ctx, "web", namespace)
	require.NoError(t, err)
	never, err := UntilCondition("Never")
	require.NoError(t, err)
	_, _, err = web.Wait(ctx, WaitOptions{Timeout: time.Millisecond}, never)
	assert.True(t, IsKind(err, TimeoutError), "nothing is planned: %v", err)
	assert.Equal(t, 0, plan.Waits())

	web, err = web.Scale(ctx, 3)
	require.NoError(t, err)
	long := WaitOptions{Timeout: -1}
	now, reached, err := web.Wait(ctx, long, never, UntilReady())
	require.NoError(t, err)
	assert.Equal(t, web.Meta().Version(), now.Meta().Version())
	assert.Equal(t, never.String(), reached.String(), "the first of several")
	assert.Equal(t, 1, plan.Waits())
	rollout, err := web.Rollout(ctx)
	require.NoError(t, err)
	assert.True(t, rollout.Done)
	all, err := dry.Builtin("deployments").Namespaced(namespace)
	require.NoError(t, err)
	list, err := all.Wait(ctx, WaitOptions{Timeout: -1, Count: 5}, never)
	require.NoError(t, err)
	assert.Len(t, list, 1, "those that there are")
	_, _, err = all.WaitFor(ctx, "nobody", namespace, long, UntilReady())
	assert.True(t, IsReason(err, ReasonUnplannable), "%v", err)

	// What is planned is true, and no wait has to be taken for fulfilled.
	waits := plan.Waits()
	require.NoError(t, web.Delete(ctx, DeleteOptions{}))
	_, _, err = web.Wait(ctx, long, UntilDeleted())
	require.NoError(t, err)
	assert.Equal(t, waits, plan.Waits())
	_, _, err = web.Wait(ctx, long, UntilReady())
	assert.True(t, IsKind(err, LookupError), "it won't come back: %v", err)
}
