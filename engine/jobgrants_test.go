package engine_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
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
