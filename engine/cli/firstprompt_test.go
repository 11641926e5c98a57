//go:build unix

package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The prompt reads before the cluster has answered anything.
func TestFirstPromptAsksNobody(t *testing.T) {
	t.Parallel()
	prompt := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-prompt:
		case <-r.Context().Done():
		}
		http.Error(w, "busy", http.StatusTeapot)
	}))
	t.Cleanup(server.Close)
	terminal := inTerminal(t, 80, 24, "--server", server.URL)
	require.True(t, terminal.awaitPrompt(), terminal.shown())
	require.NoError(t, terminal.enter("6 * 7"))
	require.True(t, terminal.until(func() bool { return strings.Contains(terminal.rows(), "\n42\n") }), terminal.shown())
	close(prompt)
	assert.True(t, terminal.until(func() bool { return strings.Contains(terminal.rows(), "busy") }), terminal.shown())
}

// firstPrompt is how long the prompt may take from the start of the program
// until it reads.
const firstPrompt = 60 * time.Millisecond

// The prompt reads at once. A busy machine gets several tries, and time in
// proportion to what an empty script takes there.
func TestFirstPromptComesAtOnce(t *testing.T) {
	var tries []string
	for range 20 {
		began := time.Now()
		require.NoError(t, program(t, "-e", "").Run())
		empty := time.Since(began)
		began = time.Now()
		terminal := inTerminal(t, 80, 24, "--server", "http://127.0.0.1:1")
		require.True(t, terminal.awaitPrompt(), terminal.shown())
		took := time.Since(began)
		terminal.close()
		if took <= max(firstPrompt, 3*empty) {
			return
		}
		tries = append(tries, fmt.Sprintf("%v, an empty script %v", took, empty))
	}
	t.Error("the prompt came too late:", strings.Join(tries, "; "))
}
