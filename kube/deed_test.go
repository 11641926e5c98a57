package kube

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// requestOf makes a request of "METHOD PATH", as a cluster at the address base
// makes it, with the given body and headers.
func requestOf(t testing.TB, line, base, body string, header ...string) *http.Request {
	t.Helper()
	method, path, _ := strings.Cut(line, " ")
	c := &client{base: &url.URL{Scheme: "https", Host: "host", Path: base}}
	u, err := c.url(path)
	require.NoError(t, err)
	r, err := http.NewRequest(method, u.String(), strings.NewReader(body))
	if err != nil {
		// Not even net/http sends it.
		r = &http.Request{Method: method, URL: u, Header: http.Header{}}
	}
	if body != "" {
		r.Header.Set("Content-Type", jsonType)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func TestDeeds(t *testing.T) {
	t.Parallel()
	const pods = "/api/v1/namespaces/web/pods"
	apply := []string{"Content-Type", applyPatchType}
	for _, tt := range []struct {
		line, body string
		header     []string
		want       string // each as "verb resource object", r for one that reads, * for any name, w for all namespaces
	}{
		{"GET /api/v1/pods", "", nil, "list pods r*w"},
		{"GET /api/v1/pods?fieldSelector=metadata.name%3Da", "", nil, "list pods a rw"},
		{"GET /api/v1/nodes", "", nil, "list nodes r*"},
		{"GET /apis/example.com/v1/things", "", nil, "list things r*w"},
		{"GET " + pods, "", nil, "list pods in web r*"},
		{"GET " + pods + "?watch", "", nil, "watch pods in web r*"},
		{"GET " + pods + "/a", "", nil, "get pods web/a r"},
		{"HEAD " + pods + "/a", "", nil, "get pods web/a r"},
		{"GET " + pods + "/a/log", "", nil, "get pods/log web/a r"},
		{"GET " + pods + "/", "", nil, "list pods in web r*"},
		{"GET /api/v1/watch/namespaces/web/secrets", "", nil, "watch secrets in web r*"},
		{"GET /api/v1/watch/secrets", "", nil, "watch secrets r*w"},
		{"GET /version", "", nil, "get /version r"},
		{"GET /", "", nil, "get / r"},
		{"GET /openapi/v3/apis/apps/v1?hash=A%2FB", "", nil, "get /openapi/v3/apis/apps/v1 r"},
		{"POST /version", "", nil, "post /version"},

		{"POST " + pods, `{"metadata":{"name":"a"}}`, nil, "create pods web/a"},
		{"POST " + pods, `{"metadata":{"generateName":"a"}}`, nil, "create pods in web *"},
		{"POST " + pods, `{"metadata":{"name":"a"},"metadata":{"name":"b"}}`, nil, "create pods in web *"},
		{"POST " + pods, `{"metadata":{"name":"a","name":"b"}}`, nil, "create pods in web *"},
		{"POST " + pods, `metadata: {name: a}`, []string{"Content-Type", "application/yaml"}, "create pods in web *"},
		{"POST " + pods, `{`, nil, "create pods in web *"},
		{"POST /api/v1/namespaces", `{"metadata":{"name":"web"}}`, nil, "create namespaces web"},
		{"POST /api/v1/namespaces", `{"metadata":{"generateName":"web"}}`, nil, "create namespaces *w"},
		{"PUT " + pods + "/a", `{"metadata":{"uid":"u"}}`, nil, "update pods web/a"},
		{"PUT " + pods + "/a/scale", "{}", nil, "update pods/scale web/a"},
		{"PUT " + pods + "/a", `{"metadata":{"resourceVersion":"1"}}`, nil, "update pods web/a, create pods web/a (an update without a uid may create)"},
		{"PUT " + pods + "/a", `{"metadata":{"uid":"u","uid":""}}`, nil, "update pods web/a, create pods web/a (an update without a uid may create)"},
		{"PATCH " + pods + "/a", "{}", []string{"Content-Type", mergeType}, "patch pods web/a"},
		{"PATCH " + pods + "/a", "{}", apply, "patch pods web/a, create pods web/a (an apply may create)"},
		{"PATCH " + pods + "/a/status", "{}", []string{"Content-Type", mergeType}, "patch pods/status web/a"},
		{"DELETE " + pods + "/a", "", nil, "delete pods web/a"},
		{"DELETE " + pods, "", nil, "deletecollection pods in web *"},
		{"DELETE /api/v1/namespaces", "", nil, "deletecollection namespaces *w"},
		{"DELETE /api/v1/nodes", "", nil, "deletecollection nodes *"},
		{"DELETE /api/v1/namespaces/web", "", nil, "delete namespaces web"},
		{"PUT /api/v1/namespaces/web/finalize", "{}", nil, "update namespaces/finalize web"},

		{"DELETE /apis/apiextensions.k8s.io/v1/customresourcedefinitions/x", "", nil,
			"delete customresourcedefinitions x, delete customresourcedefinitions x w (the objects of the kind go with it, in all namespaces)"},
		{"POST " + pods + "/a/eviction", "{}", nil, "create pods/eviction web/a, delete pods web/a (an eviction deletes)"},
		{"GET " + pods + "/a/exec?command=id", "", nil, "create pods/exec web/a"},
		{"GET " + pods + "/a/attach", "", nil, "create pods/attach web/a"},
		{"GET " + pods + "/a/portforward", "", nil, "create pods/portforward web/a"},
		{"GET " + pods + "/a:80/proxy/x%2Fy//z/", "", nil, "get pods/proxy web/a"},
		{"POST " + pods + "/https:a:80/proxy", "", nil, "create pods/proxy web/a"},
		{"GET /api/v1/namespaces/proxy/services/proxy/proxy/proxy", "", nil, "get services/proxy proxy/proxy"},
		{"GET /api/v1/nodes/n/proxy/logs", "", nil, "get nodes/proxy n"},
		{"GET /api/v1/proxy/namespaces/web/pods/a", "", nil, "proxy pods web/a"},
		{"POST /api/v1/namespaces/web/serviceaccounts/a/token", "{}", nil, "create serviceaccounts/token web/a"},
		{"POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{}", nil, "create selfsubjectaccessreviews r*"},
		{"POST /apis/authorization.k8s.io/v1/namespaces/web/localsubjectaccessreviews", "{}", nil, "create localsubjectaccessreviews in web r*"},
		{"POST /apis/authentication.k8s.io/v1/tokenreviews", "{}", nil, "create tokenreviews r*"},
		{"POST /apis/example.com/v1/tokenreviews", "{}", nil, "create tokenreviews *"},
	} {
		for _, base := range []string{"/", "/k8s/clusters/x/"} {
			deeds, err := deedsOf(requestOf(t, tt.line, base, tt.body, tt.header...), base)
			require.NoError(t, err, tt.line)
			var got []string
			for _, d := range deeds {
				marks := ""
				for _, m := range []struct {
					is   bool
					mark string
				}{{d.reads, "r"}, {d.any, "*"}, {d.wide, "w"}} {
					if m.is {
						marks += m.mark
					}
				}
				text := strings.TrimSpace(d.String() + " " + marks)
				if d.because != "" {
					text += " (" + d.because + ")"
				}
				got = append(got, text)
			}
			assert.Equal(t, tt.want, strings.Join(got, ", "), tt.line)
		}
	}
}

// Requests that others may read in another way than we do.
var oddRequests = []struct{ line, why string }{
	{"GET /api/v1/../v1/secrets", `the part ".."`},
	{"GET /api/v1/./secrets", `the part "."`},
	{"GET /api/v1/namespaces/web/..%2fkube-system/secrets", `the part ".."`},
	{"GET /api/v1/namespaces/web/%2e%2e/secrets", `the part ".."`},
	{"GET /api/v1/namespaces/web/%252e%252e/secrets", `the part ".."`},
	{"GET /api/v1/namespaces/web/pods/..", `the part ".."`},
	{"GET /version/../api/v1/secrets", `the part ".."`},
	{"GET /api/v1/namespaces/web/services/a/proxy/../../../../kube-system/secrets", `the part ".."`},
	{"GET /api/v1/namespaces/web/services/a/proxy/%2e%2e/%2e%2e", `the part ".."`},
	{"GET /api/v1/namespaces/web/services/a/proxy/x%2f..%2f..", `the part ".."`},
	{"GET /api/v1/namespaces/web/services/a/proxy/%25%32%65%25%32%65/x", `the part ".."`},
	{"GET /api/v1/namespaces/web/services/a/proxy/..%5c..", "odd characters"},
	{"GET /api/v1//secrets", "an empty part"},
	{"GET //api/v1/secrets", "an empty part"},
	{"GET /api/v1/namespaces//secrets", "an empty part"},
	{"GET /api/v1/secrets//", "an empty part"},
	{"GET /api%2fv1%2fsecrets", `the part "api%2fv1%2fsecrets"`},
	{"GET /api/v1/namespaces/web%2Fsecrets", `the part "web%2Fsecrets"`},
	{"GET /api/v1/namespaces/web%2fpods/a/proxy", `the part "web%2fpods"`},
	{"GET /api/v1/namespaces/web/pods/a%00", "odd characters"},
	{"GET /api/v1/namespaces/web/pods/a%0d%0a", "odd characters"},
	{"GET /api/v1/namespaces/web/pods/a%25b", `the part "a%25b"`},
	{"GET /api/v1/namespaces/web%5csecrets", "odd characters"},
	{"delete /api/v1/namespaces/web/pods/a", `the method "delete" is none of GET`},
	{"get /api/v1/secrets", `the method "get" is none of GET`},
	{"DELETE\t /api/v1/namespaces/web/pods/a", `the method "DELETE\t" is none of GET`},
	{"OPTIONS /api/v1/secrets", `the method "OPTIONS"`},
	{"CONNECT /api/v1/secrets", `the method "CONNECT"`},
	{"BREW /api/v1/secrets", `the method "BREW"`},
}

func TestDeedsOfOddRequests(t *testing.T) {
	t.Parallel()
	for _, tt := range oddRequests {
		_, err := deedsOf(requestOf(t, tt.line, "/", ""), "/")
		assert.ErrorContains(t, err, tt.why, tt.line)
	}
	for _, header := range []string{"Impersonate-User", "impersonate-group", "Impersonate-Extra-Scopes", "X-HTTP-Method-Override"} {
		_, err := deedsOf(requestOf(t, "GET /api/v1/pods", "/", "", header, "x"), "/")
		assert.ErrorContains(t, err, "it has the header "+http.CanonicalHeaderKey(header))
	}
	_, err := deedsOf(requestOf(t, "GET /api/v1/pods", "/", ""), "/k8s/clusters/x/")
	assert.ErrorContains(t, err, "its path is not below /k8s/clusters/x/")
}

// What isn't refused as odd is what the server's authorizer takes it for, as its
// refusal says.
func TestDeedsAsTheServerReadsThem(t *testing.T) {
	t.Parallel()
	c, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), Overrides: clientcmd.ConfigOverrides{
		AuthInfo: clientcmdapi.AuthInfo{Impersonate: "nobody"},
	}})
	require.NoError(t, err)
	defer c.Close()
	var lines []string
	for _, odd := range oddRequests {
		lines = append(lines, odd.line)
	}
	for _, path := range []string{
		"/api/v1/pods", "/api/v1/nodes", "/api/v1/namespaces", "/api/v1/namespaces/web", "/api/v1/namespaces/web/status",
		"/api/v1/namespaces/web/finalize", "/api/v1/namespaces/web/pods", "/api/v1/namespaces/web/pods/", "/api/v1/namespaces/web/pods/a",
		"/api/v1/namespaces/web/pods/a/status", "/api/v1/namespaces/web/pods/a/exec", "/api/v1/namespaces/web/pods/a/eviction",
		"/api/v1/namespaces/web/pods/a/proxy", "/api/v1/namespaces/web/services/https:a:80/proxy/x/y", "/api/v1/nodes/n/proxy/logs",
		"/api/v1/watch/secrets", "/api/v1/watch/namespaces/web/secrets/a", "/apis/apps/v1/watch/deployments", "/api/v1/proxy/namespaces/web/pods/a/b",
		"/apis/apps/v1/namespaces/web/deployments/a/scale", "/apis/example.com/v1/things", "/apis/example.com/v1/namespaces/web/things/a/b/c",
		"/apis/apps", "/logs/x", "/api/v1/pods?watch", "/api/v1/pods?watch=0", "/api/v1/pods?watch=FALSE", "/api/v1/pods?watch=no",
		"/api/v1/pods?watch=true&watch=false", "/api/v1/namespaces/web/pods/a?watch=true",
	} {
		for _, method := range methods {
			lines = append(lines, method+" "+path)
		}
	}
	compared := 0
	for _, line := range lines {
		r := requestOf(t, line, "/", "")
		if _, err := deedsOf(r, "/"); err != nil {
			continue
		}
		r, err = http.NewRequestWithContext(t.Context(), r.Method, strings.TrimSuffix(c.URL(), "/")+r.URL.RequestURI(), nil)
		require.NoError(t, err)
		resp, err := c.client.http.Do(r)
		require.NoError(t, err, line)
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		require.NoError(t, err, line)
		if r.Method == http.MethodHead || resp.StatusCode != http.StatusForbidden {
			continue
		}
		said := trusted(text).Get("message").String()
		server, ok := deniedAccess(said)
		require.True(t, ok, "%s: %s", line, text)
		ours := ParseRequest(r.Method, r.URL, "/")
		if ours.Verb == "create" && r.Method == http.MethodGet {
			ours.Verb = "get" // the first of two permissions that a WebSocket into a pod needs
		}
		if ours.Resource != "" {
			ours.Path = ""
		}
		name := ours.Name
		ours.Name, ours.Version = "", ""
		assert.Equal(t, server, ours, "%s: %s", line, said)
		if name != "" {
			assert.Contains(t, said, fmt.Sprintf("%q is forbidden", name), line)
		}
		compared++
	}
	assert.Greater(t, compared, 100)
}

// The table of what lives in no namespace is that of the server.
func TestClusterScoped(t *testing.T) {
	t.Parallel()
	kinds, err := connect(t).Kinds(t.Context())
	require.NoError(t, err)
	for _, r := range kinds {
		if r.Group == "" || ofOwnGroup(r) {
			assert.Equal(t, !r.Namespaced, inNoNamespace(r.Group, r.Name), "%s", r)
		}
	}
}
