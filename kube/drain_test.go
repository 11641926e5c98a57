package kube

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// drainable makes a node of the test's own with the given number of pods, which
// nothing but their being bound to it ties to it.
func drainable(t *testing.T, c *Cluster, pods int) *Item {
	t.Helper()
	namespace := localtest.Namespace(t)
	node, err := c.Create(t.Context(), parse(t, fmt.Sprintf(`{"apiVersion":"v1","kind":"Node","metadata":{"name":%q},
		"spec":{"taints":[{"key":"own","effect":"NoSchedule"}]}}`, namespace)), CreateOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { localtest.Kubectl(t, "delete", "node", namespace) })
	_, _, err = node.Wait(t.Context(), WaitOptions{Timeout: patience}, UntilReady())
	require.NoError(t, err)
	for n := range pods {
		_, err := c.Create(t.Context(), parse(t, fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p%02d","labels":{"app":"a"}},
			"spec":{"nodeName":%q,"tolerations":[{"operator":"Exists"}],"containers":[{"name":"main","image":"x"}]}}`, n, namespace)), CreateOptions{Namespace: namespace})
		require.NoError(t, err)
	}
	v, err := c.Builtin("pods").Namespaced(namespace)
	require.NoError(t, err)
	if pods > 0 {
		_, err = v.Wait(t.Context(), WaitOptions{Timeout: patience, Count: pods}, UntilReady())
		require.NoError(t, err)
	}
	return node
}

func TestDrain(t *testing.T) {
	t.Parallel()
	node := drainable(t, connect(t), 20)
	d, err := node.Drain(t.Context(), DrainOptions{Force: true, Limit: 3, Timeout: patience})
	require.NoError(t, err)
	defer d.Close()
	steps := map[string][]string{}
	gone := 0
	for {
		ev, err := d.Next(t.Context(), -1)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		name := ev.Pod.Meta().Name()
		steps[name] = append(steps[name], ev.What)
		if ev.What == DrainGone {
			gone++
		}
	}
	assert.Equal(t, 20, gone)
	for name, s := range steps {
		assert.Equal(t, DrainGone, s[len(s)-1], "%s: %v", name, s)
	}
}

// A drain that is closed stops: nobody is evicted any more.
func TestDrainClosed(t *testing.T) {
	t.Parallel()
	c := connect(t)
	node := drainable(t, c, 2)
	localtest.Kubectl(t, "create", "pdb", "all", "--namespace="+node.Meta().Name(), "--selector=app=a", "--min-available=2")
	budgets, err := c.View(t.Context(), "poddisruptionbudgets")
	require.NoError(t, err)
	held, err := UntilValue("status.currentHealthy", "2")
	require.NoError(t, err)
	_, _, err = budgets.WaitFor(t.Context(), "all", node.Meta().Name(), WaitOptions{Timeout: patience}, held)
	require.NoError(t, err)
	d, err := node.Drain(t.Context(), DrainOptions{Force: true, Timeout: -1})
	require.NoError(t, err)
	ev, err := d.Next(t.Context(), patience)
	require.NoError(t, err)
	assert.Equal(t, DrainBlocked, ev.What)
	assert.Equal(t, "The disruption budget all needs 2 healthy pods and has 2 currently", ev.Message)
	d.Close()
	_, err = d.Next(t.Context(), -1)
	assert.Equal(t, io.EOF, err)
}

// What can't be evicted because its namespace is being deleted is asked for again,
// unless it is ending already: then the drain waits for it.
func TestDrainWhileNamespaceEnds(t *testing.T) {
	t.Parallel()
	for _, ending := range []bool{false, true} {
		var asked atomic.Int32
		c := connect(t)
		node := drainable(t, c, 1)
		name := node.Meta().Name()
		const finalizers = `{"metadata":{"finalizers":%s}}`
		if ending {
			localtest.Kubectl(t, "patch", "pod", "p00", "--namespace="+name, "--patch="+fmt.Sprintf(finalizers, `["example.com/held"]`))
			localtest.Kubectl(t, "delete", "pod", "p00", "--namespace="+name, "--wait=false")
		}
		c.client.http.Transport = roundTripOver(c.client.http.Transport, func(r *http.Request) *http.Response {
			if !strings.HasSuffix(r.URL.Path, "/eviction") || asked.Add(1) > 1 {
				return nil
			}
			return answer{status: 403, body: namespaceEnding, ends: true}.response(r)
		})
		d, err := node.Drain(t.Context(), DrainOptions{Force: true, Timeout: patience})
		require.NoError(t, err)
		defer d.Close()
		var steps []string
		for {
			ev, err := d.Next(t.Context(), -1)
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			if steps = append(steps, ev.What); ending && ev.What == DrainEvicting {
				localtest.Kubectl(t, "patch", "pod", "p00", "--namespace="+name, "--patch="+fmt.Sprintf(finalizers, "null"))
			}
		}
		assert.Equal(t, DrainGone, steps[len(steps)-1])
		want := int32(2)
		if ending {
			want = 1
		}
		assert.Equal(t, want, asked.Load())
	}
}
