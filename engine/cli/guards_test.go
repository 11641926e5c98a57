package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// dialogue is kubelua on a terminal: what it must write, and what is typed then.
type dialogue []turn

type turn struct{ want, typed string }

// atPrompt is a dialogue that begins with a prompt: what is typed waits for the next
// one too, where it doesn't answer a question.
func atPrompt(prompt string, turns ...turn) dialogue {
	var d dialogue
	for _, t := range turns {
		if strings.HasSuffix(t.want, "[y/N] ") {
			d = append(d, t)
			continue
		}
		d = append(d, turn{t.want, ""}, turn{prompt, t.typed})
		prompt = "> "
	}
	return d
}

// hold runs kubelua for the dialogue and returns its exit code.
func (d dialogue) hold(t *testing.T, env []string, args ...string) int {
	t.Helper()
	cmd := program(t, args...)
	cmd.Env = append(append(os.Environ(), "TERM=dumb", "XDG_STATE_HOME="+t.TempDir()), env...)
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 200})
	require.NoError(t, err)
	defer terminal.Close()
	kill := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	var shown []byte
	buf := make([]byte, 4096)
	for _, turn := range d {
		for !bytes.Contains(shown, []byte(turn.want)) {
			n, err := terminal.Read(buf)
			require.NoError(t, err, "waited for %q, saw\n%s", turn.want, shown)
			shown = append(shown, buf[:n]...)
		}
		_, shown, _ = bytes.Cut(shown, []byte(turn.want))
		_, err := terminal.WriteString(turn.typed)
		require.NoError(t, err)
	}
	for err == nil { // until the terminal is closed
		_, err = terminal.Read(buf)
	}
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

// A person on a terminal is asked before production is changed, once.
func TestProductionAsks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no pseudo-terminals")
	}
	config, err := clientcmd.LoadFromFile(localtest.Kubeconfig(t))
	require.NoError(t, err)
	config.Contexts["eu-prod"] = config.Contexts[config.CurrentContext]
	config.CurrentContext = "eu-prod"
	kubeconfig := filepath.Join(t.TempDir(), "config")
	require.NoError(t, clientcmd.WriteToFile(*config, kubeconfig))
	env := []string{"KUBECONFIG=" + kubeconfig}
	namespace := localtest.Namespace(t)

	question := `context "eu-prod" is production: may this run change it? first by: create configmaps in ` + namespace + " [y/N] "
	const change = `cluster:create { apiVersion = "v1", kind = "ConfigMap", metadata = { generateName = "a-" } }`
	const script = change + change + ` print("made, " .. io.read())`
	const late = `print(pcall(task.timeout, 0.5, function() ` + change + ` end)) ` + change + ` print("made")`
	for _, tt := range []struct {
		name     string
		dialogue dialogue
		args     []string
		want     int
	}{
		{"yes", dialogue{{question, "y\n"}, {"y\r\n", "thanks\n"}, {"made, thanks", ""}}, []string{"-e", script}, 0},
		{"no", dialogue{{question, "\n"}, {"as production: the answer was no", ""}}, []string{"-e", script}, 4},
		{"Ctrl-C", dialogue{{question, "\x03"}, {"interrupted", ""}}, []string{"-e", script}, 130},
		{"a question that was given up", dialogue{{question, ""}, {"took longer than 500ms", ""}, {question, "y\n"}, {"made", ""}}, []string{"-e", late}, 0},
		{"end of input", dialogue{{question, "\x04"}, {"the answer was no", ""}}, []string{"-e", script}, 4},
		{"at the prompt", atPrompt("eu-prod/"+namespace+"> ",
			turn{"", change + "\n"},
			turn{question, "no\n"},
			turn{"the answer was no", change + "\n"}, // a new line is a new try
			turn{question, "\x03"},
			turn{"interrupted", change + "\n"},
			turn{question, "YES\n"},
			turn{"", change + " print('and again')\n"},
			turn{"\nand again", ":readonly on\n"},
			turn{"changes are denied by :readonly on", change + "\n"},
			turn{"denied by :readonly on", ":readonly\n"},
			turn{"changes are denied by :readonly on", ":readonly maybe\n"},
			turn{"usage: :readonly [on|off]", ":readonly off\n"},
			turn{"changes are allowed", change + " print('at last')\n"},
			turn{"\nat last", "\x04"},
		), nil, 0},
		{"read-only at the prompt", atPrompt("eu-prod/"+namespace+" (read-only)> ",
			turn{"", change + "\n"},
			turn{"denied by --read-only", ":readonly off\n"},
			turn{"changes are still denied by --read-only", ":quit\n"},
		), []string{"--read-only"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, tt.dialogue.hold(t, env, append([]string{"-n", namespace}, tt.args...)...))
		})
	}
}
