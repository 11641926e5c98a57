package board

import (
	"bytes"
	"strings"
)

// help says what the metrics are.
var help = map[string]string{
	"kubelua_job_file_loads_total":               "Job files that were read, by outcome.",
	"kubelua_job_files_broken":                   "Job files that can't be loaded now.",
	"kubelua_job_last_success_timestamp_seconds": "When a run of the job has ended well last.",
	"kubelua_job_passed_total":                   "Times of the job's schedule without a run: too late, or while it was running.",
	"kubelua_job_run_duration_seconds":           "How long attempts of the job have taken.",
	"kubelua_job_runs_total":                     "Attempts of the job that have ended, by outcome.",
	"kubelua_job_watch_restarts_total":           "Watches of the job that the server has ended.",
	"kubelua_leader":                             "1 in the process that schedules the shard, else 0.",
	"kubelua_leader_changes_total":               "How often this process has begun or ceased to schedule the shard.",
	"kubelua_run_lateness_seconds":               "How long after their times runs have begun.",
	"kubelua_runs_running":                       "Runs that go on in this process.",
}

// explained is the text of metrics with what is said of them: the metrics library
// names each without a word, which is left out where nothing is known.
func explained(text []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		name, found := strings.CutPrefix(strings.TrimSuffix(string(line), "\n"), "# HELP ")
		switch {
		case !found:
			b.Write(line)
		case help[name] != "":
			b.WriteString("# HELP " + name + " " + help[name] + "\n")
		}
	}
	return b.Bytes()
}
