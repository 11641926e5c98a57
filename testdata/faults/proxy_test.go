package faults_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubelua/kubelua/testdata/faults"
)

const (
	event   = `{"type":"ADDED","object":{"metadata":{"name":"an-object"}}}` + "\n"
	expired = `{"type":"ERROR","object":{"kind":"Status","code":410}}` + "\n"
)

// server is an API server that sends what a test writes into its stream.
func server(t *testing.T) (kubeconfig string, send chan<- string) {
	t.Helper()
	stream := make(chan string)
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			t.Errorf("login: got %q", r.Header.Get("Authorization"))
		}
		w.(http.Flusher).Flush()
		for {
			select {
			case text := <-stream:
				io.WriteString(w, text)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf(`{"clusters": [{"name": "c", "cluster": {"server": %q, "insecure-skip-tls-verify": true}}], "users": [{"name": "u", "user": {"token": "secret"}}],
"contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}], "current-context": "x"}`, s.URL)
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return kubeconfig, stream
}

// client is a client of a proxy, one that has no patience.
func client(t *testing.T) *http.Client {
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, ResponseHeaderTimeout: time.Second,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestProxy(t *testing.T) {
	for name, protocol := range map[string]faults.Protocol{"HTTP1": faults.HTTP1, "HTTP2": faults.HTTP2} {
		for _, tt := range []struct {
			name  string
			fault func(*faults.Proxy)
			heal  bool   // before the second event is looked for
			lost  bool   // the first connection brings no second event
			got   string // and what it brings instead, "" for whatever
			fresh bool   // a new request is answered at once
		}{
			{name: "nothing", fault: func(*faults.Proxy) {}, fresh: true},
			{name: "cut", fault: (*faults.Proxy).Cut, lost: true, fresh: true},
			{name: "cut after", fault: func(p *faults.Proxy) { p.CutAfter(20) }, lost: true, fresh: true},
			{name: "break after", fault: func(p *faults.Proxy) { p.BreakAfter(20) }, lost: true, got: event[:20], fresh: true},
			{name: "stall", fault: (*faults.Proxy).Stall, lost: true},
			{name: "stall, healed", fault: (*faults.Proxy).Stall, heal: true, fresh: true},
			{name: "half-open", fault: (*faults.Proxy).HalfOpen, heal: true, lost: true},
			{name: "slow", fault: func(p *faults.Proxy) { p.Slow(2000) }, fresh: true},
		} {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				kubeconfig, send := server(t)
				p := faults.New(t, kubeconfig, protocol)
				resp, err := client(t).Get(p.URL())
				if err != nil {
					t.Fatal(err)
				}
				lines := read(resp.Body)
				send <- event
				if got := <-lines; got != event {
					t.Fatalf("before the fault: got %q", got)
				}
				tt.fault(p)
				select {
				case send <- event:
				case <-time.After(time.Second): // the cut has ended the request
				}
				if tt.heal {
					p.Heal()
				}
				select {
				case got := <-lines:
					if (got == event) == tt.lost {
						t.Errorf("after the fault: got %q", got)
					}
					if tt.got != "" && got != tt.got {
						t.Errorf("of a broken event: got %q, want %q", got, tt.got)
					}
				case <-time.After(300 * time.Millisecond):
					if !tt.lost {
						t.Errorf("after the fault: got nothing")
					}
				}
				if p.Pending() {
					t.Error("the fault is still to come")
				}
				if tt.fresh {
					fresh, err := client(t).Get(p.URL())
					if err != nil {
						t.Fatalf("a new request: %v", err)
					}
					fresh.Body.Close()
				}
				resp.Body.Close()
			})
		}
	}
}

// read hands on the lines of a body, the beginning of one that breaks off too.
func read(body io.Reader) <-chan string {
	lines := make(chan string, 10)
	go func() {
		r := bufio.NewReader(body)
		for {
			line, err := r.ReadString('\n')
			lines <- line
			if err != nil {
				return
			}
		}
	}()
	return lines
}

func TestProxyAnswersAndCounts(t *testing.T) {
	kubeconfig, send := server(t)
	p := faults.New(t, kubeconfig, faults.HTTP1)
	c := client(t)
	p.Answer(http.StatusTooManyRequests, http.Header{"Retry-After": {"7"}}, 1)
	resp, err := c.Get(p.URL())
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "7" || !strings.Contains(string(text), `"code":429`) {
		t.Errorf("got %s, %v: %s", resp.Status, resp.Header, text)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, p.URL(), nil)
	if resp, err = c.Do(req); err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	send <- event + expired[:10]
	send <- expired[10:]
	lines := bufio.NewReader(resp.Body)
	for range 2 {
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if got := []int{p.Seen(200), p.Seen(410), p.Seen(429), p.Requests(), p.Connections()}; fmt.Sprint(got) != "[1 1 0 1 1]" {
		t.Errorf("200s, 410s and 429s of the server, open requests, connections: got %v", got)
	}
	cancel()
	for began := time.Now(); p.Requests()+p.Connections() > 0; time.Sleep(time.Millisecond) {
		if time.Since(began) > 5*time.Second {
			t.Fatalf("left: %d requests, %d connections", p.Requests(), p.Connections())
		}
	}
}
