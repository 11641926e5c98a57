package luatest

import (
	"context"
	_ "embed"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// Test is a test function, and what it runs in.
type Test struct {
	Source engine.Source // the file
	Name   string        // of the function

	// Engine says what its VM has. Output and clock are the test's own.
	Engine engine.Options

	// Cluster is the cluster of the flags for the test: it is asked when the test
	// first uses one. namespace is that of the test. Nil is what Engine says.
	Cluster func(ctx context.Context, namespace func(context.Context) (string, error)) (kube.Options, error)

	// Namespace makes a namespace for a test of that name, when it is first asked
	// for; release is called when the test has ended. Nil makes none.
	Namespace func(ctx context.Context, test string) (name string, release func(), err error)

	// Timeout ends a test that takes longer; 0 is [DefaultTimeout].
	Timeout time.Duration

	// Extend is Lua that gets the table of t's methods, to add some, and t.
	Extend engine.Source

	fixtures *fixtures // of the suite; nil is of this test alone
}

// DefaultTimeout is how long a test may take unless told.
const DefaultTimeout = time.Minute

// closingTime bounds what is done when a test has ended.
const closingTime = 30 * time.Second

// maxFailures ends a test that fails in a loop.
const maxFailures = 20

//go:embed t.lua
var methods string

// moduleName is what the chunks of this package require.
const moduleName = "(test)"

// failingLine is a line that must fail: indent, statement, pattern. It is compiled
// when tests are first run.
var failingLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^(\s*)(\S.*?)\s*--> error: "(.*)"[ \t]*$`)
})

// Run runs the test.
func (t Test) Run(ctx context.Context) Result {
	r := &trial{Test: t, began: time.Now()}
	if r.fixtures == nil {
		r.fixtures = new(fixtures)
	}
	limit := t.Timeout
	if limit == 0 {
		limit = DefaultTimeout
	}
	var cancel context.CancelFunc
	r.ctx, cancel = context.WithTimeoutCause(ctx, limit, engine.TimedOut(limit))
	defer cancel()

	options := t.Engine
	options.World.Stdout = both{&r.stdout, &r.output}
	options.World.Stderr = &r.output
	options.World.Now = r.clock.now
	options.Modules = append(slices.Clone(options.Modules), engine.Module{Name: moduleName, Open: r.open})
	if t.Cluster != nil {
		options.Cluster = func() (kube.Options, error) { return t.Cluster(r.ctx, r.namespace) }
	}
	r.engine = options
	vm := engine.New(options)
	defer vm.Close()
	defer r.release()

	source := t.Source
	source.Text = failingLine().ReplaceAllString(source.Text, `${1}require("`+moduleName+`").t:fails([==[${3}]==], function() ${2} end)`)
	if r.run(r.ctx, vm, source) {
		if r.run(r.ctx, vm, engine.Source{Name: "(start of the test)", Dir: source.Dir, Text: `require("` + moduleName + `").run("` + t.Name + `")`}) && !r.ended {
			r.fail(t.Source.Name + ": the test ended the run by os.exit")
		}
	}
	closing, cancelClosing := context.WithTimeoutCause(context.WithoutCancel(ctx), closingTime, engine.TimedOut(closingTime))
	defer cancelClosing()
	r.ctx = closing
	r.run(closing, vm, engine.Source{Name: "(end of the test)", Dir: source.Dir, Text: `require("` + moduleName + `").finish()`})
	return r.result()
}

// trial is one run of a test.
type trial struct {
	Test
	ctx    context.Context
	engine engine.Options
	clock  clock
	began  time.Time
	stdout buffer
	output buffer // stdout and what else it says, in order
	ended  bool   // the function has returned

	mu       sync.Mutex
	failures []string
	skipped  bool
	reason   string

	namespaceMu sync.Mutex
	made        string // the namespace
	released    func()
}

// stopped is the error that ends a test which has said already why.
const stopped = "the test ends here"

// run runs a chunk, notes how it failed, and tells whether it didn't.
func (r *trial) run(ctx context.Context, vm *engine.VM, source engine.Source) bool {
	err := vm.Run(ctx, source)
	if err == nil {
		return true
	}
	if !strings.Contains(err.Error(), stopped) {
		var script *engine.ScriptError
		if errors.As(err, &script) {
			err = r.told(*script)
		}
		var report strings.Builder
		engine.Report(&report, err)
		r.fail(strings.TrimPrefix(strings.TrimSpace(report.String()), "kubelua: "))
	}
	return false
}

// told is an error as the test's author should see it: without what is of this
// package.
func (r *trial) told(e engine.ScriptError) error {
	own := func(f engine.Frame) bool { return strings.HasPrefix(f.Source, "(") }
	e.Trace = slices.DeleteFunc(slices.Clone(e.Trace), own)
	if strings.HasPrefix(e.Chunk, "(") && len(e.Trace) > 0 {
		e.Chunk, e.Line = e.Trace[0].Source, e.Trace[0].Line
		e.Text = ""
		if lines := strings.Split(r.Source.Text, "\n"); e.Chunk == r.Source.Name && e.Line <= len(lines) {
			e.Text = lines[e.Line-1]
		}
	}
	return &e
}

// fail notes a failure, and tells how many there are.
func (r *trial) fail(message string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, message)
	return len(r.failures)
}

func (r *trial) result() Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Result{
		File: r.Source.Name, Name: r.Name, Failures: r.failures, Skipped: r.skipped && len(r.failures) == 0, Reason: r.reason,
		Output: r.output.String(), Took: time.Since(r.began),
	}
}

// namespace is the namespace of the test.
func (r *trial) namespace(ctx context.Context) (string, error) {
	r.namespaceMu.Lock()
	defer r.namespaceMu.Unlock()
	if r.made != "" {
		return r.made, nil
	}
	if r.Namespace == nil {
		return "", errors.New("there is no cluster for a namespace")
	}
	var err error
	r.made, r.released, err = r.Namespace(ctx, r.Name)
	return r.made, err
}

// release gives up the namespace, if there is one.
func (r *trial) release() {
	r.namespaceMu.Lock()
	defer r.namespaceMu.Unlock()
	if r.released != nil {
		r.released()
	}
}

// position is the line of the test that L runs, "file:line".
func (r *trial) position(L *lua.LState) string { return lineIn(L, r.Source.Name) }
