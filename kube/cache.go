package kube

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// Cached returns a view of the same objects that answers Fetch, Find and
// iterations from memory, and so do the views that are narrowed from it. It
// returns once all objects are there; from then on a watch keeps them as they
// are on the server, a moment late (see [View.Age]). It holds every object
// whole.
//
// The context bounds the life of the watch. Close ends it, and it ends by itself
// when no such view is left. From then on, and where the watch has ended by an
// error, the view answers with an error rather than with what was.
//
// What a view holds that is bound to a namespace or narrowed, no view that is
// made of it goes beyond. The fields of a selector are compared as they are in
// the object, at any path; the server itself knows only some of them. Where the
// object has none it equals "", and "false" and "0", which aren't on the wire.
func (v *View) Cached(ctx context.Context) (*View, error) {
	if v.cache != nil {
		return v, nil
	}
	s := &store{
		items:   map[string]*Item{},
		indexes: map[index]map[string]map[string]*Item{},
		synced:  make(chan struct{}),
	}
	w := v.watch(WatchOptions{Initial: true, Sync: true})
	w.feed.heard = s.hear
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	b := v.cluster.client.goOn(ctx, func(ctx context.Context) { s.end(w.run(ctx, s.apply)) })
	select {
	case <-s.synced:
	case <-b.ended:
		return nil, s.state()
	case <-ctx.Done():
		b.close()
		return nil, context.Cause(ctx)
	}
	cached := *v
	cached.cache = &cache{of: v, store: s, background: b}
	runtime.AddCleanup(cached.cache, (*background).cancel, b)
	return &cached, nil
}

// Close ends the watch behind a cached view, and waits until its connection is
// released. Closing twice is harmless, and closing a view that isn't cached
// does nothing.
func (v *View) Close() {
	if v.cache != nil {
		v.cache.background.close()
	}
}

// IsCached tells whether the view answers from memory.
func (v *View) IsCached() bool { return v.cache != nil }

// Age is how old the answers of a cached view may be: how long ago the server
// last said what is new, or that nothing is, which it does every minute. It is 0
// for a view that isn't cached. An error says why the view doesn't answer.
func (v *View) Age() (time.Duration, error) {
	if v.cache == nil {
		return 0, nil
	}
	s := v.cache.store
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.closed(); err != nil {
		return 0, err
	}
	return time.Since(s.heard), nil
}

// Len is the number of objects of a cached view. An error says why it doesn't
// know.
func (v *View) Len() (int, error) {
	if v.cache == nil {
		return 0, Errorf(ValueError, "a view has no length: it holds nothing (view:count() asks the server)")
	}
	items, err := v.cache.store.list(v)
	return len(items), err
}

// cache is what the views share that answer from one store. The watch doesn't
// refer to it, so that it is collected with the last of them.
type cache struct {
	of         *View // what is held
	store      *store
	background *background
}

// store holds the objects of a cached view. It is safe for concurrent use.
type store struct {
	synced chan struct{} // closed when everything is there

	mu      sync.RWMutex
	items   map[string]*Item // by namespace and name
	sorted  []*Item          // all, in the server's order; nil when it must be made anew
	lent    bool             // somebody may be reading sorted
	indexes map[index]map[string]map[string]*Item
	asked   []index   // the indexes, the one that was asked last at the end
	heard   time.Time // when the server last said what is new
	ended   bool
	err     error // why, nil for Close
}

// maxIndexes bounds how many indexes a store keeps: each holds every object once
// more, and takes part in every change.
const maxIndexes = 8

// index finds objects by a value that they have: a label, a field or the
// namespace. One is made when it is first asked for. It leaves out objects that
// have no such value.
type index struct {
	of  string // "label", "field" or "namespace"
	key string
}

// value is what an index files the item under.
func (x index) value(i *Item) string {
	switch x.of {
	case "label":
		value, _ := i.Meta().Labels().Get(x.key)
		return value
	case "field":
		return fieldOf(i, x.key)
	}
	return i.Meta().Namespace()
}

// fieldOf is the text of the field at a dotted path.
func fieldOf(i *Item, path string) string {
	if path == "source" && i.resource.Kind == "Event" {
		path = "source.component" // as the server calls it
	}
	return i.raw.At(strings.Split(path, ".")...).String()
}

// apply takes an event of the watch.
func (s *store) apply(e Event) error {
	if e.Type == Sync {
		select {
		case <-s.synced:
		default:
			close(s.synced)
		}
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key(e.Item.raw.Raw())
	was := s.items[k]
	if e.Type == Deleted {
		delete(s.items, k)
	} else {
		s.items[k] = e.Item
	}
	if was == nil || e.Type == Deleted {
		s.sorted = nil
	} else {
		s.replace(k, e.Item)
	}
	for x, values := range s.indexes {
		if was != nil {
			x.remove(values, k, was)
		}
		if e.Type != Deleted {
			x.add(values, k, e.Item)
		}
	}
	return nil
}

// replace puts the newest version of an object into the sorted list, if there
// is one.
func (s *store) replace(k string, item *Item) {
	if s.sorted == nil {
		return
	}
	if s.lent {
		s.sorted, s.lent = slices.Clone(s.sorted), false
	}
	at, _ := slices.BinarySearchFunc(s.sorted, k, func(i *Item, k string) int { return strings.Compare(key(i.raw.Raw()), k) })
	s.sorted[at] = item
}

func (x index) add(values map[string]map[string]*Item, key string, i *Item) {
	value := x.value(i)
	if value == "" {
		return
	}
	if values[value] == nil {
		values[value] = map[string]*Item{}
	}
	values[value][key] = i
}

func (x index) remove(values map[string]map[string]*Item, key string, i *Item) {
	value := x.value(i)
	if delete(values[value], key); len(values[value]) == 0 {
		delete(values, value)
	}
}

// hear notes that what the server has said is as new as the given time.
func (s *store) hear(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = at
}

// end notes that nothing keeps the store up to date any more.
func (s *store) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended, s.err = true, err
	s.items, s.sorted, s.indexes = nil, nil, nil
}

// state is why the store can't answer, nil if it can.
func (s *store) state() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.closed()
}

// closed is state under the lock.
func (s *store) closed() error {
	switch {
	case !s.ended:
		return nil
	case IsKind(s.err, KubeError):
		return s.err
	}
	return Errorf(KubeError, "the cached view is closed")
}

// fetch returns an object of the view, nil where it has none of that name.
func (s *store) fetch(v *View, name, namespace string) (*Item, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.closed(); err != nil {
		return nil, err
	}
	item := s.items[namespace+"/"+name]
	if item == nil || !v.shows(item) {
		return nil, nil
	}
	return item, nil
}

// list returns the objects of the view in the server's order. The slice must
// not be changed.
func (s *store) list(v *View) ([]*Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.closed(); err != nil {
		return nil, err
	}
	match := v.matcher()
	few, found := s.candidates(match.indexed())
	if !found {
		if s.sorted == nil {
			s.sorted, s.lent = inOrder(s.items), false
		}
		if match.everything() {
			s.lent = true
			return s.sorted, nil
		}
		return slices.DeleteFunc(slices.Clone(s.sorted), func(i *Item) bool { return !match.item(i) }), nil
	}
	var items []*Item
	for _, i := range inOrder(few) {
		if match.item(i) {
			items = append(items, i)
		}
	}
	return items, nil
}

// candidates are the objects that the best of several indexes finds: the
// fewest. It is false where there is no index.
func (s *store) candidates(wanted map[index]string) (few map[string]*Item, found bool) {
	for x, value := range wanted {
		values := s.indexes[x]
		if values == nil {
			values = map[string]map[string]*Item{}
			for key, i := range s.items {
				x.add(values, key, i)
			}
			s.indexes[x] = values
		}
		s.asked = append(slices.DeleteFunc(s.asked, func(other index) bool { return other == x }), x)
		if len(s.asked) > maxIndexes {
			delete(s.indexes, s.asked[0])
			s.asked = s.asked[1:]
		}
		if !found || len(values[value]) < len(few) {
			few, found = values[value], true
		}
	}
	return few, found
}

// inOrder sorts objects as the server does: by their keys.
func inOrder(items map[string]*Item) []*Item {
	keys := make([]string, 0, len(items))
	for key := range items {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	sorted := make([]*Item, len(keys))
	for n, key := range keys {
		sorted[n] = items[key]
	}
	return sorted
}

// matcher is what a view shows, for objects in memory.
type matcher struct {
	namespace string
	labels    labels.Selector
	fields    fields.Requirements
}

// matcher parses the view's selectors, which were checked when they were
// given.
func (v *View) matcher() matcher {
	m := matcher{namespace: v.namespace, labels: labels.Everything()}
	if s, err := labels.Parse(v.selectors.Labels); err == nil {
		m.labels = s
	}
	if s, err := fields.ParseSelector(v.selectors.Fields); err == nil {
		m.fields = s.Requirements()
	}
	return m
}

// shows tells whether the view shows an object of its resource.
func (v *View) shows(i *Item) bool { return v.matcher().item(i) }

func (m matcher) everything() bool {
	return m.namespace == "" && m.labels.Empty() && len(m.fields) == 0
}

// item tells whether an object matches.
func (m matcher) item(i *Item) bool {
	if m.namespace != "" && i.Meta().Namespace() != m.namespace {
		return false
	}
	if !m.labels.Empty() && !m.labels.Matches(labelsOf{i}) {
		return false
	}
	for _, r := range m.fields {
		got := fieldOf(i, r.Field)
		equal := got == r.Value || got == "" && (r.Value == "false" || r.Value == "0")
		if equal == (r.Operator == selection.NotEquals) {
			return false
		}
	}
	return true
}

// indexed lists the indexes that find what matches.
func (m matcher) indexed() map[index]string {
	wanted := map[index]string{}
	if m.namespace != "" {
		wanted[index{of: "namespace"}] = m.namespace
	}
	requirements, _ := m.labels.Requirements()
	for _, r := range requirements {
		// An index doesn't tell "" from absent.
		if value, one := r.ValuesUnsorted(), r.Operator() == selection.Equals || r.Operator() == selection.DoubleEquals; one && value[0] != "" {
			wanted[index{"label", r.Key()}] = value[0]
		}
	}
	for _, r := range m.fields {
		if r.Operator != selection.NotEquals && r.Value != "" && r.Value != "false" && r.Value != "0" {
			wanted[index{"field", r.Field}] = r.Value
		}
	}
	return wanted
}

// labelsOf are the labels of an item as selectors want them.
type labelsOf struct{ item *Item }

func (l labelsOf) Lookup(key string) (string, bool) { return l.item.Meta().Labels().Get(key) }

func (l labelsOf) Has(key string) bool {
	_, ok := l.Lookup(key)
	return ok
}

func (l labelsOf) Get(key string) string {
	value, _ := l.Lookup(key)
	return value
}
