package bindings

import (
	"context"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// deleteTime is how long delete{wait=true} waits.
const deleteTime = 5 * time.Minute

// createOptions are the options of create.
type createOptions struct {
	FieldManager string
	Namespace    string
}

// applyOptions are the options of apply.
type applyOptions struct {
	FieldManager string
	Force        bool
	Namespace    string
}

func clusterCreate(c call, r *clusterRef) int {
	objects, single := c.objects(2, "cluster:create")
	given := options[createOptions](c, 3)
	c.namespaceGiven(3)
	cluster, o := c.resolve(r), kube.CreateOptions{Namespace: given.Namespace, Manifest: c.L.Get(2).Type() == lua.LTString, FieldManager: given.FieldManager}
	if single {
		return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) {
			return cluster.Create(ctx, objects[0], o)
		})))
	}
	return c.push(list(c, blocking(c, func(ctx context.Context) ([]*kube.Item, error) {
		return cluster.CreateAll(ctx, objects, o)
	}), c.itemValue))
}

func clusterApply(c call, r *clusterRef) int {
	objects, single := c.objects(2, "cluster:apply")
	given := options[applyOptions](c, 3)
	c.namespaceGiven(3)
	cluster, o := c.resolve(r), kube.ApplyOptions{Namespace: given.Namespace, Manifest: c.L.Get(2).Type() == lua.LTString, FieldManager: given.FieldManager, Force: given.Force}
	if single {
		return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) {
			return cluster.Apply(ctx, objects[0], o)
		})))
	}
	return c.push(list(c, blocking(c, func(ctx context.Context) ([]*kube.Item, error) {
		return cluster.ApplyAll(ctx, objects, o)
	}), c.itemValue))
}

// objects reads what create and apply take: one object, or with single false a
// manifest. That is a list of objects, a List, or a text of several documents.
func (c call) objects(i int, method string) (objects []kube.Value, single bool) {
	given := c.L.Get(i)
	var documents []kube.Value
	if text, ok := given.(lua.LString); ok {
		var err error
		objects, err = kube.ParseManifest(c.L.Context(), string(text))
		c.raise(err)
		if len(objects) == 1 {
			object, err := kube.ParseObject(c.L.Context(), string(text))
			return objects, err == nil && object.Get("kind").String() == objects[0].Get("kind").String()
		}
	} else {
		value := c.encoded(i, method)
		if value.Type() == kube.Array {
			documents = slices.Collect(value.Elements())
		} else {
			documents = []kube.Value{value}
		}
		var err error
		objects, err = kube.Objects(documents)
		c.raise(err)
		single = value.Type() == kube.Object && len(objects) == 1 && string(objects[0].Raw()) == string(value.Raw())
	}
	if len(objects) == 0 {
		c.invalid("%s: the data is not an object with apiVersion and kind", method)
	}
	return objects, single
}

// encoded is the table, or what came from a cluster, at i as JSON.
func (c call) encoded(i int, method string) kube.Value {
	v := c.L.Get(i)
	if v.Type() != lua.LTTable && v.Type() != lua.LTUserData {
		c.invalid("%s: want an object (a table, or YAML or JSON text), not %s", method, host.TypeName(v))
	}
	value, err := c.encode(v, "data")
	c.raise(err)
	return value
}

// data reads one object: a table, something that came from a cluster, or YAML
// or JSON text.
func (c call) data(i int, method string) kube.Value {
	if text, ok := c.L.Get(i).(lua.LString); ok {
		object, err := kube.ParseObject(c.L.Context(), string(text))
		c.raise(err)
		return object
	}
	value := c.encoded(i, method)
	if value.Type() != kube.Object {
		c.invalid("%s: the data is not an object", method)
	}
	return value
}

func viewCreate(c call, v *kube.View) int {
	object := c.data(2, "view:create")
	given := options[createOptions](c, 3)
	c.namespaceGiven(3)
	o := kube.CreateOptions{Namespace: given.Namespace, FieldManager: given.FieldManager}
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return v.Create(ctx, object, o) })))
}

func viewApply(c call, v *kube.View) int {
	object := c.data(2, "view:apply")
	given := options[applyOptions](c, 3)
	c.namespaceGiven(3)
	o := kube.ApplyOptions{Namespace: given.Namespace, FieldManager: given.FieldManager, Force: given.Force}
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return v.Apply(ctx, object, o) })))
}

func itemApply(c call, i *kube.Item) int {
	object := c.data(2, "item:apply")
	given := options[struct {
		FieldManager string
		Force        bool
	}](c, 3)
	o := kube.ApplyOptions{FieldManager: given.FieldManager, Force: given.Force}
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return i.Apply(ctx, object, o) })))
}

func itemPatch(c call, i *kube.Item) int {
	var patch kube.Value
	if text, ok := c.L.Get(2).(lua.LString); ok {
		var err error
		patch, err = kube.ParsePatch(c.L.Context(), string(text))
		c.raise(err)
	} else {
		patch = c.encoded(2, "item:patch")
	}
	given := options[struct {
		FieldManager string
		Force        bool
		Subresource  string
		Type         string
	}](c, 3)
	o := kube.PatchOptions{Type: given.Type, Subresource: given.Subresource, FieldManager: given.FieldManager, Force: given.Force}
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return i.Patch(ctx, patch, o) })))
}

func itemUpdate(c call, i *kube.Item) int {
	object := c.data(2, "item:update")
	given := options[struct{ FieldManager, Subresource string }](c, 3)
	o := kube.UpdateOptions{FieldManager: given.FieldManager, Subresource: given.Subresource}
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return i.Update(ctx, object, o) })))
}

// itemEdit implements item:edit(fn): fn gets a table of the newest object,
// changes it or returns another, and is called again when somebody else was
// faster. It may wait.
func itemEdit(c call, i *kube.Item) int {
	fn := c.function(2, "the function")
	given := options[struct{ FieldManager, Subresource string }](c, 3)
	e := i.Editing(kube.EditOptions{FieldManager: given.FieldManager, Subresource: given.Subresource})
	defer e.Close()
	for {
		newest := blocking(c, e.Read)
		object := c.decoded(newest.Raw())
		c.L.Push(fn)
		c.L.Push(object)
		c.L.Call(1, 1)
		returned := c.L.Get(-1)
		c.L.Pop(1)
		if returned == lua.LNil {
			returned = object
		}
		if returned.Type() != lua.LTTable {
			c.invalid("edit %s: the function must change its table or return another, not %s", i, host.TypeName(returned))
		}
		changed, err := c.encode(returned, "object")
		c.raise(err)
		item := blocking(c, func(ctx context.Context) (*kube.Item, error) { return e.Write(ctx, changed) })
		if item != nil {
			return c.push(c.itemValue(item))
		}
	}
}

func itemDelete(c call, i *kube.Item) int {
	given := options[struct {
		Grace       lua.LValue
		Propagation string
		Wait        lua.LValue
	}](c, 2)
	if p := given.Propagation; p != "" && !slices.Contains(propagations, p) {
		c.invalid("option propagation: unknown policy %q%s", p, kube.Suggest(p, propagations))
	}
	o := kube.DeleteOptions{Propagation: given.Propagation, GracePeriod: c.grace(given.Grace)}
	switch v := given.Wait.(type) {
	case nil, *lua.LNilType:
	case lua.LBool:
		if v {
			o.Wait = deleteTime
		}
	default:
		if o.Wait = c.seconds(v, "option wait"); o.Wait == 0 {
			c.invalid("option wait is 0 (leave it out for not waiting)")
		}
	}
	c.block(func(ctx context.Context) error { return i.Delete(ctx, o) })
	return 0
}

// propagations are the policies for what becomes of owned objects (API
// reference, DeleteOptions).
var propagations = []string{"Background", "Foreground", "Orphan"}

// parse implements kube.parse(text): the objects of a manifest as tables.
func parse(c call) int {
	objects, err := kube.ParseManifest(c.L.Context(), c.text(1, "the text"))
	c.raise(err)
	c.none(2)
	all := c.copier()
	return c.push(all.fill(c.newArray(), func(t *lua.LTable) {
		for _, object := range objects {
			t.Append(all.json(object))
		}
	}))
}
