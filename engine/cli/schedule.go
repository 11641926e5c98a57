package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/schedule"
	"github.com/kubelua/kubelua/engine/schedule/board"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/logline"
)

const scheduleHelp = `
Runs the jobs that Lua files describe, when their times come. A folder stands for
the *.lua files in it. What runs may do is up to the flags before the word
schedule, and to the policy of each job, whichever is stricter.

Files may change: what is new runs from then on, and a file that can't be loaded
keeps its last version. On SIGTERM no run begins any more, and those that go on have
time to end.

Usage:
  kubelua [flags] schedule FILE|FOLDER...
  kubelua schedule --next N FILE|FOLDER...

Flags:
%s
Examples:
  kubelua schedule --next 10 jobs/
  kubelua --protect 'kube-*' schedule --timezone Europe/Paris jobs/
  kubelua FILE                        # runs the jobs of a file once, now
`

// scheduling are the flags of the command.
type scheduling struct {
	next     int
	timezone string
	maxRuns  int
	grace    seconds
	format   string
	zone     *time.Location // that timezone names; nil for the machine's
	help     bool
	sharing
	showing
}

func (s *scheduling) flags() *pflag.FlagSet {
	fs := newFlags("schedule")
	fs.SetInterspersed(true)
	fs.IntVar(&s.next, "next", 0, "print the next `N` times, and run nothing")
	fs.StringVar(&s.timezone, "timezone", "", "the `ZONE` of jobs that name none (else the machine's)")
	fs.IntVar(&s.maxRuns, "max-runs", 100, "make at most `N` runs at once")
	s.grace = seconds(30 * time.Second)
	fs.Var(&s.grace, "grace-period", "how long runs may take to end on SIGTERM, as a `DURATION`")
	fs.Var(oneOf(&s.format, "", "text", "json"), "log-format", "log as text or json (else text on a terminal, json elsewhere): `FORMAT`")
	s.sharing.addFlags(fs)
	s.showing.addFlags(fs)
	fs.BoolVarP(&s.help, "help", "h", false, "show this help")
	return fs
}

// runSchedule is the subcommand schedule.
func runSchedule(ctx context.Context, o *options, args []string) (failed error) {
	var s scheduling
	flags := s.flags()
	if err := o.parseBehind(flags, args); err != nil {
		return err
	}
	if s.help {
		return runHelp(ctx, nil, []string{"schedule"})
	}
	if err := s.check(flags); err != nil {
		return err
	}
	o.zone = s.zone
	r, err := o.begin("(schedule)")
	if err != nil {
		return err
	}
	defer r.end(&failed)
	if s.next > 0 {
		return printNext(ctx, r.runs(r.reached(ctx)), flags.Args(), s.next)
	}
	if err := s.serve(ctx, r, flags.Args()); err != nil || o.interrupts.again.Err() == nil {
		return err
	}
	return engine.Interrupted
}

// check refuses flags that make no sense.
func (s *scheduling) check(flags *pflag.FlagSet) error {
	switch {
	case flags.NArg() == 0:
		return usageError("no jobs: name files or folders, or see kubelua help schedule")
	case flags.Changed("next") && s.next < 1:
		return usageError("--next must be 1 or more")
	case s.maxRuns < 1:
		return usageError("--max-runs must be 1 or more")
	}
	if err := s.sharing.check(flags); err != nil {
		return err
	}
	if err := s.showing.check(flags); err != nil {
		return err
	}
	if _, err := schedule.Find(flags.Args()); err != nil {
		return usageError("%w", err)
	}
	var err error
	s.zone, err = zoneNamed(s.timezone)
	return err
}

// zoneNamed is the zone that --timezone names; nil for the machine's.
func zoneNamed(name string) (*time.Location, error) {
	if name == "" {
		return nil, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, usageError("--timezone: there is no zone %q (want one as in Europe/Paris, or UTC)", name)
	}
	return zone, nil
}

// serve runs jobs until ctx ends.
func (s *scheduling) serve(ctx context.Context, r *rails, paths []string) error {
	log := slog.New(s.handler(os.Stderr))
	cluster, err := r.reach(ctx, progress())
	if err != nil {
		return err
	}
	// Nobody is there to be asked.
	r.newGuard = func() *kube.Guard { return kube.NewGuard(nil, r.policies...) }
	machine := r.runs(func() (kube.Options, error) { return cluster, nil })
	observe := s.showing.observe()
	catalog := schedule.NewCatalog(paths, machine, log)
	catalog.Observe = observe
	catalog.Refresh(ctx)
	watched := sync.OnceValues(func() (*kube.Cluster, error) {
		options := cluster
		options.Guard = r.newGuard()
		return kube.Connect(options)
	})
	runner := schedule.NewRunner(machine, log, s.maxRuns)
	defer runner.Close()
	jobs := catalog.Jobs()
	r.interrupts.wait(hurryTime)
	grace := schedule.Grace{Time: time.Duration(s.grace), Cut: r.interrupts.again}
	log.Info("scheduling", "jobs", len(jobs))
	if s.state == "memory" {
		scheduler := schedule.New(schedule.Options{Ledger: &schedule.Memory{}, Runner: runner, Cluster: watched, Log: log})
		scheduler.Set(jobs)
		announcer := schedule.NewAnnouncer(schedule.AnnouncerOptions{Cluster: watched, Log: log})
		runner.Observe = schedule.Observers(observe, announcer.Observe)
		runner.Observe(schedule.Led{Leads: true})
		return s.run(ctx, scheduler, announcer, catalog, log, func() error { return schedule.Serve(ctx, scheduler, grace) })
	}
	replica, own, err := s.replica(cluster, schedule.ReplicaOptions{Runner: runner, Watched: watched, Grace: grace, Log: log})
	if err != nil {
		return err
	}
	defer own.Close()
	replica.Set(jobs)
	announcer := schedule.NewAnnouncer(schedule.AnnouncerOptions{
		Cluster: func() (*kube.Cluster, error) { return own, nil }, Lease: replica.LeaseOf, Log: log,
	})
	runner.Observe = schedule.Observers(observe, announcer.Observe)
	return s.run(ctx, replica, announcer, catalog, log, func() error { return replica.Run(ctx) })
}

// scheduler is what runs jobs, alone or as one of several processes.
type scheduler interface {
	board.Source
	Set(jobs []*schedule.Definition)
}

// run runs the jobs of a catalog as serve does, and shows it.
func (s *scheduling) run(ctx context.Context, by scheduler, announcer *schedule.Announcer, catalog *schedule.Catalog, log *slog.Logger, serve func() error) error {
	end, err := s.show(ctx, s.name, by, log)
	if err != nil {
		return err
	}
	defer end()
	beside, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	wg.Go(func() { catalog.Follow(ctx, by.Set) })
	wg.Go(func() { announcer.Run(beside) }) // also while runs have time to end
	return serve()
}

// hurryTime is how long runs that are cancelled by a second signal may take to end: then
// how they ended is noted, and the leases are given back. Others wait for the end of
// the leases else.
const hurryTime = 3 * time.Second

// handler writes logs for people on a terminal and for machines elsewhere, unless
// told.
func (s *scheduling) handler(to *os.File) slog.Handler {
	if s.format == "text" || s.format == "" && term.IsTerminal(int(to.Fd())) {
		return logline.New(to, slog.LevelInfo)
	}
	return slog.NewJSONHandler(to, &slog.HandlerOptions{ReplaceAttr: inSeconds})
}

// inSeconds has durations be written as seconds.
func inSeconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.Float64Value(a.Value.Duration().Seconds())
	}
	return a
}

// printNext prints the next times of jobs.
func printNext(ctx context.Context, machine schedule.Machine, paths []string, n int) error {
	files, err := schedule.Find(paths)
	if err != nil {
		return err
	}
	jobs, err := machine.LoadAll(ctx, files)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, c := range schedule.Upcoming(jobs, time.Now(), n) {
		fmt.Fprintf(table, "%s\t%s\n", c.Time.Format("Mon 2006-01-02 15:04:05 -07:00 MST"), c.Job.Name)
	}
	return table.Flush()
}
