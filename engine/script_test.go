package engine_test

import (
	"bytes"
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/kubelua/kubelua/engine"
)

// script is a run of some code: what it printed and how it ended.
type script struct {
	out, errout string
	err         error
}

// runScript runs code as test.lua in a VM of its own.
func runScript(t *testing.T, code string, o engine.Options, args ...string) script {
	t.Helper()
	return runIn(t, context.Background(), code, o, args...)
}

func runIn(t *testing.T, ctx context.Context, code string, o engine.Options, args ...string) script {
	t.Helper()
	leavesNothing(t)
	var out, errout bytes.Buffer
	o.World.Stdout, o.World.Stderr = &out, &errout
	vm := engine.New(o)
	defer vm.Close()
	err := vm.Run(ctx, engine.Source{Name: "test.lua", Text: code}, args...)
	return script{out.String(), errout.String(), err}
}

// report is what a user sees of an error.
func report(err error) string {
	var b bytes.Buffer
	engine.Report(&b, err)
	return b.String()
}

// leavesNothing fails the test if goroutines that it started are left at its
// end. It takes those of tests beside it for its own, so there must be none.
func leavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}
