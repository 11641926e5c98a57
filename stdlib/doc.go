// Package stdlib is what scripts have without a cluster: Lua's own libraries
// as a host can offer them, and the modules that come by require. Nothing in it
// knows Kubernetes.
//
// Each library is one function that makes its table, opened once per VM. What a
// library does to the world it does through the [host.Host] it was opened with;
// functions that no host offers to scripts (io.open, os.execute) are there and
// say so.
//
// The libraries follow the manual of Lua 5.1, with what scripts need from later
// versions. Where they take a table they take any value that reads like one:
// values of the host have __len, __index, __pairs, __ipairs and __next.
package stdlib
