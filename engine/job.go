package engine

import (
	"regexp"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine/cron"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// Job is what a script describes by job{...}: something to be run, and when. It
// doesn't change.
type Job struct {
	Name     string
	Schedule *cron.Schedule // nil for none
	On       *JobEvents     // nil for none
	Timeout  time.Duration  // of one attempt
	Overlap  Overlap
	Missed   Missed
	Grace    time.Duration // how late a run may begin; 0 for no bound
	Jitter   time.Duration // how much later than its time a run may begin on purpose
	Retries  int           // how often a run that failed is tried again
	Backoff  Backoff
	Policy   *kube.Policy // what it may do to clusters beside what others say; nil for no more
	Grants   *Grants      // what it may do to the machine, out of what its World grants; nil for all that
	Memory   int64        // how many bytes a run may hold; 0 for no bound
	Where    string       // the line that describes it, "sweep.lua:3"

	run lua.LValue
}

// JobEvents are the events that trigger a job.
type JobEvents struct {
	View     *kube.View // of the objects whose events they are
	Types    []string   // of the events: kube.Added and so on
	Debounce time.Duration
}

// Overlap is what becomes of a time that comes while the job still runs.
type Overlap string

// What becomes of such a time.
const (
	OverlapSkip    Overlap = "skip"    // it is passed over
	OverlapQueue   Overlap = "queue"   // its run begins when the one before has ended
	OverlapReplace Overlap = "replace" // its run begins, and the one before is cancelled
)

// Missed is what becomes of times that came while nothing was scheduled.
type Missed string

// What becomes of such times.
const (
	MissedSkip Missed = "skip" // they are passed over
	MissedOnce Missed = "once" // the last of them has its run
	MissedAll  Missed = "all"  // each has its run, one after another
)

// Backoff is how long to wait before a run is tried again.
type Backoff struct {
	First  time.Duration // before the second attempt
	Factor float64       // how many times longer before each further one
	Max    time.Duration
}

// Pause is how long to wait after so many attempts.
func (b Backoff) Pause(attempts int) time.Duration {
	pause := float64(b.First)
	for range attempts - 1 {
		if pause *= b.Factor; pause >= float64(b.Max) {
			return b.Max
		}
	}
	return min(time.Duration(pause), b.Max)
}

// What holds where a job doesn't say.
const (
	defaultJobTimeout = time.Hour
	defaultSkipGrace  = time.Minute
)

var defaultBackoff = Backoff{First: 10 * time.Second, Factor: 2, Max: 10 * time.Minute}

// jobName is what the name of a job looks like: it names objects of the cluster,
// the longest that of a CronJob.
var jobName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$`)

var jobClass = class[*Job]{
	name: "job",
	attributes: map[string]func(*lua.LState, *Job) lua.LValue{
		"name": func(_ *lua.LState, j *Job) lua.LValue { return lua.LString(j.Name) },
	},
	methods: map[string]func(*lua.LState, *Job) int{"run": runHere},
	text:    func(j *Job) string { return "job " + j.Name },
}

// openJob opens the global job.
func (vm *VM) openJob(L *lua.LState, _ host.Host) lua.LValue {
	vm.classes.job = jobClass.metatable(vm, L)
	vm.classes.jobContext = jobContextClass.metatable(vm, L)
	vm.classes.jobLog = jobLogClass.metatable(vm, L)
	return L.NewFunction(func(L *lua.LState) int {
		L.Push(vm.object(vm.readJob(L), vm.classes.job))
		return 1
	})
}

// jobsIn are the jobs that a main chunk has returned: one, or a list of several;
// nil where it has returned something else.
func (vm *VM) jobsIn(results []lua.LValue) ([]*Job, error) {
	if len(results) == 0 {
		return nil, nil
	}
	if j := jobOf(results[0]); j != nil {
		return []*Job{j}, nil
	}
	list, ok := results[0].(*lua.LTable)
	if !ok || jobOf(list.RawGetInt(1)) == nil {
		return nil, nil
	}
	var jobs []*Job
	named := map[string]*Job{}
	for n := 1; n <= list.Len(); n++ {
		j := jobOf(list.RawGetInt(n))
		if j == nil {
			return nil, kube.Errorf(kube.ValueError, "element %d of the list of jobs is no job", n)
		}
		if other := named[j.Name]; other != nil {
			return nil, kube.Errorf(kube.ValueError, "two jobs are named %q: those of %s and %s", j.Name, other.Where, j.Where)
		}
		named[j.Name] = j
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// jobOf is the job that a Lua value is, nil where it is none.
func jobOf(v lua.LValue) *Job {
	if ud, ok := v.(*lua.LUserData); ok {
		j, _ := ud.Value.(*Job)
		return j
	}
	return nil
}
