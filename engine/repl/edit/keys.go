package edit

import (
	"bytes"
	"context"
	"io"
	"sync"
)

// Keys reads what a terminal sends. It reads only when asked to, so that others
// can read from the terminal meanwhile; what has come and isn't used yet is there
// for who asks next. It is safe for concurrent use.
type Keys struct {
	in   io.Reader
	once sync.Once
	want chan struct{} // asks for a chunk
	come chan chunk

	mu   sync.Mutex // held by who asks
	open bool       // a chunk was asked for and hasn't come
	rest []byte     // that has come and isn't used
}

// chunk is what one read gave.
type chunk struct {
	data []byte
	err  error
}

// NewKeys reads keys from in. The caller closes it.
func NewKeys(in io.Reader) *Keys {
	return &Keys{in: in, want: make(chan struct{}, 1), come: make(chan chunk, 1)}
}

// Close ends the reading, after which nothing may be read. A read that goes on
// ends when the input gives something.
func (k *Keys) Close() { close(k.want) }

// read is the goroutine that reads.
func (k *Keys) read() {
	buf := make([]byte, 4096)
	for range k.want {
		n, err := k.in.Read(buf)
		k.come <- chunk{bytes.Clone(buf[:n]), err}
	}
}

// fill waits for more.
func (k *Keys) fill(ctx context.Context) error {
	k.once.Do(func() { go k.read() })
	if !k.open {
		k.want <- struct{}{}
		k.open = true
	}
	select {
	case c := <-k.come:
		k.open = false
		k.rest = append(k.rest, c.data...)
		if len(c.data) > 0 {
			return nil // an error comes again
		}
		return c.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// next is the next key, and whether more has come already.
func (k *Keys) next(ctx context.Context) (key, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		if next, n := nextKey(k.rest); n > 0 {
			k.rest = k.rest[n:]
			_, more := nextKey(k.rest)
			return next, more > 0, nil
		}
		if err := k.fill(ctx); err != nil {
			return key{}, false, err
		}
	}
}

// Line reads a line, without its end, at most as long as the context lasts, whose
// cause is the error then. It is io.EOF at the end of the input.
func (k *Keys) Line(ctx context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		if n := bytes.IndexByte(k.rest, '\n'); n >= 0 {
			line := k.rest[:n]
			k.rest = k.rest[n+1:]
			return string(bytes.TrimSuffix(line, []byte("\r"))), nil
		}
		if err := k.fill(ctx); err != nil {
			if err == io.EOF && len(k.rest) > 0 {
				line := k.rest
				k.rest = nil
				return string(line), nil
			}
			return "", err
		}
	}
}

// Read reads what comes, as [Keys.Line] does a line.
func (k *Keys) Read(ctx context.Context, p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for len(k.rest) == 0 {
		if err := k.fill(ctx); err != nil {
			return 0, err
		}
	}
	n := copy(p, k.rest)
	k.rest = k.rest[n:]
	return n, nil
}
