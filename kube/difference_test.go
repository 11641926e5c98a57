package kube

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMergePatch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, from, to, want string }{
		{"nothing", `{"a":1,"b":{"c":[1,{"d":2}]}}`, `{"b":{"c":[1,{"d":2}]},"a":1}`, ``},
		{"changed", `{"a":1,"b":2}`, `{"a":1,"b":3}`, `{"b":3}`},
		{"added", `{"a":1}`, `{"a":1,"b":{"c":null,"d":1}}`, `{"b":{"c":null,"d":1}}`},
		{"removed", `{"a":1,"b":2,"c":3}`, `{"b":2}`, `{"a":null,"c":null}`},
		{"within", `{"a":{"b":{"c":1,"d":2}}}`, `{"a":{"b":{"c":1}}}`, `{"a":{"b":{"d":null}}}`},
		{"null for a member", `{"a":1}`, `{"a":null}`, `{"a":null}`},
		{"null for nothing", `{"a":1}`, `{"a":1,"b":null}`, ``},
		{"nothing for null", `{"a":1,"b":null}`, `{"a":1}`, ``},
		{"a list is replaced whole", `{"a":[1,2,3]}`, `{"a":[1,2]}`, `{"a":[1,2]}`},
		{"an empty list of Lua", `{"a":[1]}`, `{"a":{}}`, `{"a":[]}`},
		{"an empty list that stays", `{"a":[]}`, `{"a":{}}`, ``},
		{"a list for an object", `{"a":{"b":1}}`, `{"a":[1]}`, `{"a":[1]}`},
		{"emptied", `{"a":{"b":1}}`, `{"a":{}}`, `{"a":{"b":null}}`},
		{"numbers", `{"a":1.0,"b":1e3,"c":9007199254740993}`, `{"a":1,"b":1000,"c":9007199254740993}`, ``},
		{"big numbers", `{"c":9007199254740993}`, `{"c":9007199254740992}`, `{"c":9007199254740992}`},
		{"a number is no text", `{"a":1}`, `{"a":"1"}`, `{"a":"1"}`},
		{"escapes", `{"\u00e4":"\u00f6\/"}`, `{"ä":"ö/"}`, ``},
		{"keys that need escapes", `{}`, `{"a\"b\\":1}`, `{"a\"b\\":1}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, mergePatch(parse(t, tt.from), parse(t, tt.to)).String())
		})
	}
}

// TestMergePatchGetsThere applies patches between random objects, as RFC 7386
// says.
func TestMergePatchGetsThere(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var value func(depth int) any
	value = func(depth int) any {
		switch n := random.IntN(7); {
		case n == 0 && depth > 0:
			list := make([]any, random.IntN(3))
			for i := range list {
				list[i] = value(depth - 1)
			}
			return append([]any{true}, list...) // an empty one is Lua's empty table
		case n <= 4 && depth > 0:
			object := map[string]any{"e": 1} // an empty one may mean an empty list
			for range random.IntN(4) {
				object[string(rune('a'+random.IntN(4)))] = value(depth - 1)
			}
			return object
		default:
			return random.IntN(3)
		}
	}
	for range 2000 {
		from, to := map[string]any{"x": value(4), "y": value(4)}, map[string]any{"x": value(4), "z": value(4)}
		a, err := json.Marshal(from)
		require.NoError(t, err)
		b, err := json.Marshal(to)
		require.NoError(t, err)
		patch := mergePatch(parse(t, string(a)), parse(t, string(b)))
		require.True(t, json.Valid(patch.Raw()))
		var changes any
		require.NoError(t, json.Unmarshal(patch.Raw(), &changes))
		got, err := json.Marshal(merged(from, changes))
		require.NoError(t, err)
		require.JSONEq(t, string(b), string(got), "%s by %s", a, patch)
		require.True(t, covers(parse(t, string(b)), patch), "%s by %s", b, patch)
	}
}

// merged is the function MergePatch of RFC 7386.
func merged(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, ok := target.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	for key, value := range changes {
		if value == nil {
			delete(object, key)
		} else {
			object[key] = merged(object[key], value)
		}
	}
	return object
}

func TestCovers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, stored, sent string
		want               bool
	}{
		{"equal", `{"a":[1,"b"]}`, `{"a":[1,"b"]}`, true},
		{"defaults", `{"a":{"b":1,"default":true}}`, `{"a":{"b":1}}`, true},
		{"defaults in lists", `{"a":[{"b":1,"default":true}]}`, `{"a":[{"b":1}]}`, true},
		{"another value", `{"a":1}`, `{"a":2}`, false},
		{"missing", `{}`, `{"a":1}`, false},
		{"a longer list", `{"a":[1,2]}`, `{"a":[1]}`, false},
		{"what is empty is left out", `{}`, `{"a":{},"b":[],"c":null}`, true},
		{"not empty", `{"a":1}`, `{"a":null}`, false},
		{"a quantity", `{"cpu":"1"}`, `{"cpu":"1000m"}`, true},
		{"no quantity in data", `{"data":{"a":"1"}}`, `{"data":{"a":"1.0"}}`, false},
		{"no quantity in labels", `{"metadata":{"labels":{"a":"1"}}}`, `{"metadata":{"labels":{"a":"1.0"}}}`, false},
		{"an empty text", `{}`, `{"a":""}`, true},
		{"zero", `{"a":{}}`, `{"a":{"b":0,"c":false}}`, true},
		{"not zero", `{"a":{}}`, `{"a":{"b":1}}`, false},
		{"an empty text of data", `{"data":{}}`, `{"data":{"a":""}}`, false},
		{"another quantity", `{"cpu":"1"}`, `{"cpu":"100m"}`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, covers(parse(t, tt.stored), parse(t, tt.sent)))
		})
	}
	secret := parse(t, `{"kind":"Secret","stringData":{"a":"x"},"data":{"b":"eQ=="}}`)
	assert.True(t, covers(parse(t, `{"kind":"Secret","data":{"a":"eA==","b":"eQ=="}}`), plainSecret(secret)))
}

func TestJSONPatchRepeatable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		patch string
		want  bool
	}{
		{`[{"op":"replace","path":"/a/b","value":1},{"op":"remove","path":"/c"}]`, true},
		{`[{"op":"add","path":"/metadata/labels/a~1b","value":"1"}]`, true},
		{`[{"op":"add","path":"/a/-","value":1}]`, false},
		{`[{"op":"add","path":"/a/0","value":1}]`, false},
		{`[{"op":"remove","path":"/a/0/b"}]`, false},
		{`[{"op":"move","path":"/a","from":"/b"}]`, false},
		{`[{"op":"test","path":"/metadata/resourceVersion","value":"1"},{"op":"add","path":"/a/-","value":1}]`, true},
		{`[{"op":"test","path":"/a","value":"1"},{"op":"add","path":"/a/-","value":1}]`, false},
	} {
		ops, err := jsonOperations(parse(t, tt.patch))
		require.NoError(t, err)
		assert.Equal(t, tt.want, ops.repeatable(), tt.patch)
	}
}
