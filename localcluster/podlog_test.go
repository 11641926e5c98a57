package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestPodLog(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(start)}}
	ended := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		StartedAt: metav1.NewTime(start), FinishedAt: metav1.NewTime(start.Add(2 * time.Second))}}
	waiting := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrImagePull"}}
	for _, c := range []struct {
		name        string
		state, last corev1.ContainerState
		text        string
		previous    bool
		after       time.Duration
		query       string
		want        string // lines by their last word before " of", joined
		err         string
	}{
		{name: "a line a second", state: running, after: 2500 * time.Millisecond, want: "line 1,line 2,line 3"},
		{name: "no more after the end", state: ended, after: time.Hour, want: "line 1,line 2,line 3"},
		{name: "tail", state: running, after: 9 * time.Second, query: "tailLines=2", want: "line 9,line 10"},
		{name: "tail of nothing", state: running, after: 9 * time.Second, query: "tailLines=0", want: ""},
		{name: "since", state: running, after: 5 * time.Second, query: "sinceTime=2026-01-02T03:04:09Z", want: "line 5,line 6"},
		{name: "given text", state: running, text: "a\nb\n", want: "a,b"},
		{name: "waits", state: waiting, err: "is waiting to start: ErrImagePull"},
		{name: "crashed, waits", state: waiting, last: ended, after: time.Hour, want: "line 1,line 2,line 3"},
		{name: "previous", state: waiting, last: ended, previous: true, want: "line 1,line 2,line 3"},
		{name: "no previous", state: running, previous: true, err: "previous terminated container"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pod := &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "n"},
				Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{
					{Name: "c", State: c.state, LastTerminationState: c.last},
				}},
			}
			if c.text != "" {
				pod.Annotations = map[string]string{logsAnnotation: c.text}
			}
			log, err := newPodLog(pod, "c", c.previous)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("got %v, want %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			query, err := url.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			options, err := parseLogOptions(query)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, line := range options.choose(log.lines(0, log.count(start.Add(c.after)))) {
				text, _, _ := strings.Cut(line.text, " of ")
				got = append(got, text)
			}
			if got := strings.Join(got, ","); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestPodLogKeepsItsLastLines(t *testing.T) {
	log := &podLog{pod: &corev1.Pod{}, start: time.Now().Add(-time.Hour)}
	count := log.count(time.Now())
	if got := len(log.lines(0, count)); count < 3600 || got != logKept {
		t.Errorf("got %d of %d lines, want %d", got, count, logKept)
	}
}
