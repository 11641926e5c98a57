package engine_test

import (
	"context"
	"errors"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib/host"
)

// codedError is an error of a binding that has an exit code of its own.
type codedError struct{ code int }

func (e *codedError) Error() string { return "fetch pods default/web: not found" }
func (e *codedError) ExitCode() int { return e.code }

// probe is a module with what bindings do, called as probe.name.
func probe() engine.Module {
	return engine.Module{Name: "probe", Global: true, Open: func(L *lua.LState, h host.Host) lua.LValue {
		p := &prober{h}
		return L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"crash":        p.crash,
			"crashBlocked": p.crashBlocked,
			"fail":         p.fail,
			"missing":      p.missing,
			"sleep":        p.sleep,
			"with":         p.with,
		})
	}}
}

type prober struct{ host host.Host }

// crash has a bug.
func (p *prober) crash(*lua.LState) int {
	var none *codedError
	return none.code
}

// crashBlocked has a bug while others may have the VM.
func (p *prober) crashBlocked(L *lua.LState) int {
	err := p.host.Block(L, func(context.Context) error { panic("oh no") })
	L.RaiseError("not reached: %v", err)
	return 0
}

// fail raises a Go error with the given exit code.
func (p *prober) fail(L *lua.LState) int {
	raised := L.NewUserData()
	raised.Value = &codedError{L.OptInt(1, 1)}
	L.Error(raised, 1)
	return 0
}

// missing raises an error as a string.
func (p *prober) missing(L *lua.LState) int {
	L.RaiseError("no such thing")
	return 0
}

// sleep waits, and says when it doesn't get to the end.
func (p *prober) sleep(L *lua.LState) int {
	wait := time.Duration(float64(L.CheckNumber(1)) * float64(time.Second))
	err := p.host.Block(L, func(ctx context.Context) error {
		select {
		case <-time.After(wait):
			return nil
		case <-ctx.Done():
			return errors.New("woken up")
		}
	})
	if err != nil {
		L.RaiseError("sleep: %v", err)
	}
	return 0
}

// with calls its first function, and then the second however that ended.
func (p *prober) with(L *lua.LState) int {
	body, closer := L.CheckFunction(1), L.CheckFunction(2)
	defer p.host.Cleanup(L, func() {
		L.Push(closer)
		L.Call(0, 0)
	})
	L.Push(body)
	L.Call(0, 0)
	return 0
}
