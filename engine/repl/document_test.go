package repl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"sigs.k8s.io/yaml"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestDocuments(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, code, yaml, json string }{
		{"a table", `return {b = {}, a = {1, "on"}}`, "a:\n- 1\n- \"on\"\nb: {}\n", "{\n  \"a\": [\n    1,\n    \"on\"\n  ],\n  \"b\": {}\n}\n"},
		{"an item", `return cluster:item{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}}`,
			"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
			"{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"ConfigMap\",\n  \"metadata\": {\n    \"name\": \"a\"\n  }\n}\n"},
		{"a part of one", `return cluster:item{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}}.meta`, "name: a\n", "{\n  \"name\": \"a\"\n}\n"},
		{"a secret", `return cluster:item{apiVersion = "v1", kind = "Secret", metadata = {name = "a"}, data = {b = "aHVudGVyMg=="}}`,
			"apiVersion: v1\ndata:\n  b: '***'\nkind: Secret\nmetadata:\n  name: a\n", ""},
		{"what is of a secret", `local s = cluster:item{apiVersion = "v1", kind = "Secret", metadata = {name = "a", labels = {l = "x"}, annotations = {a = "hunter2"}}, data = {b = "aHVudGVyMg=="}}
			return {s.raw.data, s.data, s.meta.annotations, s.meta.labels, s.meta}`,
			"- '***'\n- '***'\n- '***'\n- l: x\n- '***'\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSession(t)
			v := eval(t, s, tt.code)[0]
			var out strings.Builder
			p := &printer{out: &out}
			require.NoError(t, p.yaml(t.Context(), s, v))
			assert.Equal(t, tt.yaml, strings.ReplaceAll(out.String(), `"***"`, `'***'`))
			if tt.json != "" {
				out.Reset()
				require.NoError(t, p.json(t.Context(), s, v))
				assert.Equal(t, tt.json, out.String())
			}
		})
	}
	s := newSession(t)
	assert.ErrorContains(t, (&printer{}).yaml(t.Context(), s, eval(t, s, "return print")[0]), "a function can't be sent")
}

// A view is the List that kubectl get would write.
func TestDocumentOfAView(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	for _, name := range []string{"a", "b"} {
		localtest.Kubectl(t, "create", "configmap", name, "--namespace="+namespace, "--from-literal=x="+name)
	}
	localtest.Kubectl(t, "create", "secret", "generic", "login", "--namespace="+namespace, "--from-literal=password=hunter2")
	s := newSession(t)
	var out strings.Builder
	p := &printer{out: &out}
	view := func(resource string) string { return `return cluster.` + resource + `:namespaced("` + namespace + `")` }
	require.NoError(t, p.yaml(t.Context(), s, eval(t, s, view("configmaps"))[0]))
	got, err := yaml.YAMLToJSON([]byte(out.String()))
	require.NoError(t, err)
	assert.JSONEq(t, localtest.Kubectl(t, "get", "configmaps", "--namespace="+namespace, "--output=json"), string(got))
	out.Reset()
	require.NoError(t, p.json(t.Context(), s, eval(t, s, view("secrets"))[0]))
	assert.Contains(t, out.String(), `"password": "***"`)
}
