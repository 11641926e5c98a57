package kube

import (
	"encoding/json"
	"iter"
	"strings"
)

// memory is what a watch knows of the objects that exist, by key: enough to
// tell whether one changed, went or was replaced while nobody looked.
type memory struct {
	stamps map[string]*stamp
	items  map[string]*Item // nil unless objects are kept whole
	round  uint32           // of the list that goes on, to find what isn't in it
}

// stamp is what is remembered of one object.
type stamp struct {
	uid, version string
	round        uint32 // in which it was last seen
}

func newMemory(keep bool) *memory {
	m := &memory{stamps: map[string]*stamp{}}
	if keep {
		m.items = map[string]*Item{}
	}
	return m
}

// set remembers an object. The texts of a new one are copied into one, which
// takes half of the memory that three take.
func (m *memory) set(key string, s stamp, item *Item) {
	s.round = m.round
	if was := m.stamps[key]; was != nil && was.uid == s.uid {
		was.version, was.round = strings.Clone(s.version), s.round
	} else {
		text := key + s.uid + s.version
		key, text = text[:len(key)], text[len(key):]
		s.uid, s.version = text[:len(s.uid)], text[len(s.uid):]
		m.stamps[key] = &s
	}
	if m.items != nil {
		m.items[key] = item
	}
}

// saw notes that an object was in the list that goes on.
func (m *memory) saw(s *stamp) { s.round = m.round }

func (m *memory) forget(key string) {
	delete(m.stamps, key)
	if m.items != nil {
		delete(m.items, key)
	}
}

// unseen are the objects that were not in the list that goes on. What it is at
// may be forgotten meanwhile.
func (m *memory) unseen() iter.Seq2[string, *stamp] {
	return func(yield func(string, *stamp) bool) {
		for key, s := range m.stamps {
			if s.round != m.round && !yield(key, s) {
				return
			}
		}
	}
}

// remains makes the item of a deletion that was missed: the object as it was
// last delivered, or what is remembered of it.
func (m *memory) remains(v *View, key string, s *stamp) *Item {
	if item := m.items[key]; item != nil {
		return item
	}
	namespace, name, _ := strings.Cut(key, "/")
	meta := map[string]string{"name": name, "uid": s.uid, "resourceVersion": s.version}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	// Strings always encode.
	text, _ := json.Marshal(map[string]any{"metadata": meta})
	item := newItem(v.cluster, v.resource, text)
	item.partial = true
	return item
}
