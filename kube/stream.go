package kube

import (
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// The timing of watches.
const (
	// watchTimeout is the shortest time after which the server is asked to end
	// a watch; the longest is twice that. Random, as in client-go's reflector,
	// so that many watches don't reconnect together.
	watchTimeout = 5 * time.Minute
	// silence is how long a connection may bring nothing before it counts as
	// dead. A live one brings a bookmark every minute (KEP-956).
	silence = 70 * time.Second
	// The pause before a retry doubles from first to last, with jitter.
	firstPause = 500 * time.Millisecond
	lastPause  = 30 * time.Second
)

// feed is a watch on the wire: it connects, reconnects from the last version
// that it has seen, and hands on what comes.
type feed struct {
	client  *client
	path    string
	query   url.Values // selectors
	version string     // where to go on from; "" for the server's choice
	what    string
	pause   time.Duration // before the next try
}

// run hands on every event but bookmarks, in order, until the context ends,
// emit returns an error, or one comes that retrying can't cure: the version
// has expired (410), the watch is forbidden, the resource is unknown. The
// bytes given to emit are valid until it returns.
func (f *feed) run(ctx context.Context, emit func(evtype string, object []byte) error) error {
	for {
		began := time.Now()
		err := f.connection(ctx, emit)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil && !passing(err) {
			return err
		}
		// A watch that the server ended in good order is taken up at once, but
		// not one that it ends as soon as it begins.
		if err == nil && time.Since(began) > firstPause {
			f.pause = 0
			continue
		}
		if err := f.backoff(ctx); err != nil {
			return err
		}
	}
}

// backoff pauses before a retry, longer each time.
func (f *feed) backoff(ctx context.Context) error {
	f.pause = min(max(f.pause*2, firstPause), lastPause)
	return sleep(ctx, f.pause/2+rand.N(f.pause))
}

// passing tells whether an error may cure itself.
func passing(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Reason == ReasonUnreachable || e.StatusCode >= 500 || e.StatusCode == http.StatusTooManyRequests
}

// connection runs one connection to its end; nil where the server ended it.
func (f *feed) connection(ctx context.Context, emit func(string, []byte) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
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
	resp, err := f.client.send(ctx, req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	quiet := time.AfterFunc(silence, cancel)
	defer quiet.Stop()
	lines := bufio.NewReaderSize(resp.Body, 64<<10)
	var long []byte
	for {
		line, err := readLine(lines, &long)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return f.client.unreachable(req, err)
		}
		quiet.Reset(silence)
		if err := f.event(line, emit); err != nil {
			return err
		}
		f.pause = 0
	}
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
	event := trusted(line)
	evtype, object := event.Get("type").String(), event.Get("object")
	switch evtype {
	case "ERROR":
		return f.failed(object)
	case "":
		return Errorf(APIError, "%s: the answer is not a stream of events", f.what)
	}
	if evtype != "BOOKMARK" {
		if err := emit(evtype, object.Raw()); err != nil {
			return err
		}
	}
	if v := object.At("metadata", "resourceVersion"); v.Exists() {
		f.version = v.String()
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

// gone tells whether an error says that a version is no longer kept.
func gone(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.StatusCode == http.StatusGone
}
