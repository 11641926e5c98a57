// Package luatest runs tests that are written in Lua: the global functions
// test_x(t) of the files *_test.lua.
//
// Every test runs in a VM of its own, in which its file is loaded anew, with a
// clock of its own and a fresh namespace of a cluster, made when the test first
// asks for it. What t offers is in t.lua, and documented in the stubs of package
// engine as the class test.T.
//
// A [Test] is one of them, [Load] finds those of files, and a [Suite] runs many at
// once. [Pretty], [TAP] and [JUnit] are how to report what became of them.
package luatest
