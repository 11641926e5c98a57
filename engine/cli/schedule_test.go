package cli

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// daemon is a kubelua that schedules.
type daemon struct {
	t      *testing.T
	log    *bufio.Scanner
	signal func(os.Signal)
	end    func(os.Signal) int // ends it by a signal, and returns its exit code
}

// schedules starts a daemon, whose log is text.
func schedules(t *testing.T, args ...string) *daemon {
	t.Helper()
	return watching(t, program(t, append([]string{"schedule", "--log-format", "text", "--state", "memory", "--listen", ""}, args...)...))
}

// watching starts a daemon and reads its log.
func watching(t *testing.T, cmd *exec.Cmd) *daemon {
	t.Helper()
	out, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() }) // await fails then
	t.Cleanup(func() {
		late.Stop()
		_ = cmd.Process.Kill()
	})
	d := &daemon{t: t, log: bufio.NewScanner(out)}
	d.signal = func(s os.Signal) { require.NoError(t, cmd.Process.Signal(s)) }
	d.end = func(s os.Signal) int {
		d.signal(s)
		for d.log.Scan() {
			t.Log(d.log.Text())
		}
		_ = cmd.Wait() // the exit code says it
		return cmd.ProcessState.ExitCode()
	}
	return d
}

// await reads the log until a line has a text.
func (d *daemon) await(text string) {
	d.t.Helper()
	for d.log.Scan() {
		d.t.Log(d.log.Text())
		if strings.Contains(d.log.Text(), text) {
			return
		}
	}
	require.Fail(d.t, "the log has no "+text)
}

func TestSchedule(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals to send")
	}
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		next := filepath.Join(dir, "next")
		require.NoError(t, os.WriteFile(next, []byte(text), 0o600))
		require.NoError(t, os.Rename(next, filepath.Join(dir, name)))
	}
	write("tick.lua", `return job { name = "tick", schedule = "* * * * * *", run = function(ctx) print("tick", ctx.trigger) end }`)
	d := schedules(t, dir)
	d.await("scheduling jobs=1")
	d.await("tick schedule job=tick")
	write("tick.lua", `return job { name = "tick", schedule = "* * * * * *", run = function() print("tock") end }`)
	d.await("tock job=tick")
	write("tick.lua", `return job {`)
	d.await("job file can't be loaded")
	d.await("tock job=tick")
	write("slow.lua", `return job { name = "slow", schedule = "* * * * * *", run = function()
		print("waits") task.sleep(3) print("has waited") end }`)
	d.await("waits job=slow")
	assert.Equal(t, 0, d.end(syscall.SIGTERM))
}

func TestScheduleGrants(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals to send")
	}
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"own.txt":   "mine",
		"other.txt": "not mine",
		"narrow.lua": `return job { name = "narrow", schedule = "* * * * * *", policy = { allowRead = "` + dir + `/own.txt" },
			run = function() print(io.open("` + dir + `/own.txt"):read(), pcall(io.open, "` + dir + `/other.txt")) end }`,
		"wants.lua": `return job { name = "wants", schedule = "* * * * * *", policy = { allowNet = "a:443" }, run = function() print("has") end }`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	d := watching(t, program(t, "--allow-read", dir, "schedule", "--log-format", "text", "--state", "memory", "--listen", "", dir))
	d.await("wants.lua:1: job wants: policy.allowNet a:443: not allowed (--allow-net=a:443 grants it)")
	d.await("scheduling jobs=1")
	d.await("mine false read " + dir + "/other.txt: not allowed")
	assert.Equal(t, 0, d.end(syscall.SIGTERM))
}

func TestScheduleCancels(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals to send")
	}
	t.Parallel()
	file := filepath.Join(t.TempDir(), "slow.lua")
	require.NoError(t, os.WriteFile(file, []byte(`return job { name = "slow", schedule = "* * * * * *", run = function()
		print("waits") task.sleep(300) end }`), 0o600))
	d := schedules(t, "--grace-period", "100ms", file)
	d.await("waits job=slow")
	assert.Equal(t, 0, d.end(syscall.SIGINT))
}

// A second signal ends a scheduler at once, yet in such order that another one needn't
// wait for its lease.
func TestScheduleHurries(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals to send")
	}
	t.Parallel()
	file, namespace := filepath.Join(t.TempDir(), "slow.lua"), localtest.Namespace(t)
	require.NoError(t, os.WriteFile(file, []byte(`return job { name = "slow", schedule = "* * * * * *", run = function()
		print("waits") task.sleep(300) end }`), 0o600))
	d := watching(t, program(t, "--kubeconfig", localtest.Kubeconfig(t), "-n", namespace, "schedule",
		"--log-format", "text", "--listen", "", "--lease-duration", "10m", file))
	d.await("waits job=slow")
	d.signal(syscall.SIGTERM)
	d.await("runs have time to end")
	assert.Equal(t, 130, d.end(syscall.SIGTERM))
	holder := localtest.Kubectl(t, "get", "lease", "kubelua-schedule-0", "--namespace="+namespace, "--output=jsonpath={.spec.holderIdentity}")
	assert.Empty(t, holder)
	state := localtest.Kubectl(t, "get", "configmap", "kubelua-schedule-state-0", "--namespace="+namespace, "--output=jsonpath={.data.slow}")
	assert.Contains(t, state, `"outcome":"cancelled"`)
}
