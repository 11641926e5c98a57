package kube

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// changeCause is the annotation in which people say why they made a revision.
const changeCause = "kubernetes.io/change-cause"

// templateHash is the label that tells the pods of a Deployment's replica sets
// apart; templates have it where they are kept, not where they are written.
const templateHash = "pod-template-hash"

// Revision is one pod template that a workload has had, and may have again.
type Revision struct {
	Number      int64
	ChangeCause string // what the annotation kubernetes.io/change-cause says, "" for nothing
	Created     time.Time
	Current     bool  // whether it is the newest, which the workload has now
	Item        *Item // the ReplicaSet or ControllerRevision that keeps it
}

// History lists the revisions of a Deployment, StatefulSet or DaemonSet that
// the server still keeps (spec.revisionHistoryLimit), the oldest first. Another
// kind is a ValueError.
func (i *Item) History(ctx context.Context) ([]Revision, error) {
	if err := i.offers("history", rolling); err != nil {
		return nil, err
	}
	keeper, number := controllerRevisions, func(r *Item) int64 { return r.count("revision") }
	if i.resource.Kind == "Deployment" {
		keeper, number = builtin("replicasets"), func(r *Item) int64 {
			n, _ := trusted([]byte(r.annotation(revisionAnnotation))).Int()
			return n
		}
	}
	keepers, err := i.owned(ctx, keeper)
	if err != nil {
		return nil, err
	}
	var list []Revision
	for _, k := range keepers {
		if n := number(k); n > 0 {
			list = append(list, Revision{Number: n, ChangeCause: k.annotation(changeCause), Created: k.Meta().Created(), Item: k})
		}
	}
	slices.SortFunc(list, func(a, b Revision) int { return int(a.Number - b.Number) })
	if len(list) > 0 {
		list[len(list)-1].Current = true
	}
	return list, nil
}

// Undo gives a Deployment, StatefulSet or DaemonSet the pod template of an
// earlier revision again, with 0 the one before the current, and returns the
// newest item. It becomes the newest revision, under a new number. The current
// revision changes nothing. A revision that isn't there is a LookupError that
// names those that are, a Deployment that is paused a StatusError, another kind
// a ValueError.
func (i *Item) Undo(ctx context.Context, revision int64) (*Item, error) {
	if err := i.offers("undo", rolling); err != nil {
		return nil, err
	}
	now, err := i.Fetch(ctx)
	if err != nil {
		return nil, err
	}
	if now.Spec().Get("paused").IsTrue() {
		return nil, Errorf(StatusError, "undo %s: it is paused (resume it first)", i)
	}
	history, err := i.History(ctx)
	if err != nil {
		return nil, err
	}
	if len(history) == 0 {
		return nil, Errorf(LookupError, "undo %s: it has no revisions yet", i)
	}
	to := history[0]
	switch n := len(history); {
	case revision == 0 && n < 2:
		return nil, Errorf(LookupError, "undo %s: there is no revision before %d", i, to.Number)
	case revision == 0:
		to = history[n-2]
	default:
		at := slices.IndexFunc(history, func(r Revision) bool { return r.Number == revision })
		if at < 0 {
			return nil, Errorf(LookupError, "undo %s: it has no revision %d (it has %s)", i, revision, numbers(history))
		}
		to = history[at]
	}
	if to.Current {
		return now, nil
	}
	if i.resource.Kind != "Deployment" {
		// What it keeps is a patch (API reference, ControllerRevision).
		return i.Patch(ctx, to.Item.Raw().Get("data"), PatchOptions{Type: "strategic"})
	}
	return i.Patch(ctx, now.templatePatch(to), PatchOptions{Type: "json"})
}

func numbers(history []Revision) string {
	list := make([]string, len(history))
	for n, r := range history {
		list[n] = strconv.FormatInt(r.Number, 10)
	}
	return strings.Join(list, ", ")
}

// templatePatch is the JSON patch (RFC 6902) that gives a Deployment the
// template of a revision, and the reason that people gave for it.
func (i *Item) templatePatch(to Revision) Value {
	template := to.Item.Spec().Get("template")
	meta := template.Get("metadata")
	meta = setField(meta, "labels", setField(meta.Get("labels"), templateHash, Value{}))
	template = setField(template, "metadata", meta)
	patch := []map[string]any{{"op": "replace", "path": "/spec/template", "value": json.RawMessage(template.Raw())}}
	cause := "/metadata/annotations/" + strings.ReplaceAll(changeCause, "/", "~1")
	switch {
	case to.ChangeCause != "":
		patch = append(patch, map[string]any{"op": "add", "path": cause, "value": to.ChangeCause})
	case i.annotation(changeCause) != "":
		patch = append(patch, map[string]any{"op": "remove", "path": cause})
	}
	return valueOf(patch)
}
