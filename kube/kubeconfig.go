package kube

import (
	"net"
	"net/url"
	"slices"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Kubeconfig is a kubeconfig file that was read.
type Kubeconfig struct {
	path   string
	config *clientcmdapi.Config
}

// ParseKubeconfig makes a Kubeconfig of the text of a file. Relative paths in it
// start at the folder of path.
func ParseKubeconfig(path string, text []byte) (*Kubeconfig, error) {
	config, err := clientcmd.Load(text)
	if err != nil {
		return nil, Errorf(ValueError, "the kubeconfig %s can't be read: %s", path, oneLine(err))
	}
	if len(config.Clusters) == 0 {
		// Else the server would be looked for elsewhere.
		return nil, Errorf(ValueError, "the kubeconfig %s names no cluster", path)
	}
	for _, c := range config.Clusters {
		c.LocationOfOrigin = path
	}
	for _, a := range config.AuthInfos {
		a.LocationOfOrigin = path
	}
	for _, c := range config.Contexts {
		c.LocationOfOrigin = path
	}
	if err := clientcmd.ResolveLocalPaths(config); err != nil {
		return nil, Errorf(ValueError, "the kubeconfig %s can't be read: %s", path, oneLine(err))
	}
	return &Kubeconfig{path, config}, nil
}

// Means is what a connection takes from the machine that it is made on.
type Means struct {
	Addresses []string // HOST:PORT of the network
	Files     []string // certificates, keys, tokens
	Program   string   // that logs in; "" for none
}

// Means are those of a context, the current one for "". Without a context what has
// no name is used, as client-go does.
func (k *Kubeconfig) Means(context string) Means {
	if context == "" {
		context = k.config.CurrentContext
	}
	var m Means
	in := k.config.Contexts[context]
	if in == nil {
		in = clientcmdapi.NewContext()
	}
	if c := k.config.Clusters[in.Cluster]; c != nil {
		m.addAddress(c.Server)
		m.addAddress(c.ProxyURL)
		m.addFiles(c.CertificateAuthority)
	}
	if a := k.config.AuthInfos[in.AuthInfo]; a != nil {
		m.addFiles(a.ClientCertificate, a.ClientKey, a.TokenFile)
		if a.AuthProvider != nil {
			m.addAddress(a.AuthProvider.Config["idp-issuer-url"])
			m.addFiles(a.AuthProvider.Config["idp-certificate-authority"])
		}
		if a.Exec != nil {
			m.Program = a.Exec.Command
		}
	}
	return m
}

// Means are those that the options name by themselves, beside a kubeconfig.
func (o *Options) Means() Means {
	var m Means
	m.addAddress(o.URL)
	m.addAddress(o.Overrides.ClusterInfo.Server)
	m.addFiles(o.Overrides.AuthInfo.ClientCertificate, o.Overrides.AuthInfo.ClientKey, o.Overrides.ClusterInfo.CertificateAuthority)
	return m
}

// addAddress adds the address that a URL leads to. One that is no URL leads
// nowhere: connecting says so.
func (m *Means) addAddress(text string) {
	u, err := parseURL(text)
	if err != nil {
		if u, err = url.Parse(text); err != nil || u.Hostname() == "" {
			return
		}
	}
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "http":
		port = "80"
	default:
		port = "443"
	}
	m.Addresses = append(m.Addresses, net.JoinHostPort(u.Hostname(), port))
}

func (m *Means) addFiles(paths ...string) {
	m.Files = append(m.Files, slices.DeleteFunc(paths, func(path string) bool { return path == "" })...)
}

// load reads the kubeconfig that the options mean, and the rules that say where
// it is. Its error is a ValueError.
func (o *Options) load() (*clientcmdapi.Config, *clientcmd.ClientConfigLoadingRules, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath, rules.WarnIfAllMissing = o.Kubeconfig, false
	if o.Parsed != nil {
		rules.ExplicitPath = o.Parsed.path
		return o.Parsed.config.DeepCopy(), rules, nil
	}
	loaded, err := rules.Load()
	if err != nil {
		return nil, nil, badKubeconfig(rules, err)
	}
	return loaded, rules, nil
}
