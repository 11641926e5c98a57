package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

const (
	// logsAnnotation on a pod is the text that its containers have logged.
	logsAnnotation = domain + "/logs"

	logInterval = time.Second // between two lines, where no text is given
	logKept     = 1000        // lines, as if the log were rotated
)

// podLog is what a container has logged. Nothing runs in it, so it is made up:
// the text of the pod's annotation, all at the container's start; or else a line
// a second, numbered from the start to the end of the container, the last
// logKept of them kept.
type podLog struct {
	pod        *corev1.Pod
	container  string
	start, end time.Time // end is zero while the container runs
}

// newPodLog returns the log of a container: of its present run or, if previous,
// of the one before. The errors are worded as the kubelet's.
func newPodLog(pod *corev1.Pod, container string, previous bool) (*podLog, error) {
	status := containerStatus(pod, container)
	if status == nil {
		return nil, fmt.Errorf("container %q in pod %q is not available", container, pod.Name)
	}
	state := status.State
	if previous {
		state = status.LastTerminationState
		if state.Terminated == nil {
			return nil, fmt.Errorf("previous terminated container %q in pod %q not found", container, pod.Name)
		}
	}
	if state.Running == nil && state.Terminated == nil {
		state.Terminated = status.LastTerminationState.Terminated
	}
	switch {
	case state.Running != nil:
		return &podLog{pod: pod, container: container, start: state.Running.StartedAt.Time}, nil
	case state.Terminated != nil:
		t := state.Terminated
		return &podLog{pod: pod, container: container, start: t.StartedAt.Time, end: t.FinishedAt.Time}, nil
	case state.Waiting != nil:
		return nil, fmt.Errorf("container %q in pod %q is waiting to start: %s", container, pod.Name, state.Waiting.Reason)
	}
	return nil, fmt.Errorf("container %q in pod %q is not available", container, pod.Name)
}

// logLine is a line of a log.
type logLine struct {
	at   time.Time
	text string
}

// count returns how many lines there were at a moment.
func (l *podLog) count(now time.Time) int {
	if text, ok := l.pod.Annotations[logsAnnotation]; ok {
		return len(strings.Split(strings.TrimRight(text, "\n"), "\n"))
	}
	if !l.end.IsZero() {
		now = l.end
	}
	return max(0, int(now.Sub(l.start)/logInterval)) + 1
}

// lines returns the lines from the one with index from to the one before to.
func (l *podLog) lines(from, to int) []logLine {
	var lines []logLine
	if text, ok := l.pod.Annotations[logsAnnotation]; ok {
		for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n")[from:to] {
			lines = append(lines, logLine{l.start, line})
		}
		return lines
	}
	for i := max(from, to-logKept); i < to; i++ {
		lines = append(lines, logLine{
			l.start.Add(time.Duration(i) * logInterval),
			fmt.Sprintf("line %d of container %s in pod %s/%s", i+1, l.container, l.pod.Namespace, l.pod.Name),
		})
	}
	return lines
}

// logs answers a request for a container's log, with the options of
// corev1.PodLogOptions as the API server passes them on.
func (k *kubelet) logs(w http.ResponseWriter, r *http.Request) {
	fail := func(err error) { http.Error(w, err.Error(), http.StatusBadRequest) }
	options, err := parseLogOptions(r.URL.Query())
	if err != nil {
		fail(err)
		return
	}
	pod, err := k.pod(r.Context(), r.PathValue("namespace"), r.PathValue("pod"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	log, err := newPodLog(pod, r.PathValue("container"), options.previous)
	if err != nil {
		fail(err)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	out := &limitedWriter{w: w, left: options.limitBytes}
	next := log.count(time.Now())
	lines := options.choose(log.lines(0, next))
	for {
		for _, line := range lines {
			if err := options.write(out, line); err != nil {
				return
			}
		}
		_ = http.NewResponseController(w).Flush()
		if !options.follow || !log.end.IsZero() {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-time.After(logInterval):
		}
		// The log ends when the container does, and without it.
		pod, err := k.pod(r.Context(), log.pod.Namespace, log.pod.Name)
		if err != nil || pod.UID != log.pod.UID || pod.DeletionTimestamp != nil {
			return
		}
		if status := containerStatus(pod, log.container); status == nil || status.State.Running == nil {
			return
		}
		count := log.count(time.Now())
		lines, next = log.lines(next, count), count
	}
}

// logOptions are the options of a request for a log.
type logOptions struct {
	follow, previous, timestamps bool
	since                        time.Time // zero: from the start
	tail                         int       // -1: all
	limitBytes                   int       // -1: no limit
}

// parseLogOptions reads options from a query. The API server has checked them.
func parseLogOptions(query url.Values) (*logOptions, error) {
	o := &logOptions{tail: -1, limitBytes: -1}
	for name, target := range map[string]*bool{"follow": &o.follow, "previous": &o.previous, "timestamps": &o.timestamps} {
		if text := query.Get(name); text != "" {
			value, err := strconv.ParseBool(text)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			*target = value
		}
	}
	seconds := -1
	for name, target := range map[string]*int{"tailLines": &o.tail, "limitBytes": &o.limitBytes, "sinceSeconds": &seconds} {
		if text := query.Get(name); text != "" {
			value, err := strconv.Atoi(text)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			*target = value
		}
	}
	if seconds >= 0 {
		o.since = time.Now().Add(-time.Duration(seconds) * time.Second)
	}
	if text := query.Get("sinceTime"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, fmt.Errorf("sinceTime: %w", err)
		}
		o.since = at
	}
	return o, nil
}

// choose returns those of the lines already logged that were asked for.
func (o *logOptions) choose(lines []logLine) []logLine {
	for len(lines) > 0 && lines[0].at.Before(o.since) {
		lines = lines[1:]
	}
	if o.tail >= 0 && len(lines) > o.tail {
		lines = lines[len(lines)-o.tail:]
	}
	return lines
}

func (o *logOptions) write(w io.Writer, line logLine) error {
	if o.timestamps {
		if _, err := fmt.Fprint(w, line.at.UTC().Format(time.RFC3339Nano)+" "); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, line.text)
	return err
}

// limitedWriter writes no more than left bytes, then fails; -1 is no limit.
type limitedWriter struct {
	w    io.Writer
	left int
}

func (l *limitedWriter) Write(p []byte) (int, error) {
	if l.left < 0 {
		return l.w.Write(p)
	}
	short := p[:min(len(p), l.left)]
	n, err := l.w.Write(short)
	l.left -= n
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}
