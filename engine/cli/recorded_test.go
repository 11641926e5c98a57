//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	// session is a session at the prompt in a page, on the cluster of make demo.
	session = regexp.MustCompile("(?ms)^```text\n\\$ (?:bin/)?kubelua --local\n(.*?)^```$")

	// shown is the YAML of a file in a page with sessions, which is in the cluster.
	shown = regexp.MustCompile("(?ms)^```yaml\n(# [\\w-]+\\.yaml\n.*?)^```$")

	// entered is what a user enters in a session: what stands behind a prompt, and
	// in the lines that go on.
	entered = regexp.MustCompile(`(?m)^local\S*(?: \(\S+\))?> (.*(?:\n +\.\. .*)*)$`)

	// goesOn is the prompt of a line that goes on.
	goesOn = regexp.MustCompile(`(?m)^ +\.\. `)

	// lastPrompt is the prompt behind a session, where the cursor stands.
	lastPrompt = regexp.MustCompile(`local\S*(?: \(\S+\))?> █\n$`)

	// madeUp is the end of a name that the cluster has made up: the server's
	// letters and digits are these.
	madeUp = regexp.MustCompile(`-(?:[bcdfghjklmnpqrstvwxz2456789]{6,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}\b`)
)

// tab is in a session where the user presses Tab at its end, and looks.
const tab = "⇥"

// TestRecordedSessions types what the sessions of the pages say that a user
// types, and compares what the screen shows in the end. A name that the cluster
// has made up is completed from what stands before that. With -update the
// sessions are recorded anew.
func TestRecordedSessions(t *testing.T) {
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	writeKubeconfig(t, kubeconfig, "local")
	out, err := program(t, "--kubeconfig", kubeconfig, "../../testdata/demo/load.lua").CombinedOutput()
	require.NoError(t, err, string(out))
	files, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	for _, file := range append(files, "../../README.md") {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		text := string(data)
		sessions := session.FindAllStringSubmatch(text, -1)
		if sessions == nil {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			for _, m := range shown.FindAllStringSubmatch(text, -1) {
				load := program(t, "--kubeconfig", kubeconfig, "-e", `for item in cluster:apply(io.read("*a")) do item:wait { ready = true } end`)
				load.Stdin = strings.NewReader(m[1])
				out, err := load.CombinedOutput()
				require.NoError(t, err, string(out))
			}
			for _, s := range sessions {
				text = strings.Replace(text, s[1], replay(t, kubeconfig, s[1]), 1)
			}
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
			}
		})
	}
}

// replay enters what was entered in a session, and returns what the screen shows
// then, which without -update is what it showed in the session.
func replay(t *testing.T, kubeconfig, want string) (got string) {
	t.Helper()
	terminal := inTerminal(t, 120, 60, "KUBECONFIG="+kubeconfig)
	show := func() string {
		if strings.Contains(want, tab) {
			return strings.Replace(terminal.rows(), "█", tab, 1)
		}
		return lastPrompt.ReplaceAllString(terminal.rows(), "")
	}
	for _, m := range entered.FindAllStringSubmatch(want, -1) {
		require.True(t, terminal.awaitPrompt(), terminal.shown())
		text, _, looks := strings.Cut(goesOn.ReplaceAllString(m[1], ""), tab)
		compose(t, terminal, text)
		if looks {
			require.NoError(t, terminal.write("\t"))
			break
		}
		terminal.leavePrompt()
		require.NoError(t, terminal.write("\r"))
	}
	if *update {
		terminal.settle()
	} else if !terminal.until(func() bool { return alike(show()) == alike(want) }) {
		require.Equal(t, alike(want), alike(show()))
	}
	terminal.mu.Lock()
	defer terminal.mu.Unlock()
	return show()
}

// compose has a text stand behind the prompt, where names that the cluster makes
// up are those of now.
func compose(t *testing.T, terminal *terminal, text string) {
	t.Helper()
	paste := func(text string) { require.NoError(t, terminal.write("\x1b[200~"+text+"\x1b[201~")) }
	for {
		at := madeUp.FindStringIndex(text)
		if at == nil {
			paste(text)
			return
		}
		stem := text[:at[0]+1]
		paste(stem)
		require.NoError(t, terminal.write("\t"))
		completed := regexp.MustCompile(regexp.QuoteMeta(stem[strings.LastIndexAny(stem, "\"'")+1:len(stem)-1]) + madeUp.String() + `["']█`)
		require.True(t, terminal.until(func() bool { return completed.MatchString(terminal.rows()) }), terminal.shown())
		text = text[at[1]+1:] // without the quote, which is there already
	}
}

var (
	anyAge   = regexp.MustCompile(`\b(?:\d+[smhd]){1,2}\b`)
	anyNode  = regexp.MustCompile(`\bnode-\d\b`)
	manyGaps = regexp.MustCompile(` {2,}`)
)

// alike replaces what differs from run to run.
func alike(screen string) string {
	screen = anyAge.ReplaceAllString(madeUp.ReplaceAllString(level(screen, ""), "-MADEUP"), "AGE")
	screen = anyNode.ReplaceAllString(screen, "NODE")
	return manyGaps.ReplaceAllString(screen, "  ")
}
