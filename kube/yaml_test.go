package kube

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

func TestValueYAML(t *testing.T) {
	tests := []struct{ name, json, want string }{
		{"absent", ``, ""},
		{"object", `{"b":1,"a":{"c":true,"d":null}}`, "b: 1\na:\n  c: true\n  d: null\n"},
		{"array", `{"list":[1,"x",{"a":1,"b":[2]},[3,[4]]]}`, "list:\n- 1\n- x\n- a: 1\n  b:\n  - 2\n- - 3\n  - - 4\n"},
		{"empty", `{"a":{},"b":[],"c":""}`, "a: {}\nb: []\nc: \"\"\n"},
		{"lines", `{"a":"x\ny\n","b":"x\n\n  y","c":["x\n\n"],"d":1}`, "a: |\n  x\n  y\nb: |-\n  x\n\n    y\nc:\n- |+\n  x\n\nd: 1\n"},
		{"top level", `["a\nb"]`, "- |-\n  a\n  b\n"},
		{"text alone", `"a\nb\n"`, "|\n  a\n  b\n"},
		{"number alone", `12`, "12\n"},
		{"numbers", `[9223372036854775807,18446744073709551615,1.50,1e3,-0]`, "- 9223372036854775807\n- 18446744073709551615\n- 1.50\n- 1e3\n- -0\n"},
		{"plain", `["web","nginx:1.25","a b, c","100m","10.0.0.1","1.36.3","5bb4f734-6260-486f-9aab-e2f288c8dfe2","12345678-1234-1234-1234-123456789012","*.x"]`, "- web\n- nginx:1.25\n- a b, c\n- 100m\n- 10.0.0.1\n- 1.36.3\n- 5bb4f734-6260-486f-9aab-e2f288c8dfe2\n- 12345678-1234-1234-1234-123456789012\n- \"*.x\"\n"},
		{"quoted", `["1e3","on","0123","null","~","a: b","a #b","- x","2026-01-01","12:30:45","1_000","0x1f",".5","y","no"," a","a ","a:","#a","&a","!a","{a}","=","<<","%a","@a"]`,
			`- "1e3"
- "on"
- "0123"
- "null"
- "~"
- "a: b"
- "a #b"
- "- x"
- "2026-01-01"
- "12:30:45"
- "1_000"
- "0x1f"
- ".5"
- "y"
- "no"
- " a"
- "a "
- "a:"
- "#a"
- "&a"
- "!a"
- "{a}"
- "="
- "<<"
- "%a"
- "@a"
`},
		{"keys", `{"on":1,"12":2,"":3,"a b":4,"app.kubernetes.io/name":5}`, "\"on\": 1\n\"12\": 2\n\"\": 3\na b: 4\napp.kubernetes.io/name: 5\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := Value{[]byte(tt.json)}
			got := v.YAML()
			require.Equal(t, tt.want, got)
			if tt.json != "" {
				sameAsYAML(t, v)
			}
		})
	}
}

// sameAsYAML checks that what others read of the YAML is the value.
func sameAsYAML(t *testing.T, v Value) {
	t.Helper()
	back, err := yaml.YAMLToJSONStrict([]byte(v.YAML()))
	require.NoError(t, err, v.YAML())
	require.Equal(t, decode(t, v.Raw()), decode(t, back), v.YAML())
}

// decode reads JSON, numbers as they are read of YAML.
func decode(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal(text, &v))
	return v
}

// TestValueYAMLOfAnything has YAML's traps in every place where a string may
// stand.
func TestValueYAMLOfAnything(t *testing.T) {
	parts := []string{"", " ", "  ", "\t", "\n", "\r", "a", "b: c", "#", "-", "- ", "?", ":", ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "'", `"`, "%", "@", "`",
		"\\", "\x00", "\x1b", "\x7f", "\u0085", "\u00a0", "\u2028", "\ufeff", "é", "😀", "1", ".", "e", "E", "x", "_", "true", "---", "...", strings.Repeat("k", 1500)}
	for _, a := range parts {
		for _, b := range parts {
			for _, s := range []string{a + b, a + "\n" + b, b + a + "\n", "x\n" + a + b, a + b + "\n\n"} {
				text, err := json.Marshal(map[string]any{"z": []any{s, map[string]any{"k": s, "l": []any{s}}}, s: s, "y": 1})
				require.NoError(t, err)
				sameAsYAML(t, trusted(text))
			}
		}
	}
}
