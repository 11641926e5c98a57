// Package schedule runs jobs: Lua files that say when and how they are to be
// run. It reckons when times come, runs each job in a VM of its own, and keeps
// account of it in a [Ledger].
package schedule
