package kube_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// What the server lists while 50 of 5,000 pods are deleted and 50 are added:
// every pod that is there all the time, and none twice.
func TestListThousandsOfPodsThatChange(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 5,000 pods")
	}
	const (
		pods    = 5000
		changes = 50
	)
	c, err := kube.Connect(kube.Options{Kubeconfig: localtest.Kubeconfig(t)})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	view, err := c.Builtin("pods").Namespaced(localtest.Namespace(t))
	require.NoError(t, err)
	inParallel(t, 32, pods, func(ctx context.Context, i int) error {
		return createPod(ctx, view, podName(i))
	})

	// One in a hundred goes, from one end to the other, and one comes beside
	// it, while the list is read over and over.
	changed := make(chan struct{})
	var changing sync.WaitGroup
	changing.Go(func() {
		defer close(changed)
		inParallel(t, 2, changes, func(ctx context.Context, i int) error {
			item, err := view.Fetch(ctx, podName(100*i+50), "")
			if err != nil {
				return err
			}
			if err := item.Delete(ctx, kube.DeleteOptions{}); err != nil {
				return err
			}
			return createPod(ctx, view, podName(100*i+50)+"-new")
		})
	})
	defer changing.Wait()
	for lists := 1; ; lists++ {
		during := true
		select {
		case <-changed:
			during = false
		default:
		}
		seen := map[string]bool{}
		last := ""
		for item, err := range view.All(t.Context()) {
			require.NoError(t, err)
			name := item.Meta().Name()
			if seen[name] {
				t.Errorf("list %d: pod %s came twice", lists, name)
			}
			if name <= last {
				t.Errorf("list %d: pod %s came after %s", lists, name, last)
			}
			seen[name], last = true, name
		}
		for i := range pods {
			if i%100 != 50 && !seen[podName(i)] {
				t.Errorf("list %d: pod %s is missing", lists, podName(i))
			}
		}
		if !during {
			if len(seen) != pods {
				t.Errorf("after the changes: got %d pods, want %d", len(seen), pods)
			}
			t.Logf("%d lists", lists)
			return
		}
	}
}

func podName(i int) string { return fmt.Sprintf("p-%05d", i) }

// createPod creates a pod that no scheduler takes, in the view's namespace.
func createPod(ctx context.Context, v *kube.View, name string) error {
	object, err := kube.ParseObject(ctx, fmt.Sprintf(
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"labels":{"app":"web"}},"spec":{"schedulerName":"none","containers":[{"name":"web","image":"web:1"}]}}`, name))
	if err != nil {
		return err
	}
	_, err = v.Cluster().Create(ctx, object, kube.CreateOptions{Namespace: v.Namespace()})
	return err
}

// inParallel calls fn for 0 to n-1, with the given number of calls at a time.
func inParallel(t *testing.T, limit, n int, fn func(ctx context.Context, i int) error) {
	t.Helper()
	numbers := make(chan int)
	var wg sync.WaitGroup
	for range limit {
		wg.Go(func() {
			for i := range numbers {
				if err := fn(t.Context(), i); err != nil {
					t.Errorf("%d: %v", i, err)
				}
			}
		})
	}
	for i := range n {
		numbers <- i
	}
	close(numbers)
	wg.Wait()
}
