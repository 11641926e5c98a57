package deploy

import (
	"fmt"
	"math"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// CronJobs makes the objects of a CronJob for each job, or for each of its
// schedules where it has several. What a CronJob can't do is an error that names the
// job; what it does otherwise is a warning.
//
// The pod of a run runs the job's file by hand: it makes the further attempts of a
// run that fails, and bounds their time.
func CronJobs(o Options) (objects Objects, warnings []string, err error) {
	files, err := o.configMap()
	if err != nil {
		return nil, nil, err
	}
	list := append([]object{o.account(), files}, o.roles()...)
	for _, f := range o.Files {
		if len(f.Jobs) > 1 {
			return nil, nil, fmt.Errorf("%s describes %d jobs: a CronJob runs a whole file, so each job needs a file of its own", f.Path, len(f.Jobs))
		}
		for _, j := range f.Jobs {
			made, notes, err := o.cronJobs(f, j)
			if err != nil {
				return nil, nil, fmt.Errorf("job %s: %w", j.Name, err)
			}
			for _, note := range notes {
				warnings = append(warnings, fmt.Sprintf("job %s: %s", j.Name, note))
			}
			list = append(list, made...)
		}
	}
	objects, err = objectsOf(list...)
	return objects, warnings, err
}

// podTime is how long the pod of a run may take to start, beside the run.
const podTime = 5 * time.Minute

// minDeadline is the shortest deadline of a CronJob by which its controller, which
// looks every 10 seconds, misses no run (Kubernetes documentation, "CronJob").
const minDeadline = 10 * time.Second

func (o *Options) cronJobs(f File, j *engine.Job) (list []object, notes []string, err error) {
	switch {
	case j.On != nil:
		return nil, nil, fmt.Errorf("a CronJob isn't triggered by events (on)")
	case j.Missed == engine.MissedAll:
		return nil, nil, fmt.Errorf(`a CronJob makes up for one missed run at most (missed = "all")`)
	case j.Overlap == engine.OverlapQueue:
		return nil, nil, fmt.Errorf(`a CronJob doesn't queue runs (overlap = "queue")`)
	}
	if j.Jitter > 0 {
		notes = append(notes, "a CronJob has no jitter, so it runs on time")
	}
	spec := object{
		"concurrencyPolicy":          map[engine.Overlap]string{engine.OverlapSkip: "Forbid", engine.OverlapReplace: "Replace"}[j.Overlap],
		"timeZone":                   o.zone(j),
		"successfulJobsHistoryLimit": 3,
		"failedJobsHistoryLimit":     3,
	}
	if grace := j.Grace; grace > 0 {
		if grace < minDeadline {
			notes = append(notes, fmt.Sprintf("a CronJob's grace is %s at least", minDeadline))
			grace = minDeadline
		}
		spec["startingDeadlineSeconds"] = seconds(grace)
	}
	pod := o.pod(folder + "/" + f.Path)
	pod["restartPolicy"] = "Never"
	labels := o.labels()
	labels["app.kubernetes.io/component"] = j.Name
	spec["jobTemplate"] = object{
		"metadata": object{"labels": labels},
		"spec": object{
			"backoffLimit": 0, "activeDeadlineSeconds": seconds(longest(j) + podTime),
			"template": object{"metadata": object{"labels": labels}, "spec": pod},
		},
	}
	for i, text := range j.Schedule.Texts() {
		expression, everywhere, err := cronTab(text)
		if err != nil {
			return nil, nil, err
		}
		name := o.cronJobName(j)
		if i > 0 {
			name = fmt.Sprintf("%s-%d", name, i+1)
			notes = append(notes, fmt.Sprintf("its schedule %q has a CronJob of its own, %s, which doesn't know of the other's runs", text, name))
		}
		if len(name) > 52 {
			return nil, nil, fmt.Errorf("the name of its CronJob, %s, has %d characters, and 52 are allowed: give another --name", name, len(name))
		}
		one := object{"schedule": expression}
		for key, value := range spec {
			one[key] = value
		}
		if everywhere {
			one["timeZone"] = "Etc/UTC"
		}
		meta := o.meta(name)
		meta["labels"] = labels
		list = append(list, object{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta, "spec": one})
	}
	return list, notes, nil
}

func (o *Options) cronJobName(j *engine.Job) string { return o.Name + "-" + j.Name }

// zone is the time zone of a job. Who names none means that of the machine, which
// in a container is UTC.
func (o *Options) zone(j *engine.Job) string {
	if zone := j.Schedule.Zone().String(); zone != "Local" {
		return zone
	}
	if o.Timezone != "" {
		return o.Timezone
	}
	return "Etc/UTC"
}

// longest is how long a run may take with all its attempts.
func longest(j *engine.Job) time.Duration {
	d := j.Timeout
	for n := 1; n <= j.Retries; n++ {
		d += j.Backoff.Pause(n) + j.Timeout
	}
	return d
}

// seconds are whole seconds, rounded up.
func seconds(d time.Duration) int64 { return int64(math.Ceil(d.Seconds())) }
