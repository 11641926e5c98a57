//go:build unix

package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

var update = flag.Bool("update", false, "write the screens of testdata/repl, and the session in the README, as they are now")

// TestPrompt runs testdata/repl/*.txtar: what a user does at a terminal, and what
// the screen shows then. Beside testscript's own commands they have
//
//	cluster               has programs find the tests' cluster, by a kubeconfig with
//	                      the contexts local and prod-eu, and makes a namespace, $NAMESPACE
//	kubectl ARGS          runs kubectl in that namespace
//	terminal [WxH] ARGS   starts kubelua in a terminal, of 80x24 unless told
//	enter TEXT            waits for the prompt, types a text and Enter
//	type TEXT             waits for the prompt, types a text
//	ahead TEXT            types a text without waiting
//	press KEYS            presses keys: Tab, Ctrl-C, Alt-Enter, q ...; after Enter
//	                      and Ctrl-C, it is the next prompt that is waited for
//	paste FILE            waits for the prompt, pastes a file
//	see TEXT              waits until the screen has a text, where \n is the end of a row
//	screen FILE           waits until the screen is as a file, where █ is the cursor
//	resize WxH            changes the size of the terminal
//	! colours             fails where the program has used colours
//	private FILE          fails where others than the user can read a file
//	ends CODE             waits for the end of the program, with that exit code
//
// For what differs from run to run the screens have AGE, ADDRESS and NAMESPACE.
// With -update they are written anew.
func TestPrompt(t *testing.T) {
	names := []string{
		"HOME", "KUBECONFIG", "NO_COLOR", "PAGER", "PATH", "TERM", "XDG_CACHE_HOME", "XDG_STATE_HOME",
	}
	type seat struct{ *terminal }
	type key struct{}
	at := func(ts *testscript.TestScript) *seat { return ts.Value(key{}).(*seat) }
	opened := func(ts *testscript.TestScript) *seat {
		s := at(ts)
		if s.terminal == nil {
			ts.Fatalf("no terminal is open")
		}
		return s
	}
	awaited := func(ts *testscript.TestScript) *seat {
		s := opened(ts)
		if !s.awaitPrompt() {
			ts.Fatalf("there is no prompt:\n%s", s.shown())
		}
		return s
	}
	const dir = "../../testdata/repl"
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Values[key{}], env.Values[scriptKey{}] = &seat{}, env.T()
			for name, value := range map[string]string{
				"HOME":           env.WorkDir,
				"KUBECONFIG":     env.WorkDir + "/no-kubeconfig",
				"PAGER":          "",
				"TERM":           "xterm-256color",
				"XDG_CACHE_HOME": env.WorkDir + "/cache",
				"XDG_STATE_HOME": env.WorkDir + "/state",
			} {
				env.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": status,
			"cluster": func(ts *testscript.TestScript, _ bool, _ []string) {
				file := filepath.Join(ts.Getenv("WORK"), "kubeconfig")
				writeKubeconfig(scriptTest(ts), file, "local", "prod-eu")
				ts.Setenv("KUBECONFIG", file)
				ts.Setenv("NAMESPACE", localtest.Namespace(t)) // as long a name in each script
			},
			"kubectl": func(ts *testscript.TestScript, _ bool, args []string) {
				cmd := localtest.Command(scriptTest(ts), append([]string{"-n", ts.Getenv("NAMESPACE")}, args...)...)
				cmd.Dir = ts.Getenv("WORK")
				if out, err := cmd.CombinedOutput(); err != nil {
					ts.Fatalf("%v: %s", err, out)
				}
			},
			"terminal": func(ts *testscript.TestScript, _ bool, args []string) {
				width, height := 80, 24
				if len(args) > 0 && sizeOf(args[0], &width, &height) {
					args = args[1:]
				}
				cmd := program(t, args...)
				cmd.Dir = ts.Getenv("WORK")
				for _, name := range names {
					if value := ts.Getenv(name); value != "" || name == "PAGER" {
						cmd.Env = append(cmd.Env, name+"="+value)
					}
				}
				terminal, err := openTerminal(cmd, width, height)
				ts.Check(err)
				at(ts).terminal = terminal
				ts.Defer(terminal.close)
			},
			"enter": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(opened(ts).enter(strings.Join(args, " ")))
			},
			"type": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(awaited(ts).write(strings.Join(args, " ")))
			},
			"ahead": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(opened(ts).write(strings.Join(args, " ")))
			},
			"press": func(ts *testscript.TestScript, _ bool, args []string) {
				for _, name := range args {
					sequence, err := sequenceOf(name)
					ts.Check(err)
					if name == "Enter" || name == "Ctrl-C" {
						opened(ts).leavePrompt()
					}
					ts.Check(opened(ts).write(sequence))
				}
			},
			"paste": func(ts *testscript.TestScript, _ bool, args []string) {
				text := ts.ReadFile(args[0])
				ts.Check(awaited(ts).write("\x1b[200~" + strings.TrimSuffix(text, "\n") + "\x1b[201~"))
			},
			"see": func(ts *testscript.TestScript, neg bool, args []string) {
				s, text := opened(ts), strings.ReplaceAll(strings.Join(args, " "), `\n`, "\n")
				if neg {
					if strings.Contains(s.shown(), text) {
						ts.Fatalf("the screen has %q:\n%s", text, s.shown())
					}
				} else if !s.until(func() bool { return strings.Contains(s.rows(), text) }) {
					ts.Fatalf("waited for %q in vain:\n%s", text, s.shown())
				}
			},
			"screen": func(ts *testscript.TestScript, _ bool, args []string) {
				s := opened(ts)
				namespace := ts.Getenv("NAMESPACE")
				if *update {
					s.settle()
					ts.Check(writeScreen(filepath.Join(dir, ts.Name()+".txtar"), args[0], level(s.shown(), namespace)))
					return
				}
				want := ts.ReadFile(args[0])
				if !s.until(func() bool { return level(s.rows(), namespace) == want }) {
					ts.Fatalf("waited for %s in vain; the screen is\n%s\nand should be\n%s", args[0], level(s.shown(), namespace), want)
				}
			},
			"resize": func(ts *testscript.TestScript, _ bool, args []string) {
				var width, height int
				if !sizeOf(args[0], &width, &height) {
					ts.Fatalf("usage: resize WxH")
				}
				ts.Check(opened(ts).resize(width, height))
			},
			"colours": func(ts *testscript.TestScript, neg bool, _ []string) {
				s := opened(ts)
				s.mu.Lock()
				defer s.mu.Unlock()
				if coloured := sgr.Match(s.written.Bytes()); coloured == neg {
					ts.Fatalf("coloured: %t", coloured)
				}
			},
			"private": func(ts *testscript.TestScript, _ bool, args []string) {
				info, err := os.Stat(ts.MkAbs(args[0]))
				ts.Check(err)
				if info.Mode() != 0o600 {
					ts.Fatalf("%s: %v", args[0], info.Mode())
				}
			},
			"ends": func(ts *testscript.TestScript, _ bool, args []string) {
				s := opened(ts)
				if !s.until(func() bool { return false }) && s.cmd.ProcessState == nil {
					ts.Fatalf("the program goes on:\n%s", s.shown())
				}
				if want, err := strconv.Atoi(args[0]); err != nil || s.cmd.ProcessState.ExitCode() != want {
					ts.Fatalf("exit code: got %d, want %s\n%s", s.cmd.ProcessState.ExitCode(), args[0], s.shown())
				}
			},
		},
	})
}

// sgr is a sequence that sets a colour.
var sgr = regexp.MustCompile(`\x1b\[[0-9;]*3[0-9]m`)

// sizeOf reads a size like 80x24.
func sizeOf(text string, width, height *int) bool {
	_, err := fmt.Sscanf(text, "%dx%d", width, height)
	return err == nil
}

// What differs from run to run.
var (
	ages      = regexp.MustCompile(`\b(\d+[smhd]){1,2}(\n|$| ago| *$)`)
	addresses = regexp.MustCompile(`\b10\.\d+\.\d+\.\d+\b`)
)

// level replaces what differs from run to run.
func level(screen, namespace string) string {
	if namespace != "" {
		screen = strings.ReplaceAll(screen, namespace, "NAMESPACE")
	}
	screen = addresses.ReplaceAllString(screen, "ADDRESS")
	return ages.ReplaceAllString(screen, "AGE$2")
}

// writeScreen writes a screen of a script anew.
func writeScreen(script, name, screen string) error {
	archive, err := txtar.ParseFile(script)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
	if i < 0 {
		i = len(archive.Files)
		archive.Files = append(archive.Files, txtar.File{Name: name})
	}
	archive.Files[i].Data = []byte(screen)
	return os.WriteFile(script, txtar.Format(archive), 0o644)
}

// writeKubeconfig writes a kubeconfig of the tests' cluster that has these
// contexts, the first of which is current.
func writeKubeconfig(t testing.TB, file string, contexts ...string) {
	t.Helper()
	config, err := clientcmd.LoadFromFile(localtest.Kubeconfig(t))
	require.NoError(t, err)
	context := config.Contexts[config.CurrentContext]
	clear(config.Contexts)
	for _, name := range contexts {
		config.Contexts[name] = context
	}
	config.CurrentContext = contexts[0]
	require.NoError(t, clientcmd.WriteToFile(*config, file))
}
