package schedule

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

// made makes a run that has ended.
func (h *History) made(id int64, job string, started time.Time, outcome Outcome, output string) {
	b := Began{ID: id, Job: &engine.Job{Name: job}, Started: started, SoFar: func() string { return "so far" }}
	h.Observe(b)
	h.Observe(Ended{Began: b, Outcome: outcome, Output: output})
}

func TestHistoryRuns(t *testing.T) {
	t.Parallel()
	h := NewHistory()
	assert.Empty(t, h.Runs("a"))
	h.made(1, "a", time.Now(), Succeeded, "first")
	h.made(2, "b", time.Now(), Failed, "other")
	b := Began{ID: 3, Job: &engine.Job{Name: "a"}, SoFar: func() string { return "so far" }}
	h.Observe(b)
	runs := h.Runs("a")
	require.Len(t, runs, 2)
	assert.Equal(t, []int64{3, 1}, []int64{runs[0].ID, runs[1].ID})
	run, ok := h.Run(3)
	assert.True(t, ok)
	assert.Equal(t, "so far", run.Output)
	assert.Zero(t, run.Outcome)
	h.Observe(Ended{Began: b, Outcome: TimedOut, Output: "all", Took: time.Second, Err: errors.New("time is up")})
	run, _ = h.Run(3)
	assert.Equal(t, []any{"all", TimedOut, "time is up", time.Second}, []any{run.Output, run.Outcome, run.Error, run.Took})
	_, ok = h.Run(4)
	assert.False(t, ok)
}

func TestHistoryBounds(t *testing.T) {
	t.Parallel()
	h := NewHistory()
	h.made(1, "quiet", time.Now(), Succeeded, "kept")
	big := strings.Repeat("x", 1<<20)
	for id := int64(2); id < 102; id++ {
		h.made(id, "loud", time.Now(), Succeeded, big)
	}
	assert.Len(t, h.Runs("loud"), maxPast)
	_, ok := h.Run(2)
	assert.False(t, ok, "of a job the newest runs are kept")
	early, ok := h.Run(60)
	assert.True(t, ok)
	assert.True(t, early.Forgotten)
	assert.Empty(t, early.Output)
	late, _ := h.Run(101)
	assert.Equal(t, big, late.Output)
	quiet, _ := h.Run(1)
	assert.Equal(t, "kept", quiet.Output, "one job's output is not at the cost of others")
	assert.LessOrEqual(t, h.bytes, maxPastBytes)

	for i := range maxPastJobs {
		h.made(int64(1000+i), fmt.Sprint("job-", i), time.Now(), Succeeded, "text")
	}
	assert.Len(t, h.jobs, maxPastJobs)
	assert.Empty(t, h.Runs("quiet"))
	sum := 0
	for _, p := range h.jobs {
		sum += p.bytes
	}
	assert.Equal(t, sum, h.bytes)
}

func TestHistoryDay(t *testing.T) {
	t.Parallel()
	h := NewHistory()
	now := time.Date(2026, 3, 1, 12, 7, 0, 0, time.UTC)
	for i, run := range []struct {
		before  time.Duration
		outcome Outcome
	}{
		{25 * time.Hour, Failed}, {23 * time.Hour, Lost}, {10 * time.Minute, Succeeded}, {9 * time.Minute, TimedOut}, {time.Minute, Cancelled},
	} {
		h.made(int64(i), "a", now.Add(-run.before), run.outcome, "")
	}
	var got []string
	for _, s := range h.Day("a", now) {
		got = append(got, fmt.Sprint(s.Start.UTC().Format("02 15:04 "), s.Succeeded, s.Failed, s.Cancelled))
	}
	assert.Equal(t, []string{"28 13:00 0 1 0", "01 11:45 1 1 0", "01 12:00 0 0 1"}, got)
	assert.Empty(t, h.Day("a", now.Add(24*time.Hour+8*time.Minute)))
	assert.Empty(t, h.Day("b", now))
}

// TestObserverOfAScheduler has news come of all that happens to runs.
func TestObserverOfAScheduler(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.job(`schedule = "* * * * *", retries = 1, backoff = { first = "10s" }, ` + says(`if ctx.attempt == 1 then error("no luck") end task.sleep(100)`))
		b.begin()
		b.pass(4 * time.Minute)
		b.end()
		var got []string
		for _, n := range b.news {
			switch n := n.(type) {
			case Began:
				got = append(got, fmt.Sprint("began ", n.Attempt, " ", n.Late))
			case Ended:
				got = append(got, fmt.Sprint("ended ", n.Outcome, " ", n.Retries))
			case Passed:
				got = append(got, fmt.Sprint("passed ", n.Why))
			}
		}
		assert.Equal(t, []string{
			"began 1 0s", "ended failed true", "began 2 0s", "ended ok false", "passed running",
			"began 1 0s", "ended failed true", "began 2 0s",
		}, got[:8])
	})
}
