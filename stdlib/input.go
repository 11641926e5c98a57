package stdlib

import (
	"bufio"
	"context"
	"io"
	"strings"
)

// input reads a stream that can't be interrupted, for callers that can: a read
// goes on in a goroutine, and what it finds after its caller has left is there
// for the next one. It is for one caller at a time.
type input struct {
	in   *bufio.Reader
	left *reading // a read whose caller has left
}

// reading is a read that is going on. Text and error are there when done is
// closed.
type reading struct {
	done chan struct{}
	text string
	err  error
}

func newInput(in io.Reader) *input { return &input{in: bufio.NewReader(in)} }

// read reads with a function that returns what it took, unchanged. Its error
// is io.EOF at the end of the stream, or why ctx ended.
func (i *input) read(ctx context.Context, read func(*bufio.Reader) (string, error)) (string, error) {
	if i.left != nil {
		select {
		case <-i.left.done:
			i.in = bufio.NewReader(io.MultiReader(strings.NewReader(i.left.text), i.in))
			i.left = nil
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
	r := &reading{done: make(chan struct{})}
	in := i.in
	go func() {
		defer close(r.done)
		r.text, r.err = read(in)
	}()
	select {
	case <-r.done:
		return r.text, r.err
	case <-ctx.Done():
		i.left = r
		return "", context.Cause(ctx)
	}
}

// readLine reads a line with its end.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if line != "" {
		return line, nil
	}
	return "", err
}

// readAll reads what is left, which may be nothing.
func readAll(in *bufio.Reader) (string, error) {
	all, err := io.ReadAll(in)
	return string(all), err
}

// readCount reads up to n bytes; 0 only asks whether there are more.
func readCount(in *bufio.Reader, n int) (string, error) {
	if _, err := in.Peek(1); err != nil {
		return "", err
	}
	var b strings.Builder
	if _, err := io.CopyN(&b, in, int64(n)); err != nil && err != io.EOF {
		return "", err
	}
	return b.String(), nil
}

// readNumber skips blanks and reads what could be a number, up to the first
// byte that can't go on with it.
func readNumber(in *bufio.Reader) (string, error) {
	var number []byte
	for {
		c, err := in.ReadByte()
		if err != nil {
			return string(number), nil
		}
		if len(number) == 0 && strings.IndexByte(" \t\n\v\f\r", c) >= 0 {
			continue
		}
		if !continuesNumber(number, c) {
			return string(number), in.UnreadByte()
		}
		number = append(number, c)
	}
}

// continuesNumber tells whether c can stand behind the start of a number.
func continuesNumber(number []byte, c byte) bool {
	digits := strings.TrimLeft(strings.ToLower(string(number)), "+-")
	hex := strings.HasPrefix(digits, "0x")
	switch {
	case isDigit(c):
		return true
	case c == '+' || c == '-':
		return len(number) == 0 || !hex && strings.HasSuffix(digits, "e")
	case c == '.':
		return !hex && !strings.ContainsAny(digits, ".e")
	case c == 'x' || c == 'X':
		return digits == "0"
	case c == 'e' || c == 'E':
		return hex || digits != "" && digits != "." && !strings.Contains(digits, "e")
	}
	return hex && inClass(c, 'x')
}
