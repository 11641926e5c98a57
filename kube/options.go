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

	// Parsed is the kubeconfig at that path, where it was read already.
	Parsed *Kubeconfig

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

	// WatchSilence is how long the connection of a watch, or of a list, may
	// bring nothing before it counts as dead and is made anew; 0 for 70
	// seconds. An API server sends something at least once a minute (KEP-956,
	// bookmarks), so what is much shorter finds live connections dead.
	WatchSilence time.Duration

	// HTTP1 has requests use HTTP/1.1, on a connection each while they go on. One
	// that went dead then holds up nothing but its own request, which HTTP/2 can't
	// say: better for few requests that must be in time, worse for many at once.
	HTTP1 bool

	// CacheDir is the folder in which what servers offer is remembered between
	// runs, for 6 hours; empty for none. [DefaultCacheDir] is the user's. A
	// file of a server holds what it told of its kinds, nothing of objects or
	// logins, and is readable by the user alone. Only servers with TLS are
	// remembered: who answers at a plain address, such as kubectl proxy's, changes.
	CacheDir string

	// Links are put around the transport, the first one outermost.
	Links []Link

	// Audit writes down every call; nil for none. Its link stands inside of Links
	// and sees what the guard denies. One audit serves all clusters of a run.
	Audit *Audit

	// Guard decides which requests are sent; nil for all. Its link stands inside
	// of Links. One guard serves all clusters of a run.
	Guard *Guard

	// Plan has writes planned instead of carried out, as long as it is on. Its
	// link stands inside of Links. One plan may serve several clusters.
	Plan *Plan

	// host are the options that these were laid over, see Over. Its kubeconfig
	// tells, too, what is production.
	host *Options
}

// AddFlags registers kubectl's connection flags, under kubectl's names, so
// that parsing fs fills the options.
func (o *Options) AddFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.Kubeconfig, "kubeconfig", o.Kubeconfig, "path of the kubeconfig `FILE`")
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
		o.URL, o.Kubeconfig, o.Parsed, o.Overrides = others.URL, others.Kubeconfig, others.Parsed, others.Overrides
		if o.Namespace == "" {
			o.Namespace = others.Namespace
		}
	case o.URL == "" && o.Kubeconfig == "":
		o.Kubeconfig, o.Parsed = others.Kubeconfig, others.Parsed
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
	o.UserAgent, o.CacheDir, o.Links = others.UserAgent, others.CacheDir, others.Links
	o.Audit, o.Guard, o.Plan = others.Audit, others.Guard, others.Plan
	o.ConnectTimeout, o.WatchSilence, o.HTTP1 = others.ConnectTimeout, others.WatchSilence, others.HTTP1
	o.host = &others
	return o
}
