package schedule

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/cron"
)

// TestAgendaLosesNothing looks at an agenda at random times, between which runs take
// random times: where everything that was missed or queued counts, each time has its
// run, once and in order.
func TestAgendaLosesNothing(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		texts := []string{"*/20 * * * *", "30 2 * * *", "0 0-3 * * *", "@every 35m", "7 * * * *"}
		s, err := cron.Parse(paris, texts[r.IntN(len(texts))])
		require.NoError(t, err)
		start := time.Date(2026, 10, 23, 12, 0, 0, 0, time.UTC)
		j := &engine.Job{
			Name: fmt.Sprint("job-", seed), Schedule: s, Missed: engine.MissedAll,
			Overlap: []engine.Overlap{engine.OverlapQueue, engine.OverlapSkip}[r.IntN(2)],
			Jitter:  time.Duration(r.IntN(2)) * 10 * time.Minute,
		}
		longest := 3 * time.Hour
		if j.Overlap == engine.OverlapSkip {
			longest = 0 // nothing comes while it runs
		}
		a := &agenda{job: j, done: start}
		var got []time.Time
		now := start
		for now.Before(start.Add(5 * 24 * time.Hour)) {
			step := a.due(now)
			if step.at.IsZero() {
				wake := a.next()
				require.True(t, wake.After(now), "seed %d: something is to be done, and nothing is due", seed)
				now = wake
				if r.IntN(4) == 0 {
					now = now.Add(time.Duration(r.Int64N(int64(12 * time.Hour)))) // nobody looked
				}
				continue
			}
			require.True(t, step.run, "seed %d", seed)
			a.deal(step)
			got = append(got, step.at)
			now = now.Add(time.Duration(r.Int64N(int64(longest) + 1)))
			a.ended(now)
		}
		want := start
		for i, at := range got {
			want = s.Next(want)
			require.True(t, want.Equal(at), "seed %d: time %d is %v, want %v", seed, i, at, want)
		}
		assert.NotEmpty(t, got)
	}
}

// TestAgendaGrace has nothing that is too late run, and nothing that is not
// too late be passed over, where one look is enough.
func TestAgendaGrace(t *testing.T) {
	t.Parallel()
	s, err := cron.Parse(time.UTC, "*/10 * * * *")
	require.NoError(t, err)
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		missed engine.Missed
		grace  time.Duration
		late   time.Duration // when somebody looks
		want   string
	}{
		{engine.MissedOnce, 0, 95 * time.Minute, "run 01:30"},
		{engine.MissedOnce, 6 * time.Minute, 95 * time.Minute, "run 01:30"},
		{engine.MissedOnce, 4 * time.Minute, 95 * time.Minute, "pass 01:30"},
		{engine.MissedSkip, time.Minute, 90*time.Minute + time.Second, "run 01:30"},
		{engine.MissedSkip, time.Minute, 92 * time.Minute, "pass 01:30"},
		{engine.MissedAll, 0, 95 * time.Minute, "run 00:10"},
		{engine.MissedAll, 30 * time.Minute, 95 * time.Minute, "run 01:10"},
		{engine.MissedAll, 25 * time.Minute, 95 * time.Minute, "run 01:10"},
		{engine.MissedAll, 4 * time.Minute, 95 * time.Minute, "pass 01:35"},
		{engine.MissedAll, time.Minute, 9 * time.Minute, "nothing"},
	} {
		t.Run(fmt.Sprint(test.missed, test.grace, test.late), func(t *testing.T) {
			t.Parallel()
			a := &agenda{job: &engine.Job{Schedule: s, Missed: test.missed, Grace: test.grace}, done: start}
			step := a.due(start.Add(test.late))
			got := "nothing"
			if !step.at.IsZero() {
				got = map[bool]string{true: "run ", false: "pass "}[step.run] + step.at.Format("15:04")
			}
			assert.Equal(t, test.want, got)
		})
	}
}
