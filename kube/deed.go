package kube

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// deed is one thing that a request does, as a policy judges it.
type deed struct {
	Access
	reads bool // it changes nothing
	any   bool // it may be about an object of any name
	wide  bool // it is about the objects of all namespaces
	// because says why a request does it that looks like another one; "" where
	// it looks like it.
	because string
}

// deedsOf tells what a request does: for most one thing. base is the path of the
// server's address. A request that servers, or what stands before them, may
// understand in several ways is an error.
func deedsOf(r *http.Request, base string) ([]deed, error) {
	if err := checkHeader(r.Header); err != nil {
		return nil, err
	}
	if !slices.Contains(methods, r.Method) {
		return nil, fmt.Errorf("the method %q is none of %s", r.Method, strings.Join(methods, ", "))
	}
	if !strings.HasPrefix(r.URL.Path, base) {
		return nil, fmt.Errorf("its path is not below %s", base)
	}
	a := ParseRequest(r.Method, r.URL, base)
	if err := checkPath(r.URL, base); err != nil {
		return nil, err
	}
	d := deed{Access: a, reads: reads(r.Method, a)}
	if a.Verb == "create" && a.Name == "" {
		d.Name = inBody(r, "name")
		if a.Resource == "namespaces" && a.Group == "" {
			d.Namespace, d.wide = d.Name, d.Name == ""
		}
	}
	d.any = d.Resource != "" && d.Name == ""
	if slices.Contains([]string{"list", "watch", "deletecollection"}, a.Verb) && a.Namespace == "" {
		d.wide = !inNoNamespace(a.Group, a.Resource) || a.Resource == "namespaces" && !d.reads
	}
	// The name of a proxied object may stand between a scheme and a port.
	if parts := strings.Split(d.Name, ":"); d.Subresource == "proxy" && len(parts) == 2 {
		d.Name = parts[0]
	} else if d.Subresource == "proxy" && len(parts) == 3 {
		d.Name = parts[1]
	}
	deeds := []deed{d}
	switch media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case a.Verb == "create" && a.Group == "" && a.Resource == "pods" && a.Subresource == "eviction":
		deeds = append(deeds, d.also("delete", "an eviction deletes"))
	case a.Verb == "patch" && strings.HasPrefix(media, "application/apply-patch"):
		deeds = append(deeds, d.also("create", "an apply may create"))
	case a.Verb == "update" && (a.Subresource == "" || a.Subresource == "status") && inBody(r, "uid") == "":
		// Roles, Services and others are made by a PUT, whatever version it names.
		deeds = append(deeds, d.also("create", "an update without a uid may create"))
	case (a.Verb == "delete" || a.Verb == "deletecollection") && a.Group == "apiextensions.k8s.io":
		d = d.also(a.Verb, "the objects of the kind go with it, in all namespaces")
		d.wide = true
		deeds = append(deeds, d)
	}
	return deeds, nil
}

// methods are those that API servers know.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// also is another thing that a request does to the same object.
func (d deed) also(verb, because string) deed {
	d.Verb, d.because = verb, because
	if verb == "delete" {
		d.Subresource = ""
	}
	return d
}

// reads tells whether a request changes nothing. What goes on to another server
// (proxy) may change anything, by whatever method. Reviews are questions that
// have the form of objects to be created (Kubernetes API reference,
// "Authorization Resources", "Authentication Resources").
func reads(method string, a Access) bool {
	if a.passedOn() {
		return false
	}
	if method == http.MethodPost && a.Subresource == "" && a.Name == "" {
		return slices.Contains(reviews, a.Resource+"."+a.Group)
	}
	return a.Verb != "create" && (method == http.MethodGet || method == http.MethodHead)
}

// passedOn tells whether the server passes a request on to another one.
func (a Access) passedOn() bool { return a.Subresource == "proxy" || a.Verb == "proxy" }

// isDryRun tells whether the server stores nothing of what a request does. It
// obeys dryRun where it writes an object, and not in what reaches into pods or
// through them. Of a deletion that has a body it doesn't look at the query.
func (d deed) isDryRun(r *http.Request) bool {
	if !slices.Contains(r.URL.Query()["dryRun"], "All") || !slices.Contains([]string{"", "status", "scale", "eviction"}, d.Subresource) {
		return false
	}
	return r.Method != http.MethodDelete || r.Body == nil || r.Body == http.NoBody
}

// checkHeader refuses headers by which a request would be another one than it
// looks like, or somebody else's. The login's own come later.
func checkHeader(header http.Header) error {
	for name := range header {
		name = http.CanonicalHeaderKey(name)
		if strings.HasPrefix(name, "Impersonate-") || slices.Contains([]string{"X-Http-Method", "X-Http-Method-Override", "X-Method-Override"}, name) {
			return fmt.Errorf("it has the header %s", name)
		}
	}
	return nil
}

// checkPath refuses a path that isn't plain: some servers and proxies clean such
// paths before they look at them, others don't. Of what follows "proxy", which is
// another server's, only steps upwards are refused.
func checkPath(u *url.URL, base string) error {
	path := strings.TrimPrefix(u.Path, base)
	if strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }) {
		return fmt.Errorf("its path has odd characters")
	}
	for plain := path; ; {
		for part := range strings.FieldsFuncSeq(plain, func(r rune) bool { return r == '/' || r == '\\' }) {
			if part == "." || part == ".." {
				return fmt.Errorf("its path has the part %q", part)
			}
		}
		next, err := url.PathUnescape(plain)
		if err != nil || next == plain {
			break
		}
		plain = next
	}
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	escaped := strings.Split(strings.TrimSuffix(strings.TrimPrefix(u.EscapedPath(), base), "/"), "/")
	if a, _, own := parsePath("/" + path); a.Subresource == "proxy" && own <= len(parts) {
		parts, escaped = parts[:own], escaped[:min(own, len(escaped))]
	}
	for _, part := range parts {
		if part == "" && len(parts) > 1 {
			return fmt.Errorf("its path has an empty part")
		}
	}
	for _, part := range escaped {
		if plain, err := url.PathUnescape(part); err != nil || strings.ContainsAny(plain, "/%") {
			return fmt.Errorf("its path has the part %q", part)
		}
	}
	return nil
}

// maxMetaBody bounds how much of a body is read for what it says of its object.
const maxMetaBody = 8 << 20

// inBody is what the body of a request says of its object under a key of
// metadata: "" where it says nothing that counts for sure.
func inBody(r *http.Request, key string) string {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.GetBody == nil || media != jsonType {
		return ""
	}
	body, err := r.GetBody()
	if err != nil {
		return ""
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, maxMetaBody))
	if err != nil {
		return ""
	}
	object, err := NewValue(text)
	if err != nil {
		return ""
	}
	meta, _ := only(object, "metadata")
	value, _ := only(meta, key)
	return value.String()
}

// only is the member of an object under a key; false where it has none, or
// several.
func only(object Value, key string) (Value, bool) {
	var found Value
	n := 0
	for k, v := range object.Fields() {
		if k == key {
			found = v
			n++
		}
	}
	if n != 1 {
		return Value{}, false
	}
	return found, true
}

// inNoNamespace tells whether a resource of Kubernetes' own lives in no
// namespace. Of others nobody knows without asking.
func inNoNamespace(group, resource string) bool {
	return slices.Contains(clusterScoped[group], resource)
}

// clusterScoped are the resources of Kubernetes that live in no namespace, by
// group.
var clusterScoped = map[string][]string{
	"": {"componentstatuses", "namespaces", "nodes", "persistentvolumes"},
	"admissionregistration.k8s.io": {
		"mutatingadmissionpolicies", "mutatingadmissionpolicybindings", "mutatingwebhookconfigurations",
		"validatingadmissionpolicies", "validatingadmissionpolicybindings", "validatingwebhookconfigurations",
	},
	"apiextensions.k8s.io":         {"customresourcedefinitions"},
	"apiregistration.k8s.io":       {"apiservices"},
	"authentication.k8s.io":        {"selfsubjectreviews", "tokenreviews"},
	"authorization.k8s.io":         {"selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews"},
	"certificates.k8s.io":          {"certificatesigningrequests", "clustertrustbundles"},
	"flowcontrol.apiserver.k8s.io": {"flowschemas", "prioritylevelconfigurations"},
	"internal.apiserver.k8s.io":    {"storageversions"},
	"metrics.k8s.io":               {"nodes"},
	"networking.k8s.io":            {"ingressclasses", "ipaddresses", "servicecidrs"},
	"node.k8s.io":                  {"runtimeclasses"},
	"rbac.authorization.k8s.io":    {"clusterrolebindings", "clusterroles"},
	"resource.k8s.io":              {"deviceclasses", "devicetaintrules", "resourceslices"},
	"scheduling.k8s.io":            {"priorityclasses"},
	"storage.k8s.io":               {"csidrivers", "csinodes", "storageclasses", "volumeattachments", "volumeattributesclasses"},
	"storagemigration.k8s.io":      {"storageversionmigrations"},
}
