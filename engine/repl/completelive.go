package repl

import (
	"context"
	"time"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/kube"
)

// site is a cluster from which a value is, or will be.
type site struct {
	key  any // the same for the same cluster
	open func() (*kube.Cluster, error)
}

// siteOf is the site of a cluster.
func siteOf(c *kube.Cluster) *site {
	return &site{c, func() (*kube.Cluster, error) { return c, nil }}
}

// How long answers of a cluster are taken for new.
const (
	kindsTime  = time.Minute
	namesTime  = 5 * time.Second
	schemaTime = 10 * time.Minute
	always     = 1000 * time.Hour
)

// cluster is the connection to a site, nil while there is none.
func (l *look) cluster(s *site) *kube.Cluster {
	if s == nil {
		return nil
	}
	if c, ok := s.key.(*kube.Cluster); ok {
		return c
	}
	return about(l, question{s.key, "cluster"}, always, func(ctx context.Context) (*kube.Cluster, error) {
		return bindings.Await(ctx, s.open)
	})
}

// kinds are the kinds that a site serves: those that are built in, until more
// is known.
func (l *look) kinds(s *site) []*kube.Resource {
	if c := l.cluster(s); c != nil {
		kinds := about(l, question{c, "kinds"}, kindsTime, c.Kinds)
		if kinds != nil {
			return kinds
		}
	}
	return kube.Builtin()
}

// names are the names and labels of the objects of a resource, in one namespace
// or "" for all; nil while they aren't known.
func (l *look) names(s *site, r *kube.Resource, namespace string) *kube.Names {
	c := l.cluster(s)
	if c == nil || r == nil {
		return nil
	}
	v, err := c.ViewOf(r).Namespaced(namespace)
	if err != nil {
		return nil
	}
	return about(l, question{c, "names of " + r.APIVersion() + " " + v.String()}, namesTime, v.Names)
}

// namespaces are the namespaces of a site.
func (l *look) namespaces(s *site) []string {
	c := l.cluster(s)
	if c == nil {
		return nil
	}
	if n := l.names(s, c.Builtin("namespaces").Resource(), ""); n != nil {
		return n.In("")
	}
	return nil
}

// contexts are the contexts of the kubeconfig.
func (l *look) contexts() []string {
	return about(l, question{what: "contexts"}, namesTime, l.options.Contexts)
}

// schema is what a site says of a resource, nil while that isn't known.
func (l *look) schema(s *site, r *kube.Resource) *kube.Schema {
	c := l.cluster(s)
	if c == nil || r == nil {
		return nil
	}
	return about(l, question{c, "schema of " + r.APIVersion() + " " + r.Name}, schemaTime, func(ctx context.Context) (*kube.Schema, error) {
		return c.Schema(ctx, r)
	})
}

// about is what is known of a question now.
func about[T any](l *look, q question, fresh time.Duration, get func(ctx context.Context) (T, error)) T {
	value, pending := ask(l.asked, q, fresh, get)
	l.pending = l.pending || pending
	return value
}
