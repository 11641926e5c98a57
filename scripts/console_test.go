package scripts_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// example is a command of a console, and what it prints.
var example = regexp.MustCompile(`(?m)^\$ (.*)\n((?:[^$\n].*\n|\n|\$[^ ].*\n)*)`)

// console runs the commands of a console in order, in one folder, and compares
// what they print. A line of "..." stands for any lines, and ^C at the end for
// Ctrl-C once everything above it was printed.
func (r *reader) console(b block) {
	examples := example.FindAllStringSubmatch(b.text, -1)
	if len(examples) == 0 {
		r.wrong("found no commands")
	}
	for _, m := range examples {
		command, want := m[1], m[2]
		r.commands.WriteString(command + "\n")
		var got string
		want, endless := strings.CutSuffix(want, "^C\n")
		if endless {
			got = r.interrupted(command, want)
		} else {
			got = r.run(command + " 2>&1").stdout
		}
		if !matches(got, want) {
			r.wrong("%s: got\n%s\nwant\n%s", command, got, want)
		}
	}
}

// matches tells whether a text is as a page shows it.
func matches(got, want string) bool {
	pattern := regexp.QuoteMeta(steady(want))
	pattern = strings.ReplaceAll(pattern, `\.\.\.`+"\n", `(?:.*\n)*`)
	return regexp.MustCompile(`^` + pattern + `$`).MatchString(steady(got))
}

var (
	took    = regexp.MustCompile(`\b[0-9.]+(?:m|µ)?s\b`)
	version = regexp.MustCompile(`(at version|the plan is for) \d+`)
	when    = regexp.MustCompile(`\bat \d{4}-\d\d-\d\dT[\d:]+Z|(?:[A-Z][a-z]{2} )?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: [+-]\d\d:\d\d)? [A-Z]{3,4}\b`)
	logged  = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d `)
	named   = regexp.MustCompile(`\b(release-)[a-z0-9]{5}\b`)
	address = regexp.MustCompile(`(https?://127\.0\.0\.1):\d+`)
)

// steady replaces what differs from run to run in what commands print: see plain,
// and when and how long, in which version, at which port, names that the server makes.
func steady(text string) string {
	text = took.ReplaceAllString(text, "TIME")
	text = version.ReplaceAllString(text, "$1 VERSION")
	text = when.ReplaceAllString(text, "WHEN")
	text = logged.ReplaceAllString(text, "WHEN ")
	text = named.ReplaceAllString(text, "${1}NAME")
	text = address.ReplaceAllString(text, "$1:PORT")
	return plain(text)
}

// run runs a line of a shell in the folder.
func (r *reader) run(command string) result {
	r.Helper()
	var stdout, stderr bytes.Buffer
	cmd := r.shellOf(command)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		r.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// interrupted runs a command that has no end, and sends it Ctrl-C when it has
// printed what is wanted.
func (r *reader) interrupted(command, want string) string {
	r.Helper()
	out := &printed{changed: make(chan struct{}, 1)}
	cmd := r.shellOf("exec " + command)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		r.Fatal(err)
	}
	late := time.After(time.Minute)
	for waiting := true; waiting && !matches(out.String(), want); {
		select {
		case <-out.changed:
		case <-late:
			waiting = false
		}
	}
	seen := out.String()
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait() // what it printed tells
	return seen
}

// printed is what a program has printed so far.
type printed struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func (p *printed) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
	return p.text.Write(data)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// shellOf is a shell for a command: kubelua and kubectl are those of the tests,
// and the local cluster is the one of the tests.
func (r *reader) shellOf(command string) *exec.Cmd {
	cmd := exec.CommandContext(r.Context(), "sh", "-c", command)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "PATH="+strings.Join([]string{r.bin, binDir, os.Getenv("PATH")}, string(os.PathListSeparator)),
		"XDG_CACHE_HOME="+filepath.Join(binDir, "cache"), "XDG_STATE_HOME="+stateHome(r.T),
		"KUBECONFIG="+localtest.Kubeconfig(r.T), "KUBELUA_LOCALCLUSTER="+localtest.Command(r.T).Path)
	return cmd
}

// stateHome is a folder in which kubelua finds the cluster of the tests as the
// local one. Beside it kubectl is made.
func stateHome(t *testing.T) string {
	t.Helper()
	home := filepath.Join(binDir, "state")
	cluster := filepath.Join(home, "kubelua", "cluster")
	if _, err := os.Stat(cluster); err == nil {
		return home
	}
	if err := os.MkdirAll(filepath.Dir(cluster), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(localtest.Kubeconfig(t)), cluster); err != nil {
		t.Fatal(err)
	}
	kubectl := "#!/bin/sh\nexec \"$KUBELUA_LOCALCLUSTER\" kubectl \"$@\"\n"
	if err := os.WriteFile(filepath.Join(binDir, "kubectl"), []byte(kubectl), 0o755); err != nil {
		t.Fatal(err)
	}
	return home
}
