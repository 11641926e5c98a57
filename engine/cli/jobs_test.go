package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/schedule"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// TestJobs lists jobs whose ledgers nobody schedules by any more.
func TestJobs(t *testing.T) {
	t.Parallel()
	config, namespace := localtest.Kubeconfig(t), localtest.Namespace(t)
	cluster, err := kube.Connect(kube.Options{Kubeconfig: config})
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	file := filepath.Join(t.TempDir(), "jobs.lua")
	require.NoError(t, os.WriteFile(file, []byte(`
		local function nothing() end
		return {
			job { name = "night", schedule = "0 3 * * *", timezone = "Europe/Paris", run = nothing },
			job { name = "pods", on = { watch = cluster.pods, events = { "ADDED" } }, run = nothing },
		}`), 0o600))
	run := func(args ...string) string {
		t.Helper()
		out, err := program(t, append([]string{"jobs", "--kubeconfig", config, "-n", namespace}, args...)...).Output()
		require.NoError(t, err)
		return string(out)
	}
	assert.JSONEq(t, "[]", run("-o", "json"), "nothing was scheduled yet")

	at := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	for shard, job := range []string{"night", "other"} {
		ledger := schedule.NewShared(cluster, namespace, schedule.LedgerName("kubelua-schedule", shard), "a replica", func(string) bool { return true })
		_, err := ledger.Load(t.Context())
		require.NoError(t, err)
		require.NoError(t, ledger.Claim(t.Context(), []schedule.Claim{{Job: job, Scheduled: at, Attempt: 1, At: at}}))
		if job == "night" {
			require.NoError(t, ledger.Finish(t.Context(), []schedule.Result{{
				Job: job, Scheduled: at, Attempt: 1, Finished: at.Add(time.Second), Outcome: schedule.Failed, Error: "no luck",
			}}))
			run := schedule.Run{Trigger: engine.ByEvent, Scheduled: at, Attempt: 1, Started: at, Finished: at.Add(time.Second), Outcome: schedule.Succeeded}
			require.NoError(t, ledger.Note(t.Context(), map[string]schedule.Note{"pods": {Other: run}}))
		}
	}

	var rows []listed
	require.NoError(t, json.Unmarshal([]byte(run("-o", "json", file)), &rows))
	require.Len(t, rows, 2)
	night := rows[0]
	assert.Equal(t, []string{"night", "Europe/Paris", "failed", "no luck", "a replica"},
		[]string{night.Name, night.Timezone, night.Last.Outcome, night.Last.Error, night.Last.Holder})
	assert.WithinDuration(t, at, night.Last.Scheduled, 0)
	assert.True(t, night.Next.After(time.Now()))
	assert.Equal(t, &listedOn{"pods in " + namespace, []string{"ADDED"}}, rows[1].On)
	assert.Equal(t, []any{engine.ByEvent, "ok", "a replica"}, []any{rows[1].Last.Trigger, rows[1].Last.Outcome, rows[1].Last.Holder})

	table := run(file)
	assert.Regexp(t, `(?m)^NAME +WHEN +ZONE +NEXT +LAST +RESULT$`, table)
	assert.Regexp(t, `(?m)^night +0 3 \* \* \* +Europe/Paris +20\S+ 03:00:00 CES?T +2026-03-01 03:00:00 CET +failed: no luck$`, table)
	assert.Regexp(t, `(?m)^pods +on pods in \S+ +- +- +2026-03-01 02:00:00 UTC +ok$`, table)
	assert.Regexp(t, `(?m)^other +- +- +- +2026-03-01 02:00:00 UTC +running$`, run(), "jobs that no file describes")
}
