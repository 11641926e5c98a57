package kube

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestSchema(t *testing.T) {
	t.Parallel()
	c := connect(t)
	for _, tt := range []struct {
		of, path, want, description string
	}{
		{"pods", "", "object", "Pod is a collection of containers that can run on a host."},
		{"pods", "spec", "object", "Specification of the desired behavior of the pod."},
		{"pods", "spec.containers", "array of object", "List of containers belonging to the pod."},
		{"pods", "spec.containers.image", "string", "Container image name."},
		{"pods", "spec.containers.resources.limits", "map of string or number", "Limits describes the maximum amount of compute resources allowed."},
		{"pods", "spec.containers.resources.limits.cpu", "string or number", "Quantity is a fixed-point representation of a number."},
		{"pods", "spec.containers.livenessProbe.httpGet.port", "integer or string", "Name or number of the port to access on the container."},
		{"pods", "metadata.labels", "map of string", "Map of string keys and values"},
		{"pods", "metadata.creationTimestamp", "string (date-time)", "CreationTimestamp is a timestamp"},
		{"pods", "status.podIPs.ip", "string", "IP is the IP address assigned to the pod"},
		{"deployments", "spec.replicas", "integer (int32)", "Number of desired pods."},
		{"cronjobs", "spec.jobTemplate.spec.template.spec.containers.env.valueFrom.secretKeyRef.key", "string", "The key of the secret to select from."},
		{"customresourcedefinitions", "spec.versions.schema.openAPIV3Schema.properties.x.properties.y.items", "any", "JSONSchemaPropsOrArray represents"},
		{"customresourcedefinitions", "spec.versions.schema.openAPIV3Schema.not.not.not.not.type", "string", ""},
	} {
		t.Run(tt.of+" "+tt.path, func(t *testing.T) {
			v, err := c.View(t.Context(), tt.of)
			require.NoError(t, err)
			s, err := c.Schema(t.Context(), v.Resource())
			require.NoError(t, err)
			if tt.path != "" {
				s = s.At(strings.Split(tt.path, ".")...)
				require.NotNil(t, s)
			}
			assert.Equal(t, tt.want, s.String())
			assert.Contains(t, s.Description(), tt.description)
		})
	}
}

func TestSchemaFields(t *testing.T) {
	t.Parallel()
	c := connect(t)
	s, err := c.Schema(t.Context(), c.Builtin("pods").Resource())
	require.NoError(t, err)
	var names, required []string
	for _, f := range s.At("spec", "containers").Element().Fields() {
		names = append(names, f.Name)
		if f.Required {
			required = append(required, f.Name)
		}
		if f.Name == "imagePullPolicy" {
			assert.Equal(t, []string{"Always", "IfNotPresent", "Never"}, f.Schema.Values())
		}
	}
	assert.IsNonDecreasing(t, names)
	assert.Subset(t, names, []string{"args", "env", "image", "name", "volumeMounts"})
	assert.Equal(t, []string{"name"}, required)
	assert.Nil(t, s.At("spec", "containers").Fields())
	assert.Nil(t, s.At("spec", "no-such", "image"))
	assert.Nil(t, s.At("spec", "nodeName", "image"))
}

// What the server says of every kind in discovery, or that it says nothing.
func TestSchemaOfEveryKind(t *testing.T) {
	t.Parallel()
	c := connect(t)
	kinds, err := c.Kinds(t.Context())
	require.NoError(t, err)
	require.Greater(t, len(kinds), 50)
	for _, r := range kinds {
		if strings.HasSuffix(r.Group, ".example.com") {
			continue // another test's, which comes and goes
		}
		for _, version := range r.Versions {
			s, err := c.Schema(t.Context(), r.at(version))
			if assert.NoError(t, err) {
				assert.NotEmpty(t, s.Fields(), "%s %s", r, version)
			}
		}
	}
	_, err = c.Schema(t.Context(), &Resource{Kind: "Gadget", Name: "gadgets", Group: "example.com", Versions: []string{"v1"}})
	assert.EqualError(t, err, "read the schema of gadgets.example.com: the server publishes none for Gadget of example.com/v1")
	_, err = c.Schema(t.Context(), &Resource{Kind: "Gadget", Name: "gadgets", Group: "apps", Versions: []string{"v1"}})
	assert.EqualError(t, err, "read the schema of gadgets.apps: the server publishes none for Gadget of apps/v1")
}

// A kind that was defined after the documents were read is found, and so is
// what it has become since.
func TestSchemaOfNewKind(t *testing.T) {
	t.Parallel()
	c := connect(t)
	_, err := c.Schema(t.Context(), c.Builtin("pods").Resource())
	require.NoError(t, err)
	group := "g" + strings.ReplaceAll(localtest.Namespace(t), "-", "") + ".example.com"
	definition := fmt.Sprintf(`{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": {"name": "widgets.%[1]s"},
		"spec": {
			"group": %[1]q, "scope": "Namespaced",
			"names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
			"versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
				"type": "object", "description": "A widget.",
				"properties": {"spec": {"type": "object", "required": ["size"], "properties": {
					"size": {"type": "integer", "description": "How big it is."},
					"port": {"x-kubernetes-int-or-string": true},
					"free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
					"tags": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
				}}}
			}}}]
		}
	}`, group)
	applied, err := c.Apply(t.Context(), parse(t, definition), ApplyOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = applied.Delete(context.Background(), DeleteOptions{}) })
	v, err := c.KindView(t.Context(), group+"/v1", "Widget")
	require.NoError(t, err)

	var s *Schema
	require.Eventually(t, func() bool { // the server publishes it a moment later
		s, err = c.Schema(t.Context(), v.Resource())
		return err == nil
	}, time.Minute, 100*time.Millisecond)
	assert.Equal(t, "A widget.", s.Description())
	assert.Equal(t, "How big it is.", s.At("spec", "size").Description())
	assert.Equal(t, "integer or string", s.At("spec", "port").String())
	assert.Equal(t, "object", s.At("spec", "free").String())
	assert.Equal(t, "any", s.At("spec", "free", "anything").String())
	assert.Equal(t, "map of array of string", s.At("spec", "tags").String())
	assert.Equal(t, "array of string", s.At("spec", "tags", "x").String())
	assert.Equal(t, "map of string", s.At("metadata", "labels").String())
	assert.Equal(t, []string{"free", "port", "size", "tags"}, fieldNames(s.At("spec")))
}

func fieldNames(s *Schema) []string {
	var list []string
	for _, f := range s.Fields() {
		list = append(list, f.Name)
	}
	return list
}

// documentsOf is a Link that answers with the OpenAPI documents of core kinds
// that it is given, and counts the questions for each.
type documentsOf struct {
	hash           atomic.Int32
	schemas        string
	indices, cores atomic.Int32
}

func (d *documentsOf) link(http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		body := `{"components":{"schemas":` + d.schemas + `}}`
		if r.URL.Path == "/openapi/v3" {
			d.indices.Add(1)
			body = fmt.Sprintf(`{"paths":{"api/v1":{"serverRelativeURL":"/openapi/v3/api/v1?hash=%d"}}}`, d.hash.Load())
		} else {
			d.cores.Add(1)
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})
}

const podSchema = `"Pod":{"type":"object","properties":{"spec":{"$ref":"#/components/schemas/Loop"}},"x-kubernetes-group-version-kind":[{"group":"","kind":"Pod","version":"v1"}]}`

// Documents are asked for once, and again when they have changed; the index
// each minute, and for what isn't there, at a pace.
func TestSchemaIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &documentsOf{schemas: "{" + podSchema + "}"}
		c := connectTo(t, d.link)
		pods := c.Builtin("pods").Resource()
		ask := func() {
			t.Helper()
			_, err := c.Schema(t.Context(), pods)
			require.NoError(t, err)
		}
		ask()
		ask()
		assert.EqualValues(t, []int32{1, 1}, []int32{d.indices.Load(), d.cores.Load()})
		time.Sleep(indexTime)
		ask()
		assert.EqualValues(t, []int32{2, 1}, []int32{d.indices.Load(), d.cores.Load()})
		d.hash.Store(1)
		ask()
		assert.EqualValues(t, []int32{2, 1}, []int32{d.indices.Load(), d.cores.Load()})
		time.Sleep(indexTime)
		ask()
		assert.EqualValues(t, []int32{3, 2}, []int32{d.indices.Load(), d.cores.Load()})

		for range 3 * missBurst {
			_, err := c.Schema(t.Context(), c.Builtin("services").Resource())
			require.EqualError(t, err, "read the schema of services: the server publishes none for Service of v1")
		}
		assert.EqualValues(t, []int32{3 + missBurst, 2}, []int32{d.indices.Load(), d.cores.Load()})
	})
}

// Documents in which something refers to itself, or to nothing, have an end.
func TestSchemaOfOddDocuments(t *testing.T) {
	t.Parallel()
	for name, loop := range map[string]string{
		"a reference to itself":  `{"$ref":"#/components/schemas/Loop"}`,
		"all of itself twice":    `{"allOf":[{"$ref":"#/components/schemas/Loop"},{"$ref":"#/components/schemas/Loop"}]}`,
		"an array of itself":     `{"type":"array","items":{"$ref":"#/components/schemas/Loop"}}`,
		"a map of itself":        `{"type":"object","additionalProperties":{"$ref":"#/components/schemas/Loop"}}`,
		"a reference to nothing": `{"$ref":"#/components/schemas/Nothing"}`,
		"no object":              `7`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &documentsOf{schemas: `{"Loop":` + loop + `,` + podSchema + `}`}
			c := connectTo(t, d.link)
			s, err := c.Schema(t.Context(), c.Builtin("pods").Resource())
			require.NoError(t, err)
			spec := s.At("spec")
			require.NotNil(t, spec)
			assert.Empty(t, spec.Fields())
			assert.Less(t, len(spec.String()), 100)
			_ = spec.At("a", "b", "c")
		})
	}
}
