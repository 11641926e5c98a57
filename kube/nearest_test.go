package kube

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNearest(t *testing.T) {
	known := []string{"labels", "fields", "initial", "pods", "services", "replicasets"}
	for _, tt := range []struct {
		name string
		want []string
	}{
		{"label", []string{"labels"}},
		{"Labels", []string{"labels"}},
		{"lables", []string{"labels"}},
		{"pod", []string{"pods"}},
		{"repl", []string{"replicasets"}},
		{"xyzzy", nil},
	} {
		assert.Equal(t, tt.want, Nearest(tt.name, known), tt.name)
	}
}
