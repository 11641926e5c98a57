// Package engine runs Lua scripts: it owns the VMs, loads code, says what a
// script may do to the world, and turns what ended a run into a report and an
// exit code.
//
// # One VM, one lock
//
// A [VM] is a tree of Lua states with one lock. Whoever holds the lock runs
// Lua; it is released only in [VM.Block], while a Go call waits. So between two
// blocking calls a script has the VM to itself, and a Go function that is
// called from Lua never needs a lock of its own. A Go call inside Block runs
// beside other Lua code and must not touch a Lua value.
//
// # Errors unwind by panic
//
// The Lua VM raises errors by panicking, and every protected call (pcall,
// xpcall, a whole run) gets a Lua state of its own, which is thrown away when
// the call fails. A Go function that has to clean up uses defer and
// [VM.Cleanup]; it never calls LState.PCall, because that closes the local
// variables of the caller (an error inside would cut every closure off from the
// variables that it shares with its function).
//
// # Cancelling
//
// A run ends early when its context ends: the VM looks at it before each
// instruction and raises. No pcall stops that: each one raises again on the way
// out. What ended the run is the cause of the context, see [Interrupted],
// [TimedOut] and [ExitCode].
package engine
