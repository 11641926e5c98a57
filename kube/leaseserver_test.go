package kube

import (
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// leaseServer keeps leases, in a time of the test's own, which a real server can't
// be in.
type leaseServer struct {
	mu      sync.Mutex
	version int
	objects map[string]map[string]any // by name
}

func (s *leaseServer) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent map[string]any
	if r.Body != nil {
		defer r.Body.Close()
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := path.Base(r.URL.Path)
	if r.Method == http.MethodPost {
		name = sent["metadata"].(map[string]any)["name"].(string)
	}
	object := s.objects[name]
	switch {
	case r.Method == http.MethodPost && object != nil:
		return s.refuse(http.StatusConflict, "AlreadyExists"), nil
	case r.Method == http.MethodPost:
		if s.objects == nil {
			s.objects = map[string]map[string]any{}
		}
		object = sent
		s.objects[name] = object
	case object == nil:
		return s.refuse(http.StatusNotFound, "NotFound"), nil
	case r.Method == http.MethodPatch:
		version, bound := sent["metadata"].(map[string]any)["resourceVersion"]
		if bound && version != object["metadata"].(map[string]any)["resourceVersion"] {
			return s.refuse(http.StatusConflict, "Conflict"), nil
		}
		merge(object, sent)
	}
	if r.Method != http.MethodGet {
		s.version++
		meta := object["metadata"].(map[string]any)
		meta["resourceVersion"], meta["uid"] = strconv.Itoa(s.version), "1"
	}
	return s.answer(http.StatusOK, object), nil
}

// merge is a merge patch (RFC 7386).
func merge(object, patch map[string]any) {
	for key, value := range patch {
		inner, is := value.(map[string]any)
		switch {
		case value == nil:
			delete(object, key)
		case is:
			if _, there := object[key].(map[string]any); !there {
				object[key] = map[string]any{}
			}
			merge(object[key].(map[string]any), inner)
		default:
			object[key] = value
		}
	}
}

func (s *leaseServer) refuse(code int, reason string) *http.Response {
	return s.answer(code, map[string]any{"kind": "Status", "code": code, "reason": reason, "message": reason})
}

func (s *leaseServer) answer(code int, body any) *http.Response {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return &http.Response{
		StatusCode: code, Header: http.Header{"Content-Type": {jsonType}}, Body: io.NopCloser(strings.NewReader(string(text))),
	}
}

// spec is the spec of the lease "nightly" as it is stored.
func (s *leaseServer) spec() map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.objects["nightly"]["spec"].(map[string]any))
}

// remove removes the leases, as an administrator might.
func (s *leaseServer) remove() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.objects)
}

// way is one holder's way to the server.
type way struct {
	mu   sync.Mutex
	next func(*http.Request, http.RoundTripper) (*http.Response, error) // nil for an open way
}

func (w *way) set(next func(*http.Request, http.RoundTripper) (*http.Response, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = next
}

// silent is a way on which nothing comes through, and nobody says so.
func silent(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// unheard is a way on which answers get lost.
func unheard(r *http.Request, server http.RoundTripper) (*http.Response, error) {
	if _, err := server.RoundTrip(r); err != nil {
		return nil, err
	}
	return silent(r, server)
}

// slow is a way on which things arrive late, and nobody can be made to wait less.
func slow(r *http.Request, server http.RoundTripper) (*http.Response, error) {
	time.Sleep(6 * time.Second)
	return server.RoundTrip(r)
}

// anyWay is one of the ways that there are, and often an open one.
func anyWay(random *rand.Rand) func(*http.Request, http.RoundTripper) (*http.Response, error) {
	return []func(*http.Request, http.RoundTripper) (*http.Response, error){nil, nil, silent, unheard, slow}[random.IntN(5)]
}

// holder is somebody who wants a lease of 15 seconds on a server.
func holder(t *testing.T, server *leaseServer, name string) (*Lease, *way) {
	t.Helper()
	c, w := remote(t, server)
	return c.Lease("jobs", "nightly", LeaseOptions{Holder: name}), w
}

// remote is a cluster with a way of its own to the server.
func remote(t *testing.T, server *leaseServer) (*Cluster, *way) {
	t.Helper()
	w := &way{}
	c, err := Connect(Options{URL: "http://localhost:1/", Links: []Link{func(http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			w.mu.Lock()
			next := w.next
			w.mu.Unlock()
			if next == nil {
				return server.RoundTrip(r)
			}
			return next(r, server)
		})
	}}})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c, w
}
