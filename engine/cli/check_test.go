package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube"
)

func TestHeadRules(t *testing.T) {
	pods := kube.RoleRule{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list"}}
	nodes := kube.RoleRule{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"get"}}
	const pod, node = `{apiGroups: [""], resources: [pods], verbs: [list]}`, `{apiGroups: [""], resources: [nodes], verbs: [get]}`
	tests := []struct {
		name, text string
		want       []kube.RoleRule
		err        string
	}{
		{"block", "#!/usr/bin/env kubelua\n--- Counts.\n---\n--- RBAC:\n---   - " + pod + "  # all\n---   - " + node + "\n---\n--- More.\nreturn 1\n", []kube.RoleRule{pods, nodes}, ""},
		{"lines", "-- RBAC:\n--   - apiGroups: [\"\"]\n--     resources:\n--     - pods\n--     verbs: [list]\n", []kube.RoleRule{pods}, ""},
		{"one line", "\n-- RBAC: [" + pod + "]", []kube.RoleRule{pods}, ""},
		{"what follows is text", "-- RBAC:\n--   - " + pod + "\n-- It lists pods.\n", []kube.RoleRule{pods}, ""},
		{"no indent", "--RBAC:\n-- - " + pod, []kube.RoleRule{pods}, ""},
		{"byte order mark, Windows", "\ufeff-- RBAC:\r\n--   - " + pod + "\r\nreturn 1\r\n", []kube.RoleRule{pods}, ""},
		{"nothing needed", "-- RBAC: []\n", []kube.RoleRule{}, ""},
		{"no comment", "return 1", nil, `no block "RBAC:"`},
		{"no block", "-- Counts.\nreturn 1", nil, `no block "RBAC:"`},
		{"behind the code", "-- Counts.\nreturn 1\n-- RBAC: []\n", nil, `no block "RBAC:"`},
		{"words", "-- RBAC: list pods.\n", nil, "want a list of rules"},
		{"no rule", "-- RBAC: [1]\n", nil, "rule 1: "},
		{"empty", "", nil, `no block "RBAC:"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := headRules(tt.text)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestRoleName(t *testing.T) {
	for script, want := range map[string]string{
		"scripts/pod-census.lua": "pod-census",
		"/x/My Script_2.LUA":     "my-script-2",
		"(stdin)":                "kubelua",
		"(command line)":         "kubelua",
		"-.lua":                  "kubelua",
	} {
		assert.Equal(t, want, roleName(script), script)
	}
}
