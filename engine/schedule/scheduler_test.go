package schedule

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/logline"
)

// bench runs jobs by a clock that waits for nothing. The jobs tell what they do by
// note(text).
type bench struct {
	*Scheduler
	t       *testing.T
	ledger  *Memory
	start   time.Time
	machine Machine

	mu    sync.Mutex
	notes []string
	news  []News
	ended []Ended
	log   strings.Builder
	ahead time.Duration // of the scheduler's clock

	stop context.CancelCauseFunc
	done chan error
}

// inBubble runs a test in which time passes when everybody waits. It begins at
// midnight UTC.
func inBubble(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, ledger: &Memory{}, start: time.Now()}
		b.make(100)
		test(t, b)
		b.end()
	})
}

// make makes a scheduler on the bench's ledger.
func (b *bench) make(most int) {
	b.machine = func(stdout, stderr io.Writer) (engine.Options, *kube.Guard) {
		out := io.MultiWriter(stdout, noted{b})
		return engine.Options{World: engine.World{Stdout: out, Stderr: stderr}, Zone: time.UTC}, nil
	}
	log := slog.New(logline.New(logged{b}, slog.LevelInfo))
	runner := NewRunner(b.machine, log, most)
	runner.Observe = func(n News) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.news = append(b.news, n)
		if e, ok := n.(Ended); ok {
			b.ended = append(b.ended, e)
		}
	}
	b.Scheduler = New(Options{Ledger: b.ledger, Runner: runner, Log: log, Now: b.clock})
}

// noted is where jobs print.
type noted struct{ *bench }

func (n noted) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for line := range strings.Lines(string(p)) {
		if line, found := strings.CutPrefix(strings.ReplaceAll(line, "\t", " "), "note"); found {
			n.notes = append(n.notes, strings.TrimSpace(fmt.Sprintf("%s %s", n.since(), strings.TrimSpace(line))))
		}
	}
	return len(p), nil
}

type logged struct{ *bench }

func (l logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(p)
}

// clock is the scheduler's clock.
func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.ahead)
}

// since is how long the test runs.
func (b *bench) since() time.Duration { return time.Since(b.start).Round(time.Millisecond) }

// jobs has the scheduler look after the jobs of some files.
func (b *bench) jobs(files map[string]string) {
	b.t.Helper()
	var all []*Definition
	for name, text := range files {
		src := engine.Source{Name: name, Text: text}
		jobs, err := b.machine.Load(b.t.Context(), src)
		require.NoError(b.t, err)
		for _, j := range jobs {
			all = append(all, &Definition{j, src})
		}
	}
	b.Set(all)
}

// job has it look after one job, in one file.
func (b *bench) job(fields string) {
	b.t.Helper()
	b.jobs(map[string]string{"job.lua": "return job { name = 'it', " + fields + " }"})
}

// begin starts the scheduler, in a bubble.
func (b *bench) begin() {
	ctx, cancel := context.WithCancelCause(b.t.Context())
	b.stop, b.done = cancel, make(chan error, 1)
	go func() { b.done <- b.Run(ctx) }()
	synctest.Wait()
}

var errStopped = errors.New("the test stops it")

// end stops it.
func (b *bench) end() {
	if b.stop == nil {
		return
	}
	b.stop(errStopped)
	assert.Equal(b.t, errStopped, <-b.done)
	b.Runner.Close()
	b.stop = nil
}

// pass lets time pass.
func (b *bench) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// set sets the clock.
func (b *bench) set(by time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ahead += by
}

// took returns what was noted since it was called last.
func (b *bench) took() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	notes := b.notes
	b.notes = nil
	return notes
}

func (b *bench) logs() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.String()
}

func (b *bench) record(name string) Record {
	records, err := b.ledger.Load(b.t.Context())
	require.NoError(b.t, err)
	return records[name]
}

// says is a function that notes for which time and as which attempt it runs, and
// then does some more.
func says(more string) string {
	return "run = function(ctx) print('note', ctx.name, ctx.scheduled:format('%H:%M:%S'), ctx.attempt) " + more + " end"
}

func TestSchedulerRunsJobs(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.jobs(map[string]string{
			"a.lua": `return { job { name = "minutes", schedule = "* * * * *", ` + says("") + ` },
				job { name = "seconds", schedule = "*/40 * * * * *", ` + says("") + ` } }`,
			"b.lua": `return job { name = "never", ` + says("") + ` }`,
		})
		b.begin()
		b.pass(2*time.Minute + time.Second)
		got := b.took()
		assert.ElementsMatch(t, []string{
			"40s seconds 00:00:40 1", "1m0s minutes 00:01:00 1", "1m0s seconds 00:01:00 1",
			"1m40s seconds 00:01:40 1", "2m0s minutes 00:02:00 1", "2m0s seconds 00:02:00 1",
		}, got)
		at := b.start.Add(2 * time.Minute)
		assert.Equal(t, Succeeded, b.record("minutes").Run.Outcome)
		assert.True(t, at.Equal(b.record("minutes").Run.Finished))
		assert.True(t, at.Equal(b.record("minutes").Scheduled))
	})
}

func TestSchedulerOverlap(t *testing.T) {
	for overlap, want := range map[string][]string{
		"skip":    {"1m0s it 00:01:00 1", "4m0s it 00:04:00 1"},
		"queue":   {"1m0s it 00:01:00 1", "3m30s it 00:02:00 1", "6m0s it 00:03:00 1"},
		"replace": {"1m0s it 00:01:00 1", "2m0s it 00:02:00 1", "3m0s it 00:03:00 1", "4m0s it 00:04:00 1", "5m0s it 00:05:00 1", "6m0s it 00:06:00 1"},
	} {
		t.Run(overlap, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bench) {
				b.job(`schedule = "* * * * *", overlap = "` + overlap + `", ` + says("task.sleep(150)"))
				b.begin()
				b.pass(6*time.Minute + time.Second)
				assert.Equal(t, want, b.took())
			})
		})
	}
}

func TestSchedulerRetries(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.job(`schedule = "0 * * * *", retries = 3, backoff = { first = 10, factor = 3, max = 60 }, ` + says("error('no luck')"))
		b.begin()
		b.pass(61 * time.Minute)
		assert.Equal(t, []string{"1h0m0s it 01:00:00 1", "1h0m10s it 01:00:00 2", "1h0m40s it 01:00:00 3"}, b.took())
		assert.Equal(t, Failed, b.record("it").Run.Outcome)
		assert.Contains(t, b.record("it").Run.Error, "no luck")
		assert.True(t, b.start.Add(time.Hour+100*time.Second).Equal(b.record("it").Run.Retry))
		b.pass(58 * time.Minute)
		assert.Equal(t, []string{"1h1m40s it 01:00:00 4"}, b.took())
		assert.Zero(t, b.record("it").Run.Retry)
		b.pass(2 * time.Minute)
		assert.Equal(t, "2h0m0s it 02:00:00 1", b.took()[0])
	})
}

func TestSchedulerTimeout(t *testing.T) {
	for name, code := range map[string]string{
		"in Lua":          "while true do pcall(function() while true do end end) end",
		"in a call":       "while true do pcall(task.sleep, 1000) end",
		"in a pattern":    `string.find(string.rep("a", 50), string.rep("a?", 50) .. string.rep("a", 50))`,
		"in another task": "task.spawn(function() task.sleep(1000) end)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Computing takes real time, so this isn't for a bubble.
			b := &bench{t: t, ledger: &Memory{}, start: time.Now()}
			b.make(10)
			b.job(`schedule = "* * * * * *", timeout = "300ms", ` + says(code))
			b.beginNow()
			b.await("two runs", func() bool { b.mu.Lock(); defer b.mu.Unlock(); return len(b.ended) >= 2 })
			b.end()
			assert.Equal(t, TimedOut, b.ended[0].Outcome)
			assert.Less(t, b.ended[0].Took, 10*time.Second)
			assert.ErrorContains(t, b.ended[0].Err, "timed out after 300ms")
		})
	}
}

// beginNow starts the scheduler outside of a bubble, in real time.
func (b *bench) beginNow() {
	ctx, cancel := context.WithCancelCause(b.t.Context())
	b.stop, b.done = cancel, make(chan error, 1)
	go func() { b.done <- b.Run(ctx) }()
}

func TestSchedulerMissed(t *testing.T) {
	for _, test := range []struct {
		fields string
		want   []string
	}{
		{``, []string{"10h30m0s it 10:00:00 1", "11h0m0s it 11:00:00 1"}},
		{`missed = "once", grace = "20m"`, []string{"11h0m0s it 11:00:00 1"}},
		{`missed = "once", grace = "30m"`, []string{"10h30m0s it 10:00:00 1", "11h0m0s it 11:00:00 1"}},
		{`missed = "skip"`, []string{"11h0m0s it 11:00:00 1"}},
		{`missed = "skip", grace = "1h"`, []string{"10h30m0s it 10:00:00 1", "11h0m0s it 11:00:00 1"}},
		{`missed = "all", grace = "2h"`, []string{"10h30m0s it 09:00:00 1", "10h30m0s it 10:00:00 1", "11h0m0s it 11:00:00 1"}},
		{`missed = "all", grace = "10m"`, []string{"11h0m0s it 11:00:00 1"}},
	} {
		t.Run(test.fields, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bench) {
				job := `schedule = "0 * * * *", ` + strings.TrimPrefix(test.fields+", "+says(""), ", ")
				b.job(job)
				b.begin()
				b.pass(90 * time.Minute)
				assert.Equal(t, []string{"1h0m0s it 01:00:00 1"}, b.took())
				b.end()
				b.pass(9 * time.Hour)
				b.make(100)
				b.job(job)
				b.begin()
				b.pass(31 * time.Minute)
				assert.Equal(t, test.want, b.took())
			})
		})
	}
	t.Run("all, and many", func(t *testing.T) {
		inBubble(t, func(t *testing.T, b *bench) {
			job := `schedule = "*/10 * * * * *", missed = "all", ` + says("")
			b.job(job)
			b.begin()
			b.pass(time.Second)
			b.end()
			b.pass(time.Hour)
			b.make(100)
			b.job(job)
			b.begin()
			b.pass(time.Second)
			got := b.took()
			require.Len(t, got, 360)
			assert.Equal(t, "1h0m1s it 00:00:10 1", got[0])
			assert.Equal(t, "1h0m1s it 01:00:00 1", got[359])
			b.pass(time.Minute)
			assert.Len(t, b.took(), 6)
		})
	})
}

func TestSchedulerNewScheduleHasMissedNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.job(`schedule = "0 0 1 1 *", ` + says(""))
		b.begin()
		b.pass(time.Hour)
		b.end()
		b.pass(10 * time.Hour)
		b.make(100)
		b.job(`schedule = "0 * * * *", ` + says(""))
		b.begin()
		b.pass(30 * time.Minute)
		assert.Empty(t, b.took())
		// The same while it runs.
		b.job(`schedule = "20 * * * *", ` + says(""))
		b.pass(80 * time.Minute)
		assert.Equal(t, []string{"12h20m0s it 12:20:00 1"}, b.took())
	})
}

func TestSchedulerClockIsSet(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.job(`schedule = "0 * * * *", retries = 1, backoff = { first = "30m" }, ` + says("if ctx.attempt == 1 and ctx.scheduled:format('%H') == '01' then error('again') end"))
		b.begin()
		b.pass(61 * time.Minute)
		assert.Equal(t, []string{"1h0m0s it 01:00:00 1"}, b.took())
		b.set(-10 * time.Minute) // it shows 00:51
		b.pass(time.Minute)
		b.pass(28*time.Minute + 30*time.Second)
		assert.Equal(t, []string{"1h30m0s it 01:00:00 2"}, b.took(), "what was to be tried again waits no longer")
		b.pass(time.Hour)
		assert.Equal(t, []string{"2h10m0s it 02:00:00 1"}, b.took(), "01:00 has no second run")
		b.set(6*time.Hour + 10*time.Minute) // it shows 08:30
		b.pass(10 * time.Second)
		assert.Equal(t, []string{"2h30m35s it 08:00:00 1"}, b.took(), "the last time that was left out")
		b.set(-30 * 24 * time.Hour)
		b.pass(time.Hour)
		assert.Contains(t, b.logs(), "the clock was set back")
		assert.Equal(t, []string{"3h0m0s it 09:00:00 1"}, b.took(), "a clock that was a month ahead")
	})
}

func TestSchedulerJitter(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		var files = map[string]string{}
		for i := range 20 {
			files[fmt.Sprint(i)] = fmt.Sprintf("return job { name = 'job-%d', schedule = '0 * * * *', jitter = '10m', run = function() print('note') end }", i)
		}
		b.jobs(files)
		b.begin()
		b.pass(time.Hour)
		assert.LessOrEqual(t, len(b.took()), 2)
		b.pass(10 * time.Minute)
		times := map[string]int{}
		for _, note := range b.took() {
			times[note]++
		}
		assert.Greater(t, len(times), 10, "%v", times)
		b.pass(time.Hour)
		assert.Len(t, b.took(), 20)
	})
}

func TestSchedulerSlots(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.make(2)
		files := map[string]string{}
		for i := range 6 {
			files[fmt.Sprint(i)] = fmt.Sprintf("return job { name = 'job-%d', schedule = '0 * * * *', run = function() task.sleep(60) print('note') end }", i)
		}
		b.jobs(files)
		b.begin()
		b.pass(70 * time.Minute)
		assert.Equal(t, []string{"1h1m0s", "1h1m0s", "1h2m0s", "1h2m0s", "1h3m0s", "1h3m0s"}, b.took())
	})
}

func TestSchedulerDrains(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.jobs(map[string]string{
			"a": `return job { name = "short", schedule = "* * * * *", ` + says("task.sleep(10) print('note end')") + ` }`,
			"b": `return job { name = "long", schedule = "0 * * * *", retries = 1, ` + says("task.sleep(3600)") + ` }`,
		})
		b.begin()
		b.pass(60*time.Minute + 5*time.Second)
		b.took()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		assert.ErrorIs(t, b.Drain(ctx), context.DeadlineExceeded)
		assert.Equal(t, []string{"1h0m10s end"}, b.took(), "nothing begins any more")
		b.end()
		long := b.record("long").Run
		assert.Equal(t, Cancelled, long.Outcome)
		assert.Contains(t, long.Error, "the test stops it")
		assert.False(t, long.Retry.IsZero(), "whoever is next tries it again")

		b.make(100)
		b.jobs(map[string]string{"b": `return job { name = "long", schedule = "0 * * * *", retries = 1, ` + says("") + ` }`})
		b.begin()
		b.pass(time.Minute)
		assert.Equal(t, []string{"1h3m15s long 01:00:00 2"}, b.took())
		require.NoError(t, b.Drain(t.Context()))
	})
}

func TestSchedulerGoesOnWithWhatWasLost(t *testing.T) {
	for retries, want := range map[int][]string{
		0: {"2h0m0s it 02:00:00 1"},
		1: {"1h50m10s it 01:00:00 2", "2h0m0s it 02:00:00 1"},
	} {
		t.Run(fmt.Sprint(retries), func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bench) {
				at := b.start.Add(time.Hour)
				b.job(fmt.Sprintf(`schedule = "0 * * * *", retries = %d, `, retries) + says(""))
				claim := Claim{Job: "it", Schedule: identity(b.all[0].Job), Scheduled: at, Attempt: 1, At: at}
				require.NoError(t, b.ledger.Claim(t.Context(), []Claim{claim}))
				b.pass(110 * time.Minute)
				b.begin()
				assert.Equal(t, Lost, b.record("it").Run.Outcome)
				b.pass(20 * time.Minute)
				assert.Equal(t, want, b.took())
			})
		})
	}
}

func TestSchedulerJobsComeAndGo(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.job(`schedule = "* * * * *", ` + says("task.sleep(50) print('note end')"))
		b.begin()
		b.pass(70 * time.Second)
		b.job(`schedule = "* * * * *", ` + says("print('note new')"))
		b.pass(60 * time.Second)
		assert.Equal(t, []string{"1m0s it 00:01:00 1", "1m50s end", "2m0s it 00:02:00 1", "2m0s new"}, b.took())
		b.job(`schedule = "* * * * *", ` + says("task.sleep(50) print('note end')"))
		b.pass(60 * time.Second)
		b.Set(nil)
		b.pass(5 * time.Minute)
		assert.Equal(t, []string{"3m0s it 00:03:00 1"}, b.took(), "a run whose job is gone is cancelled")
		assert.Equal(t, Cancelled, b.ended[len(b.ended)-1].Outcome)
	})
}

// A job that is removed, and is back before its run has ended, waits for that.
func TestSchedulerJobComesBack(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		job := `schedule = "* * * * * *", retries = 1, ` + says(`kube.with({ close = function() task.sleep(4) print("note closed") end }, function() task.sleep(3600) end)`)
		b.job(job)
		b.begin()
		b.pass(1500 * time.Millisecond)
		b.Set(nil)
		b.pass(time.Second)
		all, err := b.Status(t.Context())
		require.NoError(t, err)
		assert.Empty(t, all)
		assert.EqualError(t, b.Trigger(t.Context(), "it"), "there is no job it")
		b.job(job)
		b.pass(4 * time.Second)
		assert.Equal(t, []string{"1s it 00:00:01 1", "5.5s closed", "6s it 00:00:06 1"}, b.took())
		b.Set(nil)
		b.pass(time.Minute)
		assert.Equal(t, []string{"10.5s closed"}, b.took())
		b.job(`schedule = "* * * * * *", ` + says(""))
		b.pass(time.Second)
		assert.Equal(t, []string{"1m7s it 00:01:07 1"}, b.took(), "it begins anew")
	})
}

// broken is a ledger that can't be written for a while.
type broken struct {
	*Memory
	mu  sync.Mutex
	err error
}

func (b *broken) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

func (b *broken) Claim(ctx context.Context, claims []Claim) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return b.err
	}
	return b.Memory.Claim(ctx, claims)
}

func (b *broken) Finish(ctx context.Context, results []Result) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return b.err
	}
	return b.Memory.Finish(ctx, results)
}

func TestSchedulerLedgerFails(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		ledger := &broken{Memory: b.ledger}
		b.Scheduler.Ledger = ledger
		b.job(`schedule = "* * * * *", missed = "all", ` + says(""))
		b.begin()
		b.pass(70 * time.Second)
		ledger.fail(errors.New("no ink"))
		b.pass(3 * time.Minute)
		assert.Equal(t, []string{"1m0s it 00:01:00 1"}, b.took(), "no run begins that can't be claimed")
		ledger.fail(nil)
		b.pass(10 * time.Second)
		got := b.took()
		require.Len(t, got, 3, "and none is lost")
		assert.Contains(t, got[0], "it 00:02:00 1")
		assert.Equal(t, Succeeded, b.record("it").Run.Outcome)

		ledger.fail(fmt.Errorf("read: %w", ErrLost))
		b.pass(time.Minute)
		assert.ErrorIs(t, <-b.done, ErrLost)
		b.stop = nil
		assert.Empty(t, b.took())
	})
}

func TestSchedulerStatus(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.jobs(map[string]string{"a": `return {
			job { name = "b", schedule = "0 * * * *", ` + says("task.sleep(600)") + ` },
			job { name = "a", schedule = "30 0 * * *", retries = 1, backoff = { first = "1h" }, ` + says("error('no luck')") + ` },
			job { name = "c", ` + says("") + ` },
		}`})
		b.begin()
		b.pass(61 * time.Minute)
		all, err := b.Status(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 3)
		at := func(minutes int) time.Time { return b.start.Add(time.Duration(minutes) * time.Minute) }
		assert.Equal(t, []string{"a", "b", "c"}, []string{all[0].Job.Name, all[1].Job.Name, all[2].Job.Name})
		assert.False(t, all[0].Running)
		assert.WithinDuration(t, at(90), all[0].Next, 0)
		assert.Equal(t, Failed, all[0].Last.Outcome)
		assert.True(t, all[1].Running)
		assert.WithinDuration(t, at(60), all[1].Last.Started, 0)
		assert.WithinDuration(t, at(120), all[1].Next, 0)
		assert.Zero(t, all[2].Next)

		require.NoError(t, b.Trigger(t.Context(), "c"))
		assert.EqualError(t, b.Trigger(t.Context(), "b"), "the job b has a run already")
		assert.EqualError(t, b.Trigger(t.Context(), "d"), "there is no job d")
		b.pass(time.Minute)
		assert.Equal(t, "1h1m0s c 01:01:00 1", b.took()[2])
		byHand := Run{Trigger: engine.ByHand, Scheduled: at(61), Attempt: 1, Started: at(61), Finished: at(61), Outcome: Succeeded}
		assert.Equal(t, Record{Note: Note{Other: byHand}}, b.record("c"), "the ledger knows it, beside the schedule")
		all, err = b.Status(t.Context())
		require.NoError(t, err)
		assert.Equal(t, byHand, all[2].Last)
		b.end()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = b.Status(ctx)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
