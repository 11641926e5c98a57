package kube

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestIdentify(t *testing.T) {
	tests := []struct{ object, key, uid, version string }{
		{`{"metadata":{"name":"a","namespace":"n","uid":"u","resourceVersion":"5"},"spec":{"name":"no"}}`, "n/a", "u", "5"},
		{`{"kind":"Pod","spec":{"metadata":{"name":"no"}},"metadata":{"uid":"u","labels":{"name":"no"},"name":"a"}}`, "/a", "u", ""},
		{` { "metadata" : { "resourceVersion" : "7" , "name" : "a" } }`, "/a", "", "7"},
		{`{"spec":{}}`, "/", "", ""},
		{`{"metadata":null}`, "/", "", ""},
		{`{"metadata":{"name":5,"uid":[]}}`, "/", "", ""},
		{`{"metadata":{"name":"a`, "/", "", ""},
		{`{`, "/", "", ""},
		{``, "/", "", ""},
	}
	for _, tt := range tests {
		id := identify([]byte(tt.object))
		assert.Equal(t, []string{tt.key, tt.uid, tt.version}, []string{id.key(), string(id.uid), string(id.version)}, tt.object)
	}
}

func BenchmarkStampOf(b *testing.B) {
	object := []byte(`{"metadata":{"name":"a","generateName":"a-","namespace":"n","uid":"u","resourceVersion":"5","managedFields":[` +
		strings.Repeat(`{"f:x":{"f:y":{}}},`, 100) + `{}]},"spec":{"x":"` + strings.Repeat("x", 2000) + `"}}`)
	for b.Loop() {
		stampOf(object)
	}
}
