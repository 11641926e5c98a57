package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// refusing is a link that answers requests for which it says so.
func refusing(when func(r *http.Request) bool, status int, header http.Header, body string) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if !when(r) {
				return next.RoundTrip(r)
			}
			return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		})
	}
}

// makeDeployment makes a deployment whose pods have an annotation for their kubelet.
func makeDeployment(t *testing.T, c *Cluster, namespace, annotations string) *Item {
	t.Helper()
	item, err := c.Create(t.Context(), parse(t, fmt.Sprintf(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":%q},
		"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"},"annotations":{%s}},
		"spec":{"containers":[{"name":"main","image":"example.com/web"}]}}}}`, namespace, annotations)), CreateOptions{})
	require.NoError(t, err)
	return item
}

// Who may not look at pods waits all the same, and isn't told early.
func TestWaitWithoutPods(t *testing.T) {
	t.Parallel()
	c := connect(t, refusing(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/pods") }, 403, nil, ""))
	item, until, err := makeDeployment(t, c, localtest.Namespace(t), "").Wait(t.Context(), WaitOptions{Timeout: patience}, UntilReady())
	require.NoError(t, err)
	assert.Equal(t, "ready", until.String())
	assert.Equal(t, int64(2), item.count("status", "availableReplicas"))

	stuck := makeDeployment(t, c, localtest.Namespace(t), `"localcluster.kubelua/waiting":"ImagePullBackOff"`)
	_, _, err = stuck.Wait(t.Context(), WaitOptions{Timeout: 2 * time.Second}, UntilReady())
	assert.True(t, IsKind(err, TimeoutError), "%v", err)
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	c := connect(t)
	stuck := makeDeployment(t, c, localtest.Namespace(t), `"localcluster.kubelua/waiting":"ContainerCreating"`)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	w, err := stuck.Waiter(ctx, WaitOptions{Timeout: -1})
	require.NoError(t, err)
	defer w.Close()
	item, err := w.Next(ctx)
	require.NoError(t, err)
	assert.Equal(t, stuck.Meta().UID(), item.Meta().UID())
	ended := make(chan error)
	go func() {
		_, _, err := stuck.Wait(ctx, WaitOptions{Timeout: -1}, UntilReady())
		ended <- err
	}()
	cancel(cause)
	assert.Equal(t, cause, <-ended)
}

func TestWaitRefused(t *testing.T) {
	t.Parallel()
	c := connect(t, refusing(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/configmaps") && r.Method == "GET" }, 403, nil, ""))
	v := c.view(kinded("ConfigMap", ""))
	v.resource.Name, v.resource.Namespaced, v.namespace = "configmaps", true, "default"
	_, _, err := v.WaitFor(t.Context(), "a", "", WaitOptions{}, UntilReady())
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, 403, e.StatusCode)
}

func TestWaitArguments(t *testing.T) {
	t.Parallel()
	c := connect(t)
	v := c.Builtin("pods")
	_, _, err := v.WaitFor(t.Context(), "a", "", WaitOptions{}, UntilReady())
	assert.True(t, IsKind(err, NamespaceError), "%v", err)
	_, _, err = v.WaitFor(t.Context(), "a/b", "x", WaitOptions{}, UntilReady())
	assert.True(t, IsKind(err, ValueError), "%v", err)
	_, err = v.Wait(t.Context(), WaitOptions{Count: -1}, UntilReady())
	assert.True(t, IsKind(err, ValueError), "%v", err)
	_, err = v.Wait(t.Context(), WaitOptions{})
	assert.True(t, IsKind(err, ValueError), "%v", err)
	_, err = v.Wait(t.Context(), WaitOptions{}, Until{})
	assert.True(t, IsKind(err, ValueError), "%v", err)
	for _, text := range []string{"", "=", "A=", "=True", " A"} {
		_, err := UntilCondition(text)
		assert.True(t, IsKind(err, ValueError), "%q: %v", text, err)
	}
	for _, path := range []string{"", ".", "a.", "a..b", "{.a}", "{a}", "a[0]", "a[-1]", "a[x]", "a[1]b"} {
		_, err := UntilValue(path, "x")
		assert.True(t, IsKind(err, ValueError), "%q: %v", path, err)
		_, err = UntilPath(path)
		assert.True(t, IsKind(err, ValueError), "%q: %v", path, err)
	}
	for _, name := range []string{"A B", "a_b", "A", "a..b"} {
		_, _, err = v.WaitFor(t.Context(), name, "x", WaitOptions{}, UntilReady())
		assert.True(t, IsKind(err, ValueError), "%q: %v", name, err)
	}
}

func TestUntilPath(t *testing.T) {
	t.Parallel()
	item := &Item{raw: parse(t, `{"metadata":{"labels":{"a.b/c":""}},"status":{"conditions":[{"type":"A"},{"type":"B"}]}}`)}
	for _, tt := range []struct {
		path   string
		value  string
		exists bool
		reads  bool
	}{
		{`metadata.labels["a.b/c"]`, "", true, true},
		{`.metadata.labels["a.b/c"]`, "x", true, false},
		{"status.conditions[2].type", "B", true, true},
		{"status.conditions[2].type", "", true, false},
		{"status.conditions[3].type", "", false, false},
		{"status.none", "", false, false},
	} {
		until, err := UntilPath(tt.path)
		require.NoError(t, err)
		assert.Equal(t, tt.exists, until.met(item), tt.path)
		until, err = UntilValue(tt.path, tt.value)
		require.NoError(t, err)
		assert.Equal(t, tt.reads, until.met(item), tt.path)
	}
}
