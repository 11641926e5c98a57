package kube

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// TestManifests applies the install manifests of three made-up projects twice.
// The witness is kubectl.
func TestManifests(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ferry", "lantern", "signet"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := "../testdata/manifests/" + name + ".yaml"
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			objects, err := ParseManifest(t.Context(), string(text))
			require.NoError(t, err)
			require.Greater(t, len(objects), 40)
			c := connect(t)
			t.Cleanup(func() {
				_ = localtest.Command(t, "delete", "--wait=false", "--ignore-not-found", "-f", file).Run()
			})

			began := time.Now().Add(-2 * time.Second)
			items, err := c.ApplyAll(t.Context(), objects, ApplyOptions{})
			require.NoError(t, err)
			require.Len(t, items, len(objects))
			for i, item := range items {
				assert.Equal(t, objects[i].Get("kind").String(), item.Kind())
				assert.Equal(t, objects[i].At("metadata", "name").String(), item.Meta().Name())
				assert.True(t, item.Meta().Created().After(began), "%s was there before", item)
			}

			applyUntilStill(t, c, objects)
			for _, args := range [][]string{{"diff", "-f", file}, {"diff", "--server-side", "--field-manager", FieldManager, "-f", file}} {
				out, err := localtest.Command(t, args...).CombinedOutput()
				assert.NoError(t, err, "kubectl %s: %s", strings.Join(args, " "), out)
				assert.Empty(t, string(out))
			}
			conflictWithTheWitness(t, c, objects, items)
		})
	}
}

// applyUntilStill applies objects again, which changes nothing. Controllers
// write into some of them meanwhile, so it is tried until they leave off.
func applyUntilStill(t *testing.T, c *Cluster, objects []Value) {
	t.Helper()
	var moved []string
	for range 20 {
		var before []*Item
		for _, object := range objects {
			item, err := c.target(t.Context(), "fetch", object, "", nil)
			require.NoError(t, err)
			now, err := c.fetch(t.Context(), item.resource, item.namespace, item.name)
			require.NoError(t, err)
			before = append(before, now)
		}
		after, err := c.ApplyAll(t.Context(), objects, ApplyOptions{})
		require.NoError(t, err)
		moved = nil
		for i := range after {
			if !after[i].Equal(before[i]) {
				moved = append(moved, after[i].String())
			}
			assert.Equal(t, before[i].Meta().get("generation").String(), after[i].Meta().get("generation").String(), "%s", after[i])
		}
		if len(moved) == 0 {
			return
		}
	}
	t.Errorf("a second apply changes %s", moved)
}

// conflictWithTheWitness has kubectl take over a field.
func conflictWithTheWitness(t *testing.T, c *Cluster, objects []Value, items []*Item) {
	t.Helper()
	for i, item := range items {
		if item.Kind() != "Deployment" {
			continue
		}
		localtest.Kubectl(t, "scale", "deployment", item.Meta().Name(), "-n", item.Meta().Namespace(), "--replicas=3")
		_, err := c.ApplyAll(t.Context(), objects, ApplyOptions{})
		require.Error(t, err)
		assert.True(t, IsReason(err, "Conflict"), "%v", err)
		e := err.(*Error)
		assert.Equal(t, []FieldConflict{{"kubectl", ".spec.replicas"}}, e.Conflicts)
		assert.Contains(t, e.Message, "(Deployment "+item.Meta().Namespace()+"/"+item.Meta().Name()+"): apply "+item.String()+`: conflict: "kubectl" owns .spec.replicas (`)
		assert.Contains(t, e.Message, "force = true")
		assert.Contains(t, e.Message, "\napplied before it: ")
		forced, err := c.Apply(t.Context(), objects[i], ApplyOptions{Force: true})
		require.NoError(t, err)
		assert.Equal(t, item.Spec().Get("replicas").String(), forced.Spec().Get("replicas").String())
		return
	}
	t.Error("no Deployment")
}

func TestInstallStopsWithItsContext(t *testing.T) {
	t.Parallel()
	c := connect(t)
	namespace := localtest.Namespace(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	objects, err := ParseManifest(t.Context(), "{apiVersion: v1, kind: Secret, metadata: {name: a}}")
	require.NoError(t, err)
	items, err := c.ApplyAll(ctx, objects, ApplyOptions{Namespace: namespace})
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, []*Item{nil}, items)
}

// TestDefinitionThatIsNotEstablished defines a kind twice.
func TestDefinitionThatIsNotEstablished(t *testing.T) {
	t.Parallel()
	c := connect(t)
	group := localtest.Namespace(t) + ".example.com"
	objects, err := ParseManifest(t.Context(), strings.NewReplacer("GROUP", group).Replace(`
{apiVersion: GROUP/v1, kind: Twice, metadata: {name: a, namespace: default}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ones.GROUP}
spec:
  group: GROUP
  scope: Namespaced
  names: {plural: ones, kind: Twice}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: others.GROUP}
spec:
  group: GROUP
  scope: Namespaced
  names: {plural: others, kind: Twice}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`))
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = localtest.Command(t, "delete", "crd", "--ignore-not-found", "ones."+group, "others."+group).Run()
	})
	// The one that was first has the names.
	_, err = c.ApplyAll(t.Context(), objects[1:2], ApplyOptions{})
	require.NoError(t, err)
	items, err := c.ApplyAll(t.Context(), objects, ApplyOptions{})
	assert.ErrorContains(t, err, "document 3 (CustomResourceDefinition others."+group+"): customresourcedefinitions others."+group+" can't be established: ")
	assert.ErrorContains(t, err, "\napplied before it: customresourcedefinitions ones."+group)
	assert.Nil(t, items[0])
	assert.NotNil(t, items[1])
}

// A kind is offered some time after its definition, which is waited for,
// whether the definition comes alone or with others.
func TestDefinedKindIsOffered(t *testing.T) {
	definition := `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"as.example.com"},` +
		`"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"as","kind":"A"},"versions":[{"name":"v1","served":true},{"name":"v2","served":true}]}}`
	group := func(name string, resources string, versions ...string) string {
		var list []string
		for _, v := range versions {
			list = append(list, `{"version":"`+v+`","resources":[`+resources+`]}`)
		}
		return `{"metadata":{"name":"` + name + `"},"versions":[` + strings.Join(list, ",") + `]}`
	}
	for name, put := range map[string]func(ctx context.Context, c *Cluster, v Value) error{
		"apply": func(ctx context.Context, c *Cluster, v Value) error {
			_, err := c.Apply(ctx, v, ApplyOptions{})
			return err
		},
		"apply all": func(ctx context.Context, c *Cluster, v Value) error {
			_, err := c.ApplyAll(ctx, []Value{v}, ApplyOptions{})
			return err
		},
		"create": func(ctx context.Context, c *Cluster, v Value) error {
			_, err := c.Create(ctx, v, CreateOptions{})
			return err
		},
		"view": func(ctx context.Context, c *Cluster, v Value) error {
			crds, err := c.View(ctx, "customresourcedefinitions")
			if err == nil {
				_, err = crds.Create(ctx, v, CreateOptions{})
			}
			return err
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			var made time.Time
			c := connectTo(t, func(http.RoundTripper) http.RoundTripper {
				return roundTrip(func(req *http.Request) (*http.Response, error) {
					code, body := 200, `{"kind":"APIGroupDiscoveryList","items":[]}`
					switch {
					case strings.HasSuffix(req.URL.Path, "/apis"):
						items := group("apiextensions.k8s.io", `{"resource":"customresourcedefinitions","responseKind":{"kind":"CustomResourceDefinition"},"scope":"Cluster","verbs":["create"]}`, "v1")
						a := `{"resource":"as","responseKind":{"kind":"A"},"scope":"Namespaced","verbs":["list"]}`
						switch since := time.Since(made); {
						case made.IsZero() || since < time.Second:
						case since < 2*time.Second:
							items += "," + group("example.com", a, "v1")
						default:
							items += "," + group("example.com", a, "v1", "v2")
						}
						body = `{"kind":"APIGroupDiscoveryList","items":[` + items + `]}`
					case req.Method != http.MethodGet:
						made, body = time.Now(), definition
					case strings.Contains(req.URL.Path, "customresourcedefinitions"):
						// Definitions can't be watched, so nothing but the offer tells.
						code, body = 403, `{"kind":"Status","status":"Failure","reason":"Forbidden","code":403}`
					}
					return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
				})
			})
			object, err := ParseObject(t.Context(), definition)
			require.NoError(t, err)
			require.NoError(t, put(t.Context(), c, object), name)
			for _, text := range []string{"as", "example.com/v2/A"} {
				began := time.Now()
				_, err = c.View(t.Context(), text)
				require.NoError(t, err, name)
				require.Zero(t, time.Since(began), name)
			}
		})
	}
}
