package localtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Namespace makes a namespace of the test's own, in which pods can be created,
// and returns its name. It is deleted when the test ends.
//
// What controllers put into every namespace, the service account "default" and
// the ConfigMap "kube-root-ca.crt", is there when Namespace returns.
func Namespace(t testing.TB) string {
	t.Helper()
	c := running(t)
	name := namespaceName(t.Name())
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	status, err := c.call(ctx, http.MethodPost, "/api/v1/namespaces", fmt.Sprintf(`{"metadata": {"name": %q}}`, name))
	if err != nil || status != http.StatusCreated {
		t.Fatalf("localtest: create namespace %s: %d, %v", name, status, err)
	}
	t.Cleanup(func() {
		// It may be gone already.
		_, err := c.call(context.Background(), http.MethodDelete, "/api/v1/namespaces/"+name, "")
		if err != nil {
			t.Errorf("localtest: delete namespace %s: %v", name, err)
		}
	})
	// Pods are refused until their service account exists.
	for _, object := range []string{"serviceaccounts/default", "configmaps/kube-root-ca.crt"} {
		for status = 0; status != http.StatusOK; {
			if status, err = c.call(ctx, http.MethodGet, "/api/v1/namespaces/"+name+"/"+object, ""); err != nil {
				t.Fatalf("localtest: wait for %s of namespace %s: %v", object, name, err)
			}
			if status != http.StatusOK {
				time.Sleep(10 * time.Millisecond)
			}
		}
	}
	return name
}

// call sends a request as the cluster's administrator and returns the status
// of the answer. kubectl would do, but starting it takes longer than most
// tests.
func (c *cluster) call(ctx context.Context, method, path, body string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.server+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// login makes the client of call.
func (c *cluster) login() error {
	config, err := clientcmd.BuildConfigFromFlags("", c.status.Kubeconfig)
	if err != nil {
		return err
	}
	c.server = config.Host
	c.http, err = rest.HTTPClientFor(config)
	return err
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// namespaceName forms a name that nothing else has, and that tells which test
// it is of.
func namespaceName(test string) string {
	test = strings.Trim(notInNames.ReplaceAllString(strings.ToLower(test), "-"), "-")
	if len(test) > 40 {
		test = strings.Trim(test[len(test)-40:], "-")
	}
	return test + "-" + strings.ToLower(rand.Text()[:8])
}
