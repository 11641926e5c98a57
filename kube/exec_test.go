package kube

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// runningPod creates a pod of the given spec in a namespace of its own. It runs
// when it returns.
func runningPod(t *testing.T, c *Cluster, name, annotations, spec string) *Item {
	t.Helper()
	return runningPodIn(t, c, localtest.Namespace(t), name, annotations, spec)
}

func runningPodIn(t *testing.T, c *Cluster, namespace, name, annotations, spec string) *Item {
	t.Helper()
	made, err := c.Create(t.Context(), parse(t, fmt.Sprintf(
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"labels":{"app":"test"},"annotations":%s},"spec":%s}`,
		name, annotations, spec)), CreateOptions{Namespace: namespace})
	require.NoError(t, err)
	w, err := made.Watch(t.Context(), WatchOptions{Initial: true})
	require.NoError(t, err)
	defer w.Close()
	for {
		ev, err := w.Next(t.Context(), time.Minute)
		require.NoError(t, err)
		if phase, _ := ev.Item.Attribute("phase"); phase == "Running" {
			return ev.Item
		}
	}
}

const oneContainer = `{"containers":[{"name":"web","image":"web"}]}`

// withoutWebSockets is a link that answers as a server that knows none.
func withoutWebSockets(refused *int) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("Upgrade") == "websocket" {
				*refused++
				return answer{status: http.StatusBadRequest, body: "unable to upgrade", ends: true}.response(r), nil
			}
			return next.RoundTrip(r)
		})
	}
}

// protocol is one that streams go over, and the links of a cluster that has it so.
type protocol struct {
	name  string
	links []Link
}

// overBoth runs a test over WebSockets and, as with a server that knows none, over SPDY.
func overBoth(t *testing.T, test func(t *testing.T, over protocol)) {
	t.Helper()
	refused := 0
	for _, over := range []protocol{{"WebSocket", nil}, {"SPDY", []Link{withoutWebSockets(&refused)}}} {
		t.Run(over.name, func(t *testing.T) { test(t, over) })
	}
	assert.NotZero(t, refused)
}

func TestExec(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, over protocol) {
		c := connect(t, over.links...)
		pod := runningPod(t, c, "p", "{}", oneContainer)
		exec := func(stdin io.Reader, command ...string) (*ExecResult, error) {
			return pod.Exec(t.Context(), command, stdin, 0, ExecOptions{})
		}
		t.Run("streams and code", func(t *testing.T) {
			got, err := exec(nil, "sh", "-c", "echo out; echo err >&2; exit 3")
			require.NoError(t, err)
			assert.Equal(t, &ExecResult{3, []byte("out\n"), []byte("err\n")}, got)
		})
		t.Run("stdin", func(t *testing.T) {
			given := make([]byte, 3<<20)
			_, _ = rand.Read(given)
			got, err := exec(bytes.NewReader(given), "cat")
			require.NoError(t, err)
			assert.Equal(t, 0, got.Code)
			assert.True(t, bytes.Equal(given, got.Stdout))
		})
		t.Run("stdin fails", func(t *testing.T) {
			why := errors.New("why")
			_, err := exec(io.MultiReader(strings.NewReader("a"), iotest.ErrReader(why)), "cat")
			assert.ErrorIs(t, err, why)
			assert.ErrorContains(t, err, "(container web): stdin: why")
		})
		t.Run("big output", func(t *testing.T) {
			const size = 50 << 20
			for try := 0; ; try++ {
				got, err := exec(nil, "head", "-c", fmt.Sprint(size), "/dev/zero")
				require.NoError(t, err)
				// See ExecStream for what a server may do to a WebSocket.
				if over.name == "WebSocket" && len(got.Stdout) < size && got.Code == 0 && try < 5 {
					continue
				}
				require.Len(t, got.Stdout, size)
				break
			}
			_, err := pod.Exec(t.Context(), []string{"head", "-c", "2000", "/dev/zero"}, nil, 1000, ExecOptions{})
			assert.ErrorContains(t, err, "larger than the limit of 1000 bytes")
		})
		t.Run("no such command", func(t *testing.T) {
			_, err := exec(nil, "no-such-command")
			assert.True(t, IsKind(err, APIError))
			assert.ErrorContains(t, err, "exec no-such-command in pods "+pod.Meta().Namespace()+"/p (container web): ")
			assert.ErrorContains(t, err, "executable file not found")
		})
		t.Run("timeout", func(t *testing.T) {
			_, err := pod.Exec(t.Context(), []string{"sleep", "60"}, nil, 0, ExecOptions{Timeout: 300 * time.Millisecond})
			assert.True(t, IsKind(err, TimeoutError), "%v", err)
			assert.ErrorContains(t, err, "it has not ended after 300ms")
		})
		t.Run("terminal", func(t *testing.T) {
			p, err := pod.ExecStream(t.Context(), []string{"sh", "-c", "while read x; do stty size; done; echo end >&2"}, ExecOptions{TTY: true})
			require.NoError(t, err)
			defer p.Close()
			require.NoError(t, p.Resize(101, 37))
			var said string
			for !strings.Contains(said, "37 101") {
				require.NoError(t, p.Write(t.Context(), []byte("word\n")))
				out, err := p.Next(t.Context(), time.Minute)
				require.NoError(t, err)
				said += string(out.Data)
			}
			const endOfInput = "\x04"
			require.NoError(t, p.Write(t.Context(), []byte(endOfInput)))
			got, err := p.Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Contains(t, string(got.Stdout), "end")
			assert.Empty(t, got.Stderr)
		})
		t.Run("dialogue", func(t *testing.T) {
			p, err := pod.ExecStream(t.Context(), []string{"sh", "-c", "while read x; do echo got $x; done; exit 4"}, ExecOptions{})
			require.NoError(t, err)
			defer p.Close()
			for _, word := range []string{"a", "b"} {
				require.NoError(t, p.Write(t.Context(), []byte(word+"\n")))
				out, err := p.Next(t.Context(), time.Minute)
				require.NoError(t, err)
				assert.Equal(t, Output{"stdout", []byte("got " + word + "\n")}, out)
			}
			p.CloseStdin()
			code, err := p.Wait(t.Context())
			assert.NoError(t, err)
			assert.Equal(t, 4, code)
			assert.ErrorContains(t, p.Write(t.Context(), []byte("c")), "has ended")
		})
		t.Run("closed", func(t *testing.T) {
			p, err := pod.ExecStream(t.Context(), []string{"cat"}, ExecOptions{})
			require.NoError(t, err)
			p.Close()
			_, err = p.Wait(t.Context())
			assert.ErrorContains(t, err, "closed before the command ended")
		})
		t.Run("cancelled", func(t *testing.T) {
			why := errors.New("why")
			ctx, cancel := context.WithCancelCause(t.Context())
			p, err := pod.ExecStream(ctx, []string{"cat"}, ExecOptions{})
			require.NoError(t, err)
			cancel(why)
			_, err = p.Next(t.Context(), -1)
			assert.Equal(t, io.EOF, err)
		})
		t.Run("cluster closed", func(t *testing.T) {
			c := connect(t, over.links...)
			pod := &Item{cluster: c, resource: pod.resource, raw: pod.raw}
			p, err := pod.ExecStream(t.Context(), []string{"cat"}, ExecOptions{})
			require.NoError(t, err)
			c.Close()
			_, err = p.Next(t.Context(), -1)
			assert.ErrorContains(t, err, "the cluster is closed")
			assert.Zero(t, c.client.life.open())
		})
	})
}

func TestExecOfOnePodAtOnce(t *testing.T) {
	t.Parallel()
	pod := runningPod(t, connect(t), "p", "{}", oneContainer)
	var running sync.WaitGroup
	for i := range 16 {
		running.Go(func() {
			got, err := pod.Exec(t.Context(), []string{"sh", "-c", fmt.Sprintf("cat; exit %d", i)}, strings.NewReader(fmt.Sprint(i)), 0, ExecOptions{})
			if assert.NoError(t, err) {
				assert.Equal(t, &ExecResult{Code: i, Stdout: fmt.Append(nil, i)}, got)
			}
		})
	}
	running.Wait()
}

func TestExecContainer(t *testing.T) {
	t.Parallel()
	const two = `{"containers":[{"name":"a","image":"x"},{"name":"b","image":"x"}]}`
	c := connect(t)
	pod := runningPod(t, c, "two", "{}", two)
	_, err := pod.Exec(t.Context(), []string{"true"}, nil, 0, ExecOptions{})
	assert.True(t, IsKind(err, ValueError))
	assert.ErrorContains(t, err, "the pod has several containers, name one (container=): a, b")
	_, err = pod.Exec(t.Context(), []string{"true"}, nil, 0, ExecOptions{Container: "b"})
	assert.NoError(t, err)
	_, err = pod.Exec(t.Context(), []string{"true"}, nil, 0, ExecOptions{Container: "c"})
	assert.ErrorContains(t, err, "container c is not valid for pod two")

	marked := runningPod(t, c, "marked", `{"kubectl.kubernetes.io/default-container":"b"}`, two)
	_, err = marked.Exec(t.Context(), []string{"true"}, nil, 0, ExecOptions{})
	assert.NoError(t, err)
}

func TestExecProtocol(t *testing.T) {
	t.Parallel()
	var asked []string
	c := connect(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if u := r.Header.Get("Upgrade"); u != "" {
				asked = append(asked, u)
			}
			return next.RoundTrip(r)
		})
	})
	pod := runningPod(t, c, "p", "{}", oneContainer)
	for _, protocol := range []string{"", "websocket", "spdy"} {
		got, err := pod.Exec(t.Context(), []string{"echo", "a"}, nil, 0, ExecOptions{Protocol: protocol})
		require.NoError(t, err)
		assert.Equal(t, "a\n", string(got.Stdout))
	}
	assert.Equal(t, []string{"websocket", "websocket", "SPDY/3.1"}, asked)
	_, err := pod.Exec(t.Context(), []string{"true"}, nil, 0, ExecOptions{Protocol: "SPDY"})
	assert.True(t, IsKind(err, ValueError))
	assert.ErrorContains(t, err, `unknown protocol "SPDY"`)

	refused := 0
	pod = &Item{cluster: connect(t, withoutWebSockets(&refused)), resource: pod.resource, raw: pod.raw}
	_, err = pod.Exec(t.Context(), []string{"true"}, nil, 0, ExecOptions{Protocol: "websocket"})
	assert.ErrorContains(t, err, "unable to upgrade")
}

// The output of a command is taken from the server although nobody reads it.
func TestExecReadsAhead(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"websocket", "spdy"} {
		pod := runningPod(t, connect(t), "p", "{}", oneContainer)
		p, err := pod.ExecStream(t.Context(), []string{"sh", "-c", "head -c 8000000 /dev/zero; exit 3"}, ExecOptions{Protocol: protocol})
		require.NoError(t, err)
		defer p.Close()
		select {
		case <-p.run.ended:
		case <-time.After(patience):
			t.Fatal("the command waits for its reader")
		}
		got, err := p.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, 3, got.Code)
		if protocol == "spdy" {
			assert.Len(t, got.Stdout, 8000000)
		}
	}
}

// A link sees the request for a stream and may refuse it.
func TestExecGuarded(t *testing.T) {
	t.Parallel()
	refusal := Errorf(KubeError, "the guard says no")
	var seen []Access
	c := connect(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			a := ParseRequest(r.Method, r.URL, "/")
			if a.Subresource == "exec" {
				seen = append(seen, a)
				return nil, refusal
			}
			return next.RoundTrip(r)
		})
	})
	pod := runningPod(t, c, "p", "{}", oneContainer)
	_, err := pod.Exec(t.Context(), []string{"true"}, nil, 0, ExecOptions{})
	assert.Equal(t, refusal, err)
	require.Len(t, seen, 1)
	assert.Equal(t, "create", seen[0].Verb)
}

func TestExecForbidden(t *testing.T) {
	t.Parallel()
	c := connect(t)
	pod := runningPod(t, c, "p", "{}", oneContainer)
	options := Options{Kubeconfig: localtest.Kubeconfig(t)}
	options.Overrides.AuthInfo.Impersonate = "nobody"
	as, err := Connect(options)
	require.NoError(t, err)
	t.Cleanup(as.Close)
	pod = &Item{cluster: as, resource: pod.resource, raw: pod.raw}
	_, err = pod.Exec(t.Context(), []string{"true"}, nil, 0, ExecOptions{})
	assert.True(t, IsReason(err, "Forbidden"))
	assert.ErrorContains(t, err, `missing rule: apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] in a Role in namespace "`+pod.Meta().Namespace()+`"`)
}
