package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
)

// watches has readers of all pods at once. It prints "first" when all of them
// have what exists, and ends when each has read so many changes. What exists
// comes as the first events of the watch, or in a list that is read before it.
func (s *server) watches(listFirst bool, readers, pods, changes int) error {
	var behind atomic.Int64
	behind.Store(int64(readers))
	err := together(readers, func() error {
		from, exist := "", pods
		if listFirst {
			_, _, version, err := s.pages(func() {})
			if err != nil {
				return err
			}
			from, exist = "&resourceVersion="+version, 0
		}
		body, err := s.send(http.MethodGet, "/api/v1/pods?watch=true"+from, "", "")
		if err != nil {
			return err
		}
		defer body.Close()
		events, err := count(body, 0, exist)
		if err != nil {
			return err
		}
		if behind.Add(-1) == 0 {
			fmt.Println("first")
		}
		_, err = count(body, events, exist+changes)
		return err
	})
	if err == nil {
		fmt.Println(readers * (pods + changes))
	}
	return err
}

// count goes on reading events, of which there were some already, until there
// are n or a few more. It returns how many there are.
func count(body io.Reader, events, n int) (int, error) {
	buf := make([]byte, 64<<10)
	for events < n {
		got, err := body.Read(buf)
		events += bytes.Count(buf[:got], []byte("\n"))
		if err != nil && events < n {
			return events, fmt.Errorf("after %d events: %w", events, err)
		}
	}
	return events, nil
}
