package kube

import (
	"context"
	"net/http"

	"k8s.io/apimachinery/pkg/api/validate/content"
)

// Cluster is a connection to one API server, the entry point of this package.
// Close releases it. It is safe for concurrent use.
type Cluster struct {
	client    *client
	namespace string // the context's
	bound     string // what views are bound to
	discovery *discovery
	documents *documents
	edits     *edits
}

// Connect resolves the options and prepares a connection. It reads
// configuration files but sends nothing: the first call connects. A
// configuration that can't be used is a ValueError.
func Connect(options Options) (*Cluster, error) {
	if err := checkNamespace(options.Namespace); err != nil {
		return nil, err
	}
	conn, err := options.resolve()
	if err != nil {
		return nil, err
	}
	client, err := options.dial(conn)
	if err != nil {
		return nil, err
	}
	var file *catalogFile
	if tls := conn.config.TLSClientConfig; options.CacheDir != "" && client.base.Scheme == "https" {
		file = newCatalogFile(options.CacheDir, client.base.String(), append([]byte(tls.CAFile+"\n"), tls.CAData...))
	}
	return &Cluster{client: client, namespace: conn.namespace, bound: options.Namespace, discovery: newDiscovery(file), documents: newDocuments(), edits: &edits{}}, nil
}

// Close ends the cluster's watches and iterations and releases its
// connections. Other calls that are under way end as they would; later ones
// return a KubeError. When Close returns nothing goes on in the background any
// more. Closing twice is harmless.
func (c *Cluster) Close() { c.client.life.close() }

// Closed tells whether the cluster was closed, or one that shares its
// connections.
func (c *Cluster) Closed() bool { return c.client.life.ctx.Err() != nil }

// URL is the address of the API server, with a trailing slash.
func (c *Cluster) URL() string { return c.client.base.Redacted() }

// Namespace is the namespace that the kubeconfig's context names, "" where it
// names none. Nothing applies it by itself.
func (c *Cluster) Namespace() string { return c.namespace }

// Bound returns the same cluster with its namespaced views bound to another
// namespace, "" for all. Both share one connection, and closing one closes both.
// A text that can't be the name of a namespace is a NamespaceError.
func (c *Cluster) Bound(namespace string) (*Cluster, error) {
	if err := checkNamespace(namespace); err != nil {
		return nil, err
	}
	bound := *c
	bound.bound = namespace
	return &bound, nil
}

// checkNamespace refuses what can't be the name of a namespace; "" is none.
func checkNamespace(name string) error {
	if name != "" && len(content.IsDNS1123Label(name)) > 0 {
		return Errorf(NamespaceError, "%q can't be the name of a namespace", name)
	}
	return nil
}

// Proxy gives low-level access to the API server over the same connections.
func (c *Cluster) Proxy() *Proxy { return &Proxy{c.client} }

// View returns the view of the resource that a text names: of all namespaces,
// unless the cluster was connected with one. The text is one of
//
//	NAME                   "cronjobs", "cronjob", "CronJob", "cj"
//	NAME.GROUP             "certificates.cert-manager.io"
//	NAME.VERSION.GROUP     "deployments.v1.apps", "pods.v1"
//	GROUP/VERSION/NAME     "apps/v1/Deployment", "v1/Pod"
//
// where NAME is the plural name, the singular one, the kind or a short name,
// tried in this order in one group after the other. The last two forms bind the view to that version; else
// it is the newest that is served. A name without a group means, in this order,
// a built-in kind, one of the core group, one of a group of Kubernetes itself,
// one of any other group. So "events" are those of the core group, and the same
// objects in their newer form are "events.events.k8s.io".
//
// The built-in kinds need no request; for others the server is asked once what
// it offers, and again for a name that it didn't offer then. A name that isn't
// served is a ValueError that names the nearest, and so is one that several
// groups serve, which names them.
func (c *Cluster) View(ctx context.Context, name string) (*View, error) {
	return c.viewNamed(ctx, name, anyName)
}

// PluralView is View for plural names alone: "cronjobs",
// "certificates.cert-manager.io".
func (c *Cluster) PluralView(ctx context.Context, name string) (*View, error) {
	return c.viewNamed(ctx, name, []naming{plural})
}

func (c *Cluster) viewNamed(ctx context.Context, name string, namings []naming) (*View, error) {
	r, err := c.find(ctx, name, namings)
	if err != nil {
		return nil, err
	}
	return c.view(r), nil
}

// KindView returns the view of the kind with the given name, bound to the API
// version, "apps/v1", that objects carry: what View does for "apps/v1/Deployment".
// A kind that isn't served as that is a ValueError.
func (c *Cluster) KindView(ctx context.Context, apiVersion, kind string) (*View, error) {
	r, err := c.kind(ctx, apiVersion, kind)
	if err != nil {
		return nil, err
	}
	return c.view(r), nil
}

// ViewOf returns the view of a resource, such as one of [Cluster.Kinds].
func (c *Cluster) ViewOf(r *Resource) *View { return c.view(r) }

// Builtin returns the view of the built-in kind with the given plural name, nil
// where it isn't one. It needs no request.
func (c *Cluster) Builtin(name string) *View {
	if r := builtin(name); r != nil {
		return c.view(r)
	}
	return nil
}

// view is the view of r, bound to the cluster's namespace where r has any.
func (c *Cluster) view(r *Resource) *View {
	v := &View{cluster: c, resource: r}
	if r.Namespaced {
		v.namespace = c.bound
	}
	return v
}

// fetch reads one object.
func (c *Cluster) fetch(ctx context.Context, r *Resource, namespace, name string) (*Item, error) {
	return c.item(ctx, r, request{
		method: http.MethodGet,
		path:   r.path(namespace, name),
		what:   "fetch " + objectName(r, namespace, name),
	})
}

// item makes a call whose answer is one object of r.
func (c *Cluster) item(ctx context.Context, r *Resource, req request) (*Item, error) {
	v, err := c.client.object(ctx, req)
	if err != nil {
		return nil, err
	}
	if v.Type() != Object {
		return nil, Errorf(APIError, "%s: the answer is not an object", req.what)
	}
	return newItem(c, r, v.Raw()), nil
}
