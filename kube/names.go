package kube

import (
	"context"
	"io"
	"maps"
	"slices"
)

// Names are the names and labels of a view's objects, and nothing else of them:
// what there is to choose from. It is read-only and safe for concurrent use.
type Names struct {
	// Objects are in the server's order: by namespace, then by name.
	Objects []ObjectName
	// More tells that there were more objects, or more values of a label, than
	// are kept.
	More bool

	sorted []string // the names, each once
	labels map[string]map[string]bool
}

// ObjectName is what an object is called.
type ObjectName struct {
	Namespace string // "" for what lives in none
	Name      string
}

// The bounds of Names: objects, label keys, and values of each.
const (
	maxNames       = 50_000
	maxLabelKeys   = 1_000
	maxLabelValues = 200
)

// Names reads the names and labels of the view's objects from the server, page
// by page, also where the view is cached. It keeps up to 50,000 objects.
func (v *View) Names(ctx context.Context) (*Names, error) {
	served := *v
	served.cache = nil
	it := served.iterate(ctx, metadataType)
	defer it.Close()
	n := &Names{labels: map[string]map[string]bool{}}
	for {
		object, err := it.bytes(ctx)
		switch {
		case err == io.EOF:
			return n.complete(), nil
		case err != nil:
			return nil, err
		case len(n.Objects) == maxNames:
			n.More = true
			return n.complete(), nil
		}
		n.add(trusted(object).Get("metadata"))
	}
}

// add adds an object, whose text isn't kept.
func (n *Names) add(meta Value) {
	o := ObjectName{meta.Get("namespace").String(), meta.Get("name").String()}
	if last := len(n.Objects) - 1; last >= 0 && n.Objects[last].Namespace == o.Namespace {
		o.Namespace = n.Objects[last].Namespace // one text for all of a namespace
	}
	n.Objects = append(n.Objects, o)
	for key, value := range meta.Get("labels").Fields() {
		values := n.labels[key]
		switch {
		case values == nil && len(n.labels) == maxLabelKeys:
			n.More = true
			continue
		case values == nil:
			values = map[string]bool{}
			n.labels[key] = values
		}
		text := value.String()
		if len(values) < maxLabelValues {
			values[text] = true
		} else if !values[text] {
			n.More = true
		}
	}
}

// complete is called when all objects are there.
func (n *Names) complete() *Names {
	n.Objects = slices.Clip(n.Objects)
	names := make([]string, len(n.Objects))
	for i, o := range n.Objects {
		names[i] = o.Name
	}
	slices.Sort(names)
	n.sorted = slices.Clip(slices.Compact(names))
	return n
}

// In returns the names of the objects of a namespace, in order; "" for those
// of all namespaces, each name once. The slice must not be changed.
func (n *Names) In(namespace string) []string {
	if namespace == "" {
		return n.sorted
	}
	var names []string
	for _, o := range n.Objects {
		if o.Namespace == namespace {
			names = append(names, o.Name)
		}
	}
	return names
}

// LabelKeys lists the keys of all labels, in order.
func (n *Names) LabelKeys() []string { return slices.Sorted(maps.Keys(n.labels)) }

// LabelValues lists the values of a label, in order.
func (n *Names) LabelValues(key string) []string { return slices.Sorted(maps.Keys(n.labels[key])) }

// Namespaces lists the namespaces in which there are objects of a name, in
// order; "" for any name.
func (n *Names) Namespaces(name string) []string {
	var namespaces []string
	for _, o := range n.Objects {
		if (name == "" || o.Name == name) && o.Namespace != "" {
			namespaces = append(namespaces, o.Namespace)
		}
	}
	slices.Sort(namespaces)
	return slices.Compact(namespaces)
}
