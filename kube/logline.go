package kube

import (
	"bufio"
	"io"
)

// lineReader reads lines of any bytes, of which it keeps no more than
// MaxLogLine.
type lineReader struct {
	in   *bufio.Reader
	long []byte
}

// stampRoom is what a line has more than its text: when it was logged.
const stampRoom = 64

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(r, 32<<10)}
}

// next returns the next line without its end, and whether the end of it was cut
// off. The last line may lack its end where all has come; where the connection
// broke in a line, that line is not returned.
func (r *lineReader) next() (text string, cut bool, err error) {
	r.long = r.long[:0]
	for {
		piece, err := r.in.ReadSlice('\n')
		if err == nil {
			piece = piece[:len(piece)-1]
		}
		if len(r.long) == 0 && err == nil {
			return string(piece), false, nil
		}
		room := MaxLogLine + stampRoom - len(r.long)
		cut = cut || len(piece) > room
		r.long = append(r.long, piece[:min(len(piece), room)]...)
		switch {
		case err == nil, err == io.EOF && len(r.long) > 0:
			return string(r.long), cut, nil
		case err != bufio.ErrBufferFull:
			return "", false, err
		}
	}
}
