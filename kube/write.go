package kube

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// FieldManager is the name under which the server records who set a field
// (server-side apply, "Field management").
const FieldManager = "kubelua"

func managed() url.Values { return url.Values{"fieldManager": {FieldManager}} }

// ParseObject reads one object of JSON or YAML text. Text that is neither, or
// holds several documents, is a ValueError.
func ParseObject(text string) (Value, error) {
	// JSON is taken as it is: read as YAML, escapes and big numbers suffer.
	if v, err := NewValue([]byte(text)); err == nil && v.Type() == Object {
		return v, nil
	}
	documents := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	var v Value
	for {
		document, err := documents.Read()
		if err == io.EOF {
			break
		}
		var b []byte
		if err == nil {
			b, err = yaml.YAMLToJSONStrict(document)
		}
		if err != nil {
			return Value{}, Errorf(ValueError, "neither YAML nor JSON: %s", oneLine(err))
		}
		switch next := trusted(b); {
		case next.Type() == Null: // nothing but comments
		case v.Exists():
			return Value{}, Errorf(ValueError, "the text holds several YAML documents (split it, one object at a time)")
		default:
			v = next
		}
	}
	if v.Type() != Object {
		return Value{}, Errorf(ValueError, "the data is not an object with apiVersion and kind")
	}
	return v, nil
}

// Item makes an item of an object that the caller already has, such as one
// that was stored. It sends nothing for a built-in kind, else it asks the
// server once what it offers. Data without apiVersion, kind and metadata.name
// is a ValueError.
func (c *Cluster) Item(ctx context.Context, object Value) (*Item, error) {
	r, err := c.resourceOf(ctx, object)
	if err != nil {
		return nil, err
	}
	meta := object.Get("metadata")
	name, namespace := meta.Get("name").String(), meta.Get("namespace").String()
	if meta.Get("name").Type() != String {
		return nil, Errorf(ValueError, "the data has no metadata.name")
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	v := &View{cluster: c, resource: r}
	if err := v.checkNamespace(namespace); err != nil {
		return nil, err
	}
	return &Item{cluster: c, resource: r, raw: Value{bytes.Clone(object.Raw())}}, nil
}

// resourceOf finds the resource that the object's apiVersion and kind name, at
// the version that they name.
func (c *Cluster) resourceOf(ctx context.Context, object Value) (*Resource, error) {
	version, kind := object.Get("apiVersion"), object.Get("kind")
	if version.Type() != String || kind.Type() != String {
		return nil, Errorf(ValueError, "the data has no apiVersion and kind")
	}
	for _, r := range builtins {
		if r.Kind == kind.String() && r.APIVersion() == version.String() {
			return r, nil
		}
	}
	return c.discovery.byKind(ctx, c, version.String(), kind.String())
}

// Create creates an object and returns the item that the server made of it.
// Its namespace is the one in the data, else the given one, else the one that
// the cluster is bound to. A namespace that disagrees with the data is a
// NamespaceError, and so is none where one is needed, or one for a kind that
// has none.
func (c *Cluster) Create(ctx context.Context, object Value, namespace string) (*Item, error) {
	r, err := c.resourceOf(ctx, object)
	if err != nil {
		return nil, err
	}
	meta := object.Get("metadata")
	name, own := meta.Get("name").String(), meta.Get("namespace").String()
	if name == "" {
		name = meta.Get("generateName").String()
	}
	namespace, err = c.targetNamespace(r, name, own, namespace)
	if err != nil {
		return nil, err
	}
	return c.item(ctx, r, request{
		method:      http.MethodPost,
		path:        r.path(namespace, ""),
		query:       managed(),
		body:        object.Raw(),
		contentType: jsonType,
		what:        "create " + objectName(r, namespace, name),
	})
}

func (c *Cluster) targetNamespace(r *Resource, name, own, given string) (string, error) {
	what := "create " + objectName(r, "", name)
	switch {
	case !r.Namespaced && own+given != "":
		return "", Errorf(NamespaceError, "%s: %s do not live in namespaces", what, r.Name)
	case !r.Namespaced:
		return "", nil
	case own != "" && given != "" && own != given:
		return "", Errorf(NamespaceError, "%s: the data says namespace %q, the call says %q", what, own, given)
	}
	for _, namespace := range []string{own, given, c.bound} {
		if namespace != "" {
			return namespace, nil
		}
	}
	return "", Errorf(NamespaceError, "%s: which namespace? (set metadata.namespace, or give {namespace=...})", what)
}

// patchTypes are the content types of patches under the names that users give.
var patchTypes = map[string]string{
	"merge": mergeType, "strategic": strategicType, "json": jsonPatchType, "apply": applyPatchType,
}

// patch sends a patch of the item's object and returns the newest item.
func (i *Item) patch(ctx context.Context, verb, kind string, patch any) (*Item, error) {
	if err := i.addressable(); err != nil {
		return nil, err
	}
	body, err := json.Marshal(patch)
	if err != nil {
		return nil, Errorf(ValueError, "%s %s: %w", verb, i, err)
	}
	return i.cluster.item(ctx, i.resource, request{
		method:      http.MethodPatch,
		path:        i.Meta().Link(),
		query:       managed(),
		body:        body,
		contentType: patchTypes[kind],
		what:        verb + " " + i.String(),
	})
}

// DeleteOptions say how an object is deleted.
type DeleteOptions struct {
	// Propagation is what becomes of the objects that it owns: "Background",
	// the default, "Foreground" or "Orphan".
	Propagation string
	// GracePeriod is the time in seconds that a pod is given to end; nil for
	// its own.
	GracePeriod *int64
}

// Delete deletes the object that the item is a snapshot of, at whatever
// version it is. Where the object is gone already that is a LookupError; where
// its name has been taken over by another object (another uid), that one is
// left alone and the error's reason is Conflict.
//
// A namespace that is on its way out already answers 409; that is no error.
func (i *Item) Delete(ctx context.Context, options DeleteOptions) error {
	if err := i.addressable(); err != nil {
		return err
	}
	if options.Propagation == "" {
		options.Propagation = "Background"
	}
	body := map[string]any{"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": options.Propagation}
	if uid := i.Meta().UID(); uid != "" {
		body["preconditions"] = map[string]any{"uid": uid}
	}
	if options.GracePeriod != nil {
		body["gracePeriodSeconds"] = *options.GracePeriod
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = i.cluster.client.call(ctx, request{
		method:      http.MethodDelete,
		path:        i.Meta().Link(),
		body:        text,
		contentType: jsonType,
		what:        "delete " + i.String(),
	})
	if i.resource.Kind == "Namespace" && IsReason(err, "Conflict") && i.terminating(ctx) {
		return nil
	}
	return err
}

// terminating tells whether the very object of the item is on its way out.
func (i *Item) terminating(ctx context.Context) bool {
	now, err := i.Fetch(ctx)
	var e *Error
	if errors.As(err, &e) {
		return e.Kind == LookupError
	}
	return err == nil && now.Meta().UID() == i.Meta().UID() && now.Meta().get("deletionTimestamp").Exists()
}
