package kube

import (
	"crypto/rand"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// planWrite is a write on its way through a plan.
type planWrite struct {
	*planLink
	Access
	r           *http.Request
	at          place // its name is "" where the server is to make one
	sent        Value
	contentType string
	query       url.Values
	trial       bool   // the run itself asks for a dry run only
	unchecked   string // why the server can't check what it makes
}

// planTries is how often an object is read and written that others change in
// between.
const planTries = 5

func (l *planLink) newWrite(r *http.Request, a Access) (*planWrite, error) {
	sent, err := sentValue(r)
	if err != nil {
		return nil, unplannable(a, "%w", err)
	}
	w := &planWrite{planLink: l, Access: a, r: r, at: a.place(l.server), sent: sent, query: r.URL.Query()}
	w.contentType, _, _ = mime.ParseMediaType(r.Header.Get("Content-Type"))
	w.trial = len(w.query["dryRun"]) > 0 || sent.Get("dryRun").Len() > 0 || sent.At("deleteOptions", "dryRun").Len() > 0
	if a.Verb == "create" && !a.evicts() {
		w.at.name = sent.At("metadata", "name").String()
		if a.Resource == "namespaces" && a.Group == "" {
			w.at.namespace = ""
		}
	}
	return w, nil
}

func (w *planWrite) answer() (*http.Response, error) {
	var answer *planAnswer
	var err error
	switch {
	case w.evicts(), w.Verb == "delete":
		answer, err = w.remove()
	case w.Verb == "deletecollection":
		answer, err = w.removeAll()
	case w.Verb == "create":
		answer, err = w.create()
	default:
		answer, err = w.change()
	}
	if err != nil {
		return nil, err
	}
	return answer.response(w.r), nil
}

// path is the path of the object below the server's base.
func (w *planWrite) path() string { return w.resource().path(w.at.namespace, w.at.name) }

func (w *planWrite) resource() *Resource {
	return &Resource{Name: w.Resource, Group: w.Group, Versions: []string{w.Version}}
}

// send sends the write as it is, as a dry run. Where a deletion has a body, that
// alone counts, and so it says it there too (API reference, DeleteOptions).
func (w *planWrite) send(sent Value) (*planAnswer, error) {
	dryRun := arrayOf([]Value{textValue("All")})
	switch {
	case !sent.Exists():
	case w.evicts():
		sent = setField(sent, "deleteOptions", setField(sent.Get("deleteOptions"), "dryRun", dryRun))
	case strings.HasPrefix(w.Verb, "delete"):
		sent = setField(sent, "dryRun", dryRun)
	}
	path := strings.TrimPrefix(w.r.URL.EscapedPath(), (&url.URL{Path: w.base}).EscapedPath())
	return w.ask(w.r, w.r.Method, path, planAsk{query: dry(w.query), body: sent, contentType: w.contentType})
}

// dry is the query of a write that the server is only to check.
func dry(query url.Values) url.Values {
	q := url.Values{}
	for key, values := range query {
		q[key] = values
	}
	q.Set("dryRun", "All")
	return q
}

// stored reads the object as it is on the server, absent where it isn't there.
// An answer says that it can't be read.
func (w *planWrite) stored() (Value, *planAnswer, error) {
	answer, err := w.ask(w.r, http.MethodGet, w.path(), planAsk{})
	switch {
	case err != nil:
		return Value{}, nil, err
	case answer.code == http.StatusNotFound:
		return Value{}, nil, nil
	case answer.code == http.StatusForbidden:
		return Value{}, nil, unplannable(w.Access, "the server doesn't let it be read: %s", answer.value().Get("message"))
	case !answer.ok() || answer.value().Type() != Object:
		return Value{}, answer, nil
	}
	return answer.value(), nil, nil
}

// create plans the creation of an object.
func (w *planWrite) create() (*planAnswer, error) {
	if w.sent.Type() != Object {
		return nil, unplannable(w.Access, "what is sent is not an object")
	}
	var o *planned
	unchecked := ""
	if w.at.name != "" {
		o = w.plan.object(w.at)
		o.turn.Lock()
		defer o.turn.Unlock()
		switch {
		case o.written && o.now.Exists():
			return planStatus(http.StatusConflict, "AlreadyExists", w.at, fmt.Sprintf("%s %q already exists", w.Resource, w.at.name)), nil
		case o.written && o.before.Exists():
			unchecked = "its name is another's until that is gone"
		}
	}
	made, answer, err := w.made(unchecked)
	if err != nil || answer != nil && !answer.ok() || w.trial {
		return answer, err
	}
	generated := o == nil
	if generated {
		w.at.name = made.At("metadata", "name").String()
		o = w.plan.object(w.at)
		o.turn.Lock()
		defer o.turn.Unlock()
	}
	action := planAction{verb: createAction, body: withMeta(w.sent, "name", textValue(w.at.name))}
	return w.commit(o, http.StatusCreated, outcome{after: made, action: action, generated: generated})
}

// made is the object that the write would make. Where the server can't say it
// is as it was sent.
func (w *planWrite) made(unchecked string) (made Value, answer *planAnswer, err error) {
	if unchecked == "" {
		if answer, err = w.send(w.sent); err != nil {
			return Value{}, nil, err
		}
		unchecked = w.uncheckable(answer)
	}
	if unchecked == "" {
		return answer.value(), answer, nil
	}
	w.unchecked = unchecked
	made = w.asSent()
	return made, objectAnswer(http.StatusCreated, made), nil
}

// uncheckable is why the server can't check a creation that it refused: what
// that needs is planned, too; else "".
func (w *planWrite) uncheckable(answer *planAnswer) string {
	if answer.code != http.StatusNotFound {
		return ""
	}
	details := answer.value().Get("details")
	switch {
	case details.Get("kind").String() == "namespaces" && w.plan.creates(place{w.server, "", "namespaces", "", w.Namespace}):
		return "its namespace is planned"
	case details.Get("name").String() == "" && w.defines(w.Access):
		return "its kind is planned"
	}
	return ""
}

// asSent is the object that was sent with what every stored object has.
func (w *planWrite) asSent() Value {
	object := withMeta(w.sent, "managedFields", Value{})
	name := w.at.name
	if name == "" {
		name = object.At("metadata", "generateName").String() + strings.ToLower(rand.Text()[:5])
	}
	members := []field{
		{"name", textValue(name)}, {"uid", textValue(newUID())},
		{"creationTimestamp", textValue(time.Now().UTC().Format(time.RFC3339))},
	}
	if w.at.namespace != "" {
		members = append(members, field{"namespace", textValue(w.at.namespace)})
	}
	for _, m := range members {
		object = withMeta(object, m.key, m.value)
	}
	return plainSecret(object)
}

// newUID is a random UUID (RFC 9562, version 4), as servers give them.
func newUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// change plans an update or a patch.
func (w *planWrite) change() (*planAnswer, error) {
	o := w.plan.object(w.at)
	o.turn.Lock()
	defer o.turn.Unlock()
	if o.written {
		return w.again(o)
	}
	for range planTries {
		before, refused, err := w.stored()
		if refused != nil || err != nil {
			return refused, err
		}
		after, answer, err := w.changed(before)
		if err != nil || !answer.ok() {
			return answer, err
		}
		if v := objectVersion(answer.value()); v != objectVersion(before) {
			continue
		}
		if w.trial || w.same(before, after) {
			return answer, nil
		}
		action := w.action()
		if !before.Exists() && action.verb == changeAction {
			action = planAction{verb: createAction, body: w.sent}
		}
		return w.commit(o, answer.code, outcome{before: before, after: after, action: action})
	}
	return nil, unplannable(w.Access, "others change it too often")
}

// changed is the object after the write of what is stored, and the server's
// answer.
func (w *planWrite) changed(before Value) (Value, *planAnswer, error) {
	if !before.Exists() && w.applies() && w.Subresource == "" {
		return w.made("")
	}
	answer, err := w.send(w.sent)
	if err != nil || !answer.ok() {
		return Value{}, answer, err
	}
	after := answer.value()
	if after.Get("kind").String() == "Scale" && w.Subresource == "scale" {
		after, err = w.scaled(before, after.At("spec", "replicas"))
	} else if w.Subresource != "" && uidOf(after) != uidOf(before) {
		err = unplannable(w.Access, "nobody knows what it does to the object")
	}
	return after, answer, err
}

// scaled is an object with another number of replicas.
func (w *planWrite) scaled(object, replicas Value) (Value, error) {
	spec := object.Get("spec")
	if !replicas.Exists() {
		replicas = trusted([]byte("0")) // which servers leave out
	}
	if w.Group != "apps" && w.Group != "" && !spec.Get("replicas").Exists() {
		return object, unplannable(w.Access, "it isn't known where %s keep the number", w.Resource)
	}
	return setField(object, "spec", setField(spec, "replicas", replicas)), nil
}

// same tells whether a write changes nothing that is stored.
func (w *planWrite) same(before, after Value) bool {
	return before.Exists() && equal(essential(before), essential(after)) &&
		(!w.applies() || equal(before.At("metadata", "managedFields"), after.At("metadata", "managedFields")))
}

func (w *planWrite) applies() bool { return w.contentType == applyPatchType }

// action is what the write does, in the plan.
func (w *planWrite) action() planAction {
	a := planAction{verb: changeAction, subresource: w.Subresource}
	if w.applies() {
		a.verb, a.body, a.force = applyAction, w.sent, w.query.Get("force") == "true"
	}
	return a
}

// commit plans the outcome and makes the answer.
func (w *planWrite) commit(o *planned, code int, got outcome) (*planAnswer, error) {
	if err := w.full(); err != nil {
		return nil, err
	}
	got.action.manager = w.query.Get("fieldManager")
	got.version, got.unchecked = w.Version, w.unchecked
	after := w.plan.commit(o, got)
	if w.Subresource == "scale" {
		after = scaleOf(after)
	}
	return objectAnswer(code, after), nil
}

// full refuses a write that the plan can't hold any more.
func (w *planWrite) full() error {
	w.plan.mu.Lock()
	defer w.plan.mu.Unlock()
	if len(w.plan.log) >= maxPlanned {
		return unplannable(w.Access, "a plan holds %d writes at most", maxPlanned)
	}
	return nil
}

// scaleOf is the scale subresource of an object (API reference, Scale).
func scaleOf(object Value) Value {
	meta := map[string]any{}
	for _, key := range []string{"name", "namespace", "uid", "resourceVersion", "creationTimestamp"} {
		if v := object.At("metadata", key); v.Exists() {
			meta[key] = v.String()
		}
	}
	count := func(part string) int64 {
		n, _ := object.At(part, "replicas").Int()
		return n
	}
	return valueOf(map[string]any{
		"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": meta,
		"spec": map[string]any{"replicas": count("spec")}, "status": map[string]any{"replicas": count("status")},
	})
}
