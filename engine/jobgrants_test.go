package engine_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/permit"
	"github.com/kubelua/kubelua/stdlib/host"
)

// A job with grants has no more than these, also in a World that can't be narrowed: one
// of an embedding program.
func TestGrantsInAWorldThatCannotBeNarrowed(t *testing.T) {
	for name, tt := range map[string]struct{ policy, want, err string }{
		"nothing said": {`{}`, "true\tx\n", ""},
		"nothing":      {`{allowEnv = {}}`, "false\tnil\n", ""},
		"something":    {`{allowEnv = "NAME"}`, "", "known.lua:1: job a: policy.allowEnv NAME: not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			vm := engine.New(engine.Options{World: engine.World{
				Stdout:   &out,
				Getenv:   func(string) (string, bool) { return "x", true },
				OpenFile: func(string, int) (host.File, error) { return os.Open(os.DevNull) },
			}})
			defer vm.Close()
			err := vm.RunJob(t.Context(), engine.Source{Name: "known.lua", Text: `return job{name = "a", policy = ` + tt.policy + `, run = function()
				print((pcall(io.open, "file")), os.getenv "NAME")
			end}`}, func(jobs []*engine.Job) (*engine.JobRun, error) { return &engine.JobRun{Job: jobs[0]}, nil })
			if tt.err == "" {
				require.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.err)
			}
			assert.Equal(t, tt.want, out.String())
		})
	}
}

// runJobIn runs the first job of some code in a World with grants.
func runJobIn(t *testing.T, grants permit.Grants, code string) (out string, err error) {
	t.Helper()
	var stdout bytes.Buffer
	world, release, err := grants.Grant(engine.World{Stdout: &stdout})
	require.NoError(t, err)
	defer release()
	vm := engine.New(engine.Options{World: world})
	defer vm.Close()
	err = vm.RunJob(t.Context(), engine.Source{Name: "known.lua", Text: code}, func(jobs []*engine.Job) (*engine.JobRun, error) {
		return &engine.JobRun{Job: jobs[0]}, nil
	})
	return stdout.String(), err
}

// A connection that was made before is no way to where a job may not connect to.
func TestGrantsHoldForConnectionsThatAreKept(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	out, err := runJobIn(t, permit.Grants{Net: []string{"127.0.0.1"}}, `local http, url = require "http", "`+server.URL+`"
		print(http.get(url).status)
		return job{name = "a", policy = {allowNet = {}}, run = function() print(pcall(http.get, url)) end}`)
	require.NoError(t, err)
	address := server.Listener.Addr().String()
	assert.Equal(t, "200\nfalse\tconnect to "+address+": not allowed (--allow-net="+address+" grants it)\n", out)
}

// What a task does while the grants become narrower is done by the former or the latter.
func TestGrantsNarrowBesideTasks(t *testing.T) {
	out, err := runJobIn(t, permit.Grants{Read: []string{"."}}, `
		for _ = 1, 8 do task.spawn(function() while pcall(io.open, "jobgrants_test.go") do end end) end
		task.sleep(0.01)
		return job{name = "a", policy = {allowRead = {}}, run = function() print((pcall(io.open, "jobgrants_test.go"))) end}`)
	require.NoError(t, err)
	assert.Equal(t, "false\n", out)
}

// A job's bound of memory is also that of tasks and coroutines which were made before.
func TestMemoryOfAJobBoundsWhatWasStartedBefore(t *testing.T) {
	const grow = `local function grow() local t = {} for i = 1, 2e6 do t[i] = {} end end `
	for name, code := range map[string]string{
		"a task":      grow + `local late = task.spawn(function() task.sleep(0.05) grow() end) return job{name = "a", policy = {maxMemory = "16Mi"}, run = function() late:wait() end}`,
		"a coroutine": grow + `local late = coroutine.wrap(function() coroutine.yield() grow() end) late() return job{name = "a", policy = {maxMemory = "16Mi"}, run = function() late() end}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := runJobIn(t, permit.Grants{}, code)
			assert.ErrorContains(t, err, "the script holds more than 16 MiB of memory (maxMemory in the policy of the job)")
		})
	}
}
