package repl

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube"
)

// A cluster whose configuration couldn't be read is connected to once it can be,
// and one that was closed anew.
func TestTargetConnectsAnew(t *testing.T) {
	t.Parallel()
	broken, reads := true, 0
	target := newTarget(func() (kube.Options, error) {
		if reads++; broken {
			return kube.Options{}, errors.New("no such file")
		}
		return kube.Options{URL: "http://127.0.0.1:1"}, nil
	}, "")
	_, err := target.connect()
	assert.EqualError(t, err, "no such file")
	assert.Equal(t, "kubelua", target.shown(false))
	broken = false
	assert.Equal(t, "127.0.0.1:1", target.shown(false))

	first, err := target.connect()
	require.NoError(t, err)
	second, err := target.connect()
	require.NoError(t, err)
	assert.Same(t, first, second)
	require.NoError(t, target.bind(t.Context(), "web"))
	bound, err := target.connect()
	require.NoError(t, err)
	bound.Close()
	assert.True(t, first.Closed())

	require.NoError(t, target.bind(t.Context(), "web"))
	third, err := target.connect()
	require.NoError(t, err)
	defer third.Close()
	assert.False(t, third.Closed())
	assert.Equal(t, 3, reads, "what could be read is kept")
}

// The name of a context that is marked as production is red.
func TestTargetIsShown(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, []byte(`{apiVersion: v1, kind: Config, current-context: eu-prod, contexts: [
		{name: eu-prod, context: {cluster: eu, namespace: unused}}, {name: eu-test, context: {cluster: eu}}], clusters: [
		{name: eu, cluster: {server: "http://127.0.0.1:1"}}]}`), 0o600))
	target := newTarget(func() (kube.Options, error) { return kube.Options{Kubeconfig: file}, nil }, "")
	assert.Equal(t, "eu-prod", target.shown(false))
	assert.Equal(t, paint(true).as(red, "eu-prod"), target.shown(true))
	require.NoError(t, target.bind(t.Context(), "web"))
	assert.Equal(t, paint(true).as(red, "eu-prod")+"/web", target.shown(true))
	require.NoError(t, target.choose(t.Context(), "eu-test"))
	assert.Equal(t, "eu-test", target.shown(true))
	assert.EqualError(t, target.choose(t.Context(), "eu-tset"), `the kubeconfig has no context "eu-tset" (did you mean "eu-test"?)`)
}
