package engine_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/stretchr/testify/assert"
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
	"github.com/kubelua/kubelua/testdata/faults"
)

// believer is the script: what it knows after each event.
const believer = `
local known = {} -- by name
local latest = {} -- version by uid, of objects that are gone too

for ev in cluster[witness.resource]:filter{labels = "watched=yes"}:watch{initial = true} do
  local meta = ev.item.meta
  local name, uid, version = meta.name, meta.uid, tonumber(meta.version)
  local was = known[name]
  local what = string.format("%s %s (uid %s, version %d)", ev.evtype, name, uid, version)
  if ev.evtype == "ADDED" then
    assert(not was, what .. ": it was there already")
  else
    assert(was, what .. ": it was not there")
    assert(was.uid == uid, what .. ": what was there was another object")
  end
  if ev.evtype == "DELETED" then
    assert(version >= latest[uid], what .. ": an older version")
    known[name] = nil
  else
    assert(version > (latest[uid] or 0), what .. ": no newer version")
    known[name] = {uid = uid, version = version, value = meta.labels.value}
  end
  latest[uid] = version
  witness.believes(known, ev.evtype == "DELETED" and ev.synthetic)
end
error("the watch ended")
`

// believe starts the script.
func (s *scene) believe() (end func()) {
	s.witness = &witness{resource: s.resource, told: make(chan struct{}, 1), ended: make(chan struct{})}
	options := kube.Options{URL: s.proxy.URL(), WatchSilence: silence, Links: []kube.Link{s.shortPages}}
	options.Overrides.ClusterInfo.InsecureSkipTLSVerify = s.protocol == faults.HTTP2
	vm := engine.New(engine.Options{
		Cluster: func() (kube.Options, error) { return options, nil },
		Modules: []engine.Module{{Name: "witness", Global: true, Open: s.witness.open}},
	})
	ctx, cancel := context.WithCancelCause(context.Background())
	go func() {
		defer close(s.witness.ended)
		defer vm.Close()
		s.witness.err = vm.Run(ctx, engine.Source{Name: "believer.lua", Text: believer})
	}()
	return func() {
		cancel(engine.Interrupted)
		<-s.witness.ended
		assert.ErrorIs(s.t, s.witness.err, engine.Interrupted)
	}
}

// witness is told by the script what it believes.
type witness struct {
	resource string
	gate     gate          // for the script
	told     chan struct{} // gets a value when there is something new
	ended    chan struct{} // closed when the script has ended
	err      error         // of the script; valid then

	mu                sync.Mutex
	known             map[string]string
	events, synthetic int
}

func (w *witness) open(L *lua.LState, h host.Host) lua.LValue {
	t := L.NewTable()
	t.RawSetString("resource", lua.LString(w.resource))
	return L.SetFuncs(t, map[string]lua.LGFunction{"believes": func(L *lua.LState) int {
		w.believes(L)
		if err := h.Block(L, w.gate.pass); err != nil {
			L.RaiseError("%v", err)
		}
		return 0
	}})
}

// believes takes the script's table, and whether the event was a deletion that
// had been missed.
func (w *witness) believes(L *lua.LState) {
	known := map[string]string{}
	L.CheckTable(1).ForEach(func(name, is lua.LValue) {
		known[name.String()] = fmt.Sprintf("uid %s version %s value %s", L.GetField(is, "uid"), L.GetField(is, "version"), L.GetField(is, "value"))
	})
	w.mu.Lock()
	w.known = known
	w.events++
	if L.ToBool(2) {
		w.synthetic++
	}
	w.mu.Unlock()
	select {
	case w.told <- struct{}{}:
	default:
	}
}

func (w *witness) belief() map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.known
}

func (w *witness) count() (events, synthetic int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.events, w.synthetic
}

// difference says where belief and truth are apart.
func difference(belief, truth map[string]string) string {
	var lines []string
	for name := range maps.Keys(truth) {
		if belief[name] != truth[name] {
			lines = append(lines, fmt.Sprintf("%s: believed %q, is %q", name, belief[name], truth[name]))
		}
	}
	for name := range maps.Keys(belief) {
		if truth[name] == "" {
			lines = append(lines, fmt.Sprintf("%s: believed %q, is not there", name, belief[name]))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// gate holds up who wants to pass while it is shut.
type gate struct {
	mu      sync.Mutex
	opened  chan struct{} // nil while it is open
	waiting bool          // somebody has come since it was shut
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opened, g.waiting = make(chan struct{}), false
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened != nil {
		close(g.opened)
		g.opened = nil
	}
}

func (g *gate) waitedAt() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting
}

func (g *gate) pass(ctx context.Context) error {
	g.mu.Lock()
	opened := g.opened
	g.waiting = opened != nil
	g.mu.Unlock()
	if opened == nil {
		return nil
	}
	select {
	case <-opened:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
