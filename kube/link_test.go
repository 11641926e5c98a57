package kube

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answers is a transport that gives the answers in order and keeps the bodies
// of the requests.
type answers struct {
	statuses []int
	header   http.Header
	bodies   []string
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	a.bodies = append(a.bodies, string(body))
	status := a.statuses[0]
	if len(a.statuses) > 1 {
		a.statuses = a.statuses[1:]
	}
	return &http.Response{StatusCode: status, Header: a.header, Body: io.NopCloser(strings.NewReader(""))}, nil
}

func do(t *testing.T, rt http.RoundTripper, method, body string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://host/", strings.NewReader(body))
	require.NoError(t, err)
	return rt.RoundTrip(r)
}

func TestObeyRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		name     string
		method   string
		statuses []int
		after    string
		want     int
		tries    int
		waited   time.Duration
	}{
		{"turned away twice", "PATCH", []int{429, 429, 200}, "3", 200, 3, 6 * time.Second},
		{"without a time", "GET", []int{429}, "", 429, 1, 0},
		{"read fails for now", "GET", []int{503, 200}, "1", 200, 2, time.Second},
		{"write fails", "POST", []int{503, 200}, "1", 503, 1, 0},
		{"no end", "GET", []int{429}, "1", 429, maxRetries + 1, maxRetries * time.Second},
		{"long pause is cut", "GET", []int{429, 200}, "86400", 200, 2, maxRetryAfter},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &answers{statuses: tt.statuses, header: http.Header{}}
				if tt.after != "" {
					server.header.Set("Retry-After", tt.after)
				}
				start := time.Now()
				resp, err := do(t, obeyRetryAfter(server), tt.method, "body")
				require.NoError(t, err)
				assert.Equal(t, tt.want, resp.StatusCode)
				assert.Len(t, server.bodies, tt.tries)
				assert.Equal(t, tt.waited, time.Since(start))
				for _, body := range server.bodies {
					assert.Equal(t, "body", body)
				}
			})
		})
	}
}

func TestObeyRetryAfterIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &answers{statuses: []int{429}, header: http.Header{"Retry-After": {"60"}}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "GET", "http://host/", nil)
		require.NoError(t, err)
		_, err = obeyRetryAfter(server).RoundTrip(r)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestReloginTriesOnce(t *testing.T) {
	server := &answers{statuses: []int{401, 200}}
	resp, err := do(t, relogin(server), "POST", "body")
	require.NoError(t, err)
	assert.Equal(t, 200, resp.StatusCode)
	assert.Equal(t, []string{"body", "body"}, server.bodies)

	server = &answers{statuses: []int{401}}
	resp, err = do(t, relogin(server), "GET", "")
	require.NoError(t, err)
	assert.Equal(t, 401, resp.StatusCode)
	assert.Len(t, server.bodies, 2)
}

func TestAnswerWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		start := time.Now()
		_, err := do(t, answerWithin(time.Minute)(stuck), "GET", "")
		assert.ErrorIs(t, err, errNoAnswer)
		assert.Equal(t, time.Minute, time.Since(start))

		start = time.Now()
		r, err := http.NewRequestWithContext(context.WithValue(t.Context(), answerKey{}, time.Second), "GET", "http://host/", nil)
		require.NoError(t, err)
		_, err = answerWithin(time.Minute)(stuck).RoundTrip(r)
		assert.ErrorIs(t, err, errNoAnswer)
		assert.Equal(t, time.Second, time.Since(start))

		slow := roundTrip(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(&hourly{ctx: r.Context()})}, nil
		})
		resp, err := do(t, answerWithin(time.Minute)(slow), "GET", "")
		require.NoError(t, err)
		_, err = io.ReadAll(resp.Body)
		assert.NoError(t, err, "a body may take as long as it likes")
		assert.NoError(t, resp.Body.Close())
	})
}

// hourly is a body that takes hours.
type hourly struct {
	ctx   context.Context
	bytes int
}

func (h *hourly) Read(p []byte) (int, error) {
	if h.bytes == 3 {
		return 0, io.EOF
	}
	h.bytes++
	p[0] = 'x'
	return 1, Sleep(h.ctx, time.Hour)
}
