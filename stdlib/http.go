package stdlib

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// httpMethods are the functions of the module http for one method each.
var httpMethods = []string{"delete", "get", "head", "patch", "post", "put"}

// web is the module http of one VM.
type web struct {
	host    host.Host
	regular http.RoundTripper // of requests without options for TLS
}

// openHTTP opens the module http. Every connection is for the host to grant, those
// that redirects lead to as well.
func openHTTP(L *lua.LState, h host.Host) lua.LValue {
	w := &web{host: h}
	regular := w.transport(nil)
	w.regular = regular
	h.AtClose(regular.CloseIdleConnections)
	module := functions{
		"request": func(c call) int {
			method := strings.ToUpper(c.text(1, "http.request: the method"))
			return w.send(c, method, 2)
		},
	}
	for _, method := range httpMethods {
		module[method] = func(c call) int { return w.send(c, strings.ToUpper(method), 1) }
	}
	return module.open(L, h)
}

// transport makes connections by the host. Proxies of the environment don't
// count: the script could reach by them what it may not.
func (w *web) transport(trust *tls.Config) *http.Transport {
	return &http.Transport{
		DialContext:         w.host.Dial,
		TLSClientConfig:     trust,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     30 * time.Second,
		MaxIdleConnsPerHost: 16,
	}
}

// httpOptions are the options of all functions.
type httpOptions struct {
	Body, CAFile  string
	Form, Headers *lua.LTable
	Insecure      bool
	JSON          lua.LValue
	MaxBody       lua.LValue
	Params        *lua.LTable
	Password      string
	Raise         lua.LValue
	Redirects     lua.LValue
	Retries       int
	Timeout       lua.LValue
	User          string
}

// Bounds of a request unless told.
const (
	httpTimeout   = 30 * time.Second
	httpMaxBody   = 64 << 20
	httpRedirects = 10
)

// request is what is sent, and how.
type request struct {
	method    string
	url       *url.URL
	header    http.Header
	body      []byte
	maxBody   int
	redirects int
	retries   int
	timeout   time.Duration
	client    http.RoundTripper
	trust     string // file of certificates, "" for the system's
	insecure  bool
}

// answer is a response, as Lua sees it.
type answer struct {
	status int
	header http.Header
	body   []byte
	url    string
}

// Size is about how many bytes it takes. See [host.Sized].
func (a *answer) Size() int { return len(a.body) }

func answerClass() class[*answer] {
	return class[*answer]{
		name:       "response",
		documented: "http.Response",
		attributes: map[string]func(call, *answer) lua.LValue{
			"headers": func(c call, a *answer) lua.LValue {
				t := c.L.NewTable()
				for name, values := range a.header {
					t.RawSetString(strings.ToLower(name), lua.LString(strings.Join(values, ", ")))
				}
				return t
			},
			"ok":     func(_ call, a *answer) lua.LValue { return lua.LBool(a.ok()) },
			"status": func(_ call, a *answer) lua.LValue { return lua.LNumber(a.status) },
			"text":   func(_ call, a *answer) lua.LValue { return lua.LString(a.body) },
			"url":    func(_ call, a *answer) lua.LValue { return lua.LString(a.url) },
		},
		methods: map[string]func(call, *answer) int{
			"json": func(c call, a *answer) int {
				v, err := c.parseJSON(string(a.body), 0)
				if err != nil {
					c.invalid("the response of %s is no JSON: %w", a.url, err)
				}
				return c.push(v)
			},
		},
		text: func(a *answer) string { return strconv.Itoa(a.status) + " " + http.StatusText(a.status) },
	}
}

func (a *answer) ok() bool { return a.status < http.StatusBadRequest }

// send implements http.METHOD(url, options), whose arguments begin at i.
func (w *web) send(c call, method string, i int) int {
	given := options[httpOptions](c, i+1)
	r := w.request(c, method, c.text(i, "http: the URL"), given)
	var a *answer
	err := c.host.Block(c.L, func(ctx context.Context) (err error) {
		if err := w.secure(r); err != nil {
			return err
		}
		a, err = r.sendAgain(ctx)
		return err
	})
	c.raise(err)
	if !a.ok() && given.Raise != lua.LFalse {
		c.raise(&host.Answered{
			Message:    fmt.Sprintf("%s %s: %d %s", method, a.url, a.status, http.StatusText(a.status)),
			StatusCode: a.status, Header: a.header, Text: string(a.body),
		})
	}
	return c.push(object(c, a, answerClass))
}

// request checks what is to be sent.
func (w *web) request(c call, method, address string, given httpOptions) *request {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		c.invalid("http: %s is no URL that begins with http:// or https://", host.QuotedText(address))
	}
	if given.Params != nil {
		query := u.Query()
		for name, values := range c.query(given.Params, "http: option params") {
			query[name] = values
		}
		u.RawQuery = query.Encode()
	}
	r := &request{
		method: method, url: u, header: http.Header{"User-Agent": {"kubelua"}}, body: []byte(given.Body),
		maxBody: httpMaxBody, redirects: httpRedirects, retries: given.Retries, timeout: httpTimeout,
		client: w.regular, trust: given.CAFile, insecure: given.Insecure,
	}
	if given.MaxBody != nil {
		r.maxBody = c.wholeOf(given.MaxBody, "option max_body", 0)
	}
	if given.Redirects != nil {
		r.redirects = c.wholeOf(given.Redirects, "option redirects", 0)
	}
	if given.Timeout != nil {
		if r.timeout = c.duration(given.Timeout, "option timeout"); r.timeout <= 0 {
			c.invalid("option timeout must be more than 0 seconds")
		}
	}
	r.content(c, given)
	if given.User != "" {
		withLogin := http.Request{Header: r.header}
		withLogin.SetBasicAuth(given.User, given.Password)
	}
	if given.Headers != nil {
		given.Headers.ForEach(func(name, value lua.LValue) {
			r.header.Set(c.textOf(name, "option headers: a name"), c.parameter(value, "http: option headers"))
		})
	}
	return r
}

// content sets the body of a request: one of the three options for it.
func (r *request) content(c call, given httpOptions) {
	ways := 0
	if given.Body != "" {
		ways++
	}
	if given.Form != nil {
		ways++
		r.body = []byte(c.query(given.Form, "http: option form").Encode())
		r.header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if given.JSON != nil {
		ways++
		text, err := c.host.JSON(c.L, given.JSON, "http: option json")
		c.raise(err)
		var body bytes.Buffer
		c.raise(json.Compact(&body, text))
		r.body = body.Bytes()
		r.header.Set("Content-Type", "application/json")
		r.header.Set("Accept", "application/json")
	}
	if ways > 1 {
		c.invalid("http: only one of the options body, form and json can be given")
	}
}

// secure makes the transport of a request that has its own rules for TLS.
func (w *web) secure(r *request) error {
	if r.trust == "" && !r.insecure {
		return nil
	}
	trust := &tls.Config{InsecureSkipVerify: r.insecure}
	if r.trust != "" {
		text, err := w.host.ReadFile(r.trust)
		if err != nil {
			return err
		}
		trust.RootCAs = x509.NewCertPool()
		if !trust.RootCAs.AppendCertsFromPEM(text) {
			return host.Invalidf("http: there is no certificate in %s", r.trust)
		}
	}
	transport := w.transport(trust)
	transport.DisableKeepAlives = true
	r.client = transport
	return nil
}

// sendAgain sends a request, and again where that may help and is asked for: the
// connection failed, or the server said that it can't now.
func (r *request) sendAgain(ctx context.Context) (*answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.timeout, &host.Late{
		Message: fmt.Sprintf("%s %s: no answer within %v", r.method, r.url.Redacted(), span{r.timeout}),
	})
	defer cancel()
	const first, most = 500 * time.Millisecond, 30 * time.Second
	pause := first
	for attempt := 0; ; attempt++ {
		a, err := r.send(ctx)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		wait := pause
		switch {
		case attempt == r.retries, errors.Is(err, host.ErrDenied), err == nil && !a.busy():
			return a, err
		case err == nil:
			wait = max(wait, a.retryAfter())
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		pause = min(2*pause, most)
	}
}

// busy tells whether the server may answer otherwise later.
func (a *answer) busy() bool {
	return slices.Contains([]int{
		http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}, a.status)
}

// retryAfter is how long the server wants to be left alone, 0 if it doesn't say.
func (a *answer) retryAfter() time.Duration {
	seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, 3600)) * time.Second
}

// send sends a request once, and to where redirects lead.
func (r *request) send(ctx context.Context) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, host.Invalidf("http: %w", err)
	}
	req.Header = r.header.Clone()
	client := http.Client{Transport: r.client, CheckRedirect: func(next *http.Request, before []*http.Request) error {
		switch {
		case r.redirects == 0:
			return http.ErrUseLastResponse
		case len(before) > r.redirects:
			return fmt.Errorf("more than %d redirects", r.redirects)
		case next.URL.Scheme != "https" && before[len(before)-1].URL.Scheme == "https":
			return fmt.Errorf("a redirect from https to %s", next.URL.Redacted())
		}
		return nil
	}}
	response, err := client.Do(req)
	if err != nil {
		var at *url.Error
		if errors.As(err, &at) && !errors.Is(err, host.ErrDenied) {
			return nil, fmt.Errorf("%s %s: %w", r.method, r.url.Redacted(), at.Err)
		}
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, int64(r.maxBody)+1))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.method, r.url.Redacted(), err)
	}
	if len(body) > r.maxBody {
		return nil, host.Invalidf("%s %s: the response is longer than %d bytes (option max_body)", r.method, r.url.Redacted(), r.maxBody)
	}
	return &answer{response.StatusCode, response.Header, body, response.Request.URL.Redacted()}, nil
}
