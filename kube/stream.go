package kube

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// watchTimeout is the shortest time after which the server is asked to end a
// watch; the longest is twice that. Random, as in client-go's reflector, so that
// many watches don't reconnect together.
const watchTimeout = 5 * time.Minute

// feed is a watch on the wire: its connections, one after another, each from
// the last version seen.
type feed struct {
	client   *client
	path     string
	query    url.Values // selectors
	version  string     // where to go on from; "" for the server's choice
	what     string
	accepted bool               // whether the server ever granted the watch
	granted  time.Time          // when the server granted the last connection, zero if it didn't
	lines    int                // events and bookmarks that came
	heard    func(at time.Time) // called when the server has said what is new; nil for nothing
}

// connection runs one connection to its end; nil where the server ended it in
// good order. It hands on every event but bookmarks; the bytes given to emit are
// valid until it returns. Once emit has returned, its event counts as seen.
func (f *feed) connection(ctx context.Context, emit func(evtype string, object []byte) error) error {
	f.granted = time.Time{}
	loud, quiet := f.client.untilSilent(ctx)
	defer quiet.stop()
	q := maps.Clone(f.query)
	if q == nil {
		q = url.Values{}
	}
	q.Set("watch", "true")
	q.Set("allowWatchBookmarks", "true")
	q.Set("timeoutSeconds", strconv.Itoa(int((watchTimeout + rand.N(watchTimeout)).Seconds())))
	if f.version != "" {
		q.Set("resourceVersion", f.version)
	}
	req := request{method: http.MethodGet, path: f.path, query: q, what: f.what}
	resp, err := f.client.send(loud, req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	f.accepted, f.granted = true, time.Now()
	lines := bufio.NewReaderSize(quiet.reader(resp.Body), 64<<10)
	var long []byte
	for {
		line, err := readLine(lines, &long)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return f.client.unreachable(req, quiet.why(err))
		}
		if err := f.event(line, emit); err != nil {
			return err
		}
	}
}

// lasted tells whether the last connection was there for longer than a pause.
// However it ended then, the next one may be tried soon.
func (f *feed) lasted(pause time.Duration) bool {
	return !f.granted.IsZero() && time.Since(f.granted) > max(pause, firstPause)
}

// readLine reads a line, which may be longer than the reader's buffer: events
// are objects, one a line. The line is valid until the next call.
func readLine(r *bufio.Reader, long *[]byte) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err != bufio.ErrBufferFull {
		return line, err
	}
	*long = (*long)[:0]
	for err == bufio.ErrBufferFull {
		if *long = append(*long, line...); len(*long) > maxBody {
			return nil, Errorf(APIError, "an event is larger than %d MiB", maxBody>>20)
		}
		line, err = r.ReadSlice('\n')
	}
	*long = append(*long, line...)
	return *long, err
}

// event takes one line of the stream.
func (f *feed) event(line []byte, emit func(string, []byte) error) error {
	event := Value{bytes.TrimSpace(line)}
	evtype, object := event.Get("type").String(), event.Get("object")
	switch {
	case evtype == "ERROR":
		return f.failed(object)
	case evtype == "", !object.Exists():
		err := Errorf(APIError, "%s: the answer is not a stream of events", f.what)
		if f.lines > 0 {
			err.Reason = ReasonUnreachable // a gateway's page, while the server is away
		}
		return err
	}
	f.lines++
	if evtype != "BOOKMARK" {
		if err := emit(evtype, object.Raw()); err != nil {
			return err
		}
	}
	// A server that lags behind the one before may send an older bookmark.
	if v := string(identify(object.Raw()).version); v != "" && !newer(f.version, v) {
		f.version = v
	}
	if f.heard != nil {
		f.heard(time.Now())
	}
	return nil
}

// failed makes an Error of a Status that came as an event.
func (f *feed) failed(status Value) error {
	code, _ := status.Get("code").Int()
	e := &Error{
		Kind:       APIError,
		StatusCode: int(code),
		Reason:     status.Get("reason").String(),
		Message:    f.what + ": " + status.Get("message").String(),
		Response:   &Response{int(code), http.Header{}, string(status.Raw())},
	}
	if code == 0 {
		e.Reason = ReasonUnreachable
	}
	return e
}
