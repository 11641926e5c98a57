package schedule

import (
	"cmp"
	"slices"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// Coming is a time at which a job is to be run.
type Coming struct {
	Time time.Time
	Job  *engine.Job
}

// Upcoming lists the first n times of the jobs' schedules after a moment.
func Upcoming(jobs []*engine.Job, after time.Time, n int) []Coming {
	var all []Coming
	for _, j := range jobs {
		if j.Schedule == nil {
			continue
		}
		at := after
		for range n {
			if at = j.Schedule.Next(at); at.IsZero() {
				break
			}
			all = append(all, Coming{at, j})
		}
	}
	slices.SortStableFunc(all, func(a, b Coming) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Job.Name, b.Job.Name))
	})
	return all[:min(n, len(all))]
}
