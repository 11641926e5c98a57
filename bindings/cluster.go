package bindings

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// clusterRef is a cluster that may not have been made yet.
type clusterRef struct {
	cluster *kube.Cluster // nil until it is first used
	open    func() (*kube.Cluster, error)
}

var clusterClass = class[*clusterRef]{
	name: "cluster",
	attributes: map[string]func(call, *clusterRef) lua.LValue{
		"namespace": func(c call, r *clusterRef) lua.LValue { return textOrNil(c.resolve(r).Namespace()) },
		"proxy":     func(c call, r *clusterRef) lua.LValue { return c.userdata(c.resolve(r).Proxy(), c.proxy) },
		"url":       func(c call, r *clusterRef) lua.LValue { return lua.LString(c.resolve(r).URL()) },
	},
	methods: map[string]func(call, *clusterRef) int{
		"apply": clusterApply,
		"close": func(c call, r *clusterRef) int {
			r.close(c)
			return 0
		},
		"create": clusterCreate,
		"item":   clusterItem,
		"kinds":  clusterKinds,
		"view":   clusterView,
	},
	index: func(c call, r *clusterRef, key lua.LValue) (lua.LValue, bool) {
		name, ok := key.(lua.LString)
		if !ok {
			return nil, false
		}
		cluster := c.resolve(r)
		if v := cluster.Builtin(string(name)); v != nil {
			return c.userdata(v, c.view), true
		}
		v := blocking(c, func(ctx context.Context) (*kube.View, error) { return cluster.PluralView(ctx, string(name)) })
		return c.userdata(v, c.view), true
	},
	names: func(*clusterRef) []string {
		var names []string
		for _, r := range kube.Builtin() {
			names = append(names, r.Name)
		}
		return names
	},
	equal: func(a, b *clusterRef) bool { return a.cluster != nil && a.cluster == b.cluster },
}

// resolve is the cluster itself. It raises where its configuration can't be
// used.
func (c call) resolve(r *clusterRef) *kube.Cluster {
	if r.cluster == nil {
		cluster := blocking(c, func(ctx context.Context) (*kube.Cluster, error) { return Await(ctx, r.open) })
		r.cluster = cluster
	}
	return r.cluster
}

// close closes the cluster; one that was never used isn't made for it.
func (r *clusterRef) close(c call) {
	if r.cluster == nil {
		r.open = func() (*kube.Cluster, error) { return nil, kube.Errorf(kube.KubeError, "the cluster is closed") }
		return
	}
	c.host.Cleanup(c.L, r.cluster.Close)
}

// clusterValue gives a cluster to Lua.
func (c call) clusterValue(cluster *kube.Cluster) lua.LValue {
	return c.userdata(&clusterRef{cluster: cluster}, c.cluster)
}

func clusterItem(c call, r *clusterRef) int {
	object := c.data(2, "cluster:item")
	c.none(3)
	cluster := c.resolve(r)
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) {
		return cluster.Item(ctx, object)
	})))
}

// connectionOptions are the options of kube.cluster and kube.proxy.
type connectionOptions struct {
	As                    string
	CertificateAuthority  string
	ClientCertificate     string
	ClientKey             string
	Context               string
	InsecureSkipTLSVerify bool
	Kubeconfig            string
	Namespace             string
	TLSServerName         string
	Token                 string
	URL                   string
}

// connectCluster makes the cluster that the options table at i describes.
func (c call) connectCluster(i int) *kube.Cluster {
	given := options[connectionOptions](c, i)
	o := kube.Options{URL: given.URL, Kubeconfig: given.Kubeconfig, Namespace: given.Namespace}
	o.Overrides.CurrentContext = given.Context
	o.Overrides.AuthInfo.Impersonate = given.As
	o.Overrides.AuthInfo.Token = given.Token
	o.Overrides.AuthInfo.ClientCertificate = given.ClientCertificate
	o.Overrides.AuthInfo.ClientKey = given.ClientKey
	o.Overrides.ClusterInfo.CertificateAuthority = given.CertificateAuthority
	o.Overrides.ClusterInfo.InsecureSkipTLSVerify = given.InsecureSkipTLSVerify
	o.Overrides.ClusterInfo.TLSServerName = given.TLSServerName
	connect := c.opens(func() (*kube.Cluster, error) { return c.connect.Connect(o) })
	return blocking(c, func(ctx context.Context) (*kube.Cluster, error) { return Await(ctx, connect) })
}
