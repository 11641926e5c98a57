package stdlib

import (
	"errors"
	"fmt"
	"math"
	"runtime/metrics"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// base is the base library of one VM. What needs the engine (pcall, xpcall,
// require) the engine adds.
type base struct {
	host host.Host
	next *lua.LFunction // what pairs returns
	step *lua.LFunction // what ipairs returns
}

// OpenBase opens Lua's basic functions into the globals and returns them.
func OpenBase(L *lua.LState, h host.Host) *lua.LTable {
	b := &base{host: h}
	globals := L.G.Global
	L.SetFuncs(globals, map[string]lua.LGFunction{
		"assert":         baseAssert,
		"collectgarbage": baseCollectgarbage,
		"dofile":         b.dofile,
		"error":          baseError,
		"getfenv":        baseGetfenv,
		"getmetatable":   baseGetmetatable,
		"ipairs":         b.ipairs,
		"load":           b.load,
		"loadfile":       b.loadfile,
		"loadstring":     b.load,
		"next":           baseNext,
		"pairs":          b.pairs,
		"print":          b.print,
		"rawequal":       baseRawequal,
		"rawget":         baseRawget,
		"rawlen":         baseRawlen,
		"rawset":         baseRawset,
		"select":         baseSelect,
		"setfenv":        baseSetfenv,
		"setmetatable":   baseSetmetatable,
		"tonumber":       baseTonumber,
		"tostring":       baseTostring,
		"type":           baseType,
		"unpack":         tableUnpack,
	})
	b.next = globals.RawGetString("next").(*lua.LFunction)
	b.step = L.NewFunction(ipairsStep)
	globals.RawSetString("_G", globals)
	globals.RawSetString("_VERSION", lua.LString(lua.LuaVersion))
	return globals
}

// baseAssert raises its second argument, as it is, if the first is false or
// nil; else it returns all of them.
func baseAssert(L *lua.LState) int {
	if lua.LVAsBool(L.CheckAny(1)) {
		return L.GetTop()
	}
	if L.Get(2) == lua.LNil {
		L.Error(lua.LString("assertion failed!"), 0)
	}
	L.Error(L.Get(2), 0)
	return 0
}

// baseCollectgarbage answers "count" and takes the other options as done: the
// collector belongs to the whole process.
func baseCollectgarbage(L *lua.LState) int {
	if L.OptString(1, "collect") != "count" {
		L.Push(lua.LNumber(0))
		return 1
	}
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	L.Push(lua.LNumber(float64(sample[0].Value.Uint64()) / 1024))
	return 1
}

func (b *base) dofile(L *lua.LState) int {
	fn, err := b.readChunk(L, L.CheckString(1))
	if err != nil {
		L.Error(lua.LString(err.Error()), 1)
	}
	L.SetTop(0)
	L.Push(fn)
	L.Call(0, lua.MultRet)
	return L.GetTop()
}

// baseError raises a value: a string gets the position of the caller, or at
// level 2 of its caller, in front; anything else is raised unchanged.
func baseError(L *lua.LState) int {
	value := L.Get(1)
	if text, ok := value.(lua.LString); ok {
		value = lua.LString(positionAt(L, L.OptInt(2, 1))) + text
	}
	// The level is 0 because the position is there already.
	L.Error(value, 0)
	return 0
}

// baseGetfenv is getfenv([f]): the environment of a function, of the one at a
// level of the stack, or at level 0 of what is loaded from now on. Those of Go
// functions are not shown.
func baseGetfenv(L *lua.LState) int {
	fn := functionAt(L, L.Get(1), 1)
	switch {
	case L.Get(1) == lua.LNumber(0):
		L.Push(L.Env)
	case fn != nil && !fn.IsG:
		L.Push(fn.Env)
	default:
		L.Push(L.G.Global)
	}
	return 1
}

// baseGetmetatable hides the metatables of the host's values, which scripts
// have no way to make themselves.
func baseGetmetatable(L *lua.LState) int {
	value := L.CheckAny(1)
	if protected := L.GetMetaField(value, "__metatable"); protected != lua.LNil {
		L.Push(protected)
	} else if value.Type() == lua.LTUserData {
		L.Push(lua.LFalse)
	} else {
		L.Push(L.GetMetatable(value))
	}
	return 1
}

func (b *base) ipairs(L *lua.LState) int {
	value := L.CheckAny(1)
	if fn := L.GetMetaField(value, "__ipairs"); fn != lua.LNil {
		return callIterator(L, fn, value)
	}
	checkReadable(L, 1)
	L.Push(b.step)
	L.Push(value)
	L.Push(lua.LNumber(0))
	return 3
}

// ipairsStep is the iterator of ipairs.
func ipairsStep(L *lua.LState) int {
	i := L.CheckInt(2) + 1
	value := element(L, L.Get(1), i)
	if value == lua.LNil {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(i))
	L.Push(value)
	return 2
}

// load compiles a string, or what a function returns piece by piece:
// load(chunk [, name [, mode [, env]]]). It returns nil and a message for code
// that can't be compiled.
func (b *base) load(L *lua.LState) int {
	var source string
	switch chunk := L.CheckAny(1).(type) {
	case lua.LString:
		source = string(chunk)
	case *lua.LFunction:
		pieces, err := readPieces(L, chunk)
		if err != nil {
			return pushChunk(L, nil, err)
		}
		source = pieces
	default:
		L.TypeError(1, lua.LTString)
	}
	fn, err := b.host.Load(L, source, chunkName(L.OptString(2, source)))
	return pushChunk(L, fn, err)
}

func (b *base) loadfile(L *lua.LState) int {
	fn, err := b.readChunk(L, L.CheckString(1))
	return pushChunk(L, fn, err)
}

// baseNext is next(t [, key]); a value of the host answers by __next.
func baseNext(L *lua.LState) int {
	switch value := L.CheckAny(1).(type) {
	case *lua.LTable:
		k, v := value.Next(L.Get(2))
		L.Push(k)
		if k == lua.LNil {
			return 1
		}
		L.Push(v)
		return 2
	default:
		fn := L.GetMetaField(value, "__next")
		if fn == lua.LNil {
			L.TypeError(1, lua.LTTable)
		}
		key := L.Get(2)
		L.Push(fn)
		L.Push(value)
		L.Push(key)
		L.Call(2, 2)
		return 2
	}
}

func (b *base) pairs(L *lua.LState) int {
	value := L.CheckAny(1)
	if fn := L.GetMetaField(value, "__pairs"); fn != lua.LNil {
		return callIterator(L, fn, value)
	}
	if value.Type() != lua.LTTable && L.GetMetaField(value, "__next") == lua.LNil {
		L.TypeError(1, lua.LTTable)
	}
	L.Push(b.next)
	L.Push(value)
	L.Push(lua.LNil)
	return 3
}

func (b *base) print(L *lua.LState) int {
	var line strings.Builder
	for i := range L.GetTop() {
		if i > 0 {
			line.WriteByte('\t')
		}
		line.WriteString(toString(L, L.Get(i+1)))
	}
	line.WriteByte('\n')
	writeTo(L, b.host.Stdout(), line.String())
	return 0
}

func baseRawequal(L *lua.LState) int {
	L.Push(lua.LBool(L.RawEqual(L.CheckAny(1), L.CheckAny(2))))
	return 1
}

func baseRawget(L *lua.LState) int {
	L.Push(L.CheckTable(1).RawGet(L.CheckAny(2)))
	return 1
}

func baseRawlen(L *lua.LState) int {
	switch value := L.CheckAny(1).(type) {
	case *lua.LTable:
		L.Push(lua.LNumber(value.Len()))
	case lua.LString:
		L.Push(lua.LNumber(len(value)))
	default:
		L.ArgError(1, "table or string expected")
	}
	return 1
}

func baseRawset(L *lua.LState) int {
	L.RawSet(L.CheckTable(1), L.CheckAny(2), L.CheckAny(3))
	L.SetTop(1)
	return 1
}

func baseSelect(L *lua.LState) int {
	count := L.GetTop() - 1
	if L.Get(1) == lua.LString("#") {
		L.Push(lua.LNumber(count))
		return 1
	}
	n := L.CheckInt(1)
	if n < 0 {
		n = count + n + 1
	}
	if n < 1 {
		L.ArgError(1, "index out of range")
	}
	return max(count-n+1, 0)
}

// baseSetfenv changes the environment of a Lua function, or at level 0 of what
// is loaded from now on. Those of Go functions are the host's.
func baseSetfenv(L *lua.LState) int {
	env := L.CheckTable(2)
	if L.Get(1) == lua.LNumber(0) {
		L.Env = env
		return 0
	}
	fn := functionAt(L, L.Get(1), -1)
	if fn == nil || fn.IsG {
		L.RaiseError("cannot change the environment of the given object")
	}
	fn.Env = env
	L.Push(fn)
	return 1
}

func baseSetmetatable(L *lua.LState) int {
	table := L.CheckTable(1)
	L.CheckTypes(2, lua.LTNil, lua.LTTable)
	if L.GetMetaField(table, "__metatable") != lua.LNil {
		L.RaiseError("cannot change a protected metatable")
	}
	table.Metatable = L.Get(2)
	L.SetTop(1)
	return 1
}

func baseTonumber(L *lua.LState) int {
	value := L.CheckAny(1)
	number := value
	if L.Get(2) != lua.LNil {
		number = parseBase(L, L.CheckString(1), L.CheckInt(2))
	} else if text, ok := value.(lua.LString); ok {
		number = parseNumber(string(text))
	}
	if number.Type() != lua.LTNumber {
		number = lua.LNil
	}
	L.Push(number)
	return 1
}

func baseTostring(L *lua.LState) int {
	L.Push(lua.LString(toString(L, L.CheckAny(1))))
	return 1
}

func baseType(L *lua.LState) int {
	L.Push(lua.LString(L.CheckAny(1).Type().String()))
	return 1
}

// callIterator calls a __pairs or __ipairs for the three values of a loop.
func callIterator(L *lua.LState, fn, value lua.LValue) int {
	L.Push(fn)
	L.Push(value)
	L.Call(1, 3)
	return 3
}

// readChunk compiles a file that the script may read.
func (b *base) readChunk(L *lua.LState, path string) (*lua.LFunction, error) {
	text, err := b.host.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return b.host.Load(L, string(text), path)
}

// readPieces puts together what a reader function of load returns.
func readPieces(L *lua.LState, read *lua.LFunction) (string, error) {
	var source strings.Builder
	for {
		L.Push(read)
		L.Call(0, 1)
		piece := L.Get(-1)
		L.Pop(1)
		text, ok := piece.(lua.LString)
		switch {
		case piece == lua.LNil, ok && text == "":
			return source.String(), nil
		case !ok:
			return "", errors.New("reader function must return a string")
		}
		source.WriteString(string(text))
	}
}

// chunkName is what messages call a chunk: after = or @ as it is, else
// [string "first line..."].
func chunkName(name string) string {
	if name != "" && (name[0] == '=' || name[0] == '@') {
		return name[1:]
	}
	line, _, more := strings.Cut(name, "\n")
	if len(line) > 40 {
		line, more = line[:40], true
	}
	if more {
		line += "..."
	}
	return fmt.Sprintf("[string %q]", line)
}

// pushChunk returns from load: the function with its environment, or nil and
// the message.
func pushChunk(L *lua.LState, fn *lua.LFunction, err error) int {
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	if env, ok := L.Get(4).(*lua.LTable); ok {
		fn.Env = env
	}
	L.Push(fn)
	return 1
}

// functionAt is the function that getfenv and setfenv are about: one that is
// given or the one at a level of the stack, nil if there is none or at level 0.
func functionAt(L *lua.LState, which lua.LValue, missing int) *lua.LFunction {
	if fn, ok := which.(*lua.LFunction); ok {
		return fn
	}
	level := missing
	if n, ok := which.(lua.LNumber); ok {
		level = int(n)
	}
	if level < 1 {
		return nil
	}
	dbg, ok := L.GetStack(level)
	if !ok {
		return nil
	}
	value, err := L.GetInfo("f", dbg, lua.LNil)
	if err != nil {
		return nil
	}
	fn, _ := value.(*lua.LFunction)
	return fn
}

// positionAt is "name:line: " of the Lua function at a level, counted from the
// caller of the Go function that runs; "" for a Go function or none.
func positionAt(L *lua.LState, level int) string {
	if level < 1 {
		return ""
	}
	// There is no caller to blame behind a function that was called in the
	// place of its caller, and behind the one at the bottom.
	for l := 1; l < level; l++ {
		if dbg, ok := L.GetStack(l); ok {
			if _, err := L.GetInfo("S", dbg, lua.LNil); err == nil && (dbg.What == "tail" || dbg.What == "main") {
				return ""
			}
		}
	}
	dbg, ok := L.GetStack(level)
	if !ok {
		return ""
	}
	if _, err := L.GetInfo("Sl", dbg, lua.LNil); err != nil || dbg.Source == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", dbg.Source, dbg.CurrentLine)
}

// toString is tostring: what __tostring says, else how Lua shows the value.
func toString(L *lua.LState, value lua.LValue) string {
	fn := L.GetMetaField(value, "__tostring")
	if fn == lua.LNil {
		if n, ok := value.(lua.LNumber); ok {
			return numberString(float64(n))
		}
		return value.String()
	}
	L.Push(fn)
	L.Push(value)
	L.Call(1, 1)
	text := L.Get(-1)
	L.Pop(1)
	if !lua.LVCanConvToString(text) {
		L.RaiseError("'__tostring' must return a string")
	}
	return text.String()
}

// numberString shows a number as Lua does: infinities in C's words.
func numberString(n float64) string {
	switch {
	case math.IsInf(n, 1):
		return "inf"
	case math.IsInf(n, -1):
		return "-inf"
	case math.IsNaN(n):
		return "nan"
	}
	return lua.LNumber(n).String()
}

// parseNumber reads a number as the Lua scanner does, with blanks around it;
// nil if it is none.
func parseNumber(text string) lua.LValue {
	text = strings.Trim(text, " \t\n\v\f\r")
	digits := strings.TrimLeft(text, "+-")
	if len(text)-len(digits) > 1 || strings.ContainsAny(text, "_iInNpP") {
		return lua.LNil // Go also reads 1_000, infinity and nan
	}
	if len(digits) > 2 && (digits[:2] == "0x" || digits[:2] == "0X") {
		n, err := strconv.ParseUint(digits[2:], 16, 64)
		if err != nil {
			return lua.LNil
		}
		if text[0] == '-' {
			return lua.LNumber(-float64(n))
		}
		return lua.LNumber(n)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(n, 0) {
		return lua.LNil
	}
	return lua.LNumber(n)
}

// parseBase reads an integer in a base of 2 to 36; nil if it is none.
func parseBase(L *lua.LState, text string, base int) lua.LValue {
	if base < 2 || base > 36 {
		L.ArgError(2, "base out of range")
	}
	text = strings.ToLower(strings.TrimSpace(text))
	if base == 16 {
		text = strings.TrimPrefix(text, "0x")
	}
	if strings.Contains(text, "_") {
		return lua.LNil
	}
	n, err := strconv.ParseInt(text, base, 64)
	if err != nil {
		return lua.LNil
	}
	return lua.LNumber(n)
}
