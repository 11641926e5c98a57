package engine

import (
	"errors"
	"io/fs"
	"os"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// clusters makes the clusters of a VM's scripts.
type clusters struct{ vm *VM }

// Default is the cluster of the host's flags.
func (c clusters) Default() (*kube.Cluster, error) {
	options, err := c.vm.connect()
	if err != nil {
		return nil, err
	}
	return kube.Connect(options)
}

// Connect makes a cluster that the script describes, as far as its World lets
// it. A context of the host's kubeconfig needs no grant.
func (c clusters) Connect(o kube.Options) (*kube.Cluster, error) {
	if err := c.check(&o); err != nil {
		return nil, err
	}
	flags, err := c.vm.connect()
	if err != nil {
		return nil, err
	}
	return kube.Connect(o.Over(flags))
}

// Forwarded lets the script reach a pod through a port that it opened.
func (c clusters) Forwarded(f *kube.PortForward) { c.vm.forwards.add(f) }

// check asks the World for what the options name, and reads their kubeconfig.
// Who grants a kubeconfig grants the server and the files that it names, unless
// the script may write it: then they are the script's own words. The program
// that it logs in by has to be granted in any case.
func (c clusters) check(o *kube.Options) error {
	if err := c.grants(o.Means()); err != nil || o.Kubeconfig == "" {
		return err
	}
	text, err := c.vm.ReadFile(o.Kubeconfig)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return kube.Errorf(kube.ValueError, "no kubeconfig at %s", o.Kubeconfig)
	case err != nil:
		return err
	}
	if o.Parsed, err = kube.ParseKubeconfig(o.Kubeconfig, text); err != nil {
		return err
	}
	means := o.Parsed.Means(o.Overrides.CurrentContext)
	if !c.changes(o.Kubeconfig) {
		means.Addresses, means.Files = nil, nil
	}
	return c.grants(means)
}

// changes tells whether the script may write a file.
func (c clusters) changes(path string) bool {
	f, err := c.vm.OpenFile(path, os.O_RDWR)
	if err == nil {
		_ = f.Close()
	}
	return !errors.Is(err, host.ErrDenied)
}

// grants is nil where the World grants all means of a connection.
func (c clusters) grants(m kube.Means) error {
	for _, address := range m.Addresses {
		if err := c.vm.reach(address); err != nil {
			return err
		}
	}
	for _, path := range m.Files {
		f, err := c.vm.OpenFile(path, os.O_RDONLY)
		if err != nil {
			return err
		}
		_ = f.Close()
	}
	if m.Program == "" {
		return nil
	}
	_, err := c.vm.program(m.Program)
	return err
}

// openKube opens the bindings: the module kube, and the global cluster.
func (vm *VM) openKube(L *lua.LState, h host.Host) lua.LValue {
	vm.kube = bindings.Open(L, h, clusters{vm})
	vm.closers = append(vm.closers, vm.kube.Close)
	L.SetGlobal("cluster", vm.kube.Cluster)
	return vm.kube.Module
}
