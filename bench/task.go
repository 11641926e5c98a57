package main

import (
	"context"
	"strconv"
	"time"

	"github.com/kubelua/kubelua/kube"
)

// task is work that the peers do, each in its own way.
type task struct {
	title    string
	commands [peerCount][]string // nil for a peer that has no such command
	want     string              // first word of the last line of output, "" where there is none
	rows     []row
	// times is how many times as many rounds this is worth.
	times int
	// few is the most rounds it gets, which then have none before them to warm
	// up; 0 for as many as there are.
	few int
	// during is called at the first line of output, while the command goes on.
	during during
}

// during does something to the cluster. It gets the label's value that stands
// in the command for [value].
type during func(ctx context.Context, c *kube.Cluster, value string) error

// row is a line of the table: one figure of a task.
type row struct {
	title  string
	figure func(result) time.Duration
}

func wall(r result) time.Duration        { return r.Wall }
func first(r result) time.Duration       { return r.First }
func processor(r result) time.Duration   { return r.CPU }
func firstToLast(r result) time.Duration { return r.Last - r.First }

// The titles by which the targets find their rows.
const (
	titleCount       = "count the Running pods"
	titleNames       = "collect all names in a table"
	titleLabel       = "label 500 pods one after another"
	titleWatch       = "take a watch's initial events"
	titleFirstToLast = "the same, first event to last"
	titleStart       = "start, do nothing"

	titleParallel = "label 500 pods, 16 at once"
	titleWatches  = "20 watches at once: the initial events"
	titleChanges  = "20 watches at once: 500 changes"

	titleSleepers   = "10,000 tasks asleep for 2 s"
	titleTurns      = "a task passes the turn to another"
	titleQueues     = "a value in a queue wakes another task"
	titleCoroutines = "resume a coroutine that yields"
	titleGenerators = "make a generator, abandon it"
)

// reading is the work that only reads, on as many pods as there are.
func (p *programs) reading(pods int) []task {
	n := strconv.Itoa(pods)
	return []task{{
		title: titleCount,
		commands: [peerCount][]string{
			kubelua:  {p.kubelua, "-e", script("count")},
			floor:    {p.floor, "list"},
			dynamic:  {p.dynamic, "count"},
			requests: {p.requests, p.py + "/with_requests.py", "count"},
			kubectl: {
				p.kubectl, "get", "pods", "-A", "-o", "json", "|",
				p.jq, `[.items[] | select(.status.phase == "Running")] | length`,
			},
			official: {p.official, p.py + "/with_kubernetes.py", "count"},
		},
		want: n,
		rows: []row{{titleCount, wall}},
	}, {
		title: titleNames,
		commands: [peerCount][]string{
			kubelua:  {p.kubelua, "-e", script("names")},
			floor:    {p.floor, "list"},
			dynamic:  {p.dynamic, "names"},
			requests: {p.requests, p.py + "/with_requests.py", "names"},
			official: {p.official, p.py + "/with_kubernetes.py", "names"},
		},
		want: n,
		rows: []row{{titleNames, wall}},
	}}
}

// rest is the other work.
func (p *programs) rest(pods int) []task {
	n := strconv.Itoa(pods)
	return []task{{
		title: titleWatch,
		commands: [peerCount][]string{
			kubelua:    {p.kubelua, "-e", script("watch"), n},
			floor:      {p.floor, "watch", n},
			otherFloor: {p.floor, "list"}, // what a client does that lists first
			dynamic:    {p.dynamic, "watch", n},
			requests:   {p.requests, p.py + "/with_requests.py", "watch", n},
			official:   {p.official, p.py + "/with_kubernetes.py", "watch", n},
		},
		want: n,
		rows: []row{{titleWatch, wall}, {titleFirstToLast, firstToLast}},
	}, {
		title: titleLabel,
		commands: [peerCount][]string{
			kubelua:  {p.kubelua, "-e", script("label"), namespace(0), value},
			floor:    {p.floor, "label", namespace(0), value, "1"},
			dynamic:  {p.dynamic, "label", namespace(0), value, "1"},
			requests: {p.requests, p.py + "/with_requests.py", "label", namespace(0), value},
			official: {p.official, p.py + "/with_kubernetes.py", "label", namespace(0), value},
		},
		want: strconv.Itoa(podsPerNamespace),
		rows: []row{{titleLabel, wall}},
	}, {
		title: titleParallel,
		commands: [peerCount][]string{
			kubelua: {p.kubelua, "-e", script("parallel"), namespace(0), value, "16"},
			floor:   {p.floor, "label", namespace(0), value, "16"},
			dynamic: {p.dynamic, "label", namespace(0), value, "16"},
		},
		want: strconv.Itoa(podsPerNamespace),
		rows: []row{{titleParallel, wall}},
	}, p.watches(pods), {
		title: titleStart,
		commands: [peerCount][]string{
			kubelua:  {p.kubelua, "-e", ""},
			floor:    {p.empty},
			requests: {p.requests, "-c", "import requests"},
			kubectl:  {p.kubectl, "version", "--client"},
			official: {p.official, "-c", "import kubernetes"},
		},
		rows:  []row{{titleStart, wall}},
		times: 3,
	}}
}

// value stands for a label's value that no pod has yet.
const value = "{value}"
