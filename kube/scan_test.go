package kube

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSkipString(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       int
	}{
		{"empty", `""`, 2},
		{"plain", `"ab" `, 4},
		{"escaped quote", `"a\"b"`, 6},
		{"escaped backslash", `"a\\"`, 5},
		{"backslash, then escaped quote", `"a\\\""`, 7},
		{"no end", `"ab`, -1},
		{"ends in an escape", `"ab\"`, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, skipString([]byte(tt.text), 0))
		})
	}
}

func TestSkipValue(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       int
	}{
		{"number", `12.5e3,`, 6},
		{"number at the end", `12`, 2},
		{"true", `true}`, 4},
		{"object with braces in strings", `{"a":"}{","b":["]"]} x`, 20},
		{"cut short", `{"a":[1,2}`, -1},
		{"nothing", ``, -1},
		{"comma", `,`, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, skipValue([]byte(tt.text), 0))
		})
	}
}

// FuzzValue holds what is read without decoding against encoding/json, and
// malformed text against crashes.
func FuzzValue(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `null`, `{"a":1,"b":[true,"x\u003cy",{"c":null}]}`, "{\"a\" : [ 1 ,\n2 ] , \"\\u0061\":\"\\ud83d\\ude00\"}", `{"a"`, `[1,`, `{"a":}`, `"\`, `{"":""}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v := trusted(text)
		walk(v, 0)
		var want any
		if json.Unmarshal(text, &want) != nil {
			return
		}
		// What is read must decode to the same.
		got, err := json.Marshal(rebuild(v))
		assert.NoError(t, err)
		again, err := json.Marshal(want)
		assert.NoError(t, err)
		assert.JSONEq(t, string(again), string(got))
	})
}

func walk(v Value, depth int) {
	if depth > 50 {
		return
	}
	_ = v.String()
	for _, e := range v.Fields() {
		walk(e, depth+1)
	}
	for e := range v.Elements() {
		walk(e, depth+1)
	}
}

func rebuild(v Value) any {
	switch v.Type() {
	case Object:
		m := map[string]any{}
		for k, e := range v.Fields() {
			m[k] = rebuild(e)
		}
		return m
	case Array:
		list := []any{}
		for e := range v.Elements() {
			list = append(list, rebuild(e))
		}
		return list
	case String:
		return v.String()
	}
	return json.RawMessage(v.Raw())
}
