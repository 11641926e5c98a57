package bindings

import (
	"embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

//go:embed stubs/*.lua
var written embed.FS

// Stubs document what the bindings offer: what is written by hand in the folder
// stubs, and what the tables of the kinds and enumerations say.
func Stubs() []luacats.File {
	return append(luacats.Read(written, "kube"),
		luacats.File{Name: "kube/enums.lua", Text: enumStubs()},
		luacats.File{Name: "kube/kinds.lua", Text: kindStubs()})
}

// documentedKind is a kind that has classes of its own in the stubs.
type documentedKind struct {
	kind       string // "Pod"
	resource   string // "pods"
	attributes []kube.Attribute
}

// documentedKinds are the kinds that have attributes or operations, by the keys
// of the table of operations.
var documentedKinds = sync.OnceValue(func() map[string]documentedKind {
	kinds := map[string]documentedKind{}
	for _, r := range kube.Builtin() {
		kinds[kindKey(r)] = documentedKind{r.Kind, r.Name, r.Attributes}
	}
	for key := range operations {
		if _, ok := kinds[key]; !ok {
			kind, _, _ := strings.Cut(key, ".")
			kinds[key] = documentedKind{kind: kind, resource: strings.ToLower(kind) + "s"}
		}
	}
	return kinds
})

// itemClassName is the class of a resource's items in the stubs.
func itemClassName(r *kube.Resource) string {
	if k, ok := documentedKinds()[kindKey(r)]; ok {
		return "kube." + k.kind
	}
	return "kube.Item"
}

// viewClassName is the class of a resource's views in the stubs.
func viewClassName(r *kube.Resource) string {
	if k, ok := documentedKinds()[kindKey(r)]; ok {
		return "kube." + k.kind + "View"
	}
	return "kube.View"
}

// kindStubs are the stubs of the kinds: an item with the attributes of its
// table, and a view whose methods give such items.
func kindStubs() string {
	var b strings.Builder
	b.WriteString("---@meta\n\n-- The kinds that have attributes or operations of their own. Their tables are rendered here.\n")
	kinds := documentedKinds()
	keys := slices.Sorted(maps.Keys(kinds))
	b.WriteString("\n---@class kube.Cluster\n")
	for _, key := range keys {
		fmt.Fprintf(&b, "---@field %s kube.%sView\n", kinds[key].resource, kinds[key].kind)
	}
	methods := itemMethods()
	for _, key := range keys {
		kinds[key].stub(&b, methods)
	}
	return b.String()
}

// stub renders a kind, with these methods of its views.
func (k documentedKind) stub(b *strings.Builder, methods []string) {
	fmt.Fprintf(b, "\n--- A snapshot of a %[1]s. What changes the object returns its newest item.\n---@class kube.%[1]s: kube.Item\n", k.kind)
	for _, a := range k.attributes {
		fmt.Fprintf(b, "---@field %s %s %s\n", a.Name, attributeTypes[a.Type], a.Doc)
	}
	if e := kindEnums[k.kind]; e != "" {
		fmt.Fprintf(b, "---@field %s %s\n", e, enumClassName(e))
	}
	viewStub(b, k.resource, "kube."+k.kind, "kube."+k.kind+"View", methods)
}

// viewStub renders a view of a resource, whose methods say of items that they are
// of a class.
func viewStub(b *strings.Builder, resource, item, view string, methods []string) {
	local := view[strings.LastIndex(view, ".")+1:]
	fmt.Fprintf(b, "\n--- A collection of %s: a loop over it gets each as a %s.\n"+
		"---@class %s: kube.View\n---@overload fun(): %[2]s\nlocal %[4]s = {}\n", resource, item, view, local)
	for _, method := range methods {
		method = strings.Replace(method, "function View:", "function "+local+":", 1)
		fmt.Fprintf(b, "\n%s\n", wholeItem().ReplaceAllString(method, item))
	}
}

// attributeTypes are the types of attributes in the stubs.
var attributeTypes = map[kube.AttributeType]string{
	kube.Addresses:  "kube.Address[]",
	kube.Bytes:      "table<string, string>",
	kube.Containers: "kube.Container[]",
	kube.Count:      "integer",
	kube.Ingress:    "string[]",
	kube.List:       "kube.Mapping[]",
	kube.Quantities: "table<string, number>",
	kube.Text:       "string",
	kube.Timestamp:  "time.Time",
}

// wholeItem is the class of items, but not the start of another one's name. It is
// compiled when stubs are first rendered: most runs render none.
var wholeItem = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bkube\.Item\b`) })

// itemMethods are the stubs of the methods of views that say something about
// items, each with its comment.
func itemMethods() []string {
	text, err := written.ReadFile("stubs/view.lua")
	if err != nil {
		panic(err) // it is embedded
	}
	var methods []string
	for paragraph := range strings.SplitSeq(string(text), "\n\n") {
		if strings.Contains(paragraph, "\nfunction View:") && wholeItem().MatchString(paragraph) {
			methods = append(methods, strings.TrimSpace(paragraph))
		}
	}
	return methods
}

// enumStubs are the stubs of the enumerations, which are fields of the module.
func enumStubs() string {
	var b strings.Builder
	b.WriteString("---@meta\n\n-- The enumerations. Servers may send other strings.\n\n---@class kubelib\n")
	for _, e := range kube.Enums() {
		fmt.Fprintf(&b, "---@field %s %s %s\n", e.Name, enumClassName(e.Name), e.Doc)
	}
	for _, e := range kube.Enums() {
		fmt.Fprintf(&b, "\n--- %s A name that isn't there raises.\n---@class %s: kube.Enum\n", e.Doc, enumClassName(e.Name))
		for _, v := range e.Values {
			if strings.ContainsAny(v, "./-") {
				fmt.Fprintf(&b, "---@field [%q] %q\n", v, v)
			} else {
				fmt.Fprintf(&b, "---@field %s %q\n", v, v)
			}
		}
	}
	return b.String()
}

// enumClassName is the class of an enumeration in the stubs.
func enumClassName(name string) string { return "kube." + name + "Enum" }
