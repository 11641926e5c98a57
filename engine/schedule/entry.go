package schedule

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// holderKey is the key of the entry that says whose the ledger is. No job has such
// a name.
const holderKey = "_holder"

// maxError bounds the text of an error in an entry, in bytes.
const maxError = 200

// entry is a record as the ConfigMap has it, in JSON.
type entry struct {
	Scheduled time.Time `json:"scheduled,omitzero"`
	Schedule  string    `json:"schedule,omitempty"`
	Run       run       `json:"run,omitzero"`
	Other     run       `json:"other,omitzero"`
	Events    mark      `json:"events,omitzero"`
}

type run struct {
	Trigger   engine.Trigger `json:"trigger"`
	Scheduled time.Time      `json:"scheduled"`
	Attempt   int            `json:"attempt"`
	Holder    string         `json:"holder,omitempty"`
	Started   time.Time      `json:"started,omitzero"`
	Finished  time.Time      `json:"finished,omitzero"`
	Outcome   Outcome        `json:"outcome,omitempty"`
	Error     string         `json:"error,omitempty"`
	Retry     time.Time      `json:"retry,omitzero"`
}

type mark struct {
	Watch   string    `json:"watch"`
	Version string    `json:"version"`
	At      time.Time `json:"at"`
}

// owner is the entry of the holder.
type owner struct {
	Holder string `json:"holder"`
	Term   string `json:"term"` // of the holder's loading it
}

// entryOf is the text of a record.
func entryOf(r Record) string {
	e := entry{r.Scheduled.UTC(), r.Schedule, runOf(r.Run), runOf(r.Other), mark(r.Events)}
	e.Events.At = e.Events.At.UTC()
	return encoded(e)
}

func runOf(r Run) run {
	for _, t := range []*time.Time{&r.Scheduled, &r.Started, &r.Finished, &r.Retry} {
		*t = t.UTC()
	}
	if len(r.Error) > maxError {
		cut := maxError
		for !utf8.RuneStart(r.Error[cut]) {
			cut--
		}
		r.Error = r.Error[:cut] + "..."
	}
	return run(r)
}

// encoded is the JSON of what always encodes.
func encoded(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// recordsIn are the records in a ConfigMap. An entry that somebody has spoilt
// counts as none.
func recordsIn(object kube.Value) map[string]Record {
	records := map[string]Record{}
	for job, text := range object.Get("data").Fields() {
		var e entry
		if job != holderKey && json.Unmarshal([]byte(text.String()), &e) == nil {
			records[job] = Record{e.Scheduled, e.Schedule, Run(e.Run), Note{Run(e.Other), Mark(e.Events)}}
		}
	}
	return records
}

// ownerIn is the owner that a ConfigMap names. A spoilt entry is nobody's.
func ownerIn(object kube.Value) owner {
	var o owner
	if json.Unmarshal([]byte(object.At("data", holderKey).String()), &o) != nil {
		return owner{}
	}
	return o
}
