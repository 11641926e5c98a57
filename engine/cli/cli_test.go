package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	lua "github.com/yuin/gopher-lua"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestMain(m *testing.M) {
	main := func() { os.Exit(Main(os.Args[1:])) }
	testscript.Main(withCluster{m}, map[string]func(){"kubelua": main, pluginName: main, completerName: main})
}

// withCluster runs the tests with a local cluster at hand, for those that ask
// for it.
type withCluster struct{ *testing.M }

// Run returns once the cluster is stopped.
func (m withCluster) Run() int {
	lua.MaxArrayIndex = maxArrayIndex // as Main does, in this process
	return localtest.Main(m.M)
}

// TestScript runs testdata/script/*.txtar. Beside testscript's own commands
// they have
//
//	status CODE kubelua ARGS...
//	cluster
//
// of which the first runs a program, and fails unless it ends with that exit
// code; the second has the script's programs find the tests' cluster, and an empty
// namespace in $NAMESPACE.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			// No cluster is to be found by accident.
			env.Setenv("KUBECONFIG", env.WorkDir+"/no-kubeconfig")
			env.Setenv("XDG_STATE_HOME", env.WorkDir+"/state")
			env.Setenv("XDG_CACHE_HOME", env.WorkDir+"/cache")
			env.Setenv("NEWLINE", "\n")
			env.Values[scriptKey{}] = env.T()
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": status,
			"cluster": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Setenv("KUBECONFIG", localtest.Kubeconfig(scriptTest(ts)))
				ts.Setenv("NAMESPACE", localtest.Namespace(scriptTest(ts)))
			},
		},
	})
}

// scriptKey is where a script has its test.
type scriptKey struct{}

// scriptTest is the test of a script, which commands may skip.
func scriptTest(ts *testscript.TestScript) testing.TB { return ts.Value(scriptKey{}).(testing.TB) }

// status is the command of that name.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE PROGRAM [ARGS]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code: got %d, want %d", got, want)
	}
}

// program is kubelua with its arguments, not started yet. The test's own binary
// is kubelua when it is called so.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Args = append([]string{"kubelua"}, args...)
	return cmd
}

func TestCtrlC(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals to send")
	}
	const closing = `
		local ready = io.stdout
		ready:write("ready\n")
		%s
		print("not reached")`
	tests := []struct {
		name, code string
		signals    []os.Signal
		stderr     string
	}{
		{"loop", "repeat pcall(function() while true do end end) until false", []os.Signal{os.Interrupt}, "kubelua: (command line):4: interrupted\n"},
		{"reading", "io.read()", []os.Signal{os.Interrupt}, "kubelua: (command line):4: interrupted\n"},
		{"terminated", "while true do end", []os.Signal{syscall.SIGTERM}, "kubelua: (command line):4: interrupted\n"},
		{"twice", "while true do end", []os.Signal{os.Interrupt, os.Interrupt}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, "-e", fmt.Sprintf(closing, tt.code))
			_, err := cmd.StdinPipe() // stays open, and empty
			require.NoError(t, err)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			require.NoError(t, cmd.Start())
			kill := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
			defer kill.Stop()

			ready := make([]byte, 6)
			_, err = out.Read(ready)
			require.NoError(t, err)
			for _, s := range tt.signals {
				require.NoError(t, cmd.Process.Signal(s))
			}
			_ = cmd.Wait()
			assert.Equal(t, 130, cmd.ProcessState.ExitCode())
			if tt.stderr != "" {
				assert.Equal(t, tt.stderr, stderr.String())
			}
		})
	}
}

// A script that does many things at once ends as fast as one that does nothing.
func TestCtrlCInManyTasks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals to send")
	}
	t.Parallel()
	namespace := localtest.Namespace(t)
	cmd := program(t, "--kubeconfig", localtest.Kubeconfig(t), "-n", namespace, "-e", `
		local closed, busy = 0, 0
		for i = 1, 300 do cluster:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "c" .. i}} end
		for _, view in ipairs{cluster.pods, cluster.configmaps, cluster.nodes} do
			task.spawn(function()
				kube.with(view:watch{initial = true}, function(w)
					for ev in w do busy = busy + 1 end
				end)
			end)
		end
		task.spawn(function() for _ in task.ticker(0.001) do busy = busy + 1 end end)
		cluster.configmaps:on{modified = function() busy = busy + 1 end}
		task.spawn(function()
			for round = 1, math.huge do
				task.parallel(cluster.configmaps, function(item) item.meta.labels:set("round", tostring(round)) end)
			end
		end)
		while busy < 500 do pcall(task.sleep, 0.001) end
		print("ready")
		task.sleep(600)
		print("not reached")`)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	kill := time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	ready := make([]byte, 6)
	_, err = out.Read(ready)
	require.NoError(t, err)
	assert.Equal(t, "ready\n", string(ready))

	began := time.Now()
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	_ = cmd.Wait()
	assert.Less(t, time.Since(began), 30*time.Second)
	assert.Equal(t, 130, cmd.ProcessState.ExitCode())
	assert.Regexp(t, `^kubelua: \(command line\):\d+: interrupted\n$`, stderr.String())
}

// A script that comes in on stdin can be given up while it does.
func TestCtrlCWhileTheScriptComesIn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals to send")
	}
	cmd := program(t, "-")
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	// A pipe takes 64 KiB; more goes in only once kubelua reads.
	_, err = stdin.Write(bytes.Repeat([]byte("-"), 1<<20))
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	_ = cmd.Wait()
	assert.Equal(t, 130, cmd.ProcessState.ExitCode())
}

// Nobody reads on: kubelua ends as other programs do, without a word.
func TestClosedPipe(t *testing.T) {
	cmd := program(t, "-e", "for i = 1, 1e9 do print(i) end")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	line := make([]byte, 2)
	_, err = out.Read(line)
	require.NoError(t, err)
	require.NoError(t, out.Close())
	_ = cmd.Wait()
	assert.Equal(t, "1\n", string(line))
	assert.Equal(t, 141, cmd.ProcessState.ExitCode())
	assert.Empty(t, stderr.String())
}

func TestCommandsAreSorted(t *testing.T) {
	last := ""
	for _, c := range commands() {
		assert.Less(t, last, c.name)
		last = c.name
	}
}

func TestCommandsHeedFlagsThatExist(t *testing.T) {
	var o options
	all := o.all()
	for _, c := range commands() {
		for _, heeded := range append(c.heeds, c.behind...) {
			is := slices.ContainsFunc(o.groups(), func(g group) bool { return g.name == heeded })
			assert.True(t, is || all.Lookup(heeded) != nil, "%s: %s", c.name, heeded)
		}
	}
}

// Help is read on a terminal.
func TestHelpFits(t *testing.T) {
	var texts []string
	for _, c := range commands() {
		texts = append(texts, c.help)
	}
	out, err := program(t, "help").Output()
	require.NoError(t, err)
	for _, text := range append(texts, string(out)) {
		for _, line := range strings.Split(text, "\n") {
			assert.LessOrEqual(t, len(line), 84, line)
		}
	}
}
