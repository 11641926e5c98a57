package kube

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// define applies the definition of a kind, and deletes it when the test ends.
func define(t *testing.T, c *Cluster, group, plural, kind, versions string) *Item {
	t.Helper()
	definition := fmt.Sprintf(`{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"%[2]s.%[1]s"},
		"spec":{"group":"%[1]s","scope":"Namespaced","names":{"plural":"%[2]s","kind":"%[3]s"},"versions":[%[4]s]}}`, group, plural, kind, versions)
	item, err := c.Apply(t.Context(), trusted([]byte(definition)), ApplyOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = item.Delete(context.Background(), DeleteOptions{}) })
	return item
}

// versionOf is a version of a definition.
func versionOf(name string, served, storage bool) string {
	return fmt.Sprintf(`{"name":%q,"served":%t,"storage":%t,"subresources":{"status":{},
		"scale":{"specReplicasPath":".spec.teeth","statusReplicasPath":".status.teeth"}},
		"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{
			"spec":{"type":"object","properties":{"teeth":{"type":"integer"}}},
			"status":{"type":"object","properties":{"teeth":{"type":"integer"}}}}}}}`, name, served, storage)
}

// Kinds that were defined anew since they were remembered: gears in another
// version, cogs under another plural name. Every call finds that out, at the
// cost of one question.
func TestRenew(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	group := namespace + ".example.com"
	dir := t.TempDir()
	run := func(use func(c *Cluster)) int32 { return asking(t, dir, use) }
	c := connect(t)
	define(t, c, group, "gears", "Gear", versionOf("v1alpha1", true, true))
	cogs := define(t, c, group, "cogs", "Cog", versionOf("v1", true, true))
	run(func(c *Cluster) {
		_, err := c.Kinds(t.Context())
		require.NoError(t, err)
	})
	files, err := filepath.Glob(dir + "/discovery/*")
	require.NoError(t, err)
	require.Len(t, files, 1)
	outdated, err := os.ReadFile(files[0])
	require.NoError(t, err)

	define(t, c, group, "gears", "Gear", versionOf("v1alpha1", false, false)+","+versionOf("v1", true, true))
	require.NoError(t, cogs.Delete(t.Context(), DeleteOptions{Wait: time.Minute}))
	define(t, c, group, "cogwheels", "Cog", versionOf("v1", true, true))
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		for _, path := range []string{"/v1alpha1/gears", "/v1/cogs"} {
			_, err := c.client.object(context.Background(), request{method: http.MethodGet, path: "apis/" + group + path, what: "list"})
			assert.True(t, notServed(err), "%v", err)
		}
	}, time.Minute, 50*time.Millisecond)

	object := func(kind, version, name string) Value {
		return trusted(fmt.Appendf(nil, `{"apiVersion":"%s/%s","kind":%q,"metadata":{"name":%q,"namespace":%q},"spec":{"teeth":8}}`, group, version, kind, name, namespace))
	}
	for _, o := range []Value{object("Gear", "v1", "a"), object("Cog", "v1", "a"), object("Cog", "v1", "b")} {
		_, err := c.Create(t.Context(), o, CreateOptions{})
		require.NoError(t, err)
	}
	bare := func(name string) Value {
		return trusted(fmt.Appendf(nil, `{"metadata":{"name":%q},"spec":{"teeth":9}}`, name))
	}
	ctx := t.Context()
	ofView := map[string]func(v *View) error{
		"all": func(v *View) error {
			assert.NotEmpty(t, names(t, v))
			return nil
		},
		"fetch": func(v *View) error { _, err := v.Fetch(ctx, "a", ""); return err },
		"find": func(v *View) error {
			item, err := v.Find(ctx, "no-such", "")
			assert.Nil(t, item)
			return err
		},
		"table": func(v *View) error { _, err := v.Table(ctx, TableOptions{}); return err },
		"watch": func(v *View) error {
			w, err := v.Watch(ctx, WatchOptions{Initial: true})
			if err != nil {
				return err
			}
			defer w.Close()
			_, err = w.Next(ctx, -1)
			return err
		},
		"create": func(v *View) error { _, err := v.Create(ctx, bare("created"), CreateOptions{}); return err },
		"apply":  func(v *View) error { _, err := v.Apply(ctx, bare("applied"), ApplyOptions{}); return err },
	}
	ofItem := map[string]func(i *Item) error{
		"fetch": func(i *Item) error { _, err := i.Fetch(ctx); return err },
		"patch": func(i *Item) error {
			_, err := i.Patch(ctx, trusted([]byte(`{"spec":{"teeth":10}}`)), PatchOptions{})
			return err
		},
		"apply": func(i *Item) error {
			_, err := i.Apply(ctx, trusted([]byte(`{"spec":{"color":"red"}}`)), ApplyOptions{})
			return err
		},
		"edit": func(i *Item) error {
			_, err := i.Edit(ctx, func(o Value) (Value, error) { return setField(o, "note", textValue("edited")), nil }, EditOptions{})
			return err
		},
		"scale": func(i *Item) error {
			item, err := i.Scale(ctx, 12)
			if err == nil {
				assert.Equal(t, "12", item.Spec().Get("teeth").String())
			}
			return err
		},
		"subresource": func(i *Item) error { _, err := i.Subresource(ctx, "scale"); return err },
		"watch": func(i *Item) error {
			w, err := i.Watch(ctx, WatchOptions{})
			if err == nil {
				w.Close()
			}
			return err
		},
	}
	ofCluster := map[string]func(c *Cluster) error{
		"create": func(c *Cluster) error { _, err := c.Create(ctx, object("Cog", "v1", "c"), CreateOptions{}); return err },
		"apply":  func(c *Cluster) error { _, err := c.Apply(ctx, object("Cog", "v1", "d"), ApplyOptions{}); return err },
		"create all": func(c *Cluster) error {
			_, err := c.CreateAll(ctx, []Value{object("Cog", "v1", "e"), object("Cog", "v1", "f")}, CreateOptions{})
			return err
		},
		"apply all": func(c *Cluster) error {
			_, err := c.ApplyAll(ctx, []Value{object("Cog", "v1", "g"), object("Cog", "v1", "h")}, ApplyOptions{})
			return err
		},
		"delete": func(c *Cluster) error {
			item, err := c.Item(ctx, object("Cog", "v1", "b"))
			if err != nil {
				return err
			}
			return item.Delete(ctx, DeleteOptions{})
		},
	}
	check := func(name string, use func(c *Cluster) error) {
		require.NoError(t, os.WriteFile(files[0], outdated, 0o600))
		assert.EqualValues(t, 1, run(func(c *Cluster) { assert.NoError(t, use(c), name) }), name)
	}
	for name, use := range ofView {
		check(name+" of another version", func(c *Cluster) error {
			v, err := c.View(ctx, "gears."+group)
			require.NoError(t, err)
			v, err = v.Namespaced(namespace)
			require.NoError(t, err)
			require.Equal(t, "v1alpha1", v.Resource().Versions[0])
			return use(v)
		})
	}
	for name, use := range ofItem {
		check(name+" of another name", func(c *Cluster) error {
			item, err := c.Item(ctx, object("Cog", "v1", "a"))
			require.NoError(t, err)
			require.Equal(t, "cogs", item.Resource().Name)
			return use(item)
		})
	}
	for name, use := range ofCluster {
		check(name, use)
	}

	// What was asked for and isn't there any more is refused, with what is.
	require.NoError(t, os.WriteFile(files[0], outdated, 0o600))
	run(func(c *Cluster) {
		_, err := c.Create(ctx, object("Gear", "v1alpha1", "x"), CreateOptions{})
		assert.EqualError(t, err, `kind Gear is not served as "`+group+`/v1alpha1" (served: `+group+`/v1)`)
	})
	check("another name", func(c *Cluster) error {
		v, err := c.View(ctx, "cogs."+group)
		require.NoError(t, err)
		_, err = v.Fetch(ctx, "a", namespace)
		assert.True(t, IsKind(err, LookupError), err)
		return nil
	})
}
