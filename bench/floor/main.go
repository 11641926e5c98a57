// Command floor does the work of the benchmark with Go's net/http and nothing
// else: the least that a client can do and still get the same from the server.
//
//	floor list                   read all pods in pages
//	floor label NS VALUE N       label the pods of a namespace, N at once
//	floor watch N                read the first N events of a watch
//	floor watches HOW N PODS M   have N readers watch at once: PODS objects that
//	                             exist, which HOW (list or stream) brings, and
//	                             M changes
//
// $BENCH_SERVER, $BENCH_CA (a file) and $BENCH_TOKEN name the server.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	s, err := connect()
	if err != nil {
		return err
	}
	switch {
	case len(args) == 1 && args[0] == "list":
		return s.list()
	case len(args) == 4 && args[0] == "label":
		n, err := numbers(args[3:])
		if err != nil {
			return err
		}
		return s.label(args[1], args[2], n[0])
	case len(args) == 2 && args[0] == "watch":
		n, err := numbers(args[1:])
		if err != nil {
			return err
		}
		return s.watch(n[0])
	case len(args) == 5 && args[0] == "watches":
		n, err := numbers(args[2:])
		if err != nil {
			return err
		}
		return s.watches(args[1] == "list", n[0], n[1], n[2])
	}
	return fmt.Errorf("list, label NS VALUE N, watch N or watches HOW N PODS M, not %q", args)
}

func numbers(args []string) (all []int, err error) {
	for _, arg := range args {
		n, err := strconv.Atoi(arg)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// server is an API server and the login to it.
type server struct {
	url, token string
	client     *http.Client
}

// connect reads the environment. A Transport with TLS settings of its own
// speaks HTTP/1.1, which is the faster one here, and gzip.
func connect() (*server, error) {
	pem, err := os.ReadFile(os.Getenv("BENCH_CA"))
	if err != nil {
		return nil, err
	}
	authorities := x509.NewCertPool()
	if !authorities.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate in %s", os.Getenv("BENCH_CA"))
	}
	return &server{
		url:   os.Getenv("BENCH_SERVER"),
		token: os.Getenv("BENCH_TOKEN"),
		client: &http.Client{Transport: &http.Transport{
			TLSClientConfig:     &tls.Config{RootCAs: authorities},
			MaxIdleConnsPerHost: 64,
		}},
	}, nil
}

// send makes a call and returns the body of its answer.
func (s *server) send(method, path, contentType, body string) (io.ReadCloser, error) {
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Accept", "application/json")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	return resp.Body, nil
}

// pageLimit is how many objects a page has, but the last.
const pageLimit = 500

// list reads all pages and prints how many objects and bytes they have.
func (s *server) list() error {
	objects, size, _, err := s.pages(func() { fmt.Println("first") })
	if err == nil {
		fmt.Println(objects, size)
	}
	return err
}

// pages reads all pages and tells how many objects and bytes they have, and
// which version that is. It calls began when the first bytes come.
func (s *server) pages(began func()) (objects, size int, version string, err error) {
	buf := make([]byte, 64<<10)
	for token, before := "", 0; ; before += pageLimit {
		body, err := s.send(http.MethodGet, fmt.Sprintf("/api/v1/pods?limit=%d&continue=%s", pageLimit, token), "", "")
		if err != nil {
			return 0, 0, "", err
		}
		// What is looked at stands in the first few hundred bytes.
		n, err := io.ReadAtLeast(body, buf, 1024)
		if size == 0 {
			began()
			version = after(buf[:n], `"resourceVersion":"`, `"`)
		}
		token = after(buf[:n], `"continue":"`, `"`)
		if remaining, err := strconv.Atoi(after(buf[:n], `"remainingItemCount":`, "}")); err == nil {
			objects = before + pageLimit + remaining
		}
		for ; err == nil; n, err = body.Read(buf) {
			size += n
		}
		body.Close()
		if err != io.EOF && err != io.ErrUnexpectedEOF {
			return 0, 0, "", err
		}
		size += n
		if token == "" {
			return objects, size, version, nil
		}
	}
}

// after is what stands between the first mark and the end that follows it, ""
// where there is no mark.
func after(text []byte, mark, end string) string {
	_, rest, found := bytes.Cut(text, []byte(mark))
	if !found {
		return ""
	}
	s, _, _ := bytes.Cut(rest, []byte(end))
	return string(s)
}

// label sets the label "bench" of every pod in a namespace of at most one page,
// atOnce at a time.
func (s *server) label(namespace, value string, atOnce int) error {
	path := "/api/v1/namespaces/" + namespace + "/pods"
	body, err := s.send(http.MethodGet, path+"?limit=500", "", "")
	if err != nil {
		return err
	}
	page, err := io.ReadAll(body)
	body.Close()
	if err != nil {
		return err
	}
	// The server writes the metadata of an object first, and the name first in it.
	objects := bytes.Split(page, []byte(`{"metadata":{"name":"`))[1:]
	next := make(chan []byte, len(objects))
	for _, object := range objects {
		next <- object
	}
	close(next)
	err = together(atOnce, func() error {
		for object := range next {
			name, _, _ := bytes.Cut(object, []byte(`"`))
			body, err := s.send(http.MethodPatch, path+"/"+string(name), "application/merge-patch+json",
				`{"metadata":{"labels":{"bench":"`+value+`"}}}`)
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, body)
			body.Close()
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		fmt.Println(len(objects))
	}
	return err
}

// together has n goroutines do the same.
func together(n int, do func() error) error {
	errs := make(chan error)
	for range n {
		go func() { errs <- do() }()
	}
	var all error
	for range n {
		all = errors.Join(all, <-errs)
	}
	return all
}

// watch reads n events. A watch that names no version begins with one for each
// object there is.
func (s *server) watch(n int) error {
	body, err := s.send(http.MethodGet, "/api/v1/pods?watch=true", "", "")
	if err != nil {
		return err
	}
	defer body.Close()
	events, err := count(body, 0, 1)
	if err == nil {
		fmt.Println("first")
		_, err = count(body, events, n)
	}
	if err == nil {
		fmt.Println(n)
	}
	return err
}
