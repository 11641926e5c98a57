package engine_test

import (
	"context"
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib/host"
)

// A program runs a script and gives it a module of its own. What waits in a
// function goes through Block, so that the script's other tasks go on.
func ExampleVM_Run() {
	greet := func(L *lua.LState, h host.Host) lua.LValue {
		return L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"hello": func(L *lua.LState) int {
				name := L.CheckString(1)
				var answer string
				err := h.Block(L, func(ctx context.Context) error {
					answer = "hello " + name // a server would be asked here, with ctx
					return ctx.Err()
				})
				if err != nil {
					h.Raise(L, err)
				}
				L.Push(lua.LString(answer))
				return 1
			},
		})
	}
	vm := engine.New(engine.Options{
		World:   engine.World{Stdout: os.Stdout},
		Modules: []engine.Module{{Name: "greet", Open: greet}},
	})
	defer vm.Close()
	src := engine.Source{Name: "hello.lua", Text: `print(require "greet".hello(...))`}
	if err := vm.Run(context.Background(), src, "ada"); err != nil {
		fmt.Println(err)
	}
	// Output: hello ada
}

// What a script returns is JSON for the program.
func ExampleVM_Eval() {
	vm := engine.New(engine.Options{})
	defer vm.Close()
	src := engine.Source{Name: "greet.lua", Text: `return { greeting = "hello " .. ... }, 6 * 7`}
	results, err := vm.Eval(context.Background(), src, "ada")
	if err != nil {
		fmt.Println(err)
	}
	for _, r := range results {
		fmt.Println(string(r))
	}
	// Output:
	// {"greeting":"hello ada"}
	// 42
}

// A script that fails is told by an error with its line; the VM can be used again.
func ExampleScriptError() {
	vm := engine.New(engine.Options{})
	defer vm.Close()
	err := vm.Run(context.Background(), engine.Source{Name: "typo.lua", Text: "local t\nprint(t.x)"})
	fmt.Println(engine.ExitCode(err), err)
	// Output: 1 typo.lua:2: attempt to index a nil value with key 'x'
}
