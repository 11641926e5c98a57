// Command stock runs a Lua script in gopher-lua as it comes, with the libraries
// that it comes with.
//
//	stock CODE [args]
//
// It runs under a context, as scripts in kubelua do, which is how they are
// ended: the VM is slower under one. It is a context that is never cancelled,
// because under any other gopher-lua keeps a note of every coroutine, and
// abandoning them takes half as long again.
package main

import (
	"context"
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "stock:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("no code")
	}
	L := lua.NewState()
	defer L.Close()
	L.SetContext(context.Background())
	fn, err := L.LoadString(args[0])
	if err != nil {
		return err
	}
	L.Push(fn)
	for _, arg := range args[1:] {
		L.Push(lua.LString(arg))
	}
	return L.PCall(len(args)-1, 0, nil)
}
