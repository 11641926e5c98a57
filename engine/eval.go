package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// Eval runs a script as [VM.Run] does, and returns what its main chunk returns: each
// value as JSON, as json.encode writes it; nil is null. An item is its object, that of a Secret with
// its data. What JSON doesn't have, such as a function, is a ValueError, and where there
// is any error there are no results.
func (vm *VM) Eval(ctx context.Context, src Source, args ...string) ([]json.RawMessage, error) {
	var results []json.RawMessage
	err := vm.runWith(ctx, src, args, func(_ *run, values []lua.LValue) (lua.LValue, []lua.LValue, error) {
		write := func(L *lua.LState) int {
			for i, v := range values {
				if v == lua.LNil {
					v = vm.Null()
				}
				text, err := vm.JSON(L, v, fmt.Sprint("result ", i+1))
				if err != nil {
					vm.Raise(L, err)
				}
				results = append(results, bytes.Clone(text)) // else it may keep the list that it is from
			}
			return 0
		}
		return vm.state.NewFunction(write), nil, nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}
