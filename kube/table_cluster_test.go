package kube_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// sampleTime bounds how long a table of ours and one of the witness are
// sampled until they agree. Both change as ages do.
const sampleTime = time.Minute

// witness is kubectl, on a cluster of the test's own.
type witness struct {
	options    local.Options
	kubeconfig string
}

func (w witness) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(w.options.Binary, append([]string{"kubectl"}, args...)...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+w.kubeconfig, "KUBECACHEDIR="+w.options.Dir+"/kubectl")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	if len(out) == 0 { // "No resources found" goes there
		return strings.TrimSuffix(stderr.String(), "\n")
	}
	return strings.TrimSuffix(string(out), "\n")
}

// Every kind that can be listed looks as kubectl get shows it, narrow and wide.
// The cluster is the test's own, so that nobody else changes what is compared.
func TestTableOfEveryKind(t *testing.T) {
	if testing.Short() {
		t.Skip("runs kubectl some 150 times")
	}
	t.Parallel()
	options, status := localtest.Own(t)
	w := witness{options, status.Kubeconfig}
	w.kubectl(t, "apply", "-f", "testdata/definitions.yaml")
	w.kubectl(t, "wait", "--for=condition=Established", "crd", "--all")
	w.kubectl(t, "apply", "-f", "testdata/kinds.yaml")

	c, err := kube.Connect(kube.Options{Kubeconfig: status.Kubeconfig})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	kinds, err := c.Kinds(t.Context())
	require.NoError(t, err)
	var compared, filled, wide atomic.Int32
	t.Run("kinds", func(t *testing.T) {
		for _, kind := range kinds {
			if !strings.Contains(strings.Join(kind.Verbs, " "), "list") {
				continue
			}
			compared.Add(1)
			t.Run(kind.String(), func(t *testing.T) {
				t.Parallel()
				rows, columns := w.compare(t, c, kind.String())
				if rows {
					filled.Add(1)
				}
				if columns {
					wide.Add(1)
				}
			})
		}
	})
	t.Logf("%d kinds can be listed, %d have objects, %d of these have columns that only wide tables show", compared.Load(), filled.Load(), wide.Load())
	require.Greater(t, filled.Load(), int32(45))
	// A version of its own has columns of its own.
	w.compare(t, c, "backups.v1alpha1.tables.example.com")
}

// compare compares one kind. It tells whether there are objects, and columns
// that only wide tables show.
func (w witness) compare(t *testing.T, c *kube.Cluster, name string) (rows, columns bool) {
	view, err := c.View(t.Context(), name)
	require.NoError(t, err)
	table := w.same(t, view, kube.TableOptions{}, "get", name, "--all-namespaces")
	if len(table.Rows) == 0 {
		return false, false
	}
	for _, column := range table.Columns {
		columns = columns || column.Priority > 0
	}
	if columns {
		w.same(t, view, kube.TableOptions{Wide: true}, "get", name, "--all-namespaces", "--output=wide")
	}
	if !view.Resource().Namespaced {
		return true, columns
	}
	view, err = view.Namespaced("tables")
	require.NoError(t, err)
	w.same(t, view, kube.TableOptions{}, "get", name, "--namespace=tables")
	return true, columns
}

// same compares a table with what kubectl prints before or after it.
func (w witness) same(t *testing.T, v *kube.View, o kube.TableOptions, args ...string) *kube.Table {
	ctx, cancel := context.WithTimeoutCause(t.Context(), sampleTime, fmt.Errorf("no agreement in %s", sampleTime))
	defer cancel()
	for before := ""; ; {
		table, err := v.Table(ctx, o)
		require.NoError(t, err)
		want := w.kubectl(t, args...)
		if got := table.String(); got == want || got == before {
			return table
		}
		if ctx.Err() != nil {
			require.Equal(t, want, table.String())
		}
		before = want
	}
}
