package repl

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	c := completeIn(t, reached(t), "jobs = cluster.cronjobs")
	for expression, want := range map[string]string{
		"cluster.pods:fetch('x').spec.containers":                   "List of containers belonging to the pod.",
		"cluster.pods:fetch('x').spec.containers[1].image":          "Container image name.",
		"cluster.pods:fetch('x').spec.containers[1]":                "A single application container that you want to run within a pod.",
		"cluster.pods:fetch('x').spec.containers.image":             "Container image name.",
		"cluster.pods:fetch('x').conditions[1].status":              "Status is the status of the condition.",
		"jobs:fetch('x').spec.suspend":                              "This flag tells the controller to suspend subsequent executions",
		"cluster.cronjobs:fetch('x').raw.spec.jobTemplate":          "Specifies the job that will be created when executing a CronJob.",
		"cluster:view('storageclasses'):fetch('x').raw.provisioner": "provisioner indicates the type of the provisioner.",
	} {
		schema, err := c.Explain(t.Context(), expression)
		require.NoError(t, err)
		if assert.NotNil(t, schema, expression) {
			assert.Contains(t, schema.Description(), want)
		}
	}
	for _, expression := range []string{"", "cluster", "cluster.pods", "cluster.pods:fetch('x').spec.no", "nothing.spec", "1 +", "cluster.pods:fetch('x').spec +"} {
		schema, err := c.Explain(t.Context(), expression)
		require.NoError(t, err)
		assert.Nil(t, schema, expression)
	}
}

// Nothing is there to explain of a cluster that nobody reaches.
func TestExplainUnreachable(t *testing.T) {
	t.Parallel()
	c := completeIn(t, nowhere, "")
	schema, err := c.Explain(t.Context(), "cluster.pods:fetch('x').spec.containers")
	require.NoError(t, err)
	assert.Nil(t, schema)
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	_, err = c.Explain(ctx, "cluster.pods:fetch('x').spec.containers")
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}
