package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/check"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// TestClusterStubs reads the stubs of a cluster, one of whose kinds was defined
// just now, and compares them with what the server says.
func TestClusterStubs(t *testing.T) {
	t.Parallel()
	c, err := kube.Connect(kube.Options{Kubeconfig: localtest.Kubeconfig(t)})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	object, err := kube.ParseObject(t.Context(), gadgets)
	require.NoError(t, err)
	definition, err := c.Create(t.Context(), object, kube.CreateOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = definition.Delete(context.Background(), kube.DeleteOptions{}) })

	files, err := bindings.ClusterStubs(t.Context(), c)
	require.NoError(t, err)
	api, err := luacats.Load(slices.Concat(engine.Stubs(), files)...)
	require.NoError(t, err)

	kinds, err := c.Kinds(t.Context())
	require.NoError(t, err)
	fields := 0
	for _, r := range kinds {
		view, err := c.View(t.Context(), r.Name)
		if err != nil || view.Resource().String() != r.String() {
			continue // cluster.NAME is another one
		}
		_, viewed := api.Lookup("cluster." + r.Name)
		item := api.Element(viewed)
		require.True(t, api.Inherits(item.Name, "kube.Item"), "%s is a %s of %s", r, viewed, item)
		schema, err := c.Schema(t.Context(), r)
		if kube.IsKind(err, kube.KubeError) {
			continue
		}
		require.NoError(t, err)
		_, raw := api.Walk(item, "raw")
		fields += compareSchema(t, api, raw, schema, map[string]bool{})
	}
	assert.Greater(t, fields, 1000, "fields that were compared")

	_, spec := api.Lookup("cluster.gadgets:fetch.spec")
	got := map[string]string{}
	for _, m := range api.Members(spec) {
		got[m.Name] = fmt.Sprint(m.Type, " ", m.Optional, " ", m.Doc)
	}
	assert.Equal(t, map[string]string{
		"size":   "integer false | How large it is.",
		"color":  `"red"|"blue" true `,
		"x-part": spec.Name + ".x_part[] true ",
		"extra":  "table true ",
		"limits": "table<string, integer|string> true ",
	}, got)

	checked := check.Script(engine.Source{Name: "x", Text: "for g in cluster.gadgets do print(g.spec.size, g.spec.sise, g.spec.extra.x) end"}, check.Options{API: api})
	require.Len(t, checked, 1)
	assert.Equal(t, "x:1:55: "+spec.Name+" has no sise; did you mean size?", checked[0].String())
}

// compareSchema compares a type with the schema that it is made of, and what
// they consist of, and returns how many fields there are.
func compareSchema(t *testing.T, api *luacats.Index, of luacats.Type, schema *kube.Schema, seen map[string]bool) int {
	t.Helper()
	if e := schema.Element(); e != nil && schema.Fields() == nil {
		if of.Form == luacats.Array || of.Name == "table" {
			return compareSchema(t, api, api.Element(of), e, seen)
		}
		return 0
	}
	if schema.Fields() == nil || seen[of.Name] {
		return 0
	}
	seen[of.Name] = true
	members := map[string]*luacats.Symbol{}
	for _, m := range api.Members(of) {
		members[m.Name] = m
	}
	var names []string
	n := 0
	for _, f := range schema.Fields() {
		names = append(names, f.Name)
		if m := members[f.Name]; m != nil {
			assert.Equal(t, f.Required, !m.Optional, "%s.%s", of, f.Name)
			n += 1 + compareSchema(t, api, m.Type.Given(), f.Schema, seen)
		}
	}
	assert.ElementsMatch(t, names, slices.Collect(maps.Keys(members)), "fields of %s", of)
	return n
}

// TestStubFiles has what becomes of the files that are there.
func TestStubFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := []luacats.File{{Name: "kube/a.lua", Text: "---@meta\n"}, {Name: "cluster/b.v1.lua", Text: "---@meta\n"}}
	require.NoError(t, writeStubs(dir, files, true))
	assert.True(t, isStub(dir+"/kube/a.lua"))
	require.NoError(t, replaceFile(dir+"/kube/mine.lua", "-- mine\n"))

	// What isn't written any more goes, but not the cluster's while it is away.
	require.NoError(t, writeStubs(dir, files[:1], false))
	assert.FileExists(t, dir+"/cluster/b.v1.lua")
	require.NoError(t, writeStubs(dir, files[:1], true))
	assert.NoFileExists(t, dir+"/cluster/b.v1.lua")
	assert.FileExists(t, dir+"/kube/mine.lua")

	// Nothing is written over what somebody else has written.
	err := writeStubs(dir, []luacats.File{files[1], {Name: "kube/mine.lua", Text: "---@meta\n"}}, true)
	require.ErrorContains(t, err, "mine.lua is in the way")
	assert.NoFileExists(t, dir+"/cluster/b.v1.lua")
}

// gadgets defines a kind with fields of many types.
var gadgets = strings.ReplaceAll(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.GROUP}
spec:
  group: GROUP
  names: {kind: Gadget, listKind: GadgetList, plural: gadgets, singular: gadget}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: integer, description: "| How large it is.\n\nMore."}
              color: {type: string, enum: [red, blue]}
              x-part: {type: array, items: {type: object, properties: {name: {type: string}}}}
              extra: {type: object, x-kubernetes-preserve-unknown-fields: true}
              limits: {type: object, additionalProperties: {x-kubernetes-int-or-string: true}}
`, "GROUP", "stubs.my-shop.example.com")
