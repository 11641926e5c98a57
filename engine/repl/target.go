package repl

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/kube"
)

// target is what the global cluster is: the cluster of the flags, until the user
// chooses another context or namespace. It is safe for concurrent use. The cluster
// of the flags may take long to be found: one that is started.
type target struct {
	flags *kept[kube.Options]
	name  string // what the cluster of the flags is called, "" for its context

	mu      sync.Mutex
	chosen  *kube.Options        // of the context that was chosen, nil for the one of the flags
	bound   *string              // namespace that was chosen, nil for the one of the flags
	opened  *kept[*kube.Cluster] // is connected to the context
	current *label               // nil where it isn't known yet
}

// kept is a value that is made when it is first asked for. It is made anew where
// that has failed, or the value is of no use any more.
type kept[T any] struct {
	make  func() (T, error)
	spent func(T) bool // nil for never

	mu    sync.Mutex // held while it is made
	made  bool
	value T
}

func (k *kept[T]) get() (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.made && (k.spent == nil || !k.spent(k.value)) {
		return k.value, nil
	}
	value, err := k.make()
	k.made, k.value = err == nil, value
	return value, err
}

// connected is the cluster of some options.
func connected(options func() (kube.Options, error)) *kept[*kube.Cluster] {
	return &kept[*kube.Cluster]{spent: (*kube.Cluster).Closed, make: func() (*kube.Cluster, error) {
		o, err := options()
		if err != nil {
			return nil, err
		}
		return kube.Connect(o)
	}}
}

// label is what the prompt says of a target.
type label struct {
	name       string
	namespace  string // to which the views are bound, "" for none
	production bool   // the context is marked as one of production
}

func newTarget(flags func() (kube.Options, error), name string) *target {
	t := &target{flags: &kept[kube.Options]{make: flags}, name: name}
	t.opened = connected(t.flags.get)
	return t
}

// options are the options of the target.
func (t *target) options() (kube.Options, error) {
	o, err := t.flags.get()
	if err != nil {
		return o, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.chosen != nil {
		o = *t.chosen
	}
	if t.bound != nil {
		o.Namespace = *t.bound
	}
	return o, nil
}

// connect is the cluster of the target.
func (t *target) connect() (*kube.Cluster, error) {
	t.mu.Lock()
	opened, bound := t.opened, t.bound
	t.mu.Unlock()
	cluster, err := opened.get()
	if err != nil || bound == nil {
		return cluster, err
	}
	return cluster.Bound(*bound)
}

// contexts lists the contexts that can be chosen.
func (t *target) contexts(ctx context.Context) ([]kube.Context, error) {
	o, err := bindings.Await(ctx, t.options)
	if err != nil {
		return nil, err
	}
	return o.Contexts()
}

// choose changes to a context; the views are unbound.
func (t *target) choose(ctx context.Context, name string) error {
	contexts, err := t.contexts(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, c := range contexts {
		names = append(names, c.Name)
	}
	if !slices.Contains(names, name) {
		return kube.Errorf(kube.ValueError, "the kubeconfig has no context %q%s", name, kube.Suggest(name, names))
	}
	flags, err := t.flags.get()
	if err != nil {
		return err
	}
	var o kube.Options
	o.Overrides.CurrentContext = name
	o = o.Over(flags)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.chosen, t.bound, t.current = &o, nil, nil
	t.opened = connected(func() (kube.Options, error) { return o, nil })
	return nil
}

// bind binds the views to a namespace, "" to none.
func (t *target) bind(ctx context.Context, namespace string) error {
	cluster, err := bindings.Await(ctx, t.connect)
	if err != nil {
		return err
	}
	if _, err := cluster.Bound(namespace); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bound, t.current = &namespace, nil
	return nil
}

// statement is how a script chooses what was chosen.
func (t *target) statement() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var options []string
	if t.chosen != nil {
		options = append(options, "context = "+luaQuoted(t.chosen.Overrides.CurrentContext))
	}
	if t.bound != nil && *t.bound != "" {
		options = append(options, "namespace = "+luaQuoted(*t.bound))
	}
	return "cluster = kube.cluster{" + strings.Join(options, ", ") + "}"
}

// look asks the cluster whether it is there and takes the login.
func (t *target) look(ctx context.Context) error {
	cluster, err := bindings.Await(ctx, t.connect)
	if err != nil {
		return err
	}
	_, err = cluster.Proxy().Do(ctx, kube.Call{Method: http.MethodGet, Path: []string{"/version"}})
	return err
}

// lookFor tells that the cluster has no namespace of a name. What can't be found
// out is no error.
func (t *target) lookFor(ctx context.Context, namespace string) error {
	if namespace == "" {
		return nil
	}
	cluster, err := bindings.Await(ctx, t.connect)
	if err != nil {
		return nil
	}
	namespaces := cluster.Builtin("namespaces")
	if _, err = namespaces.Fetch(ctx, namespace, ""); !kube.IsKind(err, kube.LookupError) {
		return nil
	}
	var known []string
	if names, err := namespaces.Names(ctx); err == nil {
		for _, o := range names.Objects {
			known = append(known, o.Name)
		}
	}
	return kube.Errorf(kube.LookupError, "there is no namespace %q%s", namespace, kube.Suggest(namespace, known))
}

// shown is what the prompt calls the target: the context, and the namespace to
// which the views are bound.
func (t *target) shown(p paint) string {
	l := t.label()
	name := l.name
	if l.production {
		name = p.as(red, name)
	}
	if l.namespace != "" {
		name += "/" + l.namespace
	}
	return name
}

// label is what the prompt says of the target.
func (t *target) label() label {
	t.mu.Lock()
	current, named := t.current, t.name != "" && t.chosen == nil
	if named && current == nil { // its options may take long to be found
		current = &label{name: t.name}
		if t.bound != nil {
			current.namespace = *t.bound
		}
	}
	t.mu.Unlock()
	if current != nil {
		return *current
	}
	o, err := t.options()
	if err != nil {
		return label{name: "kubelua"}
	}
	l := labelOf(o)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current = &l
	return l
}

// labelOf is the label of the cluster that the options mean.
func labelOf(o kube.Options) label {
	l := label{name: "kubelua", namespace: o.Namespace}
	server := o.URL
	if server == "" {
		server = o.Overrides.ClusterInfo.Server
	}
	if u, err := url.Parse(server); err == nil && u.Host != "" {
		l.name = u.Host
		return l
	}
	contexts, _ := o.Contexts()
	for _, c := range contexts {
		if c.Current {
			l.name, l.production = c.Name, c.Production
		}
	}
	return l
}
