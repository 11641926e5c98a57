package engine

import (
	"fmt"
	"math"
	"runtime/metrics"
	"sync/atomic"
	"time"
	"unsafe"
)

// meter bounds the memory of a run. The process can be asked at any time how
// much its heap holds, but not for whom; what the VM holds can be counted, but
// that takes its time and needs the VM at rest. So the heap is watched, and when
// it has grown by more than the bound, the VM is told to count before its next
// instruction. One that holds too much has its run ended; others go on.
type meter struct {
	vm    *VM
	run   *run
	bound memoryBound

	due      atomic.Bool // the VM is to count
	counting atomic.Bool // it does, which makes the heap grow, too

	// Of the last count: when the next one may be, in nanoseconds, and by how much
	// the heap had grown.
	next  atomic.Int64
	grown atomic.Int64

	seen map[unsafe.Pointer]struct{} // of the census, to be used again
	over int                         // how often it has held too much
	stop chan struct{}               // is closed when the run has ended
}

// memoryBound is how many bytes a VM may hold, 0 for no bound, and what says so.
type memoryBound struct {
	limit int64
	by    string
}

// exceeded is the cause of a run that was ended because its VM held more.
func (b memoryBound) exceeded() error {
	return fmt.Errorf("the script holds more than %s of memory (%s)", sizeText(b.limit), b.by)
}

// sizeText writes a number of bytes with the unit that suits it.
func sizeText(n int64) string {
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n%unit.bytes == 0 && n > 0 {
			return fmt.Sprintf("%d %s", n/unit.bytes, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

const (
	// samplingTime is how often the heap is looked at.
	samplingTime = 2 * time.Millisecond

	// countingShare bounds the time that is spent counting: a count is followed by
	// so many times its duration without one, unless the heap has grown by half
	// the bound meanwhile.
	countingShare = 20
)

// measure begins to watch a run, if the VM's memory is bounded.
func (vm *VM) measure(r *run) {
	if vm.memory.limit == 0 {
		return
	}
	vm.meter = &meter{vm: vm, run: r, bound: vm.memory, seen: make(map[unsafe.Pointer]struct{}), stop: make(chan struct{})}
	go vm.meter.watch()
}

// rest ends the watch.
func (m *meter) rest() {
	if m != nil {
		close(m.stop)
	}
}

// watch looks at the heap until the run has ended.
func (m *meter) watch() {
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(heap)
	base := int64(heap[1].Value.Uint64()) // without what the collector will find
	ticker := time.NewTicker(samplingTime)
	defer ticker.Stop()
	for {
		select {
		case <-m.stop:
			return
		case <-ticker.C:
		}
		if m.counting.Load() {
			continue
		}
		metrics.Read(heap)
		base = min(base, int64(heap[1].Value.Uint64())) // others may have held what is gone
		grown := int64(heap[0].Value.Uint64()) - base
		before := min(m.grown.Load(), grown)
		m.grown.Store(before)
		if grown > m.bound.limit && (time.Now().UnixNano() >= m.next.Load() || grown-before > m.bound.limit/2) {
			m.grown.Store(grown)
			m.due.Store(true)
		}
	}
}

// look counts if that is due. The VM calls it between two instructions, when
// nothing else of it runs.
func (m *meter) look() {
	if !m.due.Load() {
		return
	}
	m.counting.Store(true)
	began := time.Now()
	if m.vm.holdsMore(m.bound.limit << m.over) { // closers get some more
		if cause := m.bound.exceeded(); m.over == 0 {
			m.run.cancel(cause)
		} else {
			m.run.closed(cause)
		}
		m.over = min(m.over+1, 2)
	}
	now := time.Now()
	m.next.Store(now.Add(countingShare * now.Sub(began)).UnixNano())
	m.grown.Store(math.MaxInt64) // it begins at what it is now
	m.due.Store(false)
	m.counting.Store(false)
}
