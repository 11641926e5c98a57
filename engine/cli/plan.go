package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/term"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

const planHelp = `
Runs a script whose writes are dry runs on the server: nothing is changed, the
script sees what it would have changed, and at the end the difference is shown.
The difference is what goes to stdout; what the script prints goes to stderr.
With kubelua --dry-run SCRIPT it is the other way round.

Usage:
  kubelua plan [flags] SCRIPT [args]    (or -e CODE, or - for stdin)
  kubelua --dry-run                     (the prompt, until :plan off)

The flags are those of kubelua, before or behind the word plan. Of them

  --plan-out FILE    save the plan, for kubelua apply-plan

A saved plan holds all that will be sent, the values of Secrets too; only its
owner can read it.

Examples:
  kubelua plan --context staging cleanup.lua --older-than 7d
  kubelua plan --plan-out plan.json cleanup.lua && kubelua apply-plan plan.json
`

const applyPlanHelp = `
Carries out a plan that kubelua plan --plan-out has saved. An object that has
changed since is refused and left as it is; the others go on. The flags of the
connection must lead to the cluster that the plan was made for.

Usage:
  kubelua apply-plan [flags] FILE

Exit codes: 0 all is as planned, 1 something was refused or failed, 4 denied by a
guard.
`

// planOutput is where the plan of a run goes.
type planOutput struct {
	plan   *kube.Plan // nil where nothing is planned
	shown  *os.File   // nil for nowhere
	stdout *os.File   // what is then the script's
	file   *os.File   // a new one beside the path, nil for none
	path   string
}

// beginPlan makes the plan of a run, if it is one.
func (o *options) beginPlan() (planOutput, error) {
	out := planOutput{stdout: os.Stdout, path: o.planOut}
	switch {
	case o.planning:
		out.shown, out.stdout = os.Stdout, os.Stderr
	case o.dryRun:
		out.shown = os.Stderr
	case o.planOut != "":
		return out, usageError("--plan-out goes with kubelua plan or --dry-run")
	default:
		return out, nil
	}
	out.plan = kube.NewPlan()
	if o.planOut != "" {
		var err error
		if out.file, err = os.CreateTemp(filepath.Dir(o.planOut), ".plan-*"); err != nil {
			return out, usageError("--plan-out: %w", err)
		}
	}
	return out, nil
}

// end shows the plan of a run that ended with err, and saves it if the run ended
// well.
func (p *planOutput) end(script string, err error) error {
	failed := engine.ExitCode(err) != engine.ExitOK
	if p.shown != nil && (!failed || len(p.plan.Changes()) > 0) {
		if failed {
			fmt.Fprintln(os.Stderr, "The script ended early. What it had planned so far:")
		}
		if _, unshown := io.WriteString(p.shown, p.plan.Text(showsColours(p.shown))); err == nil {
			err = unshown
		}
	}
	return p.save(script, err)
}

// save saves the plan of a run that ended with err, if it ended well.
func (p *planOutput) save(script string, err error) error {
	if p.file == nil {
		return err
	}
	defer os.Remove(p.file.Name())
	defer p.file.Close()
	if engine.ExitCode(err) != engine.ExitOK {
		return err
	}
	_, failed := p.file.Write(p.plan.Save(script).JSON())
	if failed == nil {
		failed = errors.Join(p.file.Close(), os.Rename(p.file.Name(), p.path))
	}
	if failed != nil {
		return fmt.Errorf("--plan-out: %w", failed)
	}
	return err
}

// showsColours tells whether a file is a terminal whose user wants colours
// (no-color.org).
func showsColours(f *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// runPlan is the subcommand plan: a run whose flags go on behind the word.
func runPlan(ctx context.Context, o *options, args []string) error {
	o.planning = true
	words, err := o.further("plan", args)
	if err != nil || o.help {
		return orHelp(ctx, err, "plan")
	}
	return o.run(ctx, words)
}

// further parses the host's flags behind a subcommand, which add to those before
// it, and returns the words that follow.
func (o *options) further(name string, args []string) ([]string, error) {
	if err := parse(o.given, args); err != nil {
		return nil, err
	}
	if err := o.checkFlags(name); err != nil {
		return nil, err
	}
	return o.given.Args(), o.checkCluster()
}

// orHelp is an error, or the help of a command where there is none.
func orHelp(ctx context.Context, err error, command string) error {
	if err != nil {
		return err
	}
	return runHelp(ctx, nil, []string{command})
}

// runApplyPlan is the subcommand apply-plan.
func runApplyPlan(ctx context.Context, o *options, args []string) (failure error) {
	o.given.SetInterspersed(true)
	words, err := o.further("apply-plan", args)
	if err != nil || o.help {
		return orHelp(ctx, err, "apply-plan")
	}
	if len(words) != 1 {
		return usageError("apply-plan takes one file, that kubelua plan --plan-out has made")
	}
	file, err := os.Open(words[0])
	if err != nil {
		return usageError("%w", err)
	}
	defer file.Close()
	r, err := o.begin(words[0])
	if err != nil {
		return err
	}
	defer r.end(&failure)
	saved, err := kube.ReadPlan(file)
	if err != nil {
		return usageError("%s: %w", words[0], err)
	}
	var clusters []*kube.Cluster
	defer func() {
		for _, c := range clusters {
			c.Close()
		}
	}()
	var failed error
	counts := map[string]int{}
	err = kube.ApplyPlan(ctx, saved, func(server kube.PlanServer) (*kube.Cluster, error) {
		c, err := o.connectTo(ctx, server)
		if err == nil {
			clusters = append(clusters, c)
		}
		return c, err
	}, func(outcome kube.PlanOutcome) {
		what := map[string]string{
			kube.PlanCreate: "created", kube.PlanChange: "changed", kube.PlanDelete: "deleted", kube.PlanReplace: "replaced",
		}[outcome.Object.What]
		why := ""
		switch {
		case outcome.Refused != "":
			what, why = "refused", ": "+outcome.Refused
		case outcome.Err != nil:
			what, why = "failed", ": "+outcome.Err.Error()
			if failed == nil {
				failed = outcome.Err
			}
		}
		counts[what]++
		fmt.Printf("%-8s %s%s\n", what, outcome.Name, why)
	})
	if err != nil {
		return err
	}
	if n := counts["refused"] + counts["failed"]; n > 0 {
		return &unfulfilled{fmt.Sprintf("%d of %d objects are not as planned", n, len(saved.Objects)), failed}
	}
	return nil
}

// unfulfilled is the error of a plan that wasn't carried out whole. The first
// failure decides about the exit code.
type unfulfilled struct {
	text  string
	first error
}

func (e *unfulfilled) Error() string { return e.text }
func (e *unfulfilled) Unwrap() error { return e.first }

// connectTo connects to the server of a plan: by the flags, or where these lead
// elsewhere and name no context, by the one that the plan was made with.
func (o *options) connectTo(ctx context.Context, server kube.PlanServer) (*kube.Cluster, error) {
	given, err := o.reach(ctx, progress())
	if err != nil {
		return nil, err
	}
	c, err := kube.Connect(given)
	if server.Context == "" || given.Overrides.CurrentContext != "" || err == nil && c.URL() == server.URL {
		return c, err
	}
	if err == nil {
		c.Close()
	}
	var named kube.Options
	named.Overrides.CurrentContext = server.Context
	return kube.Connect(named.Over(given))
}
