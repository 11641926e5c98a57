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
	r, err := o.begin("(prompt)")
	if err != nil {
		return err
	}
	defer r.end(&failed)
	r.planned.shown = nil // the prompt shows it itself
	ctx, cancel := o.limit(ctx)
	defer cancel()
	prompt := repl.Options{
		VM:       r.machine(r.world),
		Cluster:  func(progress io.Writer) (kube.Options, error) { return o.reach(ctx, progress) },
		Script:   script,
		Args:     args,
		StateDir: stateDir(),
		Plan:     r.planned.plan,
		Policies: r.policies,
	}
	if o.local {
		prompt.Target = "local"
	}
	return repl.Run(ctx, prompt)
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
