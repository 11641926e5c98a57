package cli

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var shownAt = regexp.MustCompile(`at=(\S+)`)

func TestScheduleListen(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals to send")
	}
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return file
	}
	file := write("hand.lua", `return job { name = "hand", run = function(ctx) print("at work", ctx.trigger) end }`)
	const secret = "correct horse battery"
	d := schedules(t, "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--token-file", write("token", secret+"\n"), file)
	d.await("serving metrics at=http://127.0.0.1:")
	d.await("showing what goes on")
	url := shownAt.FindStringSubmatch(d.log.Text())[1]
	get := func(path string) string {
		t.Helper()
		answer, err := http.Get(url + path)
		require.NoError(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, answer.StatusCode, path)
		return string(body)
	}
	assert.Equal(t, "ok\n", get("healthz"))
	assert.Equal(t, "ok\n", get("readyz"))
	assert.Contains(t, get(""), "1 of 1 jobs")
	assert.Contains(t, get("jobs/hand"), "Run now")
	assert.Contains(t, get("metrics"), `kubelua_leader{shard="0"} 1`)
	q, err := http.NewRequest(http.MethodPost, url+"jobs/hand/run", nil)
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+secret)
	answer, err := http.DefaultTransport.RoundTrip(q)
	require.NoError(t, err)
	answer.Body.Close()
	assert.Equal(t, http.StatusSeeOther, answer.StatusCode)
	d.await("at work manual job=hand")
	assert.Equal(t, 0, d.end(syscall.SIGTERM))
}
