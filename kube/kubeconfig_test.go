package kube

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever the text of a kubeconfig: what a connection by it takes from the machine
// can be told without making one, and so can whether it is production.
func FuzzParseKubeconfig(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "current-context: a", "contexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://h:1/x', proxy-url: 'http://p'}}]\nusers: [{name: u, user: {tokenFile: t}}]",
		"contexts: [{name: a, context: {cluster: c, extensions: [{name: kubelua, extension: {production: true}}]}}]",
		"contexts: [{name: a, context: {extensions: [{name: kubelua, extension: [1]}]}}]\nclusters: [{name: '', cluster: {extensions: [{name: kubelua, extension: null}]}}]",
		"users: [{name: u, user: {exec: {command: x, apiVersion: client.authentication.k8s.io/v1}, auth-provider: {name: oidc, config: {idp-issuer-url: 'https://i'}}}}]\ncontexts: [{name: a, context: {user: u}}]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := ParseKubeconfig("/folder/config", text)
		if err != nil {
			require.True(t, IsKind(err, ValueError), "%v", err)
			return
		}
		k.Means("")
		for name, in := range k.config.Contexts {
			means := k.Means(name)
			if user := k.config.AuthInfos[in.AuthInfo]; user != nil && user.Exec != nil {
				require.Equal(t, user.Exec.Command, means.Program)
			}
			IsProduction(k.config, name)
		}
	})
}
