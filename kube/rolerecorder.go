package kube

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
)

// RoleRecorder notes what a run has to be allowed, as the roles that allow it:
// see [RoleRecorder.Roles]. Its method Link is a [Link]; one recorder serves all
// clusters of a run. Put it before the links that answer requests themselves.
// The zero RoleRecorder is ready. It is safe for concurrent use.
//
// What counts is what the API server was asked and has answered, a refusal for
// lack of permission (403) included, since the run would have needed it. Of a
// stream into a pod, create counts: a WebSocket needs get besides, but where
// that is refused SPDY serves.
type RoleRecorder struct {
	mu    sync.Mutex
	needs map[string]needs // by the address of the server
}

// maxPeek bounds how much of an answer is read ahead to learn from it.
const maxPeek = 1 << 20

// Link records the requests of one cluster.
func (r *RoleRecorder) Link(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err == nil && resp.StatusCode != http.StatusUnauthorized {
			r.record(req, resp)
		}
		return resp, err
	})
}

func (r *RoleRecorder) record(req *http.Request, resp *http.Response) {
	access := AccessOf(req)
	server := req.URL.Scheme + "://" + req.URL.Host + strings.TrimSuffix(req.URL.Path, access.Path)
	access.Version = ""
	if access.Resource != "" {
		access.Path = ""
	}
	if everybodyMay(access) {
		return
	}
	made := resp.StatusCode == http.StatusCreated && access.Subresource == ""
	var answer Value
	if made || resp.StatusCode == http.StatusForbidden {
		answer = peek(resp)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	n, known := r.needs[server]
	if !known {
		n = newNeeds()
		if r.needs == nil {
			r.needs = make(map[string]needs)
		}
		r.needs[server] = n
	}
	n.accesses[access] = true
	switch denied, ok := deniedAccess(answer.Get("message").String()); {
	case made:
		// A patch or an update that makes its object needs create besides.
		access.Verb = "create"
		n.accesses[access] = true
		n.made(access, answer)
	case ok && denied.Verb != "impersonate":
		if denied.Group == access.Group && denied.Resource == access.Resource {
			denied.Name = access.Name
		}
		n.accesses[denied] = true
	}
}

// everybodyMay tells of what every login may do, by the roles that every
// cluster has: system:discovery, system:basic-user (Kubernetes documentation,
// "Using RBAC Authorization", "Default roles and role bindings").
func everybodyMay(a Access) bool {
	if a.Resource == "" {
		root, _, _ := strings.Cut(strings.TrimPrefix(a.Path, "/"), "/")
		switch root {
		case "api", "apis", "openapi":
			return a.Verb == "get"
		case "version", "healthz", "livez", "readyz":
			return a.Verb == "get" && strings.Trim(a.Path, "/") == root
		}
		return false
	}
	switch a.Resource {
	case "selfsubjectaccessreviews", "selfsubjectrulesreviews":
		return a.Group == "authorization.k8s.io"
	case "selfsubjectreviews":
		return a.Group == "authentication.k8s.io"
	}
	return false
}

// Roles forms the smallest roles that allow what was recorded, with the given
// name: for each server, by its address, a ClusterRole and a Role for each
// namespace, as far as they are needed.
//
// What happened in a namespace goes into a role of that namespace, unless the
// run made it: in one that isn't there yet there can be no role. A rule is
// limited to the names of objects where every request named one and the names
// can be known before; they can't where the run also looked through the whole
// collection, so that they are what it found there, or where the server made
// them (generateName). What every login may do is left out, and so is to
// impersonate somebody.
func (r *RoleRecorder) Roles(name string) map[string][]Role {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make(map[string][]Role)
	for server, needs := range r.needs {
		roles := needs.roles()
		for i := range roles {
			roles[i].Name = name
		}
		if len(roles) > 0 {
			all[server] = roles
		}
	}
	return all
}

// peek reads an answer ahead, and leaves it as though unread. One that is no
// JSON, or too long, is an absent Value.
func peek(resp *http.Response) Value {
	head, err := io.ReadAll(io.LimitReader(resp.Body, maxPeek))
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = errorReader{err}
	}
	resp.Body = readCloser{io.MultiReader(bytes.NewReader(head), rest), resp.Body}
	v, _ := NewValue(head)
	return v
}

// readCloser reads from one and closes another.
type readCloser struct {
	io.Reader
	io.Closer
}

// errorReader fails.
type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }
