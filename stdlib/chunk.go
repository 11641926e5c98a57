package stdlib

import (
	"context"
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// The functions of the base library that compile code.

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

// readChunk compiles a file that the script may read.
func (b *base) readChunk(L *lua.LState, path string) (*lua.LFunction, error) {
	var text []byte
	err := b.host.Block(L, func(ctx context.Context) (err error) {
		text, _, err = await(ctx, func() ([]byte, error) { return b.host.ReadFile(path) }, func([]byte) {})
		return err
	})
	if err != nil {
		fail(b.host, L, err)
		return nil, fmt.Errorf("%s: %w", path, reason(err))
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
		host.CheckLength(L, source.Len()+len(text))
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
