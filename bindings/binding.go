package bindings

import (
	"context"
	"sync"

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
}

// binding is what the bindings keep for one VM.
type binding struct {
	host    host.Host
	connect Connector
	env     *lua.LTable

	// The metatable of each class.
	address, cluster, container, containerState, enum, event, int64, item,
	kindImpl, labels, mapping, meta, null, proxy, raised, rawWatcher,
	record, response, sequence, timestamp, view, watcher *lua.LTable

	array     *lua.LTable    // marks tables that encode as arrays
	nullValue *lua.LUserData // kube.null

	mu     sync.Mutex
	opened []*kube.Cluster
}

// Open opens the bindings in a VM. It returns the module kube and the cluster
// of the host's flags; neither has connected to anything. close releases the
// clusters that the script opened.
func Open(L *lua.LState, h host.Host, connect Connector) (module, cluster lua.LValue, close func()) {
	b := &binding{host: h, connect: connect, env: L.Env}
	b.array = L.NewTable()
	b.array.RawSetString("__metatable", lua.LString("array"))
	b.address = addressClass.metatable(b, L)
	b.cluster = clusterClass.metatable(b, L)
	b.container = containerClass.metatable(b, L)
	b.containerState = containerStateClass.metatable(b, L)
	b.enum = enumClass.metatable(b, L)
	b.event = eventClass.metatable(b, L)
	b.int64 = int64Class.metatable(b, L)
	b.item = itemClass.metatable(b, L)
	b.kindImpl = kindImplClass.metatable(b, L)
	b.labels = labelsClass.metatable(b, L)
	b.mapping = mappingClass.metatable(b, L)
	b.meta = metaClass.metatable(b, L)
	b.null = nullClass.metatable(b, L)
	b.proxy = proxyClass.metatable(b, L)
	b.raised = raisedClass.metatable(b, L)
	b.rawWatcher = rawWatcherClass.metatable(b, L)
	b.record = recordClass.metatable(b, L)
	b.response = responseClass.metatable(b, L)
	b.sequence = sequenceClass.metatable(b, L)
	b.timestamp = timeClass.metatable(b, L)
	b.view = viewClass.metatable(b, L)
	b.watcher = watcherClass.metatable(b, L)
	luar.GetConfig(L).FieldNames = optionNames
	b.nullValue = b.userdata(null{}, b.null)
	first := &clusterRef{open: sync.OnceValues(b.opens(connect.Default))}
	return b.module(L), b.userdata(first, b.cluster), b.close
}

// opens remembers the cluster that connect makes for close.
func (b *binding) opens(connect func() (*kube.Cluster, error)) func() (*kube.Cluster, error) {
	return func() (*kube.Cluster, error) {
		c, err := connect()
		if err == nil {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.opened = append(b.opened, c)
		}
		return c, err
	}
}

// close releases the clusters that the script opened.
func (b *binding) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
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
