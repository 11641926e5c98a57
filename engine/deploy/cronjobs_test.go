package deploy

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/cron"
)

// sweep is a job with what the fields of job{...} are by default, changed.
func sweep(t *testing.T, change func(*engine.Job), schedules ...string) *engine.Job {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	s, err := cron.Parse(zone, schedules...)
	require.NoError(t, err)
	j := &engine.Job{
		Name: "sweep", Schedule: s, Timeout: time.Hour, Overlap: engine.OverlapSkip, Missed: engine.MissedOnce,
		Backoff: engine.Backoff{First: 10 * time.Second, Factor: 2, Max: 10 * time.Minute},
	}
	change(j)
	return j
}

// nightly is a deployment of one file.
func nightly(jobs ...*engine.Job) Options {
	return Options{Name: "nightly", Namespace: "ops", Image: "kubelua:1", Files: []File{{Path: "sweep.lua", Text: "return job{}", Jobs: jobs}}}
}

func TestCronJobs(t *testing.T) {
	t.Parallel()
	j := sweep(t, func(j *engine.Job) {
		j.Overlap, j.Grace, j.Retries, j.Jitter = engine.OverlapReplace, 3*time.Second, 2, time.Minute
	}, "0 3 * * *", "@every 6h")
	objects, warnings, err := CronJobs(nightly(j))
	require.NoError(t, err)
	assert.Equal(t, []string{
		"job sweep: a CronJob has no jitter, so it runs on time",
		"job sweep: a CronJob's grace is 10s at least",
		`job sweep: its schedule "@every 6h" has a CronJob of its own, nightly-sweep-2, which doesn't know of the other's runs`,
	}, warnings)
	var names []string
	for _, o := range objects {
		names = append(names, o.Get("kind").String()+" "+o.At("metadata", "name").String())
		assert.Equal(t, "ops", o.At("metadata", "namespace").String())
	}
	assert.Equal(t, []string{"ServiceAccount nightly", "ConfigMap nightly-files", "CronJob nightly-sweep", "CronJob nightly-sweep-2"}, names)
	spec := objects[2].Get("spec")
	for path, want := range map[string]string{
		"schedule": `"0 3 * * *"`, "timeZone": `"Europe/Paris"`, "concurrencyPolicy": `"Replace"`, "startingDeadlineSeconds": "10",
	} {
		assert.Equal(t, want, string(spec.Get(path).Raw()), path)
	}
	assert.Equal(t, `"Etc/UTC"`, string(objects[3].At("spec", "timeZone").Raw()), "intervals don't depend on the zone")
	job := spec.At("jobTemplate", "spec")
	assert.Equal(t, "0", string(job.Get("backoffLimit").Raw()), "kubelua itself tries again")
	assert.Equal(t, "11130", string(job.Get("activeDeadlineSeconds").Raw()), "3 attempts, 10 and 20 seconds between, and the pod's start")
	assert.Equal(t, `["/jobs/sweep.lua"]`, string(job.At("template", "spec", "containers").Index(0).Get("args").Raw()))
}

func TestCronJobsRefuse(t *testing.T) {
	t.Parallel()
	daily := func(change func(*engine.Job)) Options { return nightly(sweep(t, change, "@daily")) }
	long := nightly(sweep(t, func(j *engine.Job) { j.Name = "a-name-that-is-as-long-as-the-name-of-a-job-may" }, "@daily"))
	for _, tt := range []struct {
		name string
		o    Options
		want string
	}{
		{"events", daily(func(j *engine.Job) { j.On = &engine.JobEvents{} }), "job sweep: a CronJob isn't triggered by events"},
		{"all that was missed", daily(func(j *engine.Job) { j.Missed = engine.MissedAll }), `(missed = "all")`},
		{"a queue", daily(func(j *engine.Job) { j.Overlap = engine.OverlapQueue }), `(overlap = "queue")`},
		{"seconds", nightly(sweep(t, func(*engine.Job) {}, "* * * * * *")), `job sweep: a CronJob's schedule has no seconds: "* * * * * *"`},
		{"a long name", long, "has 55 characters, and 52 are allowed"},
		{"several jobs of a file", nightly(sweep(t, func(*engine.Job) {}, "@daily"), sweep(t, func(*engine.Job) {}, "@daily")), "sweep.lua describes 2 jobs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := CronJobs(tt.o)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}
