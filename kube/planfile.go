package kube

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"
)

// planFormat is the version of the form in which plans are saved, and
// maxPlanFile how large one may be.
const (
	planFormat  = 1
	maxPlanFile = 256 << 20
)

// SavedPlan is a plan as it is saved: what [ApplyPlan] carries out. It
// holds whatever is sent, the values of Secrets too.
type SavedPlan struct {
	Format  int           `json:"kubeluaPlan"` // version of the form
	Made    time.Time     `json:"made"`
	Script  string        `json:"script,omitempty"`
	Servers []PlanServer  `json:"servers"`
	Objects []SavedObject `json:"objects"`
	Actions []SavedAction `json:"actions"` // in their order
}

// PlanServer is an API server that a plan is for.
type PlanServer struct {
	URL     string `json:"url"`
	Context string `json:"context,omitempty"` // of the kubeconfig by which it was reached, if that was named
	// ID is the uid of the namespace kube-system, which tells clusters apart
	// that are reached at the same address; "" where it can't be read.
	ID string `json:"id,omitempty"`
}

// SavedObject is an object of a plan.
type SavedObject struct {
	Server    int      `json:"server"` // index of the server
	What      string   `json:"what"`   // see PlannedChange
	Group     string   `json:"group,omitempty"`
	Version   string   `json:"version"` // of the API
	Resource  string   `json:"resource"`
	Kind      string   `json:"kind"`
	Namespace string   `json:"namespace,omitempty"`
	Name      string   `json:"name"`
	UID       string   `json:"uid,omitempty"`             // of what is stored
	Stored    string   `json:"resourceVersion,omitempty"` // at which it is stored; "" where it isn't
	Digest    string   `json:"digest,omitempty"`          // of what is stored but for its status; "" where that counts too
	Planned   string   `json:"plannedUID,omitempty"`      // under which other actions refer to it, where it is created
	Diff      []string `json:"diff,omitempty"`            // for people, see PlannedChange.Lines
	Notes     []string `json:"notes,omitempty"`
}

// SavedAction is one call of a plan.
type SavedAction struct {
	Object      int             `json:"object"` // index of the object
	Verb        string          `json:"verb"`   // create, change (a merge patch), apply, delete, evict
	Subresource string          `json:"subresource,omitempty"`
	Manager     string          `json:"fieldManager,omitempty"`
	Force       bool            `json:"force,omitempty"`
	Body        json.RawMessage `json:"body,omitempty"`
}

// Save makes the saved form of a plan that a script has made.
func (p *Plan) Save(script string) *SavedPlan {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &SavedPlan{Format: planFormat, Made: time.Now().UTC().Truncate(time.Second), Script: script,
		Servers: []PlanServer{}, Objects: []SavedObject{}, Actions: []SavedAction{}}
	servers := map[string]int{}
	type numbered struct {
		SavedAction
		number int
	}
	var actions []numbered
	for _, o := range p.order {
		if o.idle() {
			continue
		}
		server, known := servers[o.at.server]
		if !known {
			server = len(s.Servers)
			servers[o.at.server] = server
			s.Servers = append(s.Servers, p.servers[o.at.server])
		}
		c := o.change()
		saved := SavedObject{
			Server: server, What: c.What, Group: o.at.group, Version: o.version, Resource: o.at.resource, Kind: o.kind,
			Namespace: o.at.namespace, Name: o.at.name, UID: uidOf(o.before), Stored: objectVersion(o.before),
			Diff: c.Lines(), Notes: c.Notes,
		}
		if o.before.Exists() && !o.writesStatus() {
			saved.Digest = digest(o.before)
		}
		if uid := uidOf(o.now); uid != saved.UID {
			saved.Planned = uid
		}
		for _, a := range o.actions {
			body := a.body
			if a.verb == changeAction {
				if body = a.patch(); body.Len() == 0 {
					continue
				}
			}
			actions = append(actions, numbered{SavedAction{len(s.Objects), a.verb, a.subresource, a.manager, a.force, unversioned(body).Raw()}, a.number})
		}
		s.Objects = append(s.Objects, saved)
	}
	slices.SortStableFunc(actions, func(a, b numbered) int { return cmp.Compare(a.number, b.number) })
	for _, a := range actions {
		s.Actions = append(s.Actions, a.SavedAction)
	}
	return s
}

// unversioned is what is sent without the version that it was sent for.
func unversioned(body Value) Value {
	if !body.At("metadata", "resourceVersion").Exists() {
		return body
	}
	return withMeta(body, "resourceVersion", Value{})
}

// writesStatus tells whether the plan is about the object's status.
func (o record) writesStatus() bool {
	return o.status || o.now.Exists() && !equal(o.before.Get("status"), o.now.Get("status"))
}

// digest tells whether an object is still the same but for its status and what
// the server keeps about it.
func digest(object Value) string {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(setField(essential(object), "status", Value{}).Raw()))
	decoder.UseNumber()
	_ = decoder.Decode(&v) // of what was JSON
	text, _ := json.Marshal(v)
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

// JSON is the text of a saved plan.
func (s *SavedPlan) JSON() []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(s) // to memory, of what was JSON
	return text.Bytes()
}

// ReadPlan reads a saved plan and checks it. What is wrong with it is a
// ValueError.
func ReadPlan(from io.Reader) (*SavedPlan, error) {
	text, err := io.ReadAll(io.LimitReader(from, maxPlanFile+1))
	if err != nil {
		return nil, err
	}
	return parsePlan(text)
}

func parsePlan(text []byte) (*SavedPlan, error) {
	if len(text) > maxPlanFile {
		return nil, Errorf(ValueError, "the plan is larger than %d MiB", maxPlanFile>>20)
	}
	v, err := NewValue(text)
	if err != nil {
		return nil, Errorf(ValueError, "this is not a plan: it isn't JSON")
	}
	format, ok := v.Get("kubeluaPlan").Int()
	switch {
	case !ok:
		return nil, Errorf(ValueError, "this is not a plan: it has no kubeluaPlan, the version of its form")
	case format != planFormat:
		return nil, Errorf(ValueError, "the plan is of form %d, this kubelua reads form %d (make it anew)", format, planFormat)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var s SavedPlan
	if err := decoder.Decode(&s); err != nil {
		return nil, Errorf(ValueError, "the plan can't be read: %w", err)
	}
	for i, server := range s.Servers {
		if _, err := parseURL(server.URL); err != nil {
			return nil, Errorf(ValueError, "servers[%d]: %w", i, err)
		}
	}
	for i, o := range s.Objects {
		if err := o.check(len(s.Servers)); err != nil {
			return nil, Errorf(ValueError, "objects[%d]: %w", i, err)
		}
	}
	for i, a := range s.Actions {
		if err := a.check(len(s.Objects)); err != nil {
			return nil, Errorf(ValueError, "actions[%d]: %w", i, err)
		}
		s.Actions[i].Body = []byte(trusted(a.Body).JSON(""))
	}
	return &s, nil
}

// check refuses what can't have been saved: names that would make other paths.
func (o SavedObject) check(servers int) error {
	if o.Server < 0 || o.Server >= servers {
		return fmt.Errorf("there is no server %d", o.Server)
	}
	if err := checkName(o.Name); err != nil || o.Name == "" {
		return fmt.Errorf("%q can't be the name of an object", o.Name)
	}
	for _, part := range []struct {
		what, text string
		optional   bool
	}{{"group", o.Group, true}, {"version", o.Version, false}, {"resource", o.Resource, false}, {"namespace", o.Namespace, true}} {
		if url.PathEscape(part.text) != part.text || part.text == ".." || part.text == "." || part.text == "" && !part.optional {
			return fmt.Errorf("%q can't be a %s", part.text, part.what)
		}
	}
	if (o.UID == "") != (o.Stored == "") {
		return fmt.Errorf("it has a uid without a version, or the other way round")
	}
	if o.Kind == "" {
		return fmt.Errorf("it has no kind")
	}
	return checkVersion(o.Stored)
}

func (a SavedAction) check(objects int) error {
	if a.Object < 0 || a.Object >= objects {
		return fmt.Errorf("there is no object %d", a.Object)
	}
	verbs := []string{createAction, changeAction, applyAction, deleteAction, evictAction}
	if !slices.Contains(verbs, a.Verb) {
		return unknown("verb", a.Verb, verbs)
	}
	removes := a.Verb == deleteAction || a.Verb == evictAction
	if t := trusted(a.Body).Type(); t != Object && !(removes && absent(trusted(a.Body))) {
		return fmt.Errorf("its body is not an object")
	}
	if a.Subresource != "" {
		return checkSubresource(a.Subresource)
	}
	return nil
}
