package luatest

import "time"

// Result is what became of a test.
type Result struct {
	File     string   // "shop/cart_test.lua"
	Name     string   // "test_scales", or "" for a file that has no tests to run
	Failures []string // "shop/cart_test.lua:12: got 1, want 2"; empty where it passed
	Skipped  bool
	Reason   string // for which it was skipped, may be ""
	Output   string // what it printed and logged
	Took     time.Duration
}

// Failed tells whether anything went wrong.
func (r Result) Failed() bool { return len(r.Failures) > 0 }

// ID names the test: "shop/cart_test.lua:test_scales".
func (r Result) ID() string {
	if r.Name == "" {
		return r.File
	}
	return r.File + ":" + r.Name
}
