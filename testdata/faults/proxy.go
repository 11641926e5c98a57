package faults

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Protocol is what a Proxy speaks with its clients.
type Protocol int

// Real API servers speak HTTP2; `kubectl proxy` and many gateways speak HTTP1.
const (
	HTTP1 Protocol = iota // in the clear
	HTTP2                 // over TLS, with a certificate that nobody knows
)

// Proxy is a server on loopback that passes requests on to an API server,
// unless it is told otherwise. It is safe for concurrent use.
type Proxy struct {
	server *httptest.Server
	line   *line
	behind http.RoundTripper
	pass   *httputil.ReverseProxy
	open   atomic.Int64 // requests

	mu      sync.Mutex
	answers []answer    // to give instead of passing a request on
	breakIn int         // bytes of answers until one breaks off; 0 for none
	cutNext bool        // at the next answer
	seen    map[int]int // answers of the server by status
}

type answer struct {
	status int
	header http.Header
}

// New starts a proxy to the server of a kubeconfig, with the login in it. It is
// closed when the test ends.
func New(t testing.TB, kubeconfig string, protocol Protocol) *Proxy {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		t.Fatalf("faults: %v", err)
	}
	config.Dial = new(net.Dialer).DialContext // or it would share others' connections
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatalf("faults: %v", err)
	}
	p := &Proxy{seen: map[int]int{}}
	if p.behind, err = rest.TransportFor(config); err != nil {
		t.Fatalf("faults: %v", err)
	}
	quiet := log.New(io.Discard, "", 0)
	p.pass = &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:      p.behind,
		FlushInterval:  -1, // events are passed on as they come
		ErrorLog:       quiet,
		ModifyResponse: p.observe,
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) {
			panic(http.ErrAbortHandler) // a server that is away doesn't answer
		},
	}
	p.server = httptest.NewUnstartedServer(p)
	p.server.Config.ErrorLog = quiet
	p.line = newLine(p.server.Listener)
	p.server.Listener = p.line
	if protocol == HTTP2 {
		p.server.EnableHTTP2 = true
		p.server.StartTLS()
	} else {
		p.server.Start()
	}
	t.Cleanup(p.close)
	return p
}

func (p *Proxy) close() {
	p.Heal()
	p.Cut()
	p.server.Close()
	utilnet.CloseIdleConnectionsFor(p.behind)
}

// URL is the address of the proxy.
func (p *Proxy) URL() string { return p.server.URL }

// Connections is the number of connections that clients have open.
func (p *Proxy) Connections() int { return p.line.open() }

// Accepted is the number of connections that clients have made so far.
func (p *Proxy) Accepted() int { return p.line.made() }

// Requests is the number of requests that are not answered whole: watches.
func (p *Proxy) Requests() int { return int(p.open.Load()) }

// Seen is how often the server behind the proxy has answered with a status, or
// told it in a watch, where errors are events.
func (p *Proxy) Seen(status int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[status]
}

// Cut ends the connections that are open, wherever they are in what they send.
func (p *Proxy) Cut() { p.line.cut() }

// CutAfter ends the connection that brings the n-th byte from now on to a
// client.
func (p *Proxy) CutAfter(n int) { p.line.set(func() { p.line.left = n }) }

// Stall holds back all bytes, of new connections too, until Heal.
func (p *Proxy) Stall() { p.line.set(func() { p.line.stalled = true }) }

// HalfOpen loses all bytes of the connections that are open, from now on and
// for good: for either end the other one is silent. New connections work.
func (p *Proxy) HalfOpen() {
	p.line.set(func() {
		for c := range p.line.conns {
			c.lost = true
		}
	})
}

// Slow lets bytes through to clients at a rate, of each connection.
func (p *Proxy) Slow(bytesPerSecond int) { p.line.set(func() { p.line.rate = bytesPerSecond }) }

// Answer gives the next n requests an answer without asking the server: a
// Kubernetes Status, and the header, which may be nil.
func (p *Proxy) Answer(status int, header http.Header, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range n {
		p.answers = append(p.answers, answer{status, header})
	}
}

// CutAnswer ends the connections that are open when the server has answered the
// next request, before a client gets to know.
func (p *Proxy) CutAnswer() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutNext = true
}

// BreakAfter breaks off the answer that brings the n-th byte from now on. Over
// HTTP/2 its connection stays good.
func (p *Proxy) BreakAfter(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.breakIn = n
}

// Pending tells whether something that was ordered has still to happen: a cut,
// an answer, a break.
func (p *Proxy) Pending() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.answers) > 0 || p.breakIn > 0 || p.cutNext || p.line.pending()
}

// Heal ends all faults. What was lost stays lost.
func (p *Proxy) Heal() {
	p.mu.Lock()
	p.answers, p.breakIn, p.cutNext = nil, 0, false
	p.mu.Unlock()
	p.line.set(func() { p.line.stalled, p.line.rate, p.line.left = false, 0, 0 })
}

// ServeHTTP answers a request.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.open.Add(1)
	defer p.open.Add(-1)
	a, ok := p.take()
	if !ok {
		p.pass.ServeHTTP(w, r)
		return
	}
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"kind": "Status", "apiVersion": "v1", "status": "Failure",
		"message": "a fault on purpose", "code": a.status,
	})
}

// take takes an answer that is to be given.
func (p *Proxy) take() (answer, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.answers) == 0 {
		return answer{}, false
	}
	a := p.answers[0]
	p.answers = p.answers[1:]
	return a, true
}

// observe looks at an answer of the server.
func (p *Proxy) observe(resp *http.Response) error {
	p.count(resp.StatusCode)
	p.mu.Lock()
	cut := p.cutNext
	p.cutNext = false
	p.mu.Unlock()
	if cut {
		p.Cut()
	}
	resp.Body = &body{resp.Body, p, nil}
	return nil
}

func (p *Proxy) count(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[status]++
}

// body is an answer on its way to a client.
type body struct {
	io.ReadCloser
	proxy *Proxy
	line  []byte // the beginning of the line that is being read
}

var errBroken = errors.New("broken off")

// Read reads from the server's answer, and breaks it off where that is due.
func (b *body) Read(buf []byte) (int, error) {
	n, err := b.ReadCloser.Read(buf)
	b.look(buf[:n])
	b.proxy.mu.Lock()
	defer b.proxy.mu.Unlock()
	if left := b.proxy.breakIn; left > 0 && n > 0 {
		b.proxy.breakIn = max(0, left-n)
		if n >= left {
			return left, errBroken
		}
	}
	return n, err
}

// look counts errors that are events of a watch, one on a line.
func (b *body) look(text []byte) {
	const begin = `{"type":"ERROR"`
	for _, c := range text {
		if c != '\n' {
			if len(b.line) < len(begin) || len(b.line) < 4096 && string(b.line[:len(begin)]) == begin {
				b.line = append(b.line, c)
			}
			continue
		}
		var event struct {
			Type   string
			Object struct{ Code int }
		}
		if json.Unmarshal(b.line, &event) == nil && event.Type == "ERROR" {
			b.proxy.count(event.Object.Code)
		}
		b.line = b.line[:0]
	}
}
