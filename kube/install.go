package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// The limits of waiting for the server to offer a kind that was just defined.
const (
	establishTime = time.Minute
	servePause    = 100 * time.Millisecond
)

// installOrder ranks the kinds of a manifest: what others need comes before
// them, kinds that aren't here come after all but the last rank. Admission
// webhooks come last, when what answers them is there.
var installOrder = func() map[string]int {
	ranks := map[string]int{}
	for rank, kinds := range []string{
		"Namespace",
		"CustomResourceDefinition.apiextensions.k8s.io",
		"PriorityClass.scheduling.k8s.io RuntimeClass.node.k8s.io StorageClass.storage.k8s.io IngressClass.networking.k8s.io",
		"ResourceQuota LimitRange NetworkPolicy.networking.k8s.io PodDisruptionBudget.policy",
		"ServiceAccount ClusterRole.rbac.authorization.k8s.io Role.rbac.authorization.k8s.io",
		"ClusterRoleBinding.rbac.authorization.k8s.io RoleBinding.rbac.authorization.k8s.io",
		"Secret ConfigMap PersistentVolume PersistentVolumeClaim",
		"Service",
		"DaemonSet.apps Deployment.apps StatefulSet.apps ReplicaSet.apps ReplicationController Pod",
		"Job.batch CronJob.batch HorizontalPodAutoscaler.autoscaling Ingress.networking.k8s.io",
	} {
		for kind := range strings.FieldsSeq(kinds) {
			ranks[kind] = rank
		}
	}
	for _, kind := range []string{
		"APIService.apiregistration.k8s.io",
		"MutatingWebhookConfiguration.admissionregistration.k8s.io",
		"ValidatingWebhookConfiguration.admissionregistration.k8s.io",
		"MutatingAdmissionPolicyBinding.admissionregistration.k8s.io",
		"ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
	} {
		ranks[kind] = lastRank
	}
	return ranks
}()

const (
	otherRank = 100
	lastRank  = 200
)

func installRank(r *Resource) int {
	kind := r.Kind
	if r.Group != "" {
		kind += "." + r.Group
	}
	if rank, ok := installOrder[kind]; ok {
		return rank
	}
	return otherRank
}

// ApplyAll applies the objects of a manifest, see [Cluster.Apply], and returns
// their items in the order of the objects. They are sent in the order in which
// they need each other: namespaces, definitions of custom resources, access
// rules, configuration, services, workloads, everything else, admission
// webhooks; those alike as they come. Objects of kinds that the manifest itself
// defines are sent once the server serves these.
//
// Every object is checked before the first is sent. An error names the object
// that failed by its place, kind and name, and tells which ones had been
// applied; their items are returned with it, and nil for the others.
func (c *Cluster) ApplyAll(ctx context.Context, objects []Value, options ApplyOptions) ([]*Item, error) {
	return c.install(ctx, "apply", objects, options.Namespace, func(ctx context.Context, t target) (*Item, error) {
		return c.apply(ctx, t, options)
	})
}

// CreateAll creates the objects of a manifest, see [Cluster.Create], in the
// order and with the errors of [Cluster.ApplyAll].
func (c *Cluster) CreateAll(ctx context.Context, objects []Value, options CreateOptions) ([]*Item, error) {
	return c.install(ctx, "create", objects, options.Namespace, func(ctx context.Context, t target) (*Item, error) {
		return c.create(ctx, t, options)
	})
}

// step is one object of a manifest.
type step struct {
	target
	place   int
	defined bool // its kind is defined by the manifest
}

func (c *Cluster) install(ctx context.Context, verb string, objects []Value, namespace string, send func(context.Context, target) (*Item, error)) ([]*Item, error) {
	items := make([]*Item, len(objects))
	steps, err := c.steps(ctx, verb, objects, namespace)
	if err != nil {
		return items, err
	}
	for n, s := range steps {
		item, err := c.sendStep(ctx, s, send)
		if c.outdated(ctx, s.resource, err) {
			if s.target, err = c.manifestTarget(ctx, verb, s.object, namespace, nil); err == nil {
				item, err = c.sendStep(ctx, s, send)
			}
		}
		if err != nil {
			return items, failedStep(verb, s, steps[:n], err)
		}
		items[s.place] = item
		// Definitions are established side by side, so they are waited for when
		// the last of them was sent.
		if c.client.plan.On() || !s.defines() || n+1 < len(steps) && steps[n+1].defines() {
			continue
		}
		for m, d := range steps[:n+1] {
			if !d.defines() {
				continue
			}
			if err := items[d.place].established(ctx); err != nil {
				return items, failedStep(verb, d, slices.Delete(slices.Clone(steps[:n+1]), m, m+1), err)
			}
		}
	}
	return items, nil
}

// defines tells whether the object is the definition of a kind.
func (s step) defines() bool { return installRank(s.resource) == installOrder[definitionKind] }

const definitionKind = "CustomResourceDefinition.apiextensions.k8s.io"

// steps checks the objects and puts them in order.
func (c *Cluster) steps(ctx context.Context, verb string, objects []Value, namespace string) ([]step, error) {
	var defined []*Resource
	for _, object := range objects {
		if object.Get("kind").String() == "CustomResourceDefinition" {
			defined = append(defined, definedResources(object)...)
		}
	}
	steps := make([]step, len(objects))
	for i, object := range objects {
		t, err := c.manifestTarget(ctx, verb, object, namespace, defined)
		if err == nil && verb == "apply" {
			_, err = t.apply(ApplyOptions{})
		}
		if err == nil && verb == "create" {
			err = t.checkNew()
		}
		if err != nil {
			return nil, failedStep(verb, step{target: t, place: i}, nil, err)
		}
		steps[i] = step{t, i, slices.Contains(defined, t.resource)}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return installRank(a.resource) - installRank(b.resource) })
	return steps, nil
}

// definedResources are the resources that a CustomResourceDefinition defines,
// one for each version.
func definedResources(definition Value) []*Resource {
	var list []*Resource
	spec := definition.Get("spec")
	for v := range spec.Get("versions").Elements() {
		if !v.Get("served").IsTrue() {
			continue
		}
		version := v.Get("name").String()
		var subresources []string
		for name := range v.Get("subresources").Fields() {
			subresources = append(subresources, name)
		}
		list = append(list, &Resource{
			Kind:       spec.At("names", "kind").String(),
			Name:       spec.At("names", "plural").String(),
			Group:      spec.Get("group").String(),
			Versions:   []string{version},
			Namespaced: spec.Get("scope").String() == "Namespaced",

			subresources: map[string][]string{version: subresources},
		})
	}
	return list
}

// sendStep sends an object. One of a kind that was just defined may come a
// moment before the server serves it: its paths don't exist yet.
func (c *Cluster) sendStep(ctx context.Context, s step, send func(context.Context, target) (*Item, error)) (*Item, error) {
	for ends := time.Now().Add(establishTime); ; {
		item, err := send(ctx, s.target)
		if !s.defined || !notServed(err) || time.Now().After(ends) {
			return item, err
		}
		if err := Sleep(ctx, servePause); err != nil {
			return nil, err
		}
	}
}

// defined is what a write returns: where that made a CustomResourceDefinition,
// once the server serves what it defines.
func defined(ctx context.Context, item *Item, err error) (*Item, error) {
	if err != nil || item.resource.key() != definitionKind || item.cluster.client.plan.On() {
		return item, err
	}
	if err := item.established(ctx); err != nil {
		return nil, err
	}
	return item, nil
}

// established waits until the server serves what a CustomResourceDefinition
// defines, and says so.
func (i *Item) established(ctx context.Context) error {
	// Who may define kinds need not be allowed to watch definitions.
	if err := i.accepted(ctx); err != nil && !IsReason(err, "Forbidden") {
		return err
	}
	return i.cluster.discovery.await(ctx, i.cluster, i.String(), definedResources(i.Raw()))
}

// accepted waits until a CustomResourceDefinition is Established.
func (i *Item) accepted(ctx context.Context) error {
	w, err := i.Watch(ctx, WatchOptions{Initial: true})
	if err != nil {
		return err
	}
	defer w.Close()
	for ends := time.Now().Add(establishTime); ; {
		ev, err := w.Next(ctx, max(0, time.Until(ends)))
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == ErrTimeout:
			return Errorf(TimeoutError, "%s is not established after %s", i, establishTime)
		case err == io.EOF || err == nil && ev.Type == Deleted:
			return Errorf(KubeError, "%s was deleted before it was established", i)
		case err != nil:
			return err
		}
		for c := range ev.Item.Status().Get("conditions").Elements() {
			switch c.Get("type").String() + "=" + c.Get("status").String() {
			case "Established=True":
				return nil
			case "NamesAccepted=False":
				return Errorf(KubeError, "%s can't be established: %s", i, c.Get("message"))
			}
		}
	}
}

// failedStep says which object of a manifest failed, and what was done before.
func failedStep(verb string, s step, done []step, err error) error {
	var cause *Error
	if !errors.As(err, &cause) {
		return err // the context's end
	}
	name := strings.TrimPrefix(s.object.At("metadata", "namespace").String()+"/"+s.object.At("metadata", "name").String(), "/")
	kind := s.object.Get("kind").String()
	what := strings.TrimSpace(kind + " " + name)
	if what != "" {
		what = " (" + what + ")"
	}
	before := "nothing was sent before it"
	if len(done) > 0 {
		var names []string
		for _, d := range done[max(0, len(done)-10):] {
			names = append(names, d.String())
		}
		more := ""
		if n := len(done) - len(names); n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		past := map[string]string{"apply": "applied", "create": "created"}[verb]
		before = fmt.Sprintf("%s before it: %s%s", past, strings.Join(names, ", "), more)
	}
	failed := *cause
	failed.Message = fmt.Sprintf("document %d%s: %s\n%s", s.place+1, what, cause.Message, before)
	failed.cause = err
	return &failed
}
