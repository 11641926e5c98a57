package bindings

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// Sight is what shows of a value of the bindings to who looks at it without
// asking it anything: no Lua runs and no server is asked for it. What doesn't
// apply is zero.
type Sight struct {
	Class string // as the stubs call it: "kube.View"

	View *kube.View // a view
	Item *kube.Item // an item, or the one whose metadata, labels or annotations it is

	// Cluster is the same for one cluster however often it is looked at. Open
	// makes the connection where there is none yet; any goroutine may call it.
	Cluster any
	Open    func() (*kube.Cluster, error)

	JSON    kube.Value // what is read from an answer of the server: an object or array
	Names   []string   // the keys of a mapping that was made in Go, or the values of an enumeration
	Element lua.LValue // the first of a sequence that was made in Go
}

// Look tells what shows of a value. It is false for one that isn't of the
// bindings.
func (k *Kube) Look(v lua.LValue) (Sight, bool) {
	ud, ok := v.(*lua.LUserData)
	s := Sight{Class: ClassOf(v)}
	if !ok || s.Class == "" {
		return Sight{}, false
	}
	switch v := ud.Value.(type) {
	case *kube.View:
		s.View = v
	case *kube.Item:
		s.Item, s.JSON = v, v.Raw()
	case kube.Meta:
		s.Item, s.JSON = v.Item(), v.Raw()
	case kube.Entries:
		s.Item, s.JSON = v.Item(), v.Value()
	case *kube.Enum:
		s.Names = v.Values
	case *clusterRef:
		s.Cluster, s.Open = v, v.open
		if c := v.cluster; c != nil {
			s.Cluster, s.Open = c, func() (*kube.Cluster, error) { return c, nil }
		}
	case *mapping:
		s.JSON = v.value
	case *record:
		s.Names = v.names()
	case *sequence:
		if s.JSON = v.raw; !v.raw.Exists() && v.length > 0 {
			s.Element = v.at(call{binding: k.binding}, 0)
		}
	}
	return s, true
}
