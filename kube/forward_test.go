package kube

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// getOnce asks a local port for a path, by a connection of its own.
func getOnce(ctx context.Context, port int, path string) (string, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d%s", port, path), nil)
	if err != nil {
		return "", err
	}
	resp, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

const onePort = `{"containers":[{"name":"web","image":"web","ports":[{"containerPort":8080}]}]}`

func TestPortForward(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, over protocol) {
		c := connect(t, over.links...)
		pod := runningPod(t, c, "p", "{}", onePort)
		f, err := pod.PortForward(t.Context(), 8080, 0)
		require.NoError(t, err)
		defer f.Close()
		var asking sync.WaitGroup
		for i := range 20 {
			asking.Go(func() {
				got, err := getOnce(t.Context(), f.Port(), fmt.Sprint("/", i))
				assert.NoError(t, err)
				assert.Equal(t, fmt.Sprintf("pod %s/p port 8080 path /%d\n", pod.Meta().Namespace(), i), got)
			})
		}
		asking.Wait()
		_, err = f.Next(t.Context(), 0)
		assert.Equal(t, ErrTimeout, err)

		f.Close()
		_, err = f.Next(t.Context(), -1)
		assert.Equal(t, io.EOF, err)
		// The port is free again: another program may answer there, the pod not.
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		got, err := getOnce(ctx, f.Port(), "/")
		assert.NotContains(t, got, pod.Meta().Namespace(), "%v", err)
	})
}

func TestPortForwardToClosedPort(t *testing.T) {
	t.Parallel()
	pod := runningPod(t, connect(t), "p", "{}", onePort)
	f, err := pod.PortForward(t.Context(), 8081, 0)
	require.NoError(t, err)
	defer f.Close()
	_, err = getOnce(t.Context(), f.Port(), "/")
	assert.Error(t, err)
	failure, err := f.Next(t.Context(), time.Minute)
	require.NoError(t, err)
	assert.ErrorContains(t, failure, "forward to port 8081 of "+pod.String())
	assert.ErrorContains(t, failure, "connection refused")
}

// A connection to the server that breaks is made anew, until the pod is gone.
func TestPortForwardReconnects(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var open []io.Closer
	c := connect(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && resp.StatusCode == http.StatusSwitchingProtocols {
				mu.Lock()
				defer mu.Unlock()
				open = append(open, resp.Body)
			}
			return resp, err
		})
	})
	pod := runningPod(t, c, "p", "{}", onePort)
	f, err := pod.PortForward(t.Context(), 8080, 0)
	require.NoError(t, err)
	defer f.Close()
	_, err = getOnce(t.Context(), f.Port(), "/")
	require.NoError(t, err)
	cut := func() {
		mu.Lock()
		defer mu.Unlock()
		for _, conn := range open {
			conn.Close()
		}
	}
	cut()
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		_, err := getOnce(context.Background(), f.Port(), "/")
		assert.NoError(t, err)
	}, time.Minute, time.Millisecond)

	require.NoError(t, pod.Delete(t.Context(), DeleteOptions{}))
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		_, err := pod.Fetch(context.Background())
		assert.True(t, IsKind(err, LookupError))
	}, time.Minute, 10*time.Millisecond)
	cut()
	for err == nil {
		_, _ = getOnce(t.Context(), f.Port(), "/")
		if _, err = f.Next(t.Context(), 10*time.Millisecond); err == ErrTimeout {
			err = nil
		}
	}
	assert.True(t, IsKind(err, LookupError), "%v", err)
}

func TestPortForwardRefusesPorts(t *testing.T) {
	t.Parallel()
	pod := runningPod(t, connect(t), "p", "{}", onePort)
	for _, port := range []int{0, -1, 65536} {
		_, err := pod.PortForward(t.Context(), port, 0)
		assert.True(t, IsKind(err, ValueError), "%d: %v", port, err)
	}
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, err = pod.PortForward(t.Context(), 8080, taken.Addr().(*net.TCPAddr).Port)
	assert.ErrorContains(t, err, "address already in use")
}
