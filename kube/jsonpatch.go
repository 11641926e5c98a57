package kube

import (
	"regexp"
	"slices"
	"strings"
)

// jsonPatch is a patch after RFC 6902.
type jsonPatch []jsonOperation

type jsonOperation struct {
	op    string
	path  []string
	value Value
}

func jsonOperations(patch Value) (jsonPatch, error) {
	if patch.Type() != Array {
		return nil, Errorf(ValueError, "a patch of type json is a list of operations like {op = \"replace\", path = \"/spec/replicas\", value = 3}")
	}
	var ops jsonPatch
	for e := range patch.Elements() {
		path := e.Get("path").String()
		if e.Get("op").Type() != String || e.Get("path").Type() != String || path != "" && path[0] != '/' {
			return nil, Errorf(ValueError, "operation %d has no op, or no path that begins with a slash", len(ops)+1)
		}
		var keys []string
		for _, key := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
			keys = append(keys, strings.NewReplacer("~1", "/", "~0", "~").Replace(key))
		}
		ops = append(ops, jsonOperation{e.Get("op").String(), keys, e.Get("value")})
	}
	return ops, nil
}

// listIndex is a key that may count elements of a list.
var listIndex = regexp.MustCompile(`^(-|[0-9]+)$`)

// plain tells whether the operations set members of objects to fixed values:
// doing that twice is doing it once.
func (p jsonPatch) plain() bool {
	for _, o := range p {
		switch o.op {
		case "add", "replace", "remove", "test":
		default:
			return false
		}
		for _, key := range o.path {
			if listIndex.MatchString(key) {
				return false
			}
		}
	}
	return true
}

func (p jsonPatch) repeatable() bool { return p.bound() || p.plain() }

// bound tells whether the patch applies to one version only.
func (p jsonPatch) bound() bool {
	return slices.ContainsFunc(p, func(o jsonOperation) bool {
		return o.op == "test" && slices.Equal(o.path, []string{"metadata", "resourceVersion"})
	})
}

// done tells whether an object is as the operations would leave it; false where
// that can't be told. Who tests wants to know who was first, and of that the
// object tells nothing.
func (p jsonPatch) done(object Value) bool {
	if !p.plain() || slices.ContainsFunc(p, func(o jsonOperation) bool { return o.op == "test" }) {
		return false
	}
	last := map[string]jsonOperation{}
	for _, o := range p {
		last[strings.Join(o.path, "\x00")] = o
	}
	for _, o := range last {
		now := object.At(o.path...)
		if o.op == "remove" && now.Exists() || o.op != "remove" && !covers(now, o.value) {
			return false
		}
	}
	return true
}
