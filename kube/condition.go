package kube

import (
	"fmt"
	"slices"
	"strings"
)

// Until is a state of an object that can be waited for. The zero Until is the
// one that Waiter.Judge is told of.
type Until struct {
	text  string                    // what it is called: "ready", "Available=False"
	met   func(*Item) bool          // nil for what the caller judges
	state func(*Item) string        // how far the object is from it
	hope  func(row *readiness) bool // whether a healthy object of that row reaches it
	gone  bool                      // reached when there is no object
}

// UntilReady is met by an object that does its work: what that means goes by
// kind.
//
//	Pod                     condition Ready, or it has succeeded
//	Deployment              all pods are of the newest template and available, no other is left
//	StatefulSet, DaemonSet  the same, as far as their update strategy goes
//	ReplicaSet, ReplicationController   all pods are available, none too many
//	Job                     condition Complete
//	Service                 a load balancer has an address; other services exist
//	PersistentVolumeClaim   it is bound; a PersistentVolume is bound or available
//	Namespace               it is active
//	CustomResourceDefinition   condition Established
//	ConfigMap and others that have no state   they exist
//	everything else         condition Ready or Available (nodes, API services, custom resources)
//
// A status that is older than the spec (observedGeneration) doesn't count.
func UntilReady() Until {
	return Until{
		text:  "ready",
		met:   func(i *Item) bool { ok, _ := readinessOf(i).ready(i); return ok },
		state: func(i *Item) string { _, how := readinessOf(i).ready(i); return how },
		hope:  func(*readiness) bool { return true },
	}
}

// UntilCondition is met by an object whose condition has a status: "Complete"
// and "Complete=True" are met by True, "Available=False" by False. The type
// and the status are compared without regard to case, as kubectl does. A
// condition that is older than the spec (observedGeneration) doesn't count. A
// text without a type or a status is a ValueError.
func UntilCondition(text string) (Until, error) {
	name, want, given := strings.Cut(text, "=")
	if !given {
		want = "True"
	}
	if name == "" || want == "" || strings.TrimSpace(text) != text {
		return Until{}, Errorf(ValueError, `%q is not a condition (like "Complete", or "Available=False")`, text)
	}
	return Until{
		text: text,
		met: func(i *Item) bool {
			c := i.Condition(name)
			return c.Exists() && observed(i, c) && strings.EqualFold(c.Get("status").String(), want)
		},
		state: func(i *Item) string { return conditionState(i, name) },
		hope: func(row *readiness) bool {
			return strings.EqualFold(want, "True") && slices.ContainsFunc(row.healthy, func(s string) bool { return strings.EqualFold(s, name) })
		},
	}, nil
}

// UntilPath is met by an object in which there is something at a path, see
// [ParsePath]. What isn't a path, like a JSONPath in braces, is a ValueError.
func UntilPath(path string) (Until, error) { return untilAt(path, Value.Exists) }

// UntilValue is met by an object in which the value at a path reads as the text:
// "status.phase", "Running". The path is as for [UntilPath].
func UntilValue(path, value string) (Until, error) {
	return untilAt(path, func(v Value) bool { return v.Exists() && v.String() == value })
}

func untilAt(path string, met func(Value) bool) (Until, error) {
	steps, ok := ParsePath(strings.TrimPrefix(path, "."))
	nowhere := func(s PathStep) bool { return s.Element && s.Index < 1 }
	if !ok || strings.HasPrefix(path, "{") || slices.ContainsFunc(steps, nowhere) {
		return Until{}, Errorf(ValueError, `%q is not a path (like "status.phase", "status.conditions[1].type", or metadata.labels["a.b/c"])`, path)
	}
	return Until{
		text: path,
		met:  func(i *Item) bool { return met(i.raw.walk(steps)) },
		state: func(i *Item) string {
			v := i.raw.walk(steps)
			if !v.Exists() {
				return "it has no " + path
			}
			return fmt.Sprintf("%s is %s", path, v)
		},
	}, nil
}

// UntilExists is met by every object.
func UntilExists() Until {
	return Until{text: "exists", met: func(*Item) bool { return true }}
}

// UntilDeleted is met when the object is gone.
func UntilDeleted() Until {
	return Until{
		text: "deleted", gone: true,
		state: func(i *Item) string {
			meta := i.Meta()
			if !meta.get("deletionTimestamp").Exists() {
				return "nobody has deleted it"
			}
			return "it is being deleted" + holdUp(i)
		},
	}
}

// String is what the state is called: "ready", "deleted", the condition or path.
func (u Until) String() string { return u.text }

// Condition is the object's condition of a type, in whatever case that is written, as
// kubectl wait has it; absent where the object has none.
func (i *Item) Condition(name string) Value {
	for c := range i.Status().Get("conditions").Elements() {
		if strings.EqualFold(c.Get("type").String(), name) {
			return c
		}
	}
	return Value{}
}

// conditionIs tells whether an object's condition has the given status.
func conditionIs(i *Item, name, status string) bool {
	return i.Condition(name).Get("status").String() == status
}

// conditionState says how an object's condition is.
func conditionState(i *Item, name string) string {
	c := i.Condition(name)
	if !c.Exists() {
		var others []string
		for c := range i.Status().Get("conditions").Elements() {
			others = append(others, c.Get("type").String())
		}
		if len(others) == 0 {
			return "it has no condition " + name
		}
		return fmt.Sprintf("it has no condition %s (it has %s)", name, strings.Join(others, ", "))
	}
	s := fmt.Sprintf("condition %s is %s", c.Get("type"), c.Get("status"))
	if why := because(c); why != "" {
		s += ": " + why
	}
	if !observed(i, c) {
		s += " (that is about an older spec)"
	}
	return s
}

// because is the reason and the message of a condition or state, on one line.
func because(v Value) string {
	var parts []string
	for _, key := range []string{"reason", "message"} {
		if s := strings.Join(strings.Fields(v.Get(key).String()), " "); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ": ")
}

// observed tells whether an object's condition is about its newest spec, as
// far as the object says: the condition's or the status' observedGeneration is
// that of the spec (API conventions, "Typical status properties").
func observed(i *Item, condition Value) bool {
	generation, ok := i.Meta().get("generation").Int()
	if !ok {
		return true
	}
	for _, v := range []Value{condition, i.Status()} {
		if seen, ok := v.Get("observedGeneration").Int(); ok && seen > 0 && seen < generation {
			return false
		}
	}
	return true
}
