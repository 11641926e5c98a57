package kube

import (
	"context"
	"slices"
)

// podsOf tells which pods are those of a workload's newest spec: who controls
// them, and the revision that they carry.
type podsOf struct {
	owner string // uid
	hash  string // of the label controller-revision-hash; "" for any
}

// has tells whether a pod is one of them.
func (p podsOf) has(owner, hash string) bool {
	return p.owner != "" && p.owner == owner && (p.hash == "" || p.hash == hash)
}

const (
	revisionHash       = "controller-revision-hash"
	revisionAnnotation = "deployment.kubernetes.io/revision"
)

// Kinds that this package works with besides the built-in ones.
var (
	controllerRevisions = &Resource{Kind: "ControllerRevision", Name: "controllerrevisions", Group: "apps", Versions: []string{"v1"}, Namespaced: true}
	eventsResource      = &Resource{Kind: "Event", Name: "events", Versions: []string{"v1"}, Namespaced: true}
)

// controller is the owner reference of who controls the item; absent where
// nobody does.
func (i *Item) controller() Value {
	for owner := range i.Meta().get("ownerReferences").Elements() {
		if owner.Get("controller").IsTrue() {
			return owner
		}
	}
	return Value{}
}

// owned lists the objects of a kind that the item controls.
func (i *Item) owned(ctx context.Context, r *Resource) ([]*Item, error) {
	all := &View{cluster: i.cluster, resource: r, namespace: i.Meta().Namespace()}
	// Replica sets and revisions have the labels of the pods.
	all.selectors.Labels, _ = i.selector()
	var list []*Item
	for item, err := range all.All(ctx) {
		if err != nil {
			return nil, err
		}
		if item.controller().Get("uid").String() == i.Meta().UID() {
			list = append(list, item)
		}
	}
	return list, nil
}

// ownPods: a workload that has no revisions controls its pods itself.
func ownPods(_ context.Context, i *Item) (podsOf, error) { return podsOf{owner: i.Meta().UID()}, nil }

// newestReplicaSet: a deployment's pods belong to its replica sets, of which
// the newest has the revision that the deployment has.
func newestReplicaSet(ctx context.Context, i *Item) (podsOf, error) {
	sets, err := i.owned(ctx, builtin("replicasets"))
	if err != nil {
		return podsOf{}, err
	}
	for _, set := range sets {
		if set.annotation(revisionAnnotation) == i.annotation(revisionAnnotation) {
			return podsOf{owner: set.Meta().UID()}, nil
		}
	}
	return podsOf{}, nil
}

// newestRevision: the pods of stateful and daemon sets carry the hash of their
// revision. A stateful set names the newest, a daemon set doesn't.
func newestRevision(ctx context.Context, i *Item) (podsOf, error) {
	if hash := i.Status().Get("updateRevision"); hash.Exists() {
		return podsOf{i.Meta().UID(), hash.String()}, nil
	}
	revisions, err := i.owned(ctx, controllerRevisions)
	if err != nil || len(revisions) == 0 {
		return podsOf{}, err
	}
	newest := slices.MaxFunc(revisions, func(a, b *Item) int {
		return int(a.count("revision") - b.count("revision"))
	})
	hash, _ := newest.Meta().Labels().Get(revisionHash)
	return podsOf{i.Meta().UID(), hash}, nil
}

func (i *Item) annotation(key string) string { return i.Meta().get("annotations").Get(key).String() }
