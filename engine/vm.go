package engine

import (
	"cmp"
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// Options say what a VM has and what its scripts may do.
type Options struct {
	// World is what scripts may do to the world; the zero World is nothing.
	World World

	// Path lists folders in which require looks for Lua modules, after the
	// folder of the script.
	Path []string

	// Cluster says how the cluster of the host's flags is reached. It is asked
	// when a script first uses a cluster. Nil is what kubectl would reach
	// without flags.
	Cluster func() (kube.Options, error)

	// Caller, if any, gets the context of each call that waits, and the line of
	// the script that makes it, "cleanup.lua:12"; the call gets what it returns.
	Caller func(ctx context.Context, line string) context.Context

	// MaxCoroutines is how many coroutines that have not ended there may be;
	// 0 is 100,000. One that nothing refers to any more doesn't count.
	MaxCoroutines int

	// MaxMemory is how many bytes the VM may hold before its run is ended; 0 is no
	// bound. It counts what scripts have made, about as large as it is in memory.
	// What one instruction makes is counted after it, so the process needs more
	// than that: a table's array may have lua.MaxArrayIndex elements at once.
	MaxMemory int64

	// Zone is the time zone of jobs that name none; nil is time.Local.
	Zone *time.Location

	// Modules are opened beside the built-in ones. A row with a built-in
	// name takes its place.
	Modules []Module
}

// VM is a Lua virtual machine with its libraries. It runs one script at a time
// (see [VM.Run]); what a script leaves in its globals is there for the next.
// Its methods that take an LState are the [host.Host] of modules and bindings.
type VM struct {
	// lock is held by the goroutine that runs Lua, and by nobody while a Go
	// call blocks. All fields below are guarded by it.
	lock turns

	state   *lua.LState // parent of all others; runs nothing but the opening of libraries
	threads map[*lua.LState]thread
	idle    [stackClasses][]*lua.LState
	kube    *bindings.Kube
	classes classes
	selects int // how often a select has looked

	coroutines    map[*coroutine]struct{} // that are not dead
	abandoned     abandoned
	collectAt     int // how many coroutines there are when the collector is asked next
	maxCoroutines int
	memory        memoryBound
	meter         *meter // of the run that is going on, if memory is bounded

	sources  map[string]string // text of the chunks that came from files
	search   search
	connect  func() (kube.Options, error)
	caller   func(ctx context.Context, line string) context.Context
	closers  []func()              // release what modules hold
	world    atomic.Pointer[World] // also read by what waits, without the lock
	zone     *time.Location        // of jobs that name none
	forwards forwards
	out      *output
	errout   io.Writer
	status   *statusLine

	// running is the run that is going on. It is guarded by its own lock,
	// because what ends a run comes from outside of the VM.
	runMu   sync.Mutex
	running *run
}

var _ host.Host = (*VM)(nil)

// New makes a VM and opens its libraries. The caller closes it.
func New(o Options) *VM {
	vm := &VM{
		threads: make(map[*lua.LState]thread),
		sources: make(map[string]string),
		zone:    cmp.Or(o.Zone, time.Local),
		connect: o.Cluster,
		caller:  o.Caller,

		coroutines:    make(map[*coroutine]struct{}),
		maxCoroutines: o.MaxCoroutines,
		memory:        memoryBound{o.MaxMemory, "--max-memory"},
	}
	if vm.maxCoroutines == 0 {
		vm.maxCoroutines = defaultCoroutines
	}
	vm.collectAt = min(vm.maxCoroutines, coroutinesBeforeCollecting)
	if vm.connect == nil {
		vm.connect = func() (kube.Options, error) { return kube.Options{}, nil }
	}
	world := o.World.withDefaults()
	vm.world.Store(&world)
	vm.status = newStatusLine(world.Stderr)
	vm.out = newOutput(world.Stdout, vm.status, vm.stop)
	vm.errout = &flushFirst{vm.out, world.Stderr}
	vm.search = newSearch(o.Path)
	vm.state = lua.NewState(lua.Options{
		SkipOpenLibs:        true,
		CallStackSize:       stackSize(0),
		RegistrySize:        256,
		RegistryMaxSize:     1 << 18,
		RegistryGrowStep:    1024,
		MinimizeStackMemory: true,
	})
	vm.lock.Lock()
	defer vm.lock.Unlock()
	vm.openModules(o.Modules)
	vm.setArg("", nil)
	return vm
}

// Close releases the VM. Nothing may run in it any more.
func (vm *VM) Close() {
	vm.lock.Lock()
	defer vm.lock.Unlock()
	_ = vm.out.Flush()
	for co := range vm.coroutines {
		co.close(noScope)
	}
	for _, release := range vm.closers {
		release()
	}
	vm.search.close()
	vm.state.Close()
}

// stop ends the run that is going on, if any, for the given reason.
func (vm *VM) stop(cause error) {
	vm.runMu.Lock()
	defer vm.runMu.Unlock()
	if vm.running != nil {
		vm.running.cancel(cause)
	}
}

// setRunning says which run stop ends; nil is none.
func (vm *VM) setRunning(r *run) {
	vm.runMu.Lock()
	defer vm.runMu.Unlock()
	vm.running = r
}
