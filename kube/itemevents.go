package kube

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/util/duration"
)

// coreEvents are the Events of the core group. Those of events.k8s.io are the
// same objects in another form.
var coreEvents = &Resource{Kind: "Event", Name: "events", Singular: "event", ShortNames: []string{"ev"}, Versions: []string{"v1"}, Namespaced: true}

// Events returns the Events, of the core group, that the cluster has recorded
// about the object, the oldest first, each by the time it was last seen. A
// server keeps them for an hour, unless told otherwise. They are found by the
// object's uid; for an item that was never on a server by its kind and name.
func (i *Item) Events(ctx context.Context) ([]*Item, error) {
	meta := i.Meta()
	// Events about an object without a namespace may stand in several.
	v := &View{cluster: i.cluster, resource: coreEvents, namespace: meta.Namespace()}
	uid := meta.UID()
	switch {
	case uid != "" && i.resource.Kind != "Node":
		v.selectors.Fields = fields.OneTermEqualSelector("involvedObject.uid", uid).String()
	default:
		v.selectors.Fields = fields.Set{"involvedObject.kind": i.resource.Kind, "involvedObject.name": meta.Name()}.String()
	}
	var list []*Item
	for event, err := range v.All(ctx) {
		if err != nil {
			return nil, err
		}
		// To a kubelet, the uid of its node is the node's name.
		if of := event.raw.At("involvedObject", "uid").String(); uid == "" || of == uid || of == meta.Name() {
			list = append(list, event)
		}
	}
	slices.SortStableFunc(list, func(a, b *Item) int {
		return cmp.Or(lastSeen(a).Compare(lastSeen(b)), a.Meta().Created().Compare(b.Meta().Created()))
	})
	return list, nil
}

// lastSeen is when what an Event tells of happened last. Of its times, some are
// set by old clients and others by new ones (KEP-383).
func lastSeen(event *Item) time.Time {
	for _, path := range [][]string{{"series", "lastObservedTime"}, {"lastTimestamp"}, {"eventTime"}, {"metadata", "creationTimestamp"}} {
		if t, err := ParseTime(event.raw.At(path...).String()); err == nil {
			return t
		}
	}
	return time.Time{}
}

// DescribeEvents forms the part of kubectl describe that tells of Events, in
// their order, without the last newline.
func DescribeEvents(events []*Item) string {
	if len(events) == 0 {
		return "Events:  <none>"
	}
	var text strings.Builder
	// The numbers are those of kubectl (k8s.io/kubectl, describe).
	w := tabwriter.NewWriter(&text, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "Events:\n  %s\n  ----\t------\t----\t----\t-------\n", strings.Join(eventColumns, "\t"))
	for _, e := range events {
		fmt.Fprintln(w, unsafe.Replace("  "+strings.Join(eventCells(e), "\t")))
	}
	w.Flush() // into memory, which doesn't fail
	return strings.TrimSuffix(text.String(), "\n")
}

// eventColumns are what is shown of an Event, eventCells what there is of one.
var eventColumns = []string{"Type", "Reason", "Age", "From", "Message"}

func eventCells(e *Item) []string {
	from := e.raw.At("source", "component").String()
	if from == "" {
		from = e.raw.Get("reportingComponent").String()
	}
	message := strings.TrimSpace(e.raw.Get("message").String())
	if part := e.raw.At("involvedObject", "fieldPath").String(); part != "" {
		message = part + ": " + message
	}
	return []string{e.raw.Get("type").String(), e.raw.Get("reason").String(), eventAge(e), from, message}
}

// eventAge is how long ago an Event was seen: "5m", or where it was seen
// several times "5m (x3 over 1h)".
func eventAge(event *Item) string {
	first := event.raw.Get("eventTime")
	if first.Type() != String {
		first = event.raw.Get("firstTimestamp")
	}
	last, count := event.raw.At("series", "lastObservedTime"), event.raw.At("series", "count")
	if n, _ := event.raw.Get("count").Int(); !count.Exists() && n > 1 {
		last, count = event.raw.Get("lastTimestamp"), event.raw.Get("count")
	}
	if !count.Exists() {
		return ago(first)
	}
	return fmt.Sprintf("%s (x%s over %s)", ago(last), count, ago(first))
}

// ago is how long ago a time was, as kubectl says it.
func ago(v Value) string {
	t, err := ParseTime(v.String())
	if err != nil {
		return "<unknown>"
	}
	return duration.HumanDuration(time.Since(t))
}
