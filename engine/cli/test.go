package cli

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/luatest"
	"github.com/kubelua/kubelua/kube"
)

const testHelp = `
Runs tests that are written in Lua: the global functions test_x(t) of the files
*_test.lua, of a folder all below it, the current one unless told. Each runs in a
VM of its own. Its cluster is the local one, which is started when a test first
needs it, or the one that flags name; a production cluster is refused. cluster
is bound to a fresh namespace, t.namespace, which is deleted after the test.

Functions setup(t) and teardown(t) of a file are called around each of its tests.
What t offers is in docs/testing.md, and known to editors by kubelua stubs. The
exit code is 1 if a test fails.

Usage:
  kubelua [flags] test [flags] [FILE|DIR...]

Flags:
%s
Guards, permissions and the connection are set by the flags of kubelua, before or,
those of the connection, behind the word test.

Examples:
  kubelua test
  kubelua test --run scales --watch tests/
  kubelua test --format tap --junit report.xml tests/
`

// testFlags are the flags of the command.
type testFlags struct {
	run      string
	parallel int
	timeout  seconds
	failFast bool
	all      bool
	format   string
	junit    string
	verbose  bool
	watch    bool
	help     bool
}

func (f *testFlags) flags() *pflag.FlagSet {
	fs := newFlags("test")
	fs.SetInterspersed(true)
	fs.StringVar(&f.run, "run", "", "run only tests whose FILE:NAME matches the regular expression `PATTERN`")
	fs.IntVar(&f.parallel, "parallel", 0, "run `N` tests at once (4 for each processor unless told)")
	f.timeout = seconds(luatest.DefaultTimeout)
	fs.Var(&f.timeout, "timeout", "end a test that takes longer than `DURATION`")
	fs.BoolVar(&f.failFast, "fail-fast", false, "begin no test after one that failed")
	fs.BoolVarP(&f.all, "all-namespaces", "A", false, "don't bind cluster to the namespace of the test")
	fs.Var(oneOf(&f.format, "pretty", "pretty", "tap", "junit"), "format", "report as pretty, tap or junit: `FORMAT`")
	fs.StringVar(&f.junit, "junit", "", "also write a report in the XML of JUnit to `FILE`")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "show what tests print also where they pass")
	fs.BoolVar(&f.watch, "watch", false, "run the tests again whenever a file changes")
	fs.BoolVarP(&f.help, "help", "h", false, "show this help")
	return fs
}

// runTest is the subcommand test.
func runTest(ctx context.Context, o *options, args []string) (failed error) {
	var f testFlags
	flags := f.flags()
	if err := o.parseBehind(flags, args); err != nil {
		return err
	}
	if f.help {
		return runHelp(ctx, nil, []string{"test"})
	}
	switch {
	case !flags.Changed("parallel"):
		f.parallel = 4 * runtime.NumCPU()
	case f.parallel < 1:
		return usageError("--parallel must be 1 or more, not %d", f.parallel)
	}
	suite, err := f.suite(flags.Args())
	if err != nil {
		return err
	}
	if !o.given.Changed("production") {
		o.guards.flags.Production = kube.ProductionRefuse
	}
	o.local = o.local || !o.names()
	r, err := o.begin("(test)")
	if err != nil {
		return err
	}
	defer r.end(&failed)
	suite.Engine = r.machine(r.world)
	shared := &sharedCluster{o: o, bound: !f.all}
	defer shared.close()
	suite.Cluster, suite.Namespace = shared.of, shared.namespace
	if !f.watch {
		return f.once(ctx, suite)
	}
	names := flags.Args()
	for {
		before := seen(names)
		if err := f.once(ctx, suite); err != nil {
			engine.Report(os.Stderr, err)
		}
		if err := changed(ctx, names, before); err != nil {
			return err
		}
		if suite, err = f.again(suite, names); err != nil {
			return err
		}
	}
}

// suite is what the flags and words describe.
func (f *testFlags) suite(names []string) (luatest.Suite, error) {
	s := luatest.Suite{Parallel: f.parallel, FailFast: f.failFast, Test: luatest.Test{Timeout: time.Duration(f.timeout)}}
	if f.run != "" {
		var err error
		if s.Only, err = regexp.Compile(f.run); err != nil {
			return s, usageError("--run: %w", err)
		}
	}
	return f.again(s, names)
}

// again is a suite with the files that are there now.
func (f *testFlags) again(s luatest.Suite, names []string) (luatest.Suite, error) {
	files, err := luatest.Files(orHere(names)...)
	switch {
	case err != nil:
		return s, usageError("%w", err)
	case files == nil:
		return s, usageError("there are no files *_test.lua in %s", orHere(names)[0])
	}
	s.Files = files
	return s, nil
}

// orHere is the current folder where nothing is named.
func orHere(names []string) []string {
	if len(names) == 0 {
		return []string{"."}
	}
	return names
}

// once runs the tests once.
func (f *testFlags) once(ctx context.Context, s luatest.Suite) (failed error) {
	var to luatest.Reporters
	switch f.format {
	case "pretty":
		to = append(to, luatest.Pretty{To: os.Stdout, Verbose: f.verbose})
	case "tap":
		to = append(to, &luatest.TAP{To: os.Stdout})
	case "junit":
		to = append(to, &luatest.JUnit{To: os.Stdout})
	}
	if f.junit != "" {
		file, err := os.Create(f.junit)
		if err != nil {
			return usageError("--junit: %w", err)
		}
		defer func() {
			if err := file.Close(); err != nil && failed == nil {
				failed = err
			}
		}()
		to = append(to, &luatest.JUnit{To: file})
	}
	count, err := s.Run(ctx, to)
	switch n := count.Passed + count.Failed + count.Skipped; {
	case err != nil:
		return err
	case n == 0 && f.run != "":
		return usageError("no test matches --run %q", f.run)
	case n == 0:
		return usageError("there are no functions test_x(t) in %s", strings.Join(s.Files, ", "))
	case count.Failed > 0:
		return fmt.Errorf("%d of %d %s failed", count.Failed, n, plural(n, "test"))
	}
	return nil
}

// sharedCluster is the cluster of the flags for all tests: it is reached when one
// first needs it.
type sharedCluster struct {
	o     *options
	bound bool // to the namespace of each test

	mu      sync.Mutex
	cluster *kube.Cluster
	options kube.Options
}

// reach connects for what the tests themselves don't do.
func (s *sharedCluster) reach(ctx context.Context) (*kube.Cluster, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cluster != nil {
		return s.cluster, nil
	}
	var err error
	if s.options, err = s.o.reach(ctx, progress()); err != nil {
		return nil, err
	}
	s.cluster, err = kube.Connect(s.options)
	return s.cluster, err
}

// of is the cluster for a test.
func (s *sharedCluster) of(ctx context.Context, namespace func(context.Context) (string, error)) (kube.Options, error) {
	if _, err := s.reach(ctx); err != nil {
		return kube.Options{}, err
	}
	options := s.options
	if !s.bound {
		return options, nil
	}
	var err error
	options.Namespace, err = namespace(ctx)
	return options, err
}

// namespace makes a namespace for a test.
func (s *sharedCluster) namespace(ctx context.Context, test string) (string, func(), error) {
	c, err := s.reach(ctx)
	if err != nil {
		return "", nil, err
	}
	return luatest.NamespaceIn(ctx, c, test)
}

func (s *sharedCluster) close() {
	if s.cluster != nil {
		s.cluster.Close()
	}
}
