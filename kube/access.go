package kube

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/fields"
)

// Access says what a request does in the terms of authorization: the verbs,
// groups and resources of RBAC rules.
type Access struct {
	Verb        string // get, list, watch, create, update, patch, delete, deletecollection; for other paths the method in lower case
	Group       string // "" for the core group
	Version     string
	Namespace   string // "" for none or all
	Resource    string // plural name; "" where the path is no resource's
	Subresource string
	Name        string
	Path        string // the path below the server's base, for what is no resource
}

// String says what is done to what, for messages: "delete pods web/a".
// Names are as they were given, so what a terminal would act on is left out.
func (a Access) String() string {
	object := a.Name
	switch {
	case a.Resource == "":
		return plainLine(a.Verb + " " + a.Path)
	case a.Namespace != "" && a.Name == "":
		object = "in " + a.Namespace
	case a.Namespace != "" && a.Resource != "namespaces":
		object = a.Namespace + "/" + a.Name
	}
	return plainLine(strings.TrimSuffix(a.Verb+" "+a.resource()+" "+object, " "))
}

// Rule is the rule that allows the access, and where it has to stand, as text
// for people.
func (a Access) Rule() string {
	if a.Resource == "" {
		return fmt.Sprintf("nonResourceURLs: [%q], verbs: [%q] in a ClusterRole", a.Path, a.Verb)
	}
	names, where := "", "a ClusterRole"
	if a.Name != "" {
		names = fmt.Sprintf(", resourceNames: [%q]", a.Name)
	}
	if a.Namespace != "" {
		where = fmt.Sprintf("a Role in namespace %q", a.Namespace)
	}
	return fmt.Sprintf("apiGroups: [%q], resources: [%q]%s, verbs: [%q] in %s", a.Group, a.resource(), names, a.Verb, where)
}

// resource is what rules call the resource: "pods", "pods/log".
func (a Access) resource() string {
	if a.Subresource == "" {
		return a.Resource
	}
	return a.Resource + "/" + a.Subresource
}

// ParseRequest reads the access of a request as the API server's own
// authorizer does (Kubernetes documentation, "Authorization", "Determine the
// request verb"). base is the path of the server's address, "/" for most.
func ParseRequest(method string, u *url.URL, base string) Access {
	a, early, _ := parsePath("/" + strings.TrimPrefix(strings.TrimPrefix(u.Path, base), "/"))
	switch {
	case a.Resource == "":
		a.Verb = strings.ToLower(method)
	case early != "":
		a.Verb = early
	default:
		a.Verb, a.Name = verb(method, a.Name, u.Query())
	}
	// A WebSocket begins with GET. What it does is the same as with POST, and
	// servers ask for the same permission (feature gate
	// AuthorizePodWebsocketUpgradeCreatePermission), so a rule that allows to
	// read doesn't allow this.
	if method == http.MethodGet && a.Group == "" && a.Resource == "pods" && slices.Contains([]string{"exec", "attach", "portforward"}, a.Subresource) {
		a.Verb = "create"
	}
	return a
}

// parsePath reads what a path is about. early is the verb that the paths of old
// clients have before the resource, and servers still answer: "watch/pods". Of
// the path's parts the first ones, own of them, are the server's, up to the
// subresource; what follows "proxy" is another server's path.
func parsePath(path string) (a Access, early string, own int) {
	a.Path = path
	parts := strings.Split(strings.Trim(path, "/"), "/")
	all := len(parts)
	switch {
	case parts[0] == "api" && len(parts) >= 3:
		a.Version, parts = parts[1], parts[2:]
	case parts[0] == "apis" && len(parts) >= 4:
		a.Group, a.Version, parts = parts[1], parts[2], parts[3:]
	default:
		return a, "", all
	}
	if len(parts) > 1 && (parts[0] == "watch" || parts[0] == "proxy") {
		early, parts = parts[0], parts[1:]
	}
	// "namespaces/x/pods" is about pods, "namespaces/x" about the namespace
	// itself, and so are its two subresources.
	if parts[0] == "namespaces" && len(parts) > 1 {
		a.Namespace = parts[1]
		if len(parts) > 2 && parts[2] != "status" && parts[2] != "finalize" {
			parts = parts[2:]
		}
	}
	a.Resource = parts[0]
	if len(parts) > 1 {
		a.Name = parts[1]
	}
	if len(parts) > 2 && early != "proxy" {
		a.Subresource = parts[2]
	}
	return a, early, all - len(parts) + min(len(parts), 3)
}

// verb is the verb of a method on a resource, with the name that it is about.
func verb(method, name string, query url.Values) (string, string) {
	switch method {
	case http.MethodPost:
		return "create", name
	case http.MethodPut:
		return "update", name
	case http.MethodPatch:
		return "patch", name
	case http.MethodDelete:
		if name == "" {
			return "deletecollection", ""
		}
		return "delete", name
	case http.MethodGet, http.MethodHead:
		switch {
		case name != "":
			return "get", name
		case asksToWatch(query):
			return "watch", selectedName(query)
		}
		return "list", selectedName(query)
	}
	return strings.ToLower(method), name
}

// asksToWatch tells whether a list is a watch: by any value but two.
func asksToWatch(query url.Values) bool {
	values := query["watch"]
	return len(values) > 0 && values[0] != "0" && !strings.EqualFold(values[0], "false")
}

// selectedName is the name that a list or watch is narrowed to by its field
// selector: a rule's resourceNames can allow it then.
func selectedName(query url.Values) string {
	text := query.Get("fieldSelector")
	if text == "" {
		return ""
	}
	selector, err := fields.ParseSelector(text)
	if err != nil {
		return ""
	}
	name, _ := selector.RequiresExactMatch("metadata.name")
	return name
}

// accessKey is the key of an Access in a request's context, see AccessOf.
type accessKey struct{}

// AccessOf is the access of a request that passes a [Link]: what the cluster
// was asked to do, whatever the links before have made of it.
func AccessOf(r *http.Request) Access {
	if a, ok := r.Context().Value(accessKey{}).(Access); ok {
		return a
	}
	return ParseRequest(r.Method, r.URL, "/")
}

// denial is how an authorizer says what it doesn't allow.
var denial = regexp.MustCompile(`User ".*" cannot (\S+) (?:path "(.*?)"|resource "([^"/]+)/?([^"]*)" in API group "([^"]*)" (?:in the namespace "([^"]*)"|at the cluster scope))`)

// deniedAccess reads from the message of a refusal which access was denied. It
// isn't always the request's own: an apply that makes its object needs create
// too, a WebSocket into a pod get, another identity impersonate.
func deniedAccess(message string) (Access, bool) {
	m := denial.FindStringSubmatch(message)
	if m == nil {
		return Access{}, false
	}
	return Access{Verb: m[1], Path: m[2], Resource: m[3], Subresource: m[4], Group: m[5], Namespace: m[6]}, true
}
