package kube

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/version"
)

// discovery knows what a server offers beyond the built-in kinds. It asks once,
// when it is first needed.
type discovery struct {
	mu        sync.Mutex
	resources []*Resource // nil before the server was asked
}

// discoveryType asks for everything in two answers (KEP-3352, aggregated
// discovery), which servers have offered since Kubernetes 1.26.
const discoveryType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
	"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

// all returns what the server offers, in the server's order of groups.
func (d *discovery) all(ctx context.Context, c *Cluster) ([]*Resource, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.resources != nil {
		return d.resources, nil
	}
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
	d.resources = found
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
	found, err := d.all(ctx, c)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range found {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return nil, unknown("resource", name, names)
}

// byKind finds a resource by apiVersion and kind, set to that version.
func (d *discovery) byKind(ctx context.Context, c *Cluster, apiVersion, kind string) (*Resource, error) {
	found, err := d.all(ctx, c)
	if err != nil {
		return nil, err
	}
	group, version, ok := strings.Cut(apiVersion, "/")
	if !ok {
		group, version = "", apiVersion
	}
	var kinds, versions []string
	for _, r := range found {
		kinds = append(kinds, r.Kind)
		if r.Kind != kind {
			continue
		}
		for _, v := range r.Versions {
			if r.Group == group && v == version {
				at := *r
				at.Versions = append([]string{v}, slices.DeleteFunc(slices.Clone(r.Versions), func(o string) bool { return o == v })...)
				return &at, nil
			}
			versions = append(versions, strings.TrimPrefix(r.Group+"/"+v, "/"))
		}
	}
	if len(versions) > 0 {
		return nil, Errorf(ValueError, "kind %s is not served as %q (served: %s)", kind, apiVersion, strings.Join(versions, ", "))
	}
	return nil, unknown("kind", kind, kinds)
}
