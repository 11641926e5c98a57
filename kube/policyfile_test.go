package kube

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const wholePolicy = `# of the night shift
readOnly: false
allow:
- {verbs: [read]}
- verbs: [delete, patch]
  resources: [pods, deployments.apps]
  namespaces: [web]
  names: ["a*"]
deny:
- {namespaces: ["kube-*"]}
protectedNamespaces: [kube-system]
maxDeletes: 10
maxWrites: 0x64
production: refuse
`

func TestParsePolicy(t *testing.T) {
	t.Parallel()
	p, err := ParsePolicy("night.yaml", wholePolicy)
	require.NoError(t, err)
	assert.Equal(t, []Rule{
		{Verbs: []string{"read"}, source: "allow rule 1 of night.yaml:4"},
		{Verbs: []string{"delete", "patch"}, Resources: []string{"pods", "deployments.apps"}, Namespaces: []string{"web"}, Names: []string{"a*"}, source: "allow rule 2 of night.yaml:5"},
	}, p.Allow)
	assert.Equal(t, []Rule{{Namespaces: []string{"kube-*"}, source: "deny rule 1 of night.yaml:10"}}, p.Deny)
	assert.Equal(t, []string{"kube-system"}, p.Protected)
	assert.Equal(t, 10, *p.MaxDeletes)
	assert.Equal(t, ProductionRefuse, p.Production)
	assert.False(t, p.ReadOnly)

	for line, want := range map[string]string{
		"DELETE " + kubePods + "/a": "delete pods kube-system/a: denied by deny rule 1 of night.yaml:10",
		"DELETE " + webPods + "/b":  "delete pods web/b: denied by allow of night.yaml:3: no rule allows it",
	} {
		_, err := guardedCall(t, requestOf(t, line, "/", ""), p)
		assert.EqualError(t, err, want)
	}
	p, err = ParsePolicy("p.yaml", "protectedNamespaces:\n- web\n")
	require.NoError(t, err)
	_, err = guardedCall(t, requestOf(t, "DELETE "+webPods+"/b", "/", ""), p)
	assert.EqualError(t, err, "delete pods web/b: denied by protectedNamespaces of p.yaml:1")
	p, err = ParsePolicy("p.yaml", "\nreadOnly: yes\n")
	require.ErrorContains(t, err, `p.yaml:2: readOnly: want true or false, not "yes"`)
	assert.Nil(t, p)
}

func TestParsePolicyMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"", "p.yaml:1: the policy is empty"},
		{"# nothing", "p.yaml:1: the policy is empty"},
		{"{}", `p.yaml:1: the policy must be a mapping with some of the keys "allow", "deny", `},
		{"- a", "p.yaml:1: the policy must be a mapping"},
		{"null", "p.yaml:1: the policy must be a mapping"},
		{"readOnly: true\n---\nreadOnly: false\n", "p.yaml:2: a policy is one document"},
		{"a: b: c", "p.yaml:1: mapping values are not allowed"},
		{"readOnly: true\nallow: [", "p.yaml:2: "},
		{"\nreadonly: true", `p.yaml:2: unknown key "readonly" (did you mean "readOnly"?)`},
		{"readOnly: true\nreadOnly: false", `p.yaml:2: the key "readOnly" comes twice`},
		{"readOnly: 1", "p.yaml:1: readOnly: want true or false, not 1"},
		{"readOnly:", "p.yaml:1: readOnly: want true or false, not nothing"},
		{"maxDeletes: many", `p.yaml:1: maxDeletes: want a whole number that is not negative, not "many"`},
		{"maxDeletes: -1", "p.yaml:1: maxDeletes: want a whole number that is not negative, not -1"},
		{"maxDeletes: 1.5", "p.yaml:1: maxDeletes: want a whole number that is not negative, not 1.5"},
		{"maxWrites: [1]", "p.yaml:1: maxWrites: want a whole number that is not negative, not a list"},
		{"production: maybe", `p.yaml:1: production: unknown value "maybe" (known: allow, ask, refuse)`},
		{"protectedNamespaces: kube-system", "p.yaml:1: protectedNamespaces must be a list"},
		{"protectedNamespaces: []", "p.yaml:1: protectedNamespaces: the list is empty (leave the key out)"},
		{"protectedNamespaces:\n- 1\n- {}", "p.yaml:2: protectedNamespaces: want a text, not 1\np.yaml:3: protectedNamespaces: want a text, not a mapping"},
		{"deny: {verbs: [get]}", "p.yaml:1: deny must be a list"},
		{"deny:\n- {}", `p.yaml:2: a rule must be a mapping with some of the keys "names", "namespaces", "resources", "verbs"`},
		{"deny:\n- {verb: [get]}", `p.yaml:2: unknown key "verb" (did you mean "verbs"?)`},
		{"deny:\n- verbs: [get]\n  resources:\n  - pods\n  - pod", `p.yaml:5: resources: "pod" is no plural name (say "pods")`},
		{"deny:\n- verbs: []", "p.yaml:2: verbs: the list is empty (leave the key out)"},
		{"deny: &a\n- verbs: [get]\nallow: *a", "p.yaml:3: allow must be a list"},
		{"a: 1\nb: 2", "p.yaml:1: unknown key \"a\""},
		{"a: 1\nb: 2", "p.yaml:2: unknown key \"b\""},
	} {
		_, err := ParsePolicy("p.yaml", tt.text)
		assert.ErrorContains(t, err, tt.want, tt.text)
		assert.True(t, IsKind(err, ValueError), tt.text)
	}
}

// Whatever the text: it is a policy that restricts something, or every line of
// the error names a place.
func FuzzParsePolicy(f *testing.F) {
	for _, seed := range []string{wholePolicy, "", "{}", "readOnly: true", "deny: &a [{verbs: [get]}, *a]", "allow:\n- {verbs: [x]}\n", "a: &a\n  b: *a", "? [a]\n: b", "<<: {readOnly: true}", "maxDeletes: 99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePolicy("p.yaml", text)
		if err != nil {
			require.True(t, IsKind(err, ValueError))
			for line := range strings.SplitSeq(err.Error(), "\n") {
				require.True(t, strings.HasPrefix(line, "p.yaml:"), "%q", err)
			}
			return
		}
		for _, r := range append(append([]Rule{}, p.Allow...), p.Deny...) {
			require.NoError(t, r.check())
		}
		if p.ReadOnly {
			_, err := guardedCall(t, requestOf(t, "DELETE "+webPods+"/a", "/", ""), p)
			require.True(t, IsKind(err, DeniedError))
		}
	})
}

// Whatever the request: one that may change something never counts as reading,
// nor does one whose path isn't plain.
func FuzzParseRequest(f *testing.F) {
	for _, odd := range oddRequests {
		method, path, _ := strings.Cut(odd.line, " ")
		f.Add(method, path)
	}
	for _, method := range methods {
		for _, path := range []string{webPods, webPods + "/a/exec", "/apis/apps/v1/namespaces/web/deployments/a/scale", "/api/v1/watch/pods", "/api/v1/namespaces/proxy/pods/proxy/proxy/proxy", "/version", "/", "/api/v1/namespaces/a/status"} {
			f.Add(method, path)
		}
	}
	f.Fuzz(func(t *testing.T, method, path string) {
		c := &client{base: &url.URL{Scheme: "https", Host: "host", Path: "/x/"}}
		u, err := c.url(path)
		if err != nil {
			return
		}
		r := requestOf(t, "GET /", "/x/", "")
		r.Method, r.URL = method, u
		deeds, err := deedsOf(r, "/x/")
		if err != nil {
			require.Nil(t, deeds)
			return
		}
		for part := range strings.SplitSeq(u.Path, "/") {
			require.NotContains(t, []string{".", ".."}, part)
		}
		require.Contains(t, methods, method)
		for _, d := range deeds {
			if d.reads && method != "GET" && method != "HEAD" {
				require.Equal(t, "POST", method)
				require.Contains(t, reviews, d.Resource+"."+d.Group)
			}
			if strings.Contains(u.Path, "/exec") && d.Resource == "pods" && d.Subresource == "exec" && method == "GET" {
				require.False(t, d.reads)
			}
			require.NotEmpty(t, d.Verb)
		}
	})
}
