package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// contextName is the name of the context, cluster and user in the kubeconfig.
const contextName = "kubelua-local"

// ensureToken returns the administrator's token and writes the API server's
// token file, both in dir. The token is made once for a cluster's data.
func ensureToken(dir string) (token string, err error) {
	path := filepath.Join(dir, "token")
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		token = strings.TrimSpace(string(data))
	case errors.Is(err, os.ErrNotExist):
		token = rand.Text() // 128 bits or more
		if err := writeFile(path, []byte(token+"\n")); err != nil {
			return "", err
		}
	default:
		return "", err
	}
	row := fmt.Sprintf("%s,kubelua-admin,kubelua-admin,system:masters\n", token)
	return token, writeFile(filepath.Join(dir, "tokens.csv"), []byte(row))
}

// writeKubeconfig writes a kubeconfig that stands alone: the authority's
// certificate and the token are inside.
func writeKubeconfig(path, server, token, caFile string) error {
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return err
	}
	data, err := clientcmd.Write(api.Config{
		Clusters:       map[string]*api.Cluster{contextName: {Server: server, CertificateAuthorityData: ca}},
		AuthInfos:      map[string]*api.AuthInfo{contextName: {Token: token}},
		Contexts:       map[string]*api.Context{contextName: {Cluster: contextName, AuthInfo: contextName}},
		CurrentContext: contextName,
	})
	if err != nil {
		return err
	}
	return writeFile(path, data)
}
