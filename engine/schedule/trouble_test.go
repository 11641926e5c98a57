package schedule

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestTrouble has jobs that hang, eat, talk and fail beside one that is well: it
// keeps its times.
func TestTrouble(t *testing.T) {
	t.Parallel()
	b := &bench{t: t, ledger: &Memory{}, start: time.Now()}
	b.make(20)
	b.jobs(map[string]string{
		"steady.lua": `return job { name = "steady", schedule = "* * * * * *", missed = "all", ` + says("") + ` }`,
		"hangs.lua": `return {
			job { name = "hangs-in-lua", schedule = "* * * * * *", timeout = 2, run = function() while true do pcall(function() while true do end end) end end },
			job { name = "hangs-in-a-call", schedule = "* * * * * *", timeout = 2, run = function() while true do pcall(task.sleep, 1000) end end },
		}`,
		"eats.lua": `return job { name = "eats", schedule = "@yearly", timeout = 30, policy = { maxMemory = "16Mi" }, run = function()
			local all = {}
			while true do all[#all + 1] = { #all } end
		end }`,
		"talks.lua": `return job { name = "talks", schedule = "@yearly", run = function()
			local line = string.rep("x", 1023) .. "\n"
			for _ = 1, 100 * 1024 do io.write(line) end
		end }`,
		"fails.lua": `return job { name = "fails", schedule = "@yearly", retries = 9, backoff = { first = "10ms", factor = 1 },
			run = function(ctx) error("attempt " .. ctx.attempt) end }`,
	})
	// What is yearly was missed, so that it is made up for at once.
	b.ledger.records = map[string]Record{}
	for _, d := range b.all {
		if name := d.Job.Name; name == "eats" || name == "talks" || name == "fails" {
			b.ledger.records[name] = Record{Scheduled: b.start.AddDate(-1, 0, -1), Schedule: identity(d.Job)}
		}
	}
	b.beginNow()
	ends := map[string][]Ended{}
	b.await("all of it", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		clear(ends)
		for _, e := range b.ended {
			ends[e.Job.Name] = append(ends[e.Job.Name], e)
		}
		return len(ends["steady"]) >= 4 && len(ends["fails"]) >= 10 && len(ends["eats"]) > 0 && len(ends["talks"]) > 0 &&
			len(ends["hangs-in-lua"]) > 0 && len(ends["hangs-in-a-call"]) > 0
	})
	b.end()
	for i, e := range ends["steady"] {
		assert.Equal(t, Succeeded, e.Outcome)
		assert.Equal(t, time.Duration(i)*time.Second, e.Scheduled.Sub(ends["steady"][0].Scheduled), "none is lost or doubled")
		assert.Less(t, e.Started.Sub(e.Scheduled), time.Minute)
	}
	assert.Equal(t, TimedOut, ends["hangs-in-lua"][0].Outcome)
	assert.Equal(t, TimedOut, ends["hangs-in-a-call"][0].Outcome)
	assert.Equal(t, Failed, ends["eats"][0].Outcome)
	assert.ErrorContains(t, ends["eats"][0].Err, "16 MiB")
	assert.Less(t, len(ends["talks"][0].Output), 3*tapeHalf)
	assert.Contains(t, ends["talks"][0].Output, "bytes left out")
	assert.Equal(t, 10, ends["fails"][9].Attempt)
	assert.ErrorContains(t, ends["fails"][9].Err, "attempt 10")
}
