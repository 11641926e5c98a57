package kube

import "slices"

// The kinds of a [PlannedChange].
const (
	PlanCreate  = "create"
	PlanChange  = "change"
	PlanDelete  = "delete"
	PlanReplace = "replace" // deleted, and another one created under its name
)

// PlannedChange is what a plan comes to for one object.
type PlannedChange struct {
	What      string // PlanCreate, ...
	Resource  string // "deployments.apps"
	Kind      string // "Deployment"
	Server    string // address of the API server
	Namespace string // "" where it has none
	Name      string
	Generated bool     // the server makes the name, another one each time
	Before    Value    // as it is stored; absent where it is created
	After     Value    // as it would be; absent where it would be gone
	Notes     []string // what the plan can't say for sure
}

// Changes are what the plan comes to, in the order of the first writes. An
// object that would be what it is isn't among them.
func (p *Plan) Changes() []PlannedChange {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []PlannedChange
	for _, o := range p.order {
		if !o.idle() {
			list = append(list, o.change())
		}
	}
	return list
}

// Waits is how many waits were taken as fulfilled, see [Plan].
func (p *Plan) Waits() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.waits
}

// change is what the plan comes to for the object.
func (o record) change() PlannedChange {
	c := PlannedChange{
		What: PlanChange, Resource: (&Resource{Name: o.at.resource, Group: o.at.group}).String(), Kind: o.kind,
		Server: o.at.server, Namespace: o.at.namespace, Name: o.at.name, Generated: o.generated, Before: o.before, After: o.now,
	}
	switch {
	case !o.before.Exists():
		c.What = PlanCreate
	case !o.now.Exists():
		c.What = PlanDelete
	case slices.ContainsFunc(o.actions, planAction.removes):
		c.What = PlanReplace
	}
	if o.unchecked != "" && o.now.Exists() {
		c.Notes = append(c.Notes, "not checked by the server: "+o.unchecked)
	}
	for _, a := range o.actions {
		if policy := a.body.Get("propagationPolicy").String(); a.removes() && policy != "" && policy != "Background" {
			c.Notes = append(c.Notes, "propagation "+policy)
		}
		if a.verb == evictAction {
			c.Notes = append(c.Notes, "by eviction")
		}
	}
	if c.What == PlanDelete {
		switch o.at.resource {
		case "namespaces", "customresourcedefinitions":
			c.Notes = append(c.Notes, "with everything in it")
		}
	}
	if c.What == PlanChange && len(c.Lines()) == 0 {
		c.Notes = append(c.Notes, "only who manages its fields")
	}
	return c
}

// String names the object: "deployments.apps web/a".
func (c PlannedChange) String() string {
	return place{resource: c.Resource, namespace: c.Namespace, name: c.shownName()}.String()
}

// shownName is the object's name; of one that the server makes, what it begins
// with.
func (c PlannedChange) shownName() string {
	object := c.After
	if !object.Exists() {
		object = c.Before
	}
	if prefix := object.At("metadata", "generateName").String(); c.Generated && prefix != "" {
		return prefix + "…"
	}
	return c.Name
}

// secret tells whether the object's values are nobody's business.
func (c PlannedChange) secret() bool { return c.Resource == "secrets" }
