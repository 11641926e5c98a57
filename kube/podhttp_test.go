package kube

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// No pod of the local cluster can be reached by its address, so the answers are
// told here; what the API server itself says is its own.
func TestHTTP(t *testing.T) {
	t.Parallel()
	var asked *http.Request
	c := answered(t, func(r *http.Request) *http.Response {
		asked = r
		return answer{status: http.StatusTeapot, body: "short and stout", ends: true, header: http.Header{"X-Pot": {"tea"}}}.response(r)
	})
	pod := podOf(t, c, `{"containers":[{"name":"web","ports":[{"containerPort":8080}]}]}`)
	got, err := pod.HTTP(t.Context(), HTTPCall{Method: "get", Path: "/a%2Fb/c?x=1", Params: map[string][]string{"y": {"2"}}, Header: http.Header{"x-me": {"you"}}})
	require.NoError(t, err)
	assert.Equal(t, &Response{http.StatusTeapot, http.Header{"X-Pot": {"tea"}}, "short and stout"}, got)
	assert.Equal(t, "GET", asked.Method)
	assert.Equal(t, "/api/v1/namespaces/n/pods/p:8080/proxy/a%2Fb/c?x=1&y=2", asked.URL.RequestURI())
	assert.Equal(t, "you", asked.Header.Get("X-Me"))

	_, err = pod.HTTP(t.Context(), HTTPCall{Method: "POST", Path: "/", Port: "web", HTTPS: true, Body: []byte("b")})
	require.NoError(t, err)
	assert.Equal(t, "/api/v1/namespaces/n/pods/https:p:web/proxy/", asked.URL.RequestURI())

	for _, call := range []HTTPCall{{Path: "a"}, {Path: "//host/a"}, {Path: "/../a"}, {Path: "/", Port: "80/x"}} {
		call.Method = "GET"
		_, err := pod.HTTP(t.Context(), call)
		assert.True(t, IsKind(err, ValueError), "%+v: %v", call, err)
	}
	_, err = podOf(t, c, `{"containers":[{"name":"web"}]}`).HTTP(t.Context(), HTTPCall{Method: "GET", Path: "/"})
	assert.ErrorContains(t, err, "it declares no port, name one (port=)")
}

func TestHTTPRefusedByTheServer(t *testing.T) {
	t.Parallel()
	c := connect(t)
	pod, err := c.Item(t.Context(), parse(t, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"none","namespace":"default"}}`))
	require.NoError(t, err)
	_, err = pod.HTTP(t.Context(), HTTPCall{Method: "GET", Path: "/healthz", Port: "80"})
	assert.True(t, IsKind(err, LookupError))
	assert.ErrorContains(t, err, "GET /healthz of pods default/none: ")
}

// Headers that would make the API server somebody else's go nowhere.
func TestHTTPHeaders(t *testing.T) {
	t.Parallel()
	c := answered(t, func(r *http.Request) *http.Response {
		t.Errorf("%v", r.Header)
		return answer{body: "{}", ends: true}.response(r)
	})
	pod := podOf(t, c, "{}")
	for _, header := range []string{"Authorization", "authorization", "Impersonate-User", "impersonate-extra-x", "Connection", "Upgrade", "Host"} {
		_, err := pod.HTTP(t.Context(), HTTPCall{Method: "GET", Path: "/", Port: "80", Header: http.Header{header: {"x"}}})
		assert.True(t, IsKind(err, ValueError), "%v", err)
		assert.ErrorContains(t, err, "the header "+header+" is the API server's")
	}
}

// An application that is busy is no API server that is.
func TestHTTPRetryAfter(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 503} {
		asked := 0
		c := answered(t, func(r *http.Request) *http.Response {
			asked++
			return answer{status: status, body: "later", ends: true, header: http.Header{"Retry-After": {"1"}}}.response(r)
		})
		got, err := podOf(t, c, "{}").HTTP(t.Context(), HTTPCall{Method: "GET", Path: "/", Port: "80"})
		require.NoError(t, err)
		assert.Equal(t, status, got.StatusCode)
		assert.Equal(t, 1, asked)
	}
}
