package kube

import (
	"context"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"
)

// The limits of a summary.
const (
	summaryTime   = 2 * time.Second // for what has to be asked for
	summaryEvents = 5
)

// Summary is what people want to know of an object at first sight. It holds
// nothing of what is in a Secret. Its texts may have several lines.
type Summary struct {
	Title    string // "Pod web/frontend-1"
	Facts    []Fact
	Sections []Section
}

// Fact is one thing about an object. What scripts read as an attribute has its
// name.
type Fact struct{ Name, Text string }

// Section is a part of a summary: rows of cells under columns, or lines of text
// where it has no columns.
type Section struct {
	Name    string // "Conditions"
	Columns []string
	Rows    [][]string // a line of text is a row of one cell
}

// Summary sums up an item: what it is, how it is, what goes with its kind, and
// the last Events about it. Only these are asked for, for two seconds at most;
// where they can't be read it says so.
func (i *Item) Summary(ctx context.Context) *Summary {
	s := &Summary{Title: i.resource.key() + " " + strings.TrimPrefix(i.String(), i.resource.Name+" ")}
	if i.partial {
		s.fact("deleted", "its deletion was missed, so nothing else is known")
		return s
	}
	s.identity(i)
	s.readiness(i)
	s.attributes(i)
	s.containers(i)
	s.conditions(i)
	s.outline(i)
	s.events(ctx, i)
	return s
}

// fact adds a fact, if there is one.
func (s *Summary) fact(name, text string) {
	if text != "" {
		s.Facts = append(s.Facts, Fact{name, text})
	}
}

// section adds a section, if there is anything in it.
func (s *Summary) section(name string, columns []string, rows [][]string) {
	if len(rows) > 0 {
		s.Sections = append(s.Sections, Section{name, columns, rows})
	}
}

func (s *Summary) identity(i *Item) {
	meta := i.Meta()
	if created := meta.Created(); !created.IsZero() {
		s.fact("age", duration.HumanDuration(time.Since(created)))
	}
	if meta.get("deletionTimestamp").Exists() {
		s.fact("deleting", "it is being deleted"+holdUp(i))
	}
	s.fact("labels", pairs(meta.get("labels"), ", "))
	var owners []string
	for o := range meta.Owners().Value().Elements() {
		owners = append(owners, o.Get("kind").String()+" "+o.Get("name").String())
	}
	s.fact("owners", strings.Join(owners, ", "))
}

// pairs are the members of an object: "app=web, tier=front".
func pairs(v Value, between string) string {
	var list []string
	for key, value := range v.Fields() {
		list = append(list, key+"="+value.String())
	}
	return strings.Join(list, between)
}

// readiness says whether the object does its work, where that means anything.
func (s *Summary) readiness(i *Item) {
	row := readinessOf(i)
	if row == existence || row == custom && !i.Condition("Ready").Exists() && !i.Condition("Available").Exists() {
		return
	}
	switch ok, how := row.ready(i); {
	case !ok:
		s.fact("ready", "no: "+how)
	case how != "it exists":
		s.fact("ready", "yes")
	}
}

// attributes tells those that the kind has, the numbers on one line.
func (s *Summary) attributes(i *Item) {
	var counts []string
	if n, ok := i.Spec().Get("replicas").Int(); ok {
		counts = append(counts, fmt.Sprintf("replicas=%d", n))
	}
	for _, a := range i.resource.Attributes {
		v := i.raw.At(strings.Split(a.Path, ".")...)
		switch a.Type {
		case Text:
			s.fact(a.Name, v.String())
		case Count:
			if n, _ := v.Int(); n != 0 && a != observedGeneration {
				counts = append(counts, fmt.Sprintf("%s=%d", a.Name, n))
			}
		case Addresses:
			var list []string
			for _, address := range addresses(v) {
				list = append(list, address.Type+" "+address.Addr)
			}
			s.fact(a.Name, strings.Join(list, ", "))
		case Quantities:
			s.fact(a.Name, pairs(v, ", "))
		case Ingress:
			s.fact(a.Name, strings.Join(ingress(v), ", "))
		case Bytes:
			s.fact(a.Name, sizes(v))
		}
	}
	s.fact("status", strings.Join(counts, ", "))
	for _, f := range furtherFacts[i.resource.key()] {
		s.fact(f.name, i.raw.At(f.path...).String())
	}
}

// furtherFacts are what is worth knowing of kinds beside their attributes.
var furtherFacts = map[string][]struct {
	name string
	path []string
}{
	"Node": {{"unschedulable", []string{"spec", "unschedulable"}}, {"version", []string{"status", "nodeInfo", "kubeletVersion"}}},
	"Pod":  {{"node", []string{"spec", "nodeName"}}},
}

// sizes are the keys of a Secret's data and how much is under them.
func sizes(v Value) string {
	var list []string
	data, err := decoded(v)
	if err != nil {
		return ""
	}
	for key := range v.Fields() {
		list = append(list, fmt.Sprintf("%s (%d bytes)", key, len(data[key])))
	}
	return strings.Join(list, ", ")
}

// containers lists those of a pod, in the order of the spec.
func (s *Summary) containers(i *Item) {
	if i.resource.key() != "Pod" {
		return
	}
	var rows [][]string
	for _, sort := range []struct{ field, mark string }{{"initContainers", " (init)"}, {"containers", ""}, {"ephemeralContainers", " (ephemeral)"}} {
		for c := range i.Spec().Get(sort.field).Elements() {
			name := c.Get("name").String()
			status := i.containerStatus(name)
			ready := "no"
			if status.Get("ready").IsTrue() {
				ready = "yes"
			}
			state := "not reported"
			if status.Exists() {
				state = (&ContainerState{raw: status.Get("state")}).describe()
			}
			rows = append(rows, []string{name + sort.mark, ready, fmt.Sprint(status.count("restartCount")), c.Get("image").String(), state})
		}
	}
	s.section("Containers", []string{"Name", "Ready", "Restarts", "Image", "State"}, rows)
}

// describe says what a container does: "running", "waiting: ImagePullBackOff:
// ...", "terminated: Error, exit code 1".
func (s *ContainerState) describe() string {
	text := s.State()
	if why := because(s.raw.Get(text)); why != "" {
		text += ": " + why
	}
	if code, ok := s.detail("exitCode").Int(); ok && s.State() == "terminated" {
		text += fmt.Sprintf(", exit code %d", code)
	}
	return text
}

func (s *Summary) conditions(i *Item) {
	var rows [][]string
	for c := range i.Status().Get("conditions").Elements() {
		rows = append(rows, []string{
			c.Get("type").String(), c.Get("status").String(), ago(c.Get("lastTransitionTime")), c.Get("reason").String(), c.Get("message").String(),
		})
	}
	s.section("Conditions", []string{"Type", "Status", "Age", "Reason", "Message"}, rows)
}

// events lists the last Events about the object.
func (s *Summary) events(ctx context.Context, i *Item) {
	if i.addressable() != nil {
		return
	}
	ctx, cancel := context.WithTimeoutCause(ctx, summaryTime, fmt.Errorf("no answer within %v", summaryTime))
	defer cancel()
	events, err := i.Events(ctx)
	if err != nil {
		line, _, _ := strings.Cut(err.Error(), "\n")
		s.section("Events", nil, [][]string{{line}})
		return
	}
	name := "Events"
	if n := len(events); n > summaryEvents {
		name, events = fmt.Sprintf("Events (the last %d of %d)", summaryEvents, n), events[n-summaryEvents:]
	}
	var rows [][]string
	for _, e := range events {
		rows = append(rows, eventCells(e))
	}
	s.section(name, eventColumns, rows)
}
