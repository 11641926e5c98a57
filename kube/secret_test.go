package kube

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestShown(t *testing.T) {
	t.Parallel()
	c := connectTo(t)
	tests := []struct{ name, object, want string }{
		{"a secret", `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x","labels":{"a":"b"},"annotations":{"last":"hunter2"}},"type":"Opaque","data":{"a":"aHVudGVyMg==","b":""},"stringData":{"c":"hunter2"}}`,
			`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x","labels":{"a":"b"},"annotations":{"last":"***"}},"type":"Opaque","data":{"a":"***","b":"***"},"stringData":{"c":"***"}}`},
		{"nothing in it", `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"data":{}}`, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"data":{}}`},
		{"data that is a list", `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"data":["hunter2"]}`, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"data":"***"}`},
		{"something else", `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","managedFields":[{"manager":"m"}]},"data":{"a":"b"}}`, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"b"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			i := newItem(c, builtin("secrets"), []byte(tt.object))
			if tt.name == "something else" {
				i = newItem(c, &Resource{Kind: "ConfigMap", Name: "configmaps", Versions: []string{"v1"}}, []byte(tt.object))
			}
			require.Equal(t, tt.want, i.Shown().JSON(""))
			assert.Equal(t, tt.object, i.Raw().JSON(""))
		})
	}
}
