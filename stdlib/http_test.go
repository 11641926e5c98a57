package stdlib_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/permit"
)

func countOf(text, part string) int { return strings.Count(text, part) }

// answering is a server for requests of all kinds.
func answering(t *testing.T) *httptest.Server {
	t.Helper()
	var busy atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		w.Header().Set("X-Seen", r.Header.Get("X-Given"))
		fmt.Fprintf(w, `{"method":%q,"query":%q,"type":%q,"body":%q,"login":%q}`, r.Method, r.URL.RawQuery, r.Header.Get("Content-Type"), body, user+":"+password)
	})
	mux.HandleFunc("/missing", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"why":"gone"}`)
	})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) {
		if busy.Add(1) <= 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "at last")
	})
	mux.HandleFunc("/long", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 5000)) })
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("url"), http.StatusFound)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	server := answering(t)
	world, release, err := permit.Grants{Net: []string{server.Listener.Addr().String()}}.Grant(engine.World{})
	require.NoError(t, err)
	t.Cleanup(release)
	tests := []luaTest{
		{"get", `local r = http.get(url .. "/echo?a=1", { params = { b = { 1, 2 } }, headers = { ["X-Given"] = "h" } })
			print(r, r.status, r.ok, r.headers["x-seen"], r:json().method, r:json().query, r.url == url .. "/echo?a=1&b=1&b=2")`, "200 OK\t200\ttrue\th\tGET\ta=1&b=1&b=2\ttrue"},
		{"json", `local r = http.post(url .. "/echo", { json = { a = { 1 } } }):json() print(r.method, r.type, r.body)`, "POST\tapplication/json\t{\"a\":[1]}"},
		{"form and login", `local r = http.put(url .. "/echo", { form = { a = "x y" }, user = "u", password = "p" }):json() print(r.method, r.type, r.body, r.login)`,
			"PUT\tapplication/x-www-form-urlencoded\ta=x+y\tu:p"},
		{"any method", `local r = http.request("options", url .. "/echo", { body = "raw" }):json() print(r.method, r.body)`, "OPTIONS\traw"},
		{"a status that raises", `local ok, err = pcall(http.get, url .. "/missing") print(err.type, err.status_code, err.response.json.why, (err.message:gsub(url, "URL")))`,
			"KubeError\t404\tgone\tGET URL/missing: 404 Not Found"},
		{"a status that doesn't", `local r = http.get(url .. "/missing", { raise = false }) print(r.status, r.ok, r:json().why)`, "404\tfalse\tgone"},
		{"again", `print(http.get(url .. "/busy", { retries = 3 }).text)`, "at last"},
		{"too long", `local ok, err = pcall(http.get, url .. "/long", { max_body = 4999 }) print(err.type, err.message:match("longer than 4999 bytes"))
			print(#http.get(url .. "/long", { max_body = 5000 }).text)`, "ValueError\tlonger than 4999 bytes\n5000"},
		{"too late", `local ok, err = pcall(http.get, url .. "/slow", { timeout = 0.05 }) print(err.type, err.message:match("no answer within 50ms"))`, "TimeoutError\tno answer within 50ms"},
		{"redirect", `print(http.get(url .. "/to?url=/long").url == url .. "/long", http.get(url .. "/to?url=/long", { redirects = 0 }).status)`, "true\t302"},
		{"redirects without end", `print((select(2, pcall(http.get, url .. "/to?url=/to%3Furl=/to%3Furl=/long", { redirects = 1 })).message:match("more than 1 redirects")))`, "more than 1 redirects"},
		{"no JSON", `local ok, err = pcall(function() return http.get(url .. "/long"):json() end) print(err.type)`, "ValueError"},
		{"no URL", `print(pcall(http.get, "ftp://x"))`, "false\thttp: \"ftp://x\" is no URL that begins with http:// or https://"},
		{"two bodies", `print(pcall(http.post, url, { body = "x", json = {} }))`, "false\thttp: only one of the options body, form and json can be given"},
		{"many at once", `print(#task.parallel({ 1, 2, 3, 4 }, function() return http.get(url .. "/long").status end))`, "4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := runScript(`local http, url = require "http", "`+server.URL+`" `+tt.code, world)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

// No address is reached that isn't granted: not by a redirect, not by a proxy.
func TestHTTPIsDenied(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	first, other := answering(t), answering(t)
	world, release, err := permit.Grants{Net: []string{first.Listener.Addr().String()}}.Grant(engine.World{})
	require.NoError(t, err)
	defer release()
	got, err := runScript(`local http = require "http"
		print(http.get("`+first.URL+`/echo").status)
		for _, url in ipairs { "`+other.URL+`/echo", "`+first.URL+`/to?url=`+other.URL+`/echo", "http://localhost:`+portOf(first)+`/echo" } do
			local ok, err = pcall(http.get, url, { retries = 3 })
			print(ok, err.type)
		end`, world)
	require.NoError(t, err)
	assert.Equal(t, "200\nfalse\tDeniedError\nfalse\tDeniedError\nfalse\tDeniedError", got)
	got, err = runScript(`print(select(2, pcall(require("http").get, "`+first.URL+`")).type)`, engine.World{})
	require.NoError(t, err)
	assert.Equal(t, "DeniedError", got)
}

func portOf(server *httptest.Server) string {
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	return port
}

// Certificates are checked, and nothing leads from https to http.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	plain := answering(t)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/down" {
			http.Redirect(w, r, plain.URL+"/echo", http.StatusFound)
		}
	}))
	server.Config.ErrorLog = nil
	t.Cleanup(server.Close)
	trusted := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(trusted, certificate, 0o600))
	world, release, err := permit.Grants{Net: []string{"127.0.0.1"}, Read: []string{trusted}}.Grant(engine.World{})
	require.NoError(t, err)
	defer release()
	got, err := runScript(`local http, url, ca = require "http", "`+server.URL+`", "`+filepath.ToSlash(trusted)+`"
		print((select(2, pcall(http.get, url)).message:match("certificate signed by unknown authority")))
		print(http.get(url, { ca_file = ca }).status, http.get(url, { insecure = true }).status)
		print((select(2, pcall(http.get, url .. "/down", { insecure = true })).message:match("a redirect from https")))`, world)
	require.NoError(t, err)
	assert.Equal(t, "certificate signed by unknown authority\n200\t200\na redirect from https", got)
}

// A request ends with the task that waits for it.
func TestHTTPIsCancelled(t *testing.T) {
	t.Parallel()
	server := answering(t)
	world, release, err := permit.Grants{Net: []string{"127.0.0.1"}}.Grant(engine.World{})
	require.NoError(t, err)
	defer release()
	began := time.Now()
	_, err = runScript(`task.timeout(0.05, require("http").get, "`+server.URL+`/slow")`, world)
	require.ErrorContains(t, err, "took longer than 50ms")
	assert.Less(t, time.Since(began), 20*time.Second)
}
