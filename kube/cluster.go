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
	discovery discovery
}

// Connect resolves the options and prepares a connection. It reads
// configuration files but sends nothing: the first call connects. A
// configuration that can't be used is a ValueError.
func Connect(options Options) (*Cluster, error) {
	if problems := content.IsDNS1123Label(options.Namespace); options.Namespace != "" && len(problems) > 0 {
		return nil, Errorf(NamespaceError, "%q can't be the name of a namespace", options.Namespace)
	}
	conn, err := options.resolve()
	if err != nil {
		return nil, err
	}
	client, err := options.dial(conn)
	if err != nil {
		return nil, err
	}
	return &Cluster{client: client, namespace: conn.namespace, bound: options.Namespace}, nil
}

// Close releases the connections. Calls that are under way end as they would;
// later ones return a KubeError. Closing twice is harmless.
func (c *Cluster) Close() { c.client.close() }

// URL is the address of the API server, with a trailing slash.
func (c *Cluster) URL() string { return c.client.base.Redacted() }

// Namespace is the namespace that the kubeconfig's context names, "" where it
// names none. Nothing applies it by itself.
func (c *Cluster) Namespace() string { return c.namespace }

// Proxy gives low-level access to the API server over the same connections.
func (c *Cluster) Proxy() *Proxy { return &Proxy{c.client} }

// View returns the view of the resource with the given plural name: of all
// namespaces, unless the cluster was connected with one. The built-in kinds
// need no request; for others the server is asked once what it offers. A name
// that it doesn't offer is a ValueError that names the nearest.
func (c *Cluster) View(ctx context.Context, name string) (*View, error) {
	r := builtin(name)
	if r == nil {
		var err error
		if r, err = c.discovery.byName(ctx, c, name); err != nil {
			return nil, err
		}
	}
	return c.view(r), nil
}

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
