package engine

import (
	"sync"

	"github.com/kubelua/kubelua/kube"
)

// forwards are the ports of this machine that the scripts of a VM opened to
// pods. They may connect to them without a grant: what is behind a port is the
// cluster, and whether they may reach the pod was decided when it was opened.
type forwards struct {
	mu   sync.Mutex
	open map[string]<-chan struct{} // what is closed at the end of a port, by address
}

func (f *forwards) add(p *kube.PortForward) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open == nil {
		f.open = make(map[string]<-chan struct{})
	}
	f.open[p.Address()] = p.Ended()
}

// has tells whether an address is one of them. Once a port is closed anybody
// may listen there.
func (f *forwards) has(address string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	ended, ok := f.open[address]
	if !ok {
		return false
	}
	select {
	case <-ended:
		delete(f.open, address)
		return false
	default:
		return true
	}
}
