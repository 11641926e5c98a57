package kube

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"
)

// planLink is a plan between a cluster and its server.
type planLink struct {
	plan   *Plan
	server string
	base   string // path of the server's address, ends in a slash
	next   http.RoundTripper
	takes  sync.Map // "group/version" -> whether its server takes dry runs
	known  sync.Once
}

// RoundTrip answers a request so that nothing changes: reads from the server
// and the plan, writes by a dry run. What isn't known to be a read is none.
func (l *planLink) RoundTrip(r *http.Request) (*http.Response, error) {
	a := ParseRequest(r.Method, r.URL, l.base)
	if !l.plan.On() {
		switch a.Verb { // with versions and tokens that the plan has given
		case "list":
			return l.list(r, a)
		case "watch":
			return l.watch(r, a)
		}
		return l.next.RoundTrip(r)
	}
	if r.Body != nil {
		defer r.Body.Close()
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		if r.Header.Get("Upgrade") != "" {
			return nil, unplannable(a, "it opens a connection, which may do anything")
		}
		return l.read(r, a)
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return l.write(r, a)
	}
	return nil, unplannable(a, "%q is not a method of the API", r.Method)
}

// reviews are created, but only to be answered (Kubernetes documentation,
// "Authorization" and "Authenticating").
var reviews = []string{
	"localsubjectaccessreviews.authorization.k8s.io", "selfsubjectaccessreviews.authorization.k8s.io",
	"selfsubjectrulesreviews.authorization.k8s.io", "subjectaccessreviews.authorization.k8s.io",
	"selfsubjectreviews.authentication.k8s.io", "tokenreviews.authentication.k8s.io",
}

// write plans a write, or refuses it.
func (l *planLink) write(r *http.Request, a Access) (*http.Response, error) {
	kind := (&Resource{Name: a.Resource, Group: a.Group}).String()
	if a.Verb == "create" && a.Name == "" && slices.Contains(reviews, kind) {
		return l.next.RoundTrip(r)
	}
	why := ""
	switch {
	case a.Resource == "":
		why = "it is about no resource"
	case r.Header.Get("Upgrade") != "":
		why = "it opens a connection, which may do anything"
	case r.URL.RawPath != "" && strings.Contains(strings.ToLower(r.URL.RawPath), "%2f"), path.Clean(r.URL.Path) != strings.TrimSuffix(r.URL.Path, "/"):
		why = "its path can be read in several ways"
	case slices.Contains([]string{"exec", "attach", "portforward"}, a.Subresource):
		why = "what happens in a pod can't be undone"
	case a.Subresource == "proxy":
		why = "it is passed on to somebody else"
	case a.Subresource == "token":
		why = "a token is valid as soon as it is made"
	case a.Subresource == "finalize":
		why = "it lets go of a namespace whatever is left in it"
	case a.Subresource == "binding" || kind == "bindings":
		why = "only the scheduler binds pods"
	case a.Verb == "create" && a.Subresource != "" && !a.evicts():
		why = "nobody knows what it does"
	case a.Verb == "update" && a.Name == "", a.Verb == "patch" && a.Name == "", a.Verb == "delete" && a.Subresource != "":
		why = "nobody knows what it does"
	}
	if why != "" {
		return nil, unplannable(a, "%s", why)
	}
	if err := l.takesDryRuns(r, a); err != nil {
		return nil, err
	}
	w, err := l.newWrite(r, a)
	if err != nil {
		return nil, err
	}
	l.known.Do(func() { l.identify(r) })
	return w.answer()
}

// identify finds out the ID of the server's cluster, see [PlanServer].
func (l *planLink) identify(r *http.Request) {
	namespace, err := l.ask(r, http.MethodGet, "api/v1/namespaces/kube-system", planAsk{})
	if err != nil {
		return
	}
	l.plan.mu.Lock()
	defer l.plan.mu.Unlock()
	server := l.plan.servers[l.server]
	server.ID = uidOf(namespace.value())
	l.plan.servers[l.server] = server
}

// evicts tells whether an access is an eviction, the deletion of a pod.
func (a Access) evicts() bool {
	return a.Verb == "create" && a.Group == "" && a.Resource == "pods" && a.Subresource == "eviction"
}

// takesDryRuns is an error unless the server of a resource is known to obey
// dryRun. Kubernetes' own does, for custom resources too. One that stands behind
// it says so in its OpenAPI document.
func (l *planLink) takesDryRuns(r *http.Request, a Access) error {
	if a.Group == "" || slices.Contains(ownGroups, a.Group) {
		return nil
	}
	version := a.Group + "/" + a.Version
	takes, known := l.takes.Load(version)
	if !known {
		document, err := l.ask(r, http.MethodGet, "openapi/v3/apis/"+version, planAsk{})
		if err != nil {
			return err
		}
		ok := document.code == http.StatusOK && bytes.Contains(document.body, []byte(`"dryRun"`))
		if !ok {
			service, err := l.ask(r, http.MethodGet, "apis/apiregistration.k8s.io/v1/apiservices/"+a.Version+"."+a.Group, planAsk{})
			if err != nil {
				return err
			}
			ok = service.value().Get("kind").String() == "APIService" && absent(service.value().At("spec", "service"))
		}
		// A kind that the plan defines is nobody's yet.
		takes = ok || l.defines(a)
		if ok {
			l.takes.Store(version, ok)
		}
	}
	if !takes.(bool) {
		return unplannable(a, "the server of %s doesn't say that it takes dry runs", version)
	}
	return nil
}

// defines tells whether the plan creates the definition of a resource.
func (l *planLink) defines(a Access) bool {
	return l.plan.creates(place{l.server, "apiextensions.k8s.io", "customresourcedefinitions", "", a.Resource + "." + a.Group})
}

// planAsk is what a request of the plan's own has beside method and path.
type planAsk struct {
	query       url.Values
	body        Value
	contentType string // "" for JSON
	accept      string // "" for JSON
}

// ask makes a request of the plan's own in the place of r: below the server's
// base, in r's context and with its other headers.
func (l *planLink) ask(r *http.Request, method, path string, ask planAsk) (*planAnswer, error) {
	u := *r.URL
	ref, err := url.Parse(path)
	if err != nil {
		return nil, err
	}
	u.Path, u.RawPath = l.base+ref.Path, (&url.URL{Path: l.base}).EscapedPath()+ref.EscapedPath()
	u.RawQuery = ask.query.Encode()
	inner, err := http.NewRequestWithContext(r.Context(), method, u.String(), bytes.NewReader(ask.body.Raw()))
	if err != nil {
		return nil, err
	}
	inner.Header = r.Header.Clone()
	inner.Header.Del("Content-Type")
	if ask.body.Exists() {
		inner.Header.Set("Content-Type", orElse(ask.contentType, jsonType))
	}
	inner.Header.Set("Accept", orElse(ask.accept, jsonType))
	resp, err := l.next.RoundTrip(inner)
	if err != nil {
		return nil, err
	}
	return readAnswer(resp)
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// planAnswer is an answer that was read whole, or is the plan's own.
type planAnswer struct {
	code   int
	header http.Header
	body   []byte
}

func readAnswer(resp *http.Response) (*planAnswer, error) {
	defer resp.Body.Close()
	var body bytes.Buffer
	if err := readBody(&body, resp.Body); err != nil {
		return nil, err
	}
	return &planAnswer{resp.StatusCode, resp.Header, body.Bytes()}, nil
}

func (a *planAnswer) ok() bool { return a.code >= 200 && a.code <= 299 }

// moved tells whether the answer refuses a write because the object is not at
// the version that it was sent for.
func (a *planAnswer) moved() bool {
	return a.code == http.StatusNotFound || a.code == http.StatusConflict && a.value().Get("reason").String() == "Conflict"
}

// value is the JSON of the answer, absent where it is none.
func (a *planAnswer) value() Value {
	v, err := NewValue(a.body)
	if err != nil {
		return Value{}
	}
	return v
}

// response is the answer to a request.
func (a *planAnswer) response(r *http.Request) *http.Response {
	header := a.header.Clone()
	if header == nil {
		header = http.Header{"Content-Type": {jsonType}}
	}
	header.Set("Content-Length", strconv.Itoa(len(a.body)))
	return &http.Response{
		Status:     strconv.Itoa(a.code) + " " + http.StatusText(a.code),
		StatusCode: a.code, Header: header, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)),
	}
}

// objectAnswer is an object as the server would send it.
func objectAnswer(code int, object Value) *planAnswer {
	return &planAnswer{code: code, body: object.Raw()}
}

// conflictAnswer refuses a write that is bound to another state.
func conflictAnswer(at place, message string) *planAnswer {
	return planStatus(http.StatusConflict, "Conflict", at, message)
}

// notFoundAnswer answers for an object whose deletion is planned.
func notFoundAnswer(at place) *planAnswer {
	r := &Resource{Name: at.resource, Group: at.group}
	return planStatus(http.StatusNotFound, "NotFound", at, r.String()+` "`+at.name+`" not found`)
}

// planStatus is an answer of the plan's own in the server's form.
func planStatus(code int, reason string, at place, message string) *planAnswer {
	outcome := "Failure"
	if code < 300 {
		outcome = "Success"
	}
	return objectAnswer(code, valueOf(map[string]any{
		"kind": "Status", "apiVersion": "v1", "metadata": map[string]any{}, "status": outcome,
		"code": code, "reason": reason, "message": message,
		"details": map[string]any{"name": at.name, "group": at.group, "kind": at.resource},
	}))
}

// sentValue reads what a write sends: JSON, or YAML as apply may.
func sentValue(r *http.Request) (Value, error) {
	if r.Body == nil {
		return Value{}, nil
	}
	var text bytes.Buffer
	if err := readBody(&text, r.Body); err != nil {
		return Value{}, err
	}
	if len(bytes.TrimSpace(text.Bytes())) == 0 {
		return Value{}, nil
	}
	if v, err := NewValue(text.Bytes()); err == nil {
		return v, nil
	}
	if kind := r.Header.Get("Content-Type"); strings.Contains(kind, "yaml") {
		if plain, err := yaml.YAMLToJSON(text.Bytes()); err == nil {
			return NewValue(plain)
		}
	}
	return Value{}, errors.New("what is sent is not JSON")
}
