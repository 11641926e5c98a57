package kube

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// documents are the OpenAPI v3 documents of a server, one for each API version.
// They are asked for when they are first needed. What the server publishes is
// looked up in an index, which is believed for a while, and asked for again when
// something isn't there that may have appeared since. It is safe for concurrent
// use.
type documents struct {
	turn  chan struct{} // held by who looks or asks
	index Value         // of where each API version is described
	asked time.Time     // when the index was
	read  map[string]*openAPI
	pace  *rate.Limiter // of the questions that follow a miss
}

// indexTime is how long the index is believed.
const indexTime = time.Minute

func newDocuments() *documents {
	return &documents{
		turn: make(chan struct{}, 1),
		read: map[string]*openAPI{},
		pace: rate.NewLimiter(rate.Every(missPace), missBurst),
	}
}

// schema finds what the server says of a resource. What isn't in the documents
// that are known is looked for in those that the server has now.
func (d *documents) schema(ctx context.Context, c *Cluster, r *Resource) (*Schema, error) {
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	what := "read the schema of " + r.String()
	fresh := time.Since(d.asked) < indexTime
	for {
		if !fresh {
			index, err := c.client.object(ctx, request{method: http.MethodGet, path: "openapi/v3", what: what})
			if err != nil {
				return nil, err
			}
			d.index, d.asked = index.Get("paths"), time.Now()
		}
		document, err := d.document(ctx, c, r.APIPaths()[0], what)
		if err != nil {
			return nil, err
		}
		if s := document.kind(r); s != nil {
			return s, nil
		}
		if !fresh || !d.pace.Allow() {
			return nil, Errorf(KubeError, "%s: the server publishes none for %s of %s", what, r.Kind, r.APIVersion())
		}
		fresh = false
	}
}

// document reads the document at a place of the index; nil where there is none.
// Its address there ends in a hash of what is in it, which tells whether it has
// changed. It is asked for without: asked for with a hash that it had, a server
// redirects.
func (d *documents) document(ctx context.Context, c *Cluster, path, what string) (*openAPI, error) {
	address := d.index.At(path, "serverRelativeURL").String()
	if address == "" {
		return nil, nil
	}
	if known := d.read[path]; known != nil && known.address == address {
		return known, nil
	}
	newest, _, _ := strings.Cut(address, "?")
	v, err := c.client.object(ctx, request{method: http.MethodGet, path: newest, what: what})
	if err != nil {
		return nil, err
	}
	d.read[path] = newOpenAPI(address, v.At("components", "schemas"))
	return d.read[path], nil
}

// openAPI are the schemas of one document, by name. It is read-only.
type openAPI struct {
	address string
	schemas map[string]Value
}

// newOpenAPI takes the schemas of a document, and no more: the paths, which
// nobody reads here, are half of it.
func newOpenAPI(address string, schemas Value) *openAPI {
	d := &openAPI{address, map[string]Value{}}
	for name, s := range (Value{bytes.Clone(schemas.Raw())}).Fields() {
		d.schemas[name] = s
	}
	return d
}

// kind is the schema of a resource's kind, nil where there is none.
func (d *openAPI) kind(r *Resource) *Schema {
	if d == nil {
		return nil
	}
	for name, s := range d.schemas {
		for is := range s.Get("x-kubernetes-group-version-kind").Elements() {
			if is.Get("kind").String() == r.Kind && is.Get("group").String() == r.Group && is.Get("version").String() == r.Versions[0] {
				schema := newSchema(d, s)
				schema.name = name
				return schema
			}
		}
	}
	return nil
}
