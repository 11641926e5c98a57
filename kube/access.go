package kube

import (
	"net/http"
	"net/url"
	"strings"
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

// ParseRequest reads the access of a request as the API server's own
// authorizer does (Kubernetes documentation, "Authorization", "Determine the
// request verb"). base is the path of the server's address, "/" for most.
func ParseRequest(method string, u *url.URL, base string) Access {
	path := "/" + strings.TrimPrefix(strings.TrimPrefix(u.Path, base), "/")
	a := Access{Verb: strings.ToLower(method), Path: path}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case parts[0] == "api" && len(parts) >= 3:
		a.Version, parts = parts[1], parts[2:]
	case parts[0] == "apis" && len(parts) >= 4:
		a.Group, a.Version, parts = parts[1], parts[2], parts[3:]
	default:
		return a
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
	if len(parts) > 2 {
		a.Subresource = strings.Join(parts[2:], "/")
	}
	a.Verb = verb(method, a.Name, u.Query())
	return a
}

func verb(method, name string, query url.Values) string {
	switch method {
	case http.MethodPost:
		return "create"
	case http.MethodPut:
		return "update"
	case http.MethodPatch:
		return "patch"
	case http.MethodDelete:
		if name == "" {
			return "deletecollection"
		}
		return "delete"
	}
	switch watch := query.Get("watch"); {
	case watch != "" && watch != "false" && watch != "0":
		return "watch"
	case name == "":
		return "list"
	}
	return "get"
}
