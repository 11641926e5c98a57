package bindings

import (
	"context"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// Connector makes the clusters that a script asks for. The engine's host
// decides by it which ones a script may reach.
type Connector interface {
	// Default is the cluster of the host's flags. It is asked for when the
	// script first uses it, and not again.
	Default() (*kube.Cluster, error)
	// Connect makes a further cluster.
	Connect(kube.Options) (*kube.Cluster, error)
	// Forwarded is told of a port of this machine that the script has opened,
	// and may use while it is open.
	Forwarded(*kube.PortForward)
}

// binding is what the bindings keep for one VM.
type binding struct {
	host    host.Host
	state   *lua.LState // of the VM
	connect Connector
	env     *lua.LTable

	// The metatable of each class.
	address, annotations, cluster, column, container, containerState, enum,
	event, finalizers, int64, item, kindImpl, labels, log, mapping, meta, null,
	owners, portForward, process, proxy, raised, rawWatcher, record, response,
	row, sequence, servedKind, table, view, watcher *lua.LTable

	array     *lua.LTable    // marks tables that encode as arrays
	nullValue *lua.LUserData // kube.null

	mu     sync.Mutex
	opened []*kube.Cluster
	closed bool // what is opened from now on is closed at once
}

// Kube are the bindings of one VM.
type Kube struct {
	Module  lua.LValue // the module kube
	Cluster lua.LValue // the cluster of the host's flags
	binding *binding
}

// Open opens the bindings in a VM. Nothing has connected to a cluster yet. The
// caller closes them.
func Open(L *lua.LState, h host.Host, connect Connector) *Kube {
	b := &binding{host: h, state: L, connect: connect, env: L.Env}
	b.array = L.NewTable()
	b.array.RawSetString("__metatable", lua.LString("array"))
	for _, row := range b.classes() {
		*row.metatable = row.class.metatable(b, L)
	}
	luar.GetConfig(L).FieldNames = optionNames
	b.nullValue = b.userdata(null{}, b.null)
	k := &Kube{Module: b.module(L), binding: b}
	k.Cluster = k.ClusterValue(connect.Default)
	return k
}

// ClusterValue is a value for a cluster that connect makes when it is first used,
// once, and that Close releases.
func (k *Kube) ClusterValue(connect func() (*kube.Cluster, error)) lua.LValue {
	b := k.binding
	return b.userdata(&clusterRef{open: sync.OnceValues(b.opens(connect))}, b.cluster)
}

// Close releases the clusters that the script opened.
func (k *Kube) Close() { k.binding.close() }

// Raise raises err in Lua as the bindings do; nil does nothing. It doesn't
// return otherwise.
func (k *Kube) Raise(L *lua.LState, err error) { call{k.binding, L}.raise(err) }

// ErrorValue is what a script catches of err.
func (k *Kube) ErrorValue(L *lua.LState, err error) lua.LValue {
	return call{k.binding, L}.errorValue(err)
}

// Seconds reads a duration: a number of seconds, or a text like "90s", "5m".
// What else is given raises; name says there what it is.
func (k *Kube) Seconds(L *lua.LState, v lua.LValue, name string) time.Duration {
	return call{k.binding, L}.seconds(v, name)
}

// Wait reads how long a call may wait: {timeout = s} or s itself at argument n;
// negative, for ever, where nothing is given.
func (k *Kube) Wait(L *lua.LState, n int) time.Duration { return call{k.binding, L}.wait(n) }

// Options reads the options table at argument n into a struct, whose exported
// fields are the options under their names in snake_case. The table may be
// missing; an unknown option and a value of a wrong type raise.
func Options[T any](k *Kube, L *lua.LState, n int) T {
	return options[T](call{k.binding, L}, n)
}

// opens remembers the cluster that connect makes for close.
func (b *binding) opens(connect func() (*kube.Cluster, error)) func() (*kube.Cluster, error) {
	return func() (*kube.Cluster, error) {
		c, err := connect()
		if err != nil {
			return nil, err
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.closed {
			c.Close()
		}
		b.opened = append(b.opened, c)
		return c, nil
	}
}

// close releases the clusters that the script opened.
func (b *binding) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for _, c := range b.opened {
		c.Close()
	}
}

// block runs a call that may wait and raises its error.
func (c call) block(fn func(ctx context.Context) error) {
	c.raise(c.host.Block(c.L, fn))
}

// blocking is block for a call with a result.
func blocking[T any](c call, fn func(ctx context.Context) (T, error)) T {
	var result T
	c.block(func(ctx context.Context) (err error) {
		result, err = fn(ctx)
		return err
	})
	return result
}

// push pushes values and returns their number.
func (c call) push(values ...lua.LValue) int {
	for _, v := range values {
		c.L.Push(v)
	}
	return len(values)
}
