package luatest

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/kubelua/kubelua/kube"
)

// deleteTime bounds the deletion of a namespace, which goes on by itself then.
const deleteTime = 10 * time.Second

// NamespaceIn makes a namespace for a test in a cluster, and deletes it when the
// test has ended. Pods can be made in it when it is there.
func NamespaceIn(ctx context.Context, c *kube.Cluster, test string) (name string, release func(), err error) {
	name = namespaceName(test)
	object, err := kube.ParseObject(ctx, fmt.Sprintf(`{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {"app.kubernetes.io/managed-by": kubelua-test}}}`, name))
	if err != nil {
		return "", nil, err
	}
	item, err := c.Create(ctx, object, kube.CreateOptions{})
	if err != nil {
		return "", nil, err
	}
	release = func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deleteTime)
		defer cancel()
		_ = item.Delete(ctx, kube.DeleteOptions{}) // it may be gone
	}
	if err := accounted(ctx, c, name); err != nil {
		release()
		return "", nil, err
	}
	return name, release, nil
}

// accounted returns when a namespace has its service account: pods are refused
// before.
func accounted(ctx context.Context, c *kube.Cluster, namespace string) error {
	view, err := c.View(ctx, "serviceaccounts")
	if err != nil {
		return err
	}
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for {
		account, err := view.Find(ctx, "default", namespace)
		if err != nil || account != nil {
			return err
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// notInNames is compiled when the first namespace is made.
var notInNames = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[^a-z0-9]+`) })

// namespaceName forms a name that nothing else has, and that tells which test it
// is of.
func namespaceName(test string) string {
	test = strings.Trim(notInNames().ReplaceAllString(strings.ToLower(test), "-"), "-")
	return strings.Trim("kubelua-"+test[:min(len(test), 40)], "-") + "-" + strings.ToLower(rand.Text()[:8])
}
