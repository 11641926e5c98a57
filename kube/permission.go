package kube

import (
	"cmp"
	"context"
	"net/http"
	"sync"
)

// permissionsAtOnce is how many questions about permissions are under way at
// a time.
const permissionsAtOnce = 16

// Allowed asks the server whether the login may do what the access says
// (SelfSubjectAccessReview). A "*" asks for everything.
func (c *Cluster) Allowed(ctx context.Context, a Access) (bool, error) {
	type attributes struct {
		Verb        string `json:"verb"`
		Path        string `json:"path,omitempty"`
		Group       string `json:"group,omitempty"`
		Resource    string `json:"resource,omitempty"`
		Subresource string `json:"subresource,omitempty"`
		Namespace   string `json:"namespace,omitempty"`
		Name        string `json:"name,omitempty"`
	}
	about := "resourceAttributes"
	what := attributes{Verb: a.Verb, Group: a.Group, Resource: a.Resource, Subresource: a.Subresource, Namespace: a.Namespace, Name: a.Name}
	if a.Resource == "" {
		about, what = "nonResourceAttributes", attributes{Verb: a.Verb, Path: a.Path}
	}
	review := map[string]any{
		"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
		"spec": map[string]any{about: what},
	}
	answer, err := c.client.object(ctx, request{
		method:      http.MethodPost,
		path:        "apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
		body:        valueOf(review).Raw(),
		contentType: jsonType,
		what:        "ask for the permission to " + a.Verb + " " + cmp.Or(a.resource(), a.Path),
	})
	return answer.At("status", "allowed").IsTrue(), err
}

// Missing asks for several accesses at once and returns those that the login
// hasn't, in their order.
func (c *Cluster) Missing(ctx context.Context, wanted []Access) ([]Access, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	allowed := make([]bool, len(wanted))
	places := make(chan struct{}, permissionsAtOnce)
	var asked sync.WaitGroup
	for i, a := range wanted {
		places <- struct{}{}
		asked.Go(func() {
			defer func() { <-places }()
			var err error
			if allowed[i], err = c.Allowed(ctx, a); err != nil {
				cancel(err)
			}
		})
	}
	asked.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var missing []Access
	for i, a := range wanted {
		if !allowed[i] {
			missing = append(missing, a)
		}
	}
	return missing, nil
}

// InScope is the accesses with those of resources that live in no namespace
// asked for in none. It needs to know what the server offers.
func (c *Cluster) InScope(ctx context.Context, accesses []Access) ([]Access, error) {
	scoped := make([]Access, 0, len(accesses))
	for _, a := range accesses {
		if a.Namespace != "" && a.Resource != "*" {
			r, err := c.find(ctx, (&Resource{Name: a.Resource, Group: a.Group}).String(), []naming{plural})
			switch {
			case IsKind(err, APIError):
				return nil, err
			case err == nil && r.Group == a.Group && !r.Namespaced:
				a.Namespace = ""
			}
		}
		scoped = append(scoped, a)
	}
	return scoped, nil
}
