package engine

import (
	"context"
	"log/slog"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// JobRun is one attempt to run a job.
type JobRun struct {
	Job       *Job
	Scheduled time.Time // the time that it is for
	Attempt   int       // counted from 1
	Trigger   Trigger
	Event     *kube.Event  // that triggered it; nil for none
	Log       *slog.Logger // gets what the job logs; nil drops it
}

// Trigger is what has a job run.
type Trigger string

// What has jobs run.
const (
	ByHand     Trigger = "manual"
	ByEvent    Trigger = "event"
	BySchedule Trigger = "schedule"
)

// RunJob runs a script as [VM.Run] does, and then a job that it describes: begin
// gets the jobs that its main chunk has returned, none for what is no job file,
// and says which of them to run; nil is none. A job is a part of the run, so that
// the error is the one of both. What bounds time and memory of a job bounds its
// own part alone; what its policy grants holds for that and for what the VM runs later.
func (vm *VM) RunJob(ctx context.Context, src Source, begin func([]*Job) (*JobRun, error), args ...string) error {
	return vm.runWith(ctx, src, args, func(r *run, results []lua.LValue) (lua.LValue, []lua.LValue, error) {
		jobs, err := vm.jobsIn(results)
		if err != nil {
			return nil, nil, err
		}
		j, err := begin(jobs)
		if j == nil || err != nil {
			return nil, nil, err
		}
		world, release, err := j.Job.Narrowed(*vm.world.Load())
		if err != nil {
			return nil, nil, err
		}
		vm.world.Store(&world)
		vm.AtClose(release)
		timer := time.AfterFunc(j.Job.Timeout, func() { r.cancel(TimedOut(j.Job.Timeout)) })
		context.AfterFunc(r.bound, func() { timer.Stop() })
		if memory := j.Job.Memory; memory > 0 && (vm.memory.limit == 0 || memory < vm.memory.limit) {
			vm.memory = memoryBound{memory, "maxMemory in the policy of the job"}
			vm.meter.rest()
			vm.measure(r)
		}
		return j.Job.run, []lua.LValue{vm.object(&jobContext{j, r}, vm.classes.jobContext)}, nil
	})
}

// runHere implements j:run(): calls the job's function here, as the prompt does.
// Neither is it tried again nor is its time bounded.
func runHere(L *lua.LState, j *Job) int {
	s := scopeOf(L)
	if s.task == nil {
		L.RaiseError("no job can be run while no script runs")
	}
	vm := s.task.vm
	if j.Policy != nil || j.Grants != nil || j.Memory > 0 {
		vm.invalid(L, "job %s has a policy, which binds a run as a whole: run its file by itself", j.Name)
	}
	log := slog.New(slog.NewTextHandler(vm.errout, nil))
	run := &JobRun{Job: j, Scheduled: vm.Now().Truncate(time.Second), Attempt: 1, Trigger: ByHand, Log: log}
	L.Push(j.run)
	L.Push(vm.object(&jobContext{run, s.task.run}, vm.classes.jobContext))
	L.Call(1, 0)
	return 0
}

// LoadJobs runs the main chunk of a job file and returns the jobs that it
// describes. They can be kept, but not run. A file that describes none is a
// ValueError.
func (vm *VM) LoadJobs(ctx context.Context, src Source) ([]*Job, error) {
	var all []*Job
	err := vm.RunJob(ctx, src, func(jobs []*Job) (*JobRun, error) {
		for _, j := range jobs {
			kept := *j
			kept.run = nil // which refers to the whole VM
			all = append(all, &kept)
		}
		if all == nil {
			return nil, kube.Errorf(kube.ValueError, "%s is no job file: it returns no job{...}", src.Name)
		}
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}
