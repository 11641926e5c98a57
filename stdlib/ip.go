package stdlib

import (
	"math"
	"net/netip"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// ipFunctions are the functions of the module ip.
var ipFunctions = functions{
	"cidr":  func(c call) int { return c.push(c.network(c.networkOf(c.L.Get(1)))) },
	"parse": func(c call) int { return c.push(c.address(c.addressOf(c.L.Get(1)))) },
	"valid": func(c call) int {
		_, err := netip.ParseAddr(c.text(1, "ip.valid: the text"))
		return c.push(lua.LBool(err == nil))
	},
}

// address makes a value of an address.
func (c call) address(a netip.Addr) lua.LValue { return object(c, a, addressClass) }

// network makes a value of a network.
func (c call) network(n netip.Prefix) lua.LValue { return object(c, n, networkClass) }

// addressOf is an address, or the text that says one.
func (c call) addressOf(v lua.LValue) netip.Addr {
	if a, ok := objectOf[netip.Addr](v); ok {
		return a
	}
	text, _ := v.(lua.LString)
	a, err := netip.ParseAddr(string(text))
	if err != nil {
		c.invalid(`%s is not an address (want one like "10.0.0.1" or "fd00::1")`, host.Quoted(v))
	}
	return a.Unmap()
}

// networkOf is a network, or the text that says one. Bits of the host are cut off.
func (c call) networkOf(v lua.LValue) netip.Prefix {
	if n, ok := objectOf[netip.Prefix](v); ok {
		return n
	}
	text, _ := v.(lua.LString)
	n, err := netip.ParsePrefix(string(text))
	if err != nil {
		c.invalid(`%s is not a network (want one like "10.0.0.0/8" or "fd00::/64")`, host.Quoted(v))
	}
	return n.Masked()
}

func addressClass() class[netip.Addr] {
	is := func(test func(netip.Addr) bool) func(call, netip.Addr) lua.LValue {
		return func(_ call, a netip.Addr) lua.LValue { return lua.LBool(test(a)) }
	}
	return class[netip.Addr]{
		name:       "address",
		documented: "ip.Address",
		attributes: map[string]func(call, netip.Addr) lua.LValue{
			"is_global":     is(netip.Addr.IsGlobalUnicast),
			"is_link_local": is(netip.Addr.IsLinkLocalUnicast),
			"is_loopback":   is(netip.Addr.IsLoopback),
			"is_multicast":  is(netip.Addr.IsMulticast),
			"is_private":    is(netip.Addr.IsPrivate),
			"version": func(_ call, a netip.Addr) lua.LValue {
				if a.Is4() {
					return lua.LNumber(4)
				}
				return lua.LNumber(6)
			},
		},
		methods: map[string]func(call, netip.Addr) int{
			"next": func(c call, a netip.Addr) int { return c.addressOrNil(a.Next()) },
			"prev": func(c call, a netip.Addr) int { return c.addressOrNil(a.Prev()) },
		},
		text: netip.Addr.String,
		meta: comparison(func(c call, i int) netip.Addr { return c.addressOf(c.L.Get(i)) }, netip.Addr.Compare),
	}
}

// addressOrNil pushes an address, nil where the numbers end.
func (c call) addressOrNil(a netip.Addr) int {
	if !a.IsValid() {
		return c.push(lua.LNil)
	}
	return c.push(c.address(a))
}

func networkClass() class[netip.Prefix] {
	return class[netip.Prefix]{
		name:       "network",
		documented: "ip.Network",
		attributes: map[string]func(call, netip.Prefix) lua.LValue{
			"bits":  func(_ call, n netip.Prefix) lua.LValue { return lua.LNumber(n.Bits()) },
			"first": func(c call, n netip.Prefix) lua.LValue { return c.address(n.Addr()) },
			"last":  func(c call, n netip.Prefix) lua.LValue { return c.address(lastAddress(n)) },
			"size": func(_ call, n netip.Prefix) lua.LValue {
				return lua.LNumber(math.Exp2(float64(n.Addr().BitLen() - n.Bits())))
			},
		},
		methods: map[string]func(call, netip.Prefix) int{
			"contains": func(c call, n netip.Prefix) int {
				if inner, ok := c.inner(2); ok {
					return c.push(lua.LBool(inner.Bits() >= n.Bits() && n.Contains(inner.Addr())))
				}
				return c.push(lua.LBool(n.Contains(c.addressOf(c.L.Get(2)))))
			},
			"overlaps": func(c call, n netip.Prefix) int {
				return c.push(lua.LBool(n.Overlaps(c.networkOf(c.L.Get(2)))))
			},
		},
		text: netip.Prefix.String,
		iter: networkAddresses,
		meta: comparison(func(c call, i int) netip.Prefix { return c.networkOf(c.L.Get(i)) }, netip.Prefix.Compare),
	}
}

// inner is the network at argument i; false where it is an address.
func (c call) inner(i int) (netip.Prefix, bool) {
	n, ok := objectOf[netip.Prefix](c.L.Get(i))
	if text, isText := c.L.Get(i).(lua.LString); isText && strings.Contains(string(text), "/") {
		return c.networkOf(text), true
	}
	return n, ok
}

// lastAddress is the last address of a network.
func lastAddress(n netip.Prefix) netip.Addr {
	bytes := n.Addr().AsSlice()
	for i := n.Bits(); i < 8*len(bytes); i++ {
		bytes[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}

// networkAddresses is a step of a loop over the addresses of a network.
func networkAddresses(c call, n netip.Prefix) lua.LGFunction {
	at, h := n.Addr(), c.host
	return func(L *lua.LState) int {
		c := call{L, h}
		h.Turn(L)
		if !at.IsValid() || !n.Contains(at) {
			return c.push(lua.LNil)
		}
		value := c.address(at)
		at = at.Next()
		return c.push(value)
	}
}
