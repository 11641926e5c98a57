package kube

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wholePlan is a saved plan with all that one can have.
const wholePlan = `{
  "kubeluaPlan": 1,
  "made": "2026-03-01T12:00:00Z",
  "script": "x.lua",
  "servers": [{"url": "https://host/k8s/", "context": "staging", "id": "u-0"}],
  "objects": [
    {"server": 0, "what": "change", "group": "apps", "version": "v1", "resource": "deployments", "kind": "Deployment", "namespace": "web", "name": "a",
     "uid": "u-1", "resourceVersion": "12", "digest": "d", "diff": ["~ spec.replicas: 1 -> 2"], "notes": ["n"]},
    {"server": 0, "what": "create", "version": "v1", "resource": "namespaces", "kind": "Namespace", "name": "b", "plannedUID": "u-2"}
  ],
  "actions": [
    {"object": 0, "verb": "change", "subresource": "status", "fieldManager": "m", "body": {"spec": {"replicas": 2}}},
    {"object": 1, "verb": "apply", "force": true, "body": {}},
    {"object": 1, "verb": "delete"}
  ]
}`

func TestReadPlan(t *testing.T) {
	t.Parallel()
	s, err := ReadPlan(strings.NewReader(wholePlan))
	require.NoError(t, err)
	assert.JSONEq(t, wholePlan, string(s.JSON()))
	assert.Equal(t, "deployments.apps web/a", s.Objects[0].String())
	assert.Equal(t, "namespaces b", s.Objects[1].String())

	change := func(old, new string) string {
		require.Contains(t, wholePlan, old)
		return strings.Replace(wholePlan, old, new, 1)
	}
	for _, tt := range []struct{ text, want string }{
		{"", "this is not a plan: it isn't JSON"},
		{wholePlan + "x", "this is not a plan: it isn't JSON"},
		{"[]", "this is not a plan: it has no kubeluaPlan"},
		{"{}", "this is not a plan: it has no kubeluaPlan"},
		{change(`"kubeluaPlan": 1`, `"kubeluaPlan": "1"`), "it has no kubeluaPlan"},
		{change(`"kubeluaPlan": 1`, `"kubeluaPlan": 2`), "the plan is of form 2, this kubelua reads form 1 (make it anew)"},
		{change(`"script"`, `"skript"`), `the plan can't be read: json: unknown field "skript"`},
		{change(`"made": "2026`, `"made": "x2026`), "the plan can't be read: "},
		{change(`https://host`, `ftp://host`), "servers[0]: "},
		{change(`"server": 0`, `"server": 1`), "objects[0]: there is no server 1"},
		{change(`"server": 0`, `"server": -1`), "objects[0]: there is no server -1"},
		{change(`"name": "a"`, `"name": "../a"`), `objects[0]: "../a" can't be the name of an object`},
		{change(`"name": "a"`, `"name": ""`), `objects[0]: "" can't be the name of an object`},
		{change(`"group": "apps"`, `"group": "apps/v1"`), `objects[0]: "apps/v1" can't be a group`},
		{change(`"version": "v1"`, `"version": ".."`), `objects[0]: ".." can't be a version`},
		{change(`"resource": "deployments"`, `"resource": "pods/exec"`), `objects[0]: "pods/exec" can't be a resource`},
		{change(`"resource": "deployments"`, `"resource": ""`), `objects[0]: "" can't be a resource`},
		{change(`"namespace": "web"`, `"namespace": "a?b"`), `objects[0]: "a?b" can't be a namespace`},
		{change(`"uid": "u-1", `, ``), "objects[0]: it has a uid without a version, or the other way round"},
		{change(`"resourceVersion": "12"`, `"resourceVersion": "x&y"`), "objects[0]: "},
		{change(`"kind": "Deployment", `, ``), "objects[0]: it has no kind"},
		{change(`"object": 1`, `"object": 2`), "actions[1]: there is no object 2"},
		{change(`"verb": "apply"`, `"verb": "aply"`), `actions[1]: unknown verb "aply" (did you mean "apply"?)`},
		{change(`"body": {}`, `"body": []`), "actions[1]: its body is not an object"},
		{change(`, "body": {}`, ``), "actions[1]: its body is not an object"},
		{change(`"subresource": "status"`, `"subresource": "../x"`), "actions[0]: "},
	} {
		_, err := ReadPlan(strings.NewReader(tt.text))
		if assert.ErrorContains(t, err, tt.want, tt.text) {
			assert.True(t, IsKind(err, ValueError), "%v", err)
		}
	}
}

// Whatever the text: it is refused with a ValueError, or is a plan that is the
// same when it is saved and read again, and whose calls go to its objects.
func FuzzReadPlan(f *testing.F) {
	f.Add([]byte(wholePlan))
	f.Add([]byte(`{"kubeluaPlan":1,"made":"2026-03-01T12:00:00Z","servers":[],"objects":[],"actions":[]}`))
	f.Add([]byte(`{"kubeluaPlan":1,"servers":null,"objects":null,"actions":[{"object":0,"verb":"delete"}]}`))
	f.Add([]byte(`{"kubeluaPlan":1e0,"kubeluaPlan":2}`))
	f.Add([]byte(strings.Replace(wholePlan, `"name": "a"`, `"name": "%2e%2e"`, 1)))
	f.Add([]byte(strings.Replace(wholePlan, `"name": "a"`, `"name": "\ud800"`, 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ReadPlan(bytes.NewReader(text))
		if err != nil {
			require.True(t, IsKind(err, ValueError), "%v", err)
			return
		}
		saved := s.JSON()
		again, err := ReadPlan(bytes.NewReader(saved))
		require.NoError(t, err)
		require.Equal(t, string(saved), string(again.JSON()))
		for _, a := range s.Actions {
			o := s.Objects[a.Object]
			require.True(t, len(a.Body) == 0 || json.Valid(a.Body))
			path := o.at().path(o.Namespace, o.Name)
			for part := range strings.SplitSeq(path, "/") {
				require.NotContains(t, []string{"", ".", ".."}, part, path)
			}
			require.NotContains(t, path, "?")
		}
	})
}
