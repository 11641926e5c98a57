package stdlib_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib/host"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// luaTest is code and what it prints.
type luaTest struct{ name, code, want string }

// runLua runs each test as test.lua.
func runLua(t *testing.T, tests []luaTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := runScript(tt.code, engine.World{})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

// runScript runs code and returns what it printed, without the last newline.
func runScript(code string, world engine.World) (string, error) {
	var out bytes.Buffer
	world.Stdout = &out
	vm := engine.New(engine.Options{World: world, Modules: []engine.Module{values()}})
	defer vm.Close()
	err := vm.Run(context.Background(), engine.Source{Name: "test.lua", Text: code})
	return strings.TrimSuffix(out.String(), "\n"), err
}

// values is a module whose function values(...) makes a read-only sequence of
// its arguments, as the host has them.
func values() engine.Module {
	return engine.Module{Name: "values", Global: true, Open: func(L *lua.LState, _ host.Host) lua.LValue {
		meta := L.NewTable()
		of := func(L *lua.LState) []lua.LValue { return L.CheckUserData(1).Value.([]lua.LValue) }
		at := func(L *lua.LState, i int) lua.LValue {
			if list := of(L); i >= 1 && i <= len(list) {
				return list[i-1]
			}
			return lua.LNil
		}
		L.SetFuncs(meta, map[string]lua.LGFunction{
			"__index": func(L *lua.LState) int {
				L.Push(at(L, L.CheckInt(2)))
				return 1
			},
			"__len": func(L *lua.LState) int {
				L.Push(lua.LNumber(len(of(L))))
				return 1
			},
			"__next": func(L *lua.LState) int {
				i := L.OptInt(2, 0) + 1
				if at(L, i) == lua.LNil {
					L.Push(lua.LNil)
					return 1
				}
				L.Push(lua.LNumber(i))
				L.Push(at(L, i))
				return 2
			},
			"__tostring": func(L *lua.LState) int {
				L.Push(lua.LString("values"))
				return 1
			},
		})
		return L.NewFunction(func(L *lua.LState) int {
			ud := L.NewUserData()
			var list []lua.LValue
			for i := range L.GetTop() {
				list = append(list, L.Get(i+1))
			}
			ud.Value, ud.Metatable = list, meta
			L.Push(ud)
			return 1
		})
	}}
}
