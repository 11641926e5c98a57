// Command floor does the work of the benchmark with Go's net/http and nothing
// else: the least that a client can do and still get the same from the server.
//
//	floor list              read all pods in pages
//	floor label NS VALUE    label the pods of a namespace, one after another
//	floor watch N           read the first N events of a watch
//
// $BENCH_SERVER, $BENCH_CA (a file) and $BENCH_TOKEN name the server.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
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
	case len(args) == 3 && args[0] == "label":
		return s.label(args[1], args[2])
	case len(args) == 2 && args[0] == "watch":
		n, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		return s.watch(n)
	}
	return fmt.Errorf("list, label NS VALUE or watch N, not %q", args)
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
			TLSClientConfig: &tls.Config{RootCAs: authorities},
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
	buf := make([]byte, 64<<10)
	objects, size := 0, 0
	for token, before := "", 0; ; before += pageLimit {
		body, err := s.send(http.MethodGet, fmt.Sprintf("/api/v1/pods?limit=%d&continue=%s", pageLimit, token), "", "")
		if err != nil {
			return err
		}
		// What is looked at stands in the first few hundred bytes.
		n, err := io.ReadAtLeast(body, buf, 1024)
		if size == 0 {
			fmt.Println("first")
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
			return err
		}
		size += n
		if token == "" {
			fmt.Println(objects, size)
			return nil
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

// label sets the label "bench" of every pod in a namespace of at most one page.
func (s *server) label(namespace, value string) error {
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
	for _, object := range objects {
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
	fmt.Println(len(objects))
	return nil
}

// watch reads n events. A watch that names no version begins with one for each
// object there is.
func (s *server) watch(n int) error {
	body, err := s.send(http.MethodGet, "/api/v1/pods?watch=true", "", "")
	if err != nil {
		return err
	}
	defer body.Close()
	buf := make([]byte, 64<<10)
	for events := 0; events < n; {
		got, err := body.Read(buf)
		if events == 0 && got > 0 {
			fmt.Println("first")
		}
		events += bytes.Count(buf[:got], []byte("\n"))
		if err != nil {
			return fmt.Errorf("after %d events: %w", events, err)
		}
	}
	fmt.Println(n)
	return nil
}
