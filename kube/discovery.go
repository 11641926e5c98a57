package kube

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/version"
)

// discovery knows what a server offers beyond the built-in kinds. It asks when
// it is first needed, and again when something isn't there that may have
// appeared since.
type discovery struct {
	mu        sync.Mutex
	resources []*Resource // nil before the server was asked
}

// discoveryType asks for everything in two answers (KEP-3352, aggregated
// discovery), which servers have offered since Kubernetes 1.26.
const discoveryType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
	"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

// find looks for a resource in what the server offers, which is in the
// server's order of groups. What isn't found in an old answer is looked for in
// a new one. It returns nil where look finds nothing.
func (d *discovery) find(ctx context.Context, c *Cluster, look func([]*Resource) *Resource) (*Resource, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r := look(d.resources); r != nil {
		return r, nil
	}
	found, err := c.discover(ctx)
	if err != nil {
		return nil, err
	}
	d.resources = found
	return look(found), nil
}

// discover asks the server what it offers.
func (c *Cluster) discover(ctx context.Context) ([]*Resource, error) {
	found := []*Resource{}
	for _, root := range []string{"api", "apis"} {
		v, err := c.client.object(ctx, request{method: http.MethodGet, path: root, accept: discoveryType, what: "discover resources"})
		if err != nil {
			return nil, err
		}
		if v.Get("kind").String() != "APIGroupDiscoveryList" {
			return nil, Errorf(APIError, "discover resources: the server has no aggregated discovery (Kubernetes 1.26 or newer is needed)")
		}
		for group := range v.Get("items").Elements() {
			found = append(found, groupResources(group)...)
		}
	}
	return found, nil
}

// groupResources reads one group: each resource once, with the versions that
// serve it, the newest first.
func groupResources(group Value) []*Resource {
	var list []*Resource
	byName := map[string]*Resource{}
	for v := range group.Get("versions").Elements() {
		for r := range v.Get("resources").Elements() {
			name := r.Get("resource").String()
			known := byName[name]
			if known == nil {
				known = &Resource{
					Kind:       r.At("responseKind", "kind").String(),
					Name:       name,
					Group:      group.At("metadata", "name").String(),
					Namespaced: r.Get("scope").String() == "Namespaced",
				}
				for verb := range r.Get("verbs").Elements() {
					known.Verbs = append(known.Verbs, verb.String())
				}
				byName[name] = known
				list = append(list, known)
			}
			known.Versions = append(known.Versions, v.Get("version").String())
		}
	}
	for _, r := range list {
		slices.SortStableFunc(r.Versions, func(a, b string) int { return version.CompareKubeAwareVersionStrings(b, a) })
		// What is built in has its attributes wherever it was found.
		if b := builtin(r.Name); b != nil && b.Group == r.Group {
			r.Attributes = b.Attributes
		}
	}
	return list
}

// byName finds a resource by its plural name. Where several groups offer it,
// the server's order of preference decides.
func (d *discovery) byName(ctx context.Context, c *Cluster, name string) (*Resource, error) {
	var names []string
	r, err := d.find(ctx, c, func(offered []*Resource) *Resource {
		names = nil
		for _, r := range offered {
			if r.Name == name {
				return r
			}
			names = append(names, r.Name)
		}
		return nil
	})
	if err == nil && r == nil {
		return nil, unknown("resource", name, names)
	}
	return r, err
}

// byKind finds a resource by apiVersion and kind, set to that version.
func (d *discovery) byKind(ctx context.Context, c *Cluster, apiVersion, kind string) (*Resource, error) {
	group, version, ok := strings.Cut(apiVersion, "/")
	if !ok {
		group, version = "", apiVersion
	}
	var kinds, served []string
	r, err := d.find(ctx, c, func(offered []*Resource) *Resource {
		kinds, served = nil, nil
		for _, r := range offered {
			kinds = append(kinds, r.Kind)
			if r.Kind != kind {
				continue
			}
			if r.Group == group && slices.Contains(r.Versions, version) {
				return r.at(version)
			}
			for _, v := range r.Versions {
				served = append(served, strings.TrimPrefix(r.Group+"/"+v, "/"))
			}
		}
		return nil
	})
	switch {
	case err != nil || r != nil:
		return r, err
	case len(served) > 0:
		return nil, Errorf(ValueError, "kind %s is not served as %q (served: %s)", kind, apiVersion, strings.Join(served, ", "))
	}
	return nil, unknown("kind", kind, kinds)
}
