package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// clusters makes the clusters of a VM's scripts.
type clusters struct {
	options func() (kube.Options, error) // of the cluster of the host's flags
}

// Default is the cluster of the host's flags.
func (c clusters) Default() (*kube.Cluster, error) {
	options, err := c.options()
	if err != nil {
		return nil, err
	}
	return kube.Connect(options)
}

// Connect makes a cluster that the script describes.
func (c clusters) Connect(o kube.Options) (*kube.Cluster, error) {
	flags, err := c.options()
	if err != nil {
		return nil, err
	}
	return kube.Connect(o.Over(flags))
}

// openKube opens the bindings: the module kube, and the global cluster.
func (vm *VM) openKube(L *lua.LState, h host.Host) lua.LValue {
	module, cluster, close := bindings.Open(L, h, clusters{vm.connect})
	vm.closers = append(vm.closers, close)
	L.SetGlobal("cluster", cluster)
	return module
}
