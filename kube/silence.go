package kube

import (
	"context"
	"errors"
	"io"
	"time"
)

// defaultSilence is Options.WatchSilence where it isn't set. An API server
// sends a bookmark every minute (KEP-956), so a live connection is never as
// long without a byte.
const defaultSilence = 70 * time.Second

// errSilent is the cause of a connection's end that brought nothing any more.
var errSilent = errors.New("the connection brought nothing any more")

// silence ends the context of a connection that brings nothing for too long.
type silence struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	limit  time.Duration
	timer  *time.Timer
}

// untilSilent makes the context of a call whose answer may not fall silent, nor
// be as late. The clock runs while something is read. The caller stops the
// silence.
func (c *client) untilSilent(ctx context.Context) (context.Context, *silence) {
	s := &silence{limit: c.silence}
	s.ctx, s.cancel = context.WithCancelCause(context.WithValue(ctx, answerKey{}, c.silence))
	s.timer = time.AfterFunc(time.Hour, func() { s.cancel(errSilent) })
	s.timer.Stop()
	return s.ctx, s
}

func (s *silence) stop() {
	s.timer.Stop()
	s.cancel(nil)
}

// why is the reason why reading failed with err.
func (s *silence) why(err error) error {
	if context.Cause(s.ctx) == errSilent {
		return errSilent
	}
	return err
}

// reader is r with the clock.
func (s *silence) reader(r io.Reader) io.Reader { return &timedReader{r, s} }

type timedReader struct {
	io.Reader
	silence *silence
}

func (r *timedReader) Read(p []byte) (int, error) {
	r.silence.timer.Reset(r.silence.limit)
	defer r.silence.timer.Stop()
	return r.Reader.Read(p)
}
