package kube

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRoleYAML(t *testing.T) {
	role := Role{Name: "sweep", Namespace: "web", Rules: []RoleRule{
		{APIGroups: []string{""}, Resources: []string{"pods", "pods/log"}, Verbs: []string{"get", "list"}},
		{APIGroups: []string{"apps"}, Resources: []string{"deployments"}, ResourceNames: []string{"a"}, Verbs: []string{"patch"}},
	}}
	assert.Equal(t, `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: sweep
  namespace: web
rules:
- apiGroups:
  - ""
  resources:
  - pods
  - pods/log
  verbs:
  - get
  - list
- apiGroups:
  - apps
  resources:
  - deployments
  resourceNames:
  - a
  verbs:
  - patch
`, role.YAML())
	everywhere := Role{Name: "sweep", Rules: []RoleRule{{NonResourceURLs: []string{"/metrics"}, Verbs: []string{"get"}}}}
	parsed, err := ParseRoles(t.Context(), role.YAML()+"---\n"+everywhere.YAML(), "")
	require.NoError(t, err)
	assert.Equal(t, []Role{role, everywhere}, parsed)
}

func TestRoleAccesses(t *testing.T) {
	role := Role{Namespace: "web", Rules: []RoleRule{
		{APIGroups: []string{"", "apps"}, Resources: []string{"pods/log"}, ResourceNames: []string{"a", "b"}, Verbs: []string{"get"}},
		{APIGroups: []string{""}, Resources: []string{"pods/log"}, ResourceNames: []string{"b"}, Verbs: []string{"get", "*"}},
		{NonResourceURLs: []string{"/metrics"}, Verbs: []string{"get"}},
	}}
	log := func(verb, group, name string) Access {
		return Access{Verb: verb, Group: group, Namespace: "web", Resource: "pods", Subresource: "log", Name: name}
	}
	assert.Equal(t, []Access{
		log("get", "", "a"), log("get", "", "b"), log("get", "apps", "a"), log("get", "apps", "b"),
		log("*", "", "b"),
		{Verb: "get", Path: "/metrics"},
	}, role.Accesses())
}

func TestParseRoles(t *testing.T) {
	const head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a}\nrules: "
	tests := []struct {
		name, text, namespace string
		want                  []Role
		err                   string
	}{
		{"among others", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n---\n" + head + "[]\n", "web", []Role{{Name: "a", Namespace: "web", Rules: []RoleRule{}}}, ""},
		{"list", `{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleList", "items": [{"metadata": {"name": "a"}, "rules": null}]}`, "",
			[]Role{{Name: "a"}}, ""},
		{"ClusterRole", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\n", "web", []Role{{Name: "a"}}, ""},
		{"no namespace", head + "[]", "", nil, "Role a: which namespace? (set metadata.namespace, or give --namespace)"},
		{"none", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n", "", nil, "there is no Role or ClusterRole of rbac.authorization.k8s.io/v1"},
		{"empty", "", "", nil, "there is no Role or ClusterRole of rbac.authorization.k8s.io/v1"},
		{"no YAML", "a: [", "", nil, "neither YAML nor JSON"},
		{"no list", head + "{}", "web", nil, "Role a: want a list of rules, like "},
		{"unknown field", head + "[{apiGroups: [''], resources: [pods], verb: [get]}]", "web", nil, `Role a: rule 1: `},
		{"no verbs", head + "[{apiGroups: [''], resources: [pods]}]", "web", nil, "rule 1: verbs is missing"},
		{"no groups", head + "[{resources: [pods], verbs: [get]}]", "web", nil, `rule 1: apiGroups is missing ([""] is the core group)`},
		{"no resources", head + "[{apiGroups: [''], verbs: [get]}]", "web", nil, "rule 1: resources is missing"},
		{"only verbs", head + "[{verbs: [get]}]", "web", nil, "rule 1: resources is missing"},
		{"both", head + "[{apiGroups: [''], resources: [pods], nonResourceURLs: [/x], verbs: [get]}]", "web", nil, "rule 1: resources and nonResourceURLs don't go together"},
		{"text for a list", head + "[{apiGroups: '', resources: [pods], verbs: [get]}]", "web", nil, "rule 1: "},
		{"empty text", head + "[{apiGroups: [''], resources: [''], verbs: [get]}]", "web", nil, "rule 1: resources holds an empty text"},
		{"second rule", head + "[{apiGroups: [''], resources: [pods], verbs: [get]}, {}]", "web", nil, "rule 2: verbs is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseRoles(t.Context(), tt.text, tt.namespace)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

// What was read as roles is read again from the text that they make.
func FuzzParseRoles(f *testing.F) {
	f.Add(Role{Name: "a", Namespace: "b", Rules: []RoleRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get"}}}}.YAML())
	f.Add("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\nrules: [{nonResourceURLs: ['/x'], verbs: ['*']}]")
	f.Add("apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems: [{}]")
	f.Fuzz(func(t *testing.T, text string) {
		roles, err := ParseRoles(t.Context(), text, "web")
		if err != nil {
			return
		}
		for _, role := range roles {
			again, err := ParseRoles(t.Context(), role.YAML(), "web")
			require.NoError(t, err, role.YAML())
			require.Equal(t, role.Accesses(), again[0].Accesses())
		}
	})
}
