package kube

import (
	"context"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// LogOptions say which lines of a pod's log are read. The zero LogOptions: all
// that the node keeps of the container that runs now, or ran last.
type LogOptions struct {
	// Container names the container; empty for the pod's only one, or the one
	// that its annotation kubectl.kubernetes.io/default-container names.
	Container string

	// Follow goes on with the lines that come, until the container has ended
	// or the pod is gone. A container that hasn't started yet is waited for.
	Follow bool

	// Previous reads the run of the container before the present one.
	Previous bool

	// Tail reads no more than the last lines of what exists; nil for all.
	Tail *int

	// Since leaves out what was logged before; zero for nothing. Servers take
	// whole seconds.
	Since time.Time

	// Timestamps has each line begin with the time when it was logged, in RFC
	// 3339, and a space.
	Timestamps bool
}

// MaxLogLine is how many bytes of a line are kept. The rest of a longer one is
// skipped.
const MaxLogLine = 1 << 20

// LogLine is a line of a pod's log.
type LogLine struct {
	Pod  *Item
	Time time.Time // when it was logged; zero where the node doesn't say
	Text string    // any bytes, without the end of the line
	Cut  bool      // whether it was longer than MaxLogLine
}

// Logs delivers lines. Next returns io.EOF after the last one. A connection that
// breaks is taken up again after the last line that came, so that none is lost
// and none comes twice, as long as the node keeps them. Only what retrying can't
// cure ends it with an error.
type Logs = Events[LogLine]

// Logs reads the log of a container of the pod. The context bounds its life; the
// caller closes it. What the server refuses, the first Next returns.
func (i *Item) Logs(ctx context.Context, o LogOptions) (*Logs, error) {
	log, err := i.log(o)
	if err != nil {
		return nil, err
	}
	return startEvents(ctx, i.cluster.client, log.run), nil
}

// podLog reads one container's log, by as many connections as it takes.
type podLog struct {
	pod       *Item
	container string
	options   LogOptions
	request   request
	began     bool // whether the server ever sent the log

	// The last line that came: its time, and how many came with that time. To
	// take the log up again all lines since are asked for, and those known are
	// skipped. known is -1 where the lines of that time before the first one
	// that came were left out, so that counting them says nothing.
	last  time.Time
	known int
}

// log prepares to read a log.
func (i *Item) log(o LogOptions) (*podLog, error) {
	r, err := i.podRequest("log", "logs of "+i.String())
	if err != nil {
		return nil, err
	}
	container, err := i.container(o.Container)
	if err != nil {
		return nil, Errorf(ValueError, "%s: %w", r.what, err)
	}
	if o.Tail != nil && *o.Tail < 0 {
		return nil, Errorf(ValueError, "%s: tail is a number of lines, not %d", r.what, *o.Tail)
	}
	if o.Follow && o.Previous {
		return nil, Errorf(ValueError, "%s: the run before has ended, so it can't be followed", r.what)
	}
	if container != "" {
		r.what += " (container " + container + ")"
	}
	r.accept = "*/*"
	return &podLog{pod: i, container: container, options: o, request: r}, nil
}

// run sends the lines until the log has ended.
func (l *podLog) run(ctx context.Context, send func(LogLine) error) error {
	restarts, err := l.started(ctx)
	if err != nil {
		return err
	}
	var pauses backoff
	for {
		last, known := l.last, l.known
		err := l.connection(ctx, send)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if l.began && l.options.Follow && IsKind(err, LookupError) {
			return nil // the pod is gone
		}
		if err != nil && (!passing(err) || !l.began) {
			return err
		}
		if err == nil && !l.options.Follow {
			return nil
		}
		if l.last != last || l.known != known {
			pauses.reset()
		}
		if err != nil && l.options.Follow && l.restarted(ctx, restarts) {
			// What the run logged before it ended is in the log of the one before.
			l.options.Follow, l.options.Previous = false, true
			continue
		}
		if err == nil {
			// In good order a followed log ends with its container, and where
			// a server or node shuts down.
			if ended, err := l.ended(ctx, restarts); ended || err != nil {
				return err
			}
		}
		if err := Sleep(ctx, pauses.next(err)); err != nil {
			return err
		}
	}
}

// started waits, before a log is followed, until its container has started, and
// returns how often it had been restarted then.
func (l *podLog) started(ctx context.Context) (restarts int64, err error) {
	if !l.options.Follow {
		return 0, nil
	}
	pod, err := l.pod.Fetch(ctx)
	if err != nil {
		if IsReason(err, "Forbidden") { // the log itself may be allowed
			return l.restarts(l.pod), nil
		}
		return 0, err
	}
	if hasStarted(pod, l.container) {
		return l.restarts(pod), nil
	}
	w, err := pod.Watch(ctx, WatchOptions{})
	if err != nil {
		return 0, err
	}
	defer w.Close()
	for {
		ev, err := w.Next(ctx, -1)
		if err == io.EOF || err == nil && ev.Type == Deleted {
			return 0, Errorf(LookupError, "%s: the pod was deleted before the container started", l.request.what)
		}
		if err != nil {
			return 0, err
		}
		if hasStarted(ev.Item, l.container) {
			return l.restarts(ev.Item), nil
		}
	}
}

// hasStarted tells whether a container has a log: it runs, or it ran.
func hasStarted(pod *Item, container string) bool {
	status := pod.containerStatus(container)
	for _, state := range []string{"state", "lastState"} {
		if s := status.Get(state); s.Get("running").Exists() || s.Get("terminated").Exists() {
			return true
		}
	}
	return false
}

func (l *podLog) restarts(pod *Item) int64 {
	n, _ := pod.containerStatus(l.container).Get("restartCount").Int()
	return n
}

// ended tells whether the run of the container that was followed has ended.
func (l *podLog) ended(ctx context.Context, restarts int64) (bool, error) {
	pod, err := l.pod.Fetch(ctx)
	switch {
	case IsKind(err, LookupError), IsReason(err, "Forbidden"):
		return true, nil
	case err != nil && ctx.Err() == nil && passing(err):
		return false, nil
	case err != nil:
		return false, err
	}
	status := pod.containerStatus(l.container)
	return pod.Meta().UID() != l.pod.Meta().UID() || !status.At("state", "running").Exists() || l.restarts(pod) != restarts, nil
}

// restarted tells whether the container has started anew since its log is
// followed.
func (l *podLog) restarted(ctx context.Context, restarts int64) bool {
	pod, err := l.pod.Fetch(ctx)
	return err == nil && l.restarts(pod) > restarts
}

// connection reads what one connection brings; nil where it ended in good order.
func (l *podLog) connection(ctx context.Context, send func(LogLine) error) error {
	r := l.request
	r.query = url.Values{"timestamps": {"true"}}
	set := func(name, value string, on bool) {
		if on {
			r.query.Set(name, value)
		}
	}
	set("container", l.container, l.container != "")
	set("follow", "true", l.options.Follow)
	set("previous", "true", l.options.Previous)
	again := !l.last.IsZero()
	set("tailLines", strconv.Itoa(deref(l.options.Tail)), l.options.Tail != nil && !again)
	since := l.options.Since
	if again {
		since = l.last
	}
	set("sinceTime", since.UTC().Format(time.RFC3339), !since.IsZero())
	// The node sends nothing, not even a header, before there is a line.
	if l.options.Follow {
		ctx = context.WithValue(ctx, answerKey{}, noAnswerLimit)
	}
	resp, err := l.pod.cluster.client.send(ctx, r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	l.began = true
	lines := newLineReader(resp.Body)
	skip := l.known
	for {
		text, cut, err := lines.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return l.pod.cluster.client.unreachable(r, err)
		}
		line := l.line(text, cut)
		if !line.Time.IsZero() && line.Time.Before(l.options.Since) {
			continue
		}
		if again && !line.Time.IsZero() {
			if line.Time.Before(l.last) {
				continue
			}
			if line.Time.Equal(l.last) && skip != 0 {
				skip = max(skip-1, -1)
				continue
			}
		}
		if err := send(line); err != nil {
			return err
		}
		l.took(line)
	}
}

// line takes a line apart: the node puts the time before it. What the node
// itself has to say has none.
func (l *podLog) line(text string, cut bool) LogLine {
	line := LogLine{Pod: l.pod, Text: text, Cut: cut}
	stamp, rest, _ := strings.Cut(text, " ")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err == nil {
		line.Time, line.Text = at, rest
	}
	if len(line.Text) > MaxLogLine {
		line.Text, line.Cut = line.Text[:MaxLogLine], true
	}
	if l.options.Timestamps && err == nil {
		line.Text = stamp + " " + line.Text
	}
	return line
}

// took notes a line that came.
func (l *podLog) took(line LogLine) {
	switch {
	case line.Time.IsZero():
	case l.last.IsZero() && l.options.Tail != nil:
		l.last, l.known = line.Time, -1
	case !line.Time.Equal(l.last):
		l.last, l.known = line.Time, 1
	case l.known > 0:
		l.known++
	}
}

func deref(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}
