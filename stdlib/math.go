package stdlib

import (
	"math"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// random is the generator of one VM.
type random struct{ *rand.Rand }

// OpenMath opens the math library: the VM's own, with a generator per VM that
// randomseed seeds.
func OpenMath(L *lua.LState, _ host.Host) lua.LValue {
	r := &random{newRand(rand.Uint64())}
	L.Push(L.NewFunction(lua.OpenMath))
	L.Call(0, 1)
	lib := L.CheckTable(-1)
	L.Pop(1)
	lib.RawSetString("huge", lua.LNumber(math.Inf(1)))
	return L.SetFuncs(lib, map[string]lua.LGFunction{
		"fmod":       mathFmod,
		"log":        mathLog,
		"modf":       mathModf,
		"random":     r.random,
		"randomseed": r.seed,
	})
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }

func mathFmod(L *lua.LState) int {
	L.Push(lua.LNumber(math.Mod(float64(L.CheckNumber(1)), float64(L.CheckNumber(2)))))
	return 1
}

// mathLog is math.log(x [, base]).
func mathLog(L *lua.LState) int {
	x := float64(L.CheckNumber(1))
	switch base := float64(L.OptNumber(2, math.E)); base {
	case math.E:
		x = math.Log(x)
	case 2:
		x = math.Log2(x)
	case 10:
		x = math.Log10(x)
	default:
		x = math.Log(x) / math.Log(base)
	}
	L.Push(lua.LNumber(x))
	return 1
}

func mathModf(L *lua.LState) int {
	x := float64(L.CheckNumber(1))
	whole, fraction := math.Modf(x)
	if math.IsInf(x, 0) {
		fraction = 0
	}
	L.Push(lua.LNumber(whole))
	L.Push(lua.LNumber(fraction))
	return 2
}

// random is math.random([m [, n]]): a number from 0 to 1, or an integer from 1
// to m, or from m to n.
func (r *random) random(L *lua.LState) int {
	if L.GetTop() == 0 {
		L.Push(lua.LNumber(r.Float64()))
		return 1
	}
	low, high := int64(1), L.CheckInt64(1)
	if L.GetTop() > 1 {
		low, high = high, L.CheckInt64(2)
	}
	if low > high {
		L.ArgError(L.GetTop(), "interval is empty")
	}
	span := uint64(high) - uint64(low) + 1 // 0 is all integers
	if span == 0 {
		L.Push(lua.LNumber(int64(r.Uint64())))
	} else {
		L.Push(lua.LNumber(low + int64(r.Uint64N(span))))
	}
	return 1
}

func (r *random) seed(L *lua.LState) int {
	r.Rand = newRand(math.Float64bits(float64(L.CheckNumber(1))))
	return 0
}
