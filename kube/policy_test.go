package kube

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func rules(t testing.TB, texts ...string) []Rule {
	t.Helper()
	var list []Rule
	for _, text := range texts {
		r, err := ParseRule(text)
		require.NoError(t, err, text)
		list = append(list, r)
	}
	return list
}

func bound(n int) *int { return &n }

const (
	webPods  = "/api/v1/namespaces/web/pods"
	kubePods = "/api/v1/namespaces/kube-system/pods"
)

// Each policy, with what it allows and what it denies by what.
func TestPolicy(t *testing.T) {
	t.Parallel()
	reading := []string{
		"GET " + webPods, "GET " + webPods + "/a", "GET " + webPods + "/a/log", "GET /api/v1/pods?watch", "GET /version", "GET /apis",
		"POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
	}
	writing := []string{
		"POST " + webPods, "PUT " + webPods + "/a", "PATCH " + webPods + "/a", "DELETE " + webPods + "/a", "DELETE " + webPods,
		"PATCH " + webPods + "/a/status", "PATCH " + webPods + "/a?dryRun=All", "POST " + webPods + "/a/eviction", "GET " + webPods + "/a/exec",
		"GET " + webPods + "/a/portforward", "GET " + webPods + "/a/proxy", "POST /api/v1/namespaces/web/serviceaccounts/a/token", "POST /version",
	}
	all := append(append([]string{}, reading...), writing...)
	for _, tt := range []struct {
		name           string
		policy         Policy
		by             string
		denies, allows []string
	}{
		{"zero", Policy{}, "", nil, all},
		{"read-only", Policy{ReadOnly: true}, "--read-only", writing, reading},
		{"deny writes", Policy{Deny: rules(t, "write")}, "--deny", writing, reading},
		{"deny everything", Policy{Deny: rules(t, "*:*")}, "--deny", all, nil},
		{"deny reading secrets", Policy{Deny: rules(t, "read:secrets")}, "--deny",
			[]string{"GET /api/v1/secrets", "GET /api/v1/namespaces/web/secrets/a", "GET /api/v1/watch/secrets"},
			append([]string{"POST /api/v1/namespaces/web/secrets"}, all...)},
		{"deny in a namespace", Policy{Deny: rules(t, "*:*:kube-*")}, "--deny",
			[]string{"GET " + kubePods, "DELETE " + kubePods + "/a", "GET /api/v1/pods", "GET /apis/example.com/v1/things", "GET /api/v1/namespaces/kube-system"},
			append([]string{"GET /api/v1/nodes", "GET /api/v1/namespaces", "PATCH /api/v1/nodes/n"}, writing...)},
		{"deny a name", Policy{Deny: rules(t, "*:pods:*:db-*")}, "--deny",
			[]string{"GET " + webPods + "/db-0", "POST " + webPods + "/db-0/eviction", "GET " + webPods + "/db-0/log", "GET " + webPods, "DELETE " + webPods, "POST " + webPods},
			[]string{"GET " + webPods + "/a", "GET " + webPods + "?fieldSelector=metadata.name%3Da", "GET /apis/apps/v1/deployments"}},
		{"deny delete", Policy{Deny: rules(t, "delete:pods")}, "--deny",
			[]string{"DELETE " + webPods + "/a", "DELETE " + webPods, "POST " + webPods + "/a/eviction"},
			append([]string{"DELETE /api/v1/namespaces/web/secrets/a", "POST " + webPods}, reading...)},
		{"deny a subresource", Policy{Deny: rules(t, "*:pods/exec,*/scale")}, "--deny",
			[]string{"GET " + webPods + "/a/exec", "PATCH /apis/apps/v1/namespaces/web/deployments/a/scale"},
			append([]string{"GET " + webPods + "/a/attach", "PATCH /apis/apps/v1/namespaces/web/deployments/a"}, reading...)},
		{"deny a group", Policy{Deny: rules(t, "*:*.apps,*.*.example.com")}, "--deny",
			[]string{"GET /apis/apps/v1/deployments", "PATCH /apis/apps/v1/namespaces/web/deployments/a/scale", "GET /apis/a.example.com/v1/things"}, all},
		{"only", Policy{Allow: rules(t, "read", "patch:deployments.apps:web")}, "--only: no rule allows it",
			append([]string{"PATCH /apis/apps/v1/namespaces/web/deployments/a/scale", "PATCH /apis/other/v1/namespaces/web/deployments/a", "PATCH /apis/apps/v1/namespaces/x/deployments/a"}, writing...),
			append([]string{"PATCH /apis/apps/v1/namespaces/web/deployments/a"}, reading...)},
		{"only names", Policy{Allow: rules(t, "*:pods:web:a*")}, "--only: no rule allows it",
			[]string{"GET " + webPods, "POST " + webPods, "GET " + webPods + "/b", "GET " + webPods + "/a/log", "GET /api/v1/nodes/a", "POST /version"},
			[]string{"GET " + webPods + "/a", "DELETE " + webPods + "/ab", "GET /version", "GET /apis", "GET " + webPods + "?fieldSelector=metadata.name%3Da"}},
		{"only some, without some", Policy{Allow: rules(t, "*:*:web"), Deny: rules(t, "delete")}, "--deny",
			[]string{"DELETE " + webPods + "/a"}, []string{"GET " + webPods, "POST " + webPods}},
		{"protected", Policy{Protected: []string{"kube-*", "default"}}, "--protect kube-system",
			[]string{"DELETE " + kubePods + "/a", "POST " + kubePods, "GET " + kubePods + "/a/exec", "POST " + kubePods + "/a/eviction",
				"DELETE /api/v1/namespaces/kube-system", "PATCH /api/v1/namespaces/kube-system", "PUT /api/v1/namespaces/kube-system/finalize"},
			append([]string{"GET " + kubePods, "GET /api/v1/secrets", "PATCH /api/v1/nodes/n", "DELETE /api/v1/nodes", "DELETE /api/v1/namespaces/web"}, all...)},
		{"protected from what reaches all", Policy{Protected: []string{"kube-system"}}, "--protect: this is about all namespaces",
			[]string{"DELETE /apis/example.com/v1/things", "DELETE /api/v1/namespaces"}, nil},
		{"no deletes", Policy{MaxDeletes: bound(0)}, "--max-deletes 0: nobody knows how much it deletes",
			[]string{"DELETE " + webPods, "DELETE " + webPods + "?dryRun=All"}, append([]string{"POST " + webPods}, reading...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, line := range tt.denies {
				sent, err := guardedCall(t, requestOf(t, line, "/", ""), &tt.policy)
				assert.False(t, sent, line)
				var e *Error
				if assert.ErrorAs(t, err, &e, line) {
					assert.Equal(t, [2]string{string(DeniedError), ReasonDenied}, [2]string{string(e.Kind), e.Reason}, line)
					assert.Contains(t, e.Message, ": denied by "+tt.by, line)
					assert.Equal(t, 4, e.ExitCode())
				}
			}
			for _, line := range tt.allows {
				sent, err := guardedCall(t, requestOf(t, line, "/", ""), &tt.policy)
				assert.NoError(t, err, line)
				assert.True(t, sent, line)
			}
			// What is odd is denied by any policy, and by none if there is none.
			for _, odd := range oddRequests {
				sent, err := guardedCall(t, requestOf(t, odd.line, "/", ""), &tt.policy)
				assert.Equal(t, tt.name == "zero", sent, odd.line)
				assert.Equal(t, tt.name != "zero", IsKind(err, DeniedError), odd.line)
			}
		})
	}
}

// guardedCall sends a request through a guard and tells whether it came through.
func guardedCall(t testing.TB, r *http.Request, policies ...*Policy) (sent bool, err error) {
	t.Helper()
	link := NewGuard(nil, policies...).link(guarded{base: "/", server: "https://host/"})
	resp, err := link(roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = true
		return answer{status: http.StatusOK, body: "{}"}.response(r), nil
	})).RoundTrip(r)
	if err == nil {
		resp.Body.Close()
	}
	return sent, err
}

// An apply may create, so both must be allowed.
func TestPolicyOfApply(t *testing.T) {
	t.Parallel()
	r := requestOf(t, "PATCH "+webPods+"/a", "/", "{}", "Content-Type", applyPatchType)
	_, err := guardedCall(t, r, &Policy{Deny: rules(t, "create")})
	assert.EqualError(t, err, "create pods web/a: denied by --deny create (an apply may create)")
	_, err = guardedCall(t, r, &Policy{Allow: rules(t, "patch")})
	assert.EqualError(t, err, "create pods web/a: denied by --only: no rule allows it (an apply may create)")
	_, err = guardedCall(t, r, &Policy{Allow: rules(t, "create,patch")})
	assert.NoError(t, err)
}

// A list with "*" is as none: for what lives in no namespace, and has no name,
// too.
func TestRuleForEverything(t *testing.T) {
	t.Parallel()
	rule := Rule{Verbs: []string{"*"}, Resources: []string{"*"}, Namespaces: []string{"x", "*"}, Names: []string{"*"}}
	for _, line := range []string{"GET " + webPods, "POST " + webPods, "DELETE /api/v1/nodes/n", "GET /api/v1/pods", "GET " + webPods + "/a/exec", "POST /version"} {
		_, err := guardedCall(t, requestOf(t, line, "/", ""), &Policy{Allow: []Rule{rule}})
		assert.NoError(t, err, line)
		_, err = guardedCall(t, requestOf(t, line, "/", ""), &Policy{Deny: []Rule{rule}})
		assert.True(t, IsKind(err, DeniedError), line)
		assert.NotContains(t, err.Error(), ": this ", line)
	}
}

// What a rule is against for its extent says so.
func TestPolicySaysWhatIsMeant(t *testing.T) {
	t.Parallel()
	p := &Policy{Deny: rules(t, "*:*:kube-*", "*:pods:*:db-*")}
	for line, want := range map[string]string{
		"GET /api/v1/pods":            "list pods: denied by --deny *:*:kube-*: this is about all namespaces",
		"GET " + kubePods:             "list pods in kube-system: denied by --deny *:*:kube-*",
		"GET " + webPods:              "list pods in web: denied by --deny *:pods:*:db-*: this may be about any name",
		"DELETE " + webPods + "/db-0": "delete pods web/db-0: denied by --deny *:pods:*:db-*",
	} {
		_, err := guardedCall(t, requestOf(t, line, "/", ""), p)
		assert.EqualError(t, err, want)
	}
}

// Names in a message do nothing to a terminal.
func TestPolicyShowsPlainNames(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"POST " + webPods:                         "create pods web/a\uFFFD[2K\uFFFDb: denied by --read-only",
		"DELETE " + webPods + "/%C2%9b%E2%80%AEa": "delete pods web/\uFFFD\uFFFDa: denied by --read-only",
		"POST /%C2%9bversion":                     "post /\uFFFDversion: denied by --read-only",
	} {
		_, err := guardedCall(t, requestOf(t, line, "/", `{"metadata":{"name":"a\u001b[2K\rb"}}`), &Policy{ReadOnly: true})
		assert.EqualError(t, err, want)
	}
}

// Several policies allow what all of them do.
func TestPoliciesAddUp(t *testing.T) {
	t.Parallel()
	web, pods := &Policy{Allow: rules(t, "*:*:web")}, &Policy{Allow: rules(t, "*:pods")}
	for line, want := range map[string]bool{
		"GET " + webPods: true, "GET " + kubePods: false, "GET /api/v1/namespaces/web/secrets": false,
	} {
		sent, _ := guardedCall(t, requestOf(t, line, "/", ""), web, pods)
		assert.Equal(t, want, sent, line)
	}
}

func TestParseRule(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Rule{
		"delete":                           {Verbs: []string{"delete"}},
		"get,list:pods,deployments.apps":   {Verbs: []string{"get", "list"}, Resources: []string{"pods", "deployments.apps"}},
		"*:*:kube-system":                  {Verbs: []string{"*"}, Resources: []string{"*"}, Namespaces: []string{"kube-system"}},
		"write:roles:*:system:controller*": {Verbs: []string{"write"}, Resources: []string{"roles"}, Namespaces: []string{"*"}, Names: []string{"system:controller*"}},
	} {
		got, err := ParseRule(text)
		require.NoError(t, err, text)
		want.source = text
		assert.Equal(t, want, got, text)
	}
	for text, want := range map[string]string{
		"":                 "a rule is VERBS:RESOURCES:NAMESPACES:NAMES",
		"remove":           `verbs: unknown verb "remove"`,
		"delte":            `verbs: unknown verb "delte" (did you mean "delete"?)`,
		"delete:":          `resources: "" can't be a pattern`,
		"delete:pod":       `resources: "pod" is no plural name (say "pods")`,
		"delete:deploy":    `resources: "deploy" is no plural name (say "deployments")`,
		"delete:cm/x":      `resources: "cm/x" is no plural name (say "configmaps")`,
		"delete:job.batch": `resources: "job.batch" is no plural name (say "jobs.batch")`,
		"delete:Ingress":   `resources: "Ingress" is no plural name, which is in lower case (say "ingresses")`,
		"delete:pods:[a":   `namespaces: "[a" can't be a pattern`,
		"delete:pods: a":   `namespaces: " a" can't be a pattern`,
	} {
		_, err := ParseRule(text)
		assert.ErrorContains(t, err, want, text)
		assert.True(t, IsKind(err, ValueError), text)
	}
}

// Whatever the text of a rule: it matches something, and says no to nothing but
// that.
func FuzzParseRule(f *testing.F) {
	for _, seed := range []string{"read", "delete:pods,jobs.batch:web", "*:secrets", "write:*:*-prod:a*b", ":", "read:pods/*", "read::x", "get:pod", "", "read:pods:a:b:c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRule(text)
		if err != nil {
			require.True(t, IsKind(err, ValueError), "%v", err)
			return
		}
		require.NoError(t, r.check())
		for _, line := range []string{"GET " + webPods + "/a", "DELETE " + webPods + "/a"} {
			deeds, err := deedsOf(requestOf(t, line, "/", ""), "/")
			require.NoError(t, err)
			if r.allows(deeds[0]) {
				require.True(t, r.denies(deeds[0]), "what a rule allows, the same rule denies: %s", text)
			}
		}
	})
}
