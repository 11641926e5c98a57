package engine

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// census counts what a VM holds, value by value. What is counted once isn't
// counted again; a short string is, which costs less than to remember it.
type census struct {
	size, limit int64
	seen        map[unsafe.Pointer]struct{}
	todo        []lua.LValue
}

// What things take beside what they hold, about, in bytes.
const (
	tableSize    = 120
	slotSize     = 16 // of a table's array, and of a stack
	entrySize    = 80 // of a table's hash part
	functionSize = 96
	userdataSize = 64
	stringSize   = 16
	stateSize    = 10 << 10 // with its stack, and that of its goroutine
	instruction  = 12       // with its place in the source

	shortString = 32
)

// holdsMore tells whether the VM holds more than limit bytes. Nothing of it may
// run meanwhile.
func (vm *VM) holdsMore(limit int64) bool {
	c := &census{limit: limit, seen: vm.meter.seen}
	defer clear(c.seen)
	c.add(vm.state.G.Global, vm.state.G.Registry, vm.search.loaded, vm.search.preload, vm.search.pkg)
	c.state(vm.state)
	for th := range vm.threads {
		c.state(th)
	}
	for _, idle := range vm.idle {
		for _, th := range idle {
			c.state(th)
		}
	}
	for co := range vm.coroutines {
		c.add(co.values...)
	}
	for name, text := range vm.sources {
		c.add(lua.LString(name), lua.LString(text))
	}
	if r := vm.meter.run; r.session != nil {
		for _, cell := range r.session.vars.cells {
			c.add(cell)
		}
	}
	for len(c.todo) > 0 && c.size <= c.limit {
		value := c.todo[len(c.todo)-1]
		c.todo = c.todo[:len(c.todo)-1]
		c.count(value)
	}
	return c.size > c.limit
}

// add adds values that are to be counted.
func (c *census) add(values ...lua.LValue) {
	for _, value := range values {
		if c.size > c.limit {
			return
		}
		switch v := value.(type) {
		case nil, *lua.LNilType, lua.LBool:
		case lua.LNumber:
			c.size += 8
		case lua.LString:
			c.text(string(v))
		default:
			c.todo = append(c.todo, value)
		}
	}
}

func (c *census) text(text string) {
	c.size += stringSize
	if len(text) <= shortString || c.first(unsafe.Pointer(unsafe.StringData(text))) {
		c.size += int64(len(text))
	}
}

// first tells whether p is met for the first time.
func (c *census) first(p unsafe.Pointer) bool {
	_, seen := c.seen[p]
	if !seen {
		c.seen[p] = struct{}{}
	}
	return !seen
}

// count counts a value that refers to others.
func (c *census) count(value lua.LValue) {
	switch v := value.(type) {
	case *lua.LTable:
		if c.first(unsafe.Pointer(v)) {
			c.table(v)
		}
	case *lua.LFunction:
		if c.first(unsafe.Pointer(v)) {
			c.function(v)
		}
	case *lua.LUserData:
		if c.first(unsafe.Pointer(v)) {
			c.userdata(v)
		}
	case *Thread:
		if co := v.co; co.failure != nil && c.first(unsafe.Pointer(v)) {
			c.add(co.failure.object)
		}
	}
}

func (c *census) table(t *lua.LTable) {
	p := unsafe.Pointer(t)
	array, texts, others := tableArray.of(p), tableTexts.of(p), tableOthers.of(p)
	c.size += tableSize + slotSize*int64(cap(array)+cap(tableKeys.of(p))) + entrySize*int64(len(texts)+len(others))
	c.add(t.Metatable)
	c.add(array...)
	for key, value := range texts {
		c.text(key)
		c.add(value)
	}
	for key, value := range others {
		c.add(key, value)
	}
}

func (c *census) function(fn *lua.LFunction) {
	c.size += functionSize
	for _, up := range fn.Upvalues {
		if up != nil && c.first(unsafe.Pointer(up)) {
			c.size += functionSize
			c.add(up.Value())
			// It holds the registers of the state that it was made in, for ever.
			c.registers(upvalueRegistry.of(unsafe.Pointer(up)))
		}
	}
	if fn.Env != nil {
		c.add(fn.Env)
	}
	if fn.Proto != nil {
		c.code(fn.Proto)
	}
}

func (c *census) code(proto *lua.FunctionProto) {
	for protos := []*lua.FunctionProto{proto}; len(protos) > 0; {
		p := protos[len(protos)-1]
		protos = protos[:len(protos)-1]
		if c.first(unsafe.Pointer(p)) {
			c.size += functionSize + instruction*int64(len(p.Code))
			c.add(p.Constants...)
			protos = append(protos, p.FunctionPrototypes...)
		}
	}
}

func (c *census) userdata(ud *lua.LUserData) {
	c.size += userdataSize
	c.add(ud.Metatable)
	if ud.Env != nil {
		c.add(ud.Env)
	}
	if sized, ok := ud.Value.(host.Sized); ok {
		c.size += int64(sized.Size())
	}
	if holder, ok := ud.Value.(host.Holder); ok {
		c.add(holder.Held()...)
	}
}

// state counts the registers of a state.
func (c *census) state(L *lua.LState) {
	c.size += stateSize
	c.registers(stateRegistry.of(unsafe.Pointer(L)))
}

// registers counts registers, also those that are free: values stay in them.
func (c *census) registers(p unsafe.Pointer) {
	if p != nil && c.first(p) {
		array := registryArray.of(p)
		c.size += slotSize * int64(cap(array))
		c.add(array...)
	}
}
