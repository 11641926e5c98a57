package schedule

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	next := at.Add(time.Hour)
	var m Memory
	record := func() Record {
		records, err := m.Load(t.Context())
		require.NoError(t, err)
		return records["sweep"]
	}
	claim := func(c Claim) { require.NoError(t, m.Claim(t.Context(), []Claim{c})) }
	finish := func(r Result) { require.NoError(t, m.Finish(t.Context(), []Result{r})) }

	claim(Claim{Job: "sweep", Schedule: "a", Scheduled: at})
	assert.Equal(t, Record{Scheduled: at, Schedule: "a"}, record(), "a time that is passed over is no run")

	claim(Claim{Job: "sweep", Schedule: "a", Scheduled: next, Attempt: 1, At: next})
	finish(Result{Job: "sweep", Scheduled: at, Attempt: 1, Finished: next, Outcome: Succeeded})
	assert.Equal(t, Run{Trigger: engine.BySchedule, Scheduled: next, Attempt: 1, Started: next}, record().Run, "the result of another run changes nothing")

	failed := Result{Job: "sweep", Scheduled: next, Attempt: 1, Finished: next.Add(1), Outcome: Failed, Error: "boom", Retry: next.Add(2)}
	finish(failed)
	assert.Equal(t, Run{engine.BySchedule, next, 1, "", next, next.Add(1), Failed, "boom", next.Add(2)}, record().Run)

	mark := Mark{Watch: "pods", Version: "17", At: next}
	other := Run{Trigger: engine.ByEvent, Scheduled: next, Attempt: 1, Started: next.Add(time.Minute), Finished: next.Add(time.Hour), Outcome: Succeeded}
	for _, n := range []Note{{Events: mark}, {Other: other}} {
		require.NoError(t, m.Note(t.Context(), map[string]Note{"sweep": n}))
	}
	assert.Equal(t, Note{other, mark}, record().Note, "what a note doesn't have stays")
	assert.Equal(t, other, record().Newest())
	claim(Claim{Job: "sweep", Schedule: "a", Scheduled: at, Attempt: 2, At: next})
	assert.Equal(t, other, record().Newest(), "what began before is older")
	assert.Equal(t, next, record().Scheduled, "a further attempt doesn't turn the schedule back")
	claim(Claim{Job: "sweep", Schedule: "b", Scheduled: at})
	assert.Equal(t, at, record().Scheduled, "but another one begins where it is said to")
}
