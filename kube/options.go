package kube

import (
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/tools/clientcmd"
)

// Options say which cluster to connect to, and how. The zero Options mean
// what kubectl would use without flags.
type Options struct {
	// URL of the API server. It wins over everything else and takes no
	// credentials from a kubeconfig: only those of Overrides go with it.
	URL string

	// Kubeconfig is the path of a kubeconfig file; empty for $KUBECONFIG, else
	// ~/.kube/config.
	Kubeconfig string

	// Namespace binds the namespaced views of the cluster; empty for all
	// namespaces. The context's own namespace never binds them.
	Namespace string

	// Overrides are kubectl's connection flags: context, server, token, as, ...
	Overrides clientcmd.ConfigOverrides

	// UserAgent is the name given to the server; empty for "kubelua". Its part
	// before a slash is the field manager of writes.
	UserAgent string

	// ConnectTimeout bounds the time that a connection takes to be made; 0 for
	// 10 seconds.
	ConnectTimeout time.Duration

	// Links are put around the transport, the first one outermost.
	Links []Link
}

// AddFlags registers kubectl's connection flags, under kubectl's names, so
// that parsing fs fills the options.
func (o *Options) AddFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.Kubeconfig, "kubeconfig", o.Kubeconfig, "path of the kubeconfig file")
	// --namespace is ours: for kubectl it means one namespace or the context's,
	// here one namespace or all.
	fs.StringVarP(&o.Namespace, "namespace", "n", o.Namespace, "bind namespaced views to this namespace")
	names := clientcmd.RecommendedConfigOverrideFlags("")
	names.ContextOverrideFlags.Namespace.LongName = ""
	names.ClusterOverrideFlags.APIServer.ShortName = "s"
	clientcmd.BindOverrideFlags(&o.Overrides, fs, names)
}

// Over returns the options with what they leave open taken from others. Where
// they name neither URL nor kubeconfig nor context they mean the others'
// cluster, with some things different. Else they mean another one, which
// takes no login from the others: only the kubeconfig, where they name just a
// context, and what is done to every request.
func (o Options) Over(others Options) Options {
	given := o.Overrides
	switch {
	case o.URL == "" && o.Kubeconfig == "" && given.CurrentContext == "":
		o.URL, o.Kubeconfig, o.Overrides = others.URL, others.Kubeconfig, others.Overrides
		if o.Namespace == "" {
			o.Namespace = others.Namespace
		}
	case o.URL == "" && o.Kubeconfig == "":
		o.Kubeconfig = others.Kubeconfig
		fallthrough
	default:
		o.Overrides = clientcmd.ConfigOverrides{CurrentContext: given.CurrentContext}
	}
	for _, f := range []struct{ to, from *string }{
		{&o.Overrides.AuthInfo.Impersonate, &given.AuthInfo.Impersonate},
		{&o.Overrides.AuthInfo.Token, &given.AuthInfo.Token},
		{&o.Overrides.AuthInfo.ClientCertificate, &given.AuthInfo.ClientCertificate},
		{&o.Overrides.AuthInfo.ClientKey, &given.AuthInfo.ClientKey},
		{&o.Overrides.ClusterInfo.CertificateAuthority, &given.ClusterInfo.CertificateAuthority},
		{&o.Overrides.ClusterInfo.TLSServerName, &given.ClusterInfo.TLSServerName},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if given.ClusterInfo.InsecureSkipTLSVerify {
		o.Overrides.ClusterInfo.InsecureSkipTLSVerify = true
	}
	o.UserAgent, o.Links, o.ConnectTimeout = others.UserAgent, others.Links, others.ConnectTimeout
	return o
}
