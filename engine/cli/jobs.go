package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/schedule"
	"github.com/kubelua/kubelua/kube"
)

const jobsHelp = `
Lists the jobs of files, with their next times, and how they were run last, as the
cluster has it. The scheduler needn't be up. Without files it lists the jobs that
the cluster knows of.

Usage:
  kubelua [flags] jobs [flags] [FILE|FOLDER...]

Flags:
%s
The connection is set by the flags of kubelua, before or behind the word jobs.

Examples:
  kubelua jobs -n ops jobs/
  kubelua jobs -n ops -o json jobs/ | jq '.[] | select(.last.outcome == "failed")'
  kubelua jobs --state memory jobs/    # without a cluster
`

// listing are the flags of the command.
type listing struct {
	state    string
	name     string
	timezone string
	output   string
	help     bool
}

func (l *listing) flags() *pflag.FlagSet {
	fs := newFlags("jobs")
	fs.SetInterspersed(true)
	fs.VarP(oneOf(&l.output, "", "json"), "output", "o", "list as json (else as a table): `FORMAT`")
	fs.StringVar(&l.timezone, "timezone", "", "the `ZONE` of jobs that name none (else the machine's)")
	fs.Var(oneOf(&l.state, "cluster", "cluster", "memory"), "state", "how jobs were run is in the cluster, or, in memory, isn't known: `PLACE`")
	fs.StringVar(&l.name, "name", "kubelua-schedule", "the `NAME` of the scheduler")
	fs.BoolVarP(&l.help, "help", "h", false, "show this help")
	return fs
}

// listed is a job as it is listed, in JSON.
type listed struct {
	Name     string    `json:"name"`
	Schedule []string  `json:"schedule,omitempty"`
	Timezone string    `json:"timezone,omitempty"`
	On       *listedOn `json:"on,omitempty"`
	File     string    `json:"file,omitempty"` // with the line
	Next     time.Time `json:"next,omitzero"`
	Last     lastRun   `json:"last,omitzero"`
}

// listedOn are the events that trigger a job.
type listedOn struct {
	Watch  string   `json:"watch"`
	Events []string `json:"events"`
}

// lastRun is the newest run of a job. Its outcome is "running" while it goes on.
type lastRun struct {
	Trigger   engine.Trigger `json:"trigger"`
	Scheduled time.Time      `json:"scheduled"`
	Attempt   int            `json:"attempt"`
	Started   time.Time      `json:"started,omitzero"`
	Finished  time.Time      `json:"finished,omitzero"`
	Outcome   string         `json:"outcome"`
	Error     string         `json:"error,omitempty"`
	Holder    string         `json:"holder,omitempty"`
}

// runJobs is the subcommand jobs.
func runJobs(ctx context.Context, o *options, args []string) (failed error) {
	var l listing
	flags := l.flags()
	if err := o.parseBehind(flags, args); err != nil {
		return err
	}
	if l.help {
		return runHelp(ctx, nil, []string{"jobs"})
	}
	if err := l.check(flags.Args()); err != nil {
		return err
	}
	var err error
	if o.zone, err = zoneNamed(l.timezone); err != nil {
		return err
	}
	r, err := o.begin("(jobs)")
	if err != nil {
		return err
	}
	defer r.end(&failed)
	jobs, err := r.described(ctx, flags.Args())
	if err != nil {
		return err
	}
	// What the files say is worth something also where the cluster can't be asked.
	records, err := l.records(ctx, o)
	if err != nil && len(jobs) == 0 {
		return err
	}
	if shown := l.print(list(jobs, records, flags.NArg() == 0)); shown != nil {
		return shown
	}
	return err
}

// check refuses what makes no sense.
func (l *listing) check(files []string) error {
	if l.state == "memory" && len(files) == 0 {
		return usageError("no jobs: name files or folders, or see kubelua help jobs")
	}
	if _, err := schedule.Find(files); err != nil {
		return usageError("%w", err)
	}
	return nil
}

// described are the jobs of files.
func (r *rails) described(ctx context.Context, paths []string) ([]*engine.Job, error) {
	files, err := schedule.Find(paths)
	if err != nil {
		return nil, err
	}
	return r.runs(r.reached(ctx)).LoadAll(ctx, files)
}

// records is what the cluster knows of jobs: the ledgers of all shards.
func (l *listing) records(ctx context.Context, o *options) (map[string]schedule.Record, error) {
	all := map[string]schedule.Record{}
	if l.state == "memory" {
		return all, nil
	}
	reached, err := o.reach(ctx, progress())
	if err != nil {
		return nil, err
	}
	cluster, err := kube.Connect(reached)
	if err != nil {
		return nil, err
	}
	defer cluster.Close()
	namespace := namespaceOf(reached, cluster)
	for shard := range schedule.MaxShards {
		records, err := schedule.NewShared(cluster, namespace, schedule.LedgerName(l.name, shard), "", nil).Read(ctx)
		if err != nil {
			return nil, err
		}
		if records == nil {
			break
		}
		for job, r := range records {
			// With fewer shards than before, old ledgers are left.
			if !r.Newest().Started.Before(all[job].Newest().Started) {
				all[job] = r
			}
		}
	}
	return all, nil
}

// list joins jobs and what is known of them, in the order of their names. Jobs that
// no file describes are listed where others is true.
func list(jobs []*engine.Job, records map[string]schedule.Record, others bool) []listed {
	rows := []listed{}
	for _, s := range schedule.Recorded(jobs, records, time.Now()) {
		row := listed{Name: s.Job.Name, File: s.Job.Where, Next: s.Next, Last: lastOf(s.Last)}
		if s.Job.Schedule != nil {
			row.Schedule, row.Timezone = s.Job.Schedule.Texts(), s.Job.Schedule.Zone().String()
			row.Next = in(row.Next, s.Job.Schedule.Zone())
			row.Last.Scheduled = in(row.Last.Scheduled, s.Job.Schedule.Zone())
		}
		if s.Job.On != nil {
			row.On = &listedOn{s.Job.On.View.String(), s.Job.On.Types}
		}
		rows = append(rows, row)
	}
	for job, r := range records {
		if others {
			rows = append(rows, listed{Name: job, Last: lastOf(r.Newest())})
		}
	}
	slices.SortFunc(rows, func(a, b listed) int { return strings.Compare(a.Name, b.Name) })
	return rows
}

// in is a time in a zone; no time stays none.
func in(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zone)
}

func lastOf(r schedule.Run) lastRun {
	if r.Attempt == 0 {
		return lastRun{}
	}
	outcome := string(r.Outcome)
	if outcome == "" {
		outcome = "running"
	}
	return lastRun{r.Trigger, r.Scheduled, r.Attempt, r.Started, r.Finished, outcome, r.Error, r.Holder}
}

// print prints jobs.
func (l *listing) print(rows []listed) error {
	if l.output == "json" {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(rows)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "NAME\tWHEN\tZONE\tNEXT\tLAST\tRESULT")
	for _, r := range rows {
		when := slices.Clone(r.Schedule)
		if r.On != nil {
			when = append(when, "on "+r.On.Watch)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, cell(strings.Join(when, ", ")), cell(r.Timezone), day(r.Next), day(r.Last.Scheduled), r.Last.result())
	}
	return table.Flush()
}

// maxResult is how many characters a result has in a table.
const maxResult = 60

func (r lastRun) result() string {
	text := cell(r.Outcome)
	if r.Trigger == engine.ByHand {
		text += " (by hand)"
	}
	if r.Error != "" {
		text += ": " + r.Error
	}
	if letters := []rune(text); len(letters) > maxResult {
		text = string(letters[:maxResult-3]) + "..."
	}
	return text
}

// day is a time in a table.
func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("2006-01-02 15:04:05 MST")
}

// cell is a text in a table.
func cell(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
