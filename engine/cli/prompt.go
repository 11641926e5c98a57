package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/repl"
	"github.com/kubelua/kubelua/kube"
)

// runPrompt is the prompt, after a script if there is one.
func (o *options) runPrompt(ctx context.Context, script *engine.Source, args []string) (failed error) {
	policies, err := o.guards.policies()
	if err != nil {
		return err
	}
	end, err := o.openAudit()
	if err != nil {
		return err
	}
	defer end(&failed)
	world, release, err := o.permits.grant(engine.World{})
	if err != nil {
		return err
	}
	defer release()
	if err := o.record(); err != nil {
		return err
	}
	planned, _, err := o.beginPlan()
	if err != nil {
		return err
	}
	ctx, cancel := o.limit(ctx)
	defer cancel()
	prompt := repl.Options{
		VM:       o.machine(world),
		Cluster:  func(progress io.Writer) (kube.Options, error) { return o.reach(ctx, progress) },
		Script:   script,
		Args:     args,
		StateDir: stateDir(),
		Plan:     o.cluster.Plan,
		Policies: policies,
	}
	if o.local {
		prompt.Target = "local"
	}
	return o.roles.write("(prompt)", planned.save("(prompt)", repl.Run(ctx, prompt)))
}

// stateDir is the user's folder for what kubelua keeps, "" where there is none.
func stateDir() string {
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "kubelua")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".local", "state", "kubelua")
}
