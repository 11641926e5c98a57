// Package host is the one door from a module or binding to the engine that
// runs it.
//
// Everything that touches the world outside of the VM goes through a Host:
// calls that wait, the clock, the streams, the environment, files. The engine
// implements it; bindings and modules take it when they are opened. What a
// script may do is decided by which Host it was given, never by the module.
package host

import (
	"context"
	"io"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Host is what a binding or module may ask of the engine that runs it.
//
// All methods that take an LState must be called by the goroutine that is
// running that state.
type Host interface {
	// Block runs call while other tasks of the VM may run, and returns its
	// error. Every call that may wait (the network, a timer, a queue) goes
	// through here. The context is the one of the task that L runs: it ends
	// when the task is cancelled, its time is up or the run ends.
	//
	// Between two Block calls a task has the VM to itself. call runs without
	// the VM: it must not touch L or any Lua value, so what it needs is copied
	// out of Lua before, and what it found is put into Lua after.
	Block(L *lua.LState, call func(ctx context.Context) error) error

	// Turn lets other tasks have a turn where L has run for long while they
	// wait. A binding calls it where it could have blocked but need not.
	Turn(L *lua.LState)

	// Spawn starts a task that calls fn, and returns its handle as scripts have
	// it. The task takes its first step when L waits.
	Spawn(L *lua.LState, fn lua.LValue, args ...lua.LValue) lua.LValue

	// Cleanup runs call where a cancelled run no longer interrupts it, for a
	// short grace time. Closers run here, so that they work under Ctrl-C too.
	Cleanup(L *lua.LState, call func())

	// Load compiles a chunk by the loader that files, load and require share.
	// name is what messages and tracebacks call the chunk.
	Load(L *lua.LState, source, name string) (*lua.LFunction, error)

	// Where is the line of the script that L runs, "cleanup.lua:12", also where
	// Go functions and protected calls stand between; "" outside of a script.
	Where(L *lua.LState) string

	// Exit ends the run with the given exit code. It does not return: the run
	// unwinds through every pcall, closers run, output is flushed.
	Exit(L *lua.LState, code int)

	// Now is the current time by the run's clock.
	Now() time.Time

	// Stdout is where the script's data goes, Stderr what is meant for people,
	// Stdin what the script reads. None is ever nil.
	Stdout() io.Writer
	Stderr() io.Writer
	Stdin() io.Reader

	// Status shows a text on the last line of the terminal that stderr is; "" takes
	// it away. Elsewhere it does nothing.
	Status(text string)

	// Attended tells whether somebody can be asked: stdin and stderr are a terminal.
	Attended() bool

	// Raise raises err in L, as scripts catch the errors of the host: a value
	// with a type. It does not return.
	Raise(L *lua.LState, err error)

	// AtClose has release called when the VM is closed.
	AtClose(release func())

	// Machine is what the script may do to the machine.
	Machine

	// Values are those that bindings and modules have in common.
	Values
}
