package cli

import (
	"context"
	"embed"
	"fmt"
	"os"
)

const completionHelp = `
Prints a script by which a shell completes what is entered for kubelua: commands,
flags, files, and what there is: contexts of the kubeconfig, namespaces of the
cluster.

Usage:
  kubelua completion bash|zsh|fish

Examples:
  source <(kubelua completion bash)                         # in ~/.bashrc
  kubelua completion zsh > "${fpath[1]}/_kubelua"           # before compinit
  kubelua completion fish > ~/.config/fish/completions/kubelua.fish
`

// shells are the shells that there is a script for.
func shells() []string { return []string{"bash", "fish", "zsh"} }

// completionScripts are the scripts, by the names of the shells.
//
//go:embed completion
var completionScripts embed.FS

// runCompletion is the subcommand completion. Beside the shells it takes the word
// "words", by which the scripts ask.
func runCompletion(ctx context.Context, _ *options, args []string) error {
	switch {
	case len(args) > 0 && args[0] == "words":
		completed(ctx, args[1:]).print(os.Stdout)
		return nil
	case len(args) == 1 && (args[0] == "-h" || args[0] == "--help"):
		return runHelp(ctx, nil, []string{"completion"})
	case len(args) != 1:
		return usageError("completion takes the name of a shell: bash, fish or zsh")
	}
	script, err := completionScripts.ReadFile("completion/kubelua." + args[0])
	if err != nil {
		return usageError("there is no completion for %q%s", args[0], suggest(args[0], shells()))
	}
	_, err = fmt.Printf("%s", script)
	return err
}
