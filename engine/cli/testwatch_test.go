package cli

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

// TestTestWatch runs tests again when a file has changed, until it is told to end.
func TestTestWatch(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals to send")
	}
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "a_test.lua")
	write := func(text string) { require.NoError(t, os.WriteFile(file, []byte(text), 0o600)) }
	write("function test_a(t) t:eq(1, 2) end")

	cmd := program(t, "test", "--watch", dir)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	summary := func() string {
		for lines.Scan() {
			if strings.Contains(lines.Text(), " passed, ") {
				return lines.Text()
			}
		}
		return "the output has ended"
	}
	assert.Contains(t, summary(), "0 passed, 1 failed")
	write("function test_a(t) t:eq(2, 2) end -- another length")
	assert.Contains(t, summary(), "1 passed, 0 failed")
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	_ = cmd.Wait()
	assert.Equal(t, engine.ExitInterrupted, cmd.ProcessState.ExitCode())
}
