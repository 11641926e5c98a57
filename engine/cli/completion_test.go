package cli

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Somebody waits for what is completed: neither a cluster that doesn't answer is
// waited for, nor a login that goes on.
func TestCompletionIsNotHeldUp(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	url := "http://" + silent.Addr().String()
	login := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(login, []byte(`{apiVersion: v1, kind: Config, current-context: c,
		contexts: [{name: c, context: {cluster: c, user: u}}], clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}],
		users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: kubelua,
			args: [--server, "`+url+`", --timeout, 60s, -e, 'cluster.proxy:get "/api"']}}}]}`), 0o600))
	for name, flags := range map[string][]string{
		"cluster": {"--server", url, "--namespace", ""},
		"login":   {"--kubeconfig", login, "--namespace", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			assert.Equal(t, words(), completed(t.Context(), flags))
			assert.GreaterOrEqual(t, time.Since(began), clusterPatience, "it was asked")
			assert.Less(t, time.Since(began), 20*clusterPatience)
		})
	}
}
