package cli

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

var (
	chaosTime = flag.Duration("schedule.chaos", 15*time.Second, "for how long TestScheduleChaos disturbs schedulers")
	chaosSeed = flag.Uint64("schedule.seed", 1, "what TestScheduleChaos does is up to this")
)

// chaosJobs are jobs that leave a mark for each attempt of each run, and another one
// for an attempt that was made twice.
const chaosJobs = `
local jobs = {}
for i = 1, 6 do
	jobs[i] = job {
		name = "job-" .. i, schedule = "* * * * * *", timezone = "UTC",
		missed = "all", overlap = "queue", retries = 20, backoff = { first = "100ms", factor = 1 }, timeout = "10s",
		run = function(ctx)
			local function mark(meta)
				meta.labels = { mark = "yes" }
				cluster.proxy:post("api/v1", "namespaces", %[1]q, "configmaps", { json = { metadata = meta } })
			end
			local name = ("%%s.%%d.%%d"):format(ctx.name, ctx.scheduled:unix(), ctx.attempt)
			local ok, err = pcall(mark, { name = name })
			if not ok and kube.is(err, "APIError") and err.reason == "AlreadyExists" then
				mark { generateName = name .. ".twice-" }
			elseif not ok then
				error(err)
			end
			task.sleep(0.2)
		end,
	}
end
return jobs
`

// TestScheduleChaos has three processes run the same jobs while they are killed,
// paused and cut off from the cluster. Each time of each schedule has its run, and no
// attempt is made twice: not where one of them runs all jobs, and not where they share
// them.
func TestScheduleChaos(t *testing.T) {
	for _, shards := range []int{1, 4} {
		t.Run(fmt.Sprint(shards), func(t *testing.T) { disturbAll(t, shards) })
	}
}

// disturbAll disturbs schedulers whose jobs are in some shards.
func disturbAll(t *testing.T, shards int) {
	t.Parallel()
	c := newChaos(t, shards)
	for i := range 3 {
		c.replicas = append(c.replicas, c.newReplica(i))
	}
	random := rand.New(rand.NewPCG(*chaosSeed, 0))
	for end := time.Now().Add(*chaosTime); time.Now().Before(end); {
		c.disturb(c.replicas[random.IntN(3)], random.IntN(4), time.Duration(random.Int64N(int64(5*time.Second))))
		time.Sleep(time.Duration(random.Int64N(int64(2 * time.Second))))
	}
	c.wg.Wait()
	until := time.Now().Unix()
	got := c.marks()
	for patience := time.Now().Add(time.Minute); got.missing(until) > 0 && time.Now().Before(patience); got = c.marks() {
		time.Sleep(time.Second)
	}
	table, lost, twice := got.table(until)
	t.Logf("%d kills, %d pauses, %d cuts\n%s", c.did[0]+c.did[3], c.did[1], c.did[2], table)
	assert.Zero(t, lost, "runs that were lost")
	assert.Zero(t, twice, "attempts that were made twice")
	assert.Greater(t, got.runs(until), int(chaosTime.Seconds()), "runs")
	leases := c.leading()
	t.Logf("led by replicas: %v", leases)
	assert.Len(t, leases, shards, "leases")
	several := false
	for _, by := range leases {
		several = several || len(by) > 1
	}
	assert.True(t, several, "something was taken over")
	if t.Failed() {
		for _, r := range c.replicas {
			text, _ := os.ReadFile(r.log)
			t.Logf("replica %d:\n%s", r.number, text)
		}
	}
}

// chaos is a namespace in which schedulers are disturbed.
type chaos struct {
	t         *testing.T
	shards    int
	namespace string
	marked    *kube.View
	jobs      string
	replicas  []*replica
	did       [4]int
	wg        sync.WaitGroup
}

func newChaos(t *testing.T, shards int) *chaos {
	cluster, err := kube.Connect(kube.Options{Kubeconfig: localtest.Kubeconfig(t)})
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	c := &chaos{t: t, shards: shards, namespace: localtest.Namespace(t), jobs: filepath.Join(t.TempDir(), "jobs.lua")}
	require.NoError(t, os.WriteFile(c.jobs, fmt.Appendf(nil, chaosJobs, c.namespace), 0o600))
	v, err := cluster.View(t.Context(), "configmaps")
	require.NoError(t, err)
	v, err = v.Namespaced(c.namespace)
	require.NoError(t, err)
	c.marked, err = v.Filter(kube.Selectors{Labels: "mark"})
	require.NoError(t, err)
	return c
}

// disturb disturbs a replica in one of four ways for a time, unless it is being
// disturbed.
func (c *chaos) disturb(r *replica, how int, d time.Duration) {
	if !r.busy.TryLock() {
		return
	}
	c.did[how]++
	c.wg.Go(func() {
		defer r.busy.Unlock()
		switch how {
		case 0, 3:
			r.kill()
			if how == 3 {
				time.Sleep(d)
			}
			r.start()
		case 1:
			assert.NoError(c.t, r.process.Signal(syscall.SIGSTOP))
			time.Sleep(d)
			assert.NoError(c.t, r.process.Signal(syscall.SIGCONT))
		case 2:
			r.way.cut(true)
			time.Sleep(d)
			r.way.cut(false)
		}
	})
}

var ledBy = regexp.MustCompile(`leading (?:shard=\d+ )?lease=(\S+)`)

// leading are, for each lease, the replicas that have held it.
func (c *chaos) leading() map[string][]int {
	led := map[string][]int{}
	for _, r := range c.replicas {
		text, err := os.ReadFile(r.log)
		require.NoError(c.t, err)
		for _, m := range ledBy.FindAllStringSubmatch(string(text), -1) {
			if lease := m[1]; !slices.Contains(led[lease], r.number) {
				led[lease] = append(led[lease], r.number)
			}
		}
	}
	return led
}

// replica is one of the schedulers.
type replica struct {
	c          *chaos
	number     int
	kubeconfig string
	log        string // file
	way        *wire
	busy       sync.Mutex // held while it is being disturbed
	process    *os.Process
	wait       func() error
}

func (c *chaos) newReplica(number int) *replica {
	dir := c.t.TempDir()
	r := &replica{c: c, number: number, kubeconfig: filepath.Join(dir, "config"), log: filepath.Join(dir, "log")}
	config, err := clientcmd.LoadFromFile(localtest.Kubeconfig(c.t))
	require.NoError(c.t, err)
	for _, cluster := range config.Clusters {
		server, err := url.Parse(cluster.Server)
		require.NoError(c.t, err)
		r.way = newWire(c.t, server.Host)
		server.Host = r.way.listener.Addr().String()
		cluster.Server = server.String()
	}
	require.NoError(c.t, clientcmd.WriteToFile(*config, r.kubeconfig))
	r.start()
	c.t.Cleanup(func() {
		r.busy.Lock()
		r.kill()
	})
	return r
}

func (r *replica) start() {
	log, err := os.OpenFile(r.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(r.c.t, err)
	defer log.Close()
	args := []string{"--kubeconfig", r.kubeconfig, "-n", r.c.namespace, "schedule", "--lease-duration", "2s", "--listen", "", "--log-format", "text"}
	cmd := program(r.c.t, append(args, "--shards", fmt.Sprint(r.c.shards), r.c.jobs)...)
	cmd.Stderr = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(r.c.t, cmd.Start())
	r.process, r.wait = cmd.Process, cmd.Wait
}

// kill kills it.
func (r *replica) kill() {
	assert.NoError(r.c.t, r.process.Kill())
	var exit *exec.ExitError
	assert.ErrorAs(r.c.t, r.wait(), &exit)
}

// wire is a way to a server that can be cut. What is on its way then arrives when it
// is whole again, as it may in a network.
type wire struct {
	listener net.Listener
	server   string
	mu       sync.RWMutex // held for writing while it is cut
	open     sync.Map     // connections
}

func newWire(t *testing.T, server string) *wire {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wire{listener: l, server: server}
	go w.serve()
	t.Cleanup(func() {
		l.Close()
		w.open.Range(func(c, _ any) bool { c.(net.Conn).Close(); return true })
	})
	return w
}

func (w *wire) cut(cut bool) {
	if cut {
		w.mu.Lock()
	} else {
		w.mu.Unlock()
	}
}

func (w *wire) serve() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", w.server)
		if err != nil {
			near.Close()
			continue
		}
		w.open.Store(near, nil)
		w.open.Store(far, nil)
		go w.carry(near, far)
		go w.carry(far, near)
	}
}

func (w *wire) carry(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	_, _ = io.Copy(passing{w, to}, from)
}

// passing is an end of a wire.
type passing struct {
	wire *wire
	to   io.Writer
}

func (p passing) Write(b []byte) (int, error) {
	p.wire.mu.RLock()
	defer p.wire.mu.RUnlock()
	return p.to.Write(b)
}

// marks are the attempts that were made, by job and time.
type marks map[string]map[int64]*marked

// marked are the attempts of one run.
type marked struct{ attempts, twice int }

func (c *chaos) marks() marks {
	got := marks{}
	for item, err := range c.marked.All(c.t.Context()) {
		require.NoError(c.t, err)
		parts := strings.Split(item.Meta().Name(), ".")
		at, err := strconv.ParseInt(parts[1], 10, 64)
		require.NoError(c.t, err)
		if got[parts[0]] == nil {
			got[parts[0]] = map[int64]*marked{}
		}
		m := got[parts[0]][at]
		if m == nil {
			m = &marked{}
			got[parts[0]][at] = m
		}
		if len(parts) > 3 {
			m.twice++
		} else {
			m.attempts++
		}
	}
	return got
}

// each calls fn for each time of each job, from the first one that was run.
func (m marks) each(until int64, fn func(job string, of *marked)) {
	for job, times := range m {
		first := until
		for at := range times {
			first = min(first, at)
		}
		for at := first; at <= until; at++ {
			of := times[at]
			if of == nil {
				of = &marked{}
			}
			fn(job, of)
		}
	}
}

func (m marks) missing(until int64) (n int) {
	m.each(until, func(_ string, of *marked) {
		if of.attempts == 0 {
			n++
		}
	})
	return n
}

func (m marks) runs(until int64) (n int) {
	m.each(until, func(string, *marked) { n++ })
	return n
}

// table is what became of the runs.
func (m marks) table(until int64) (text string, lost, twice int) {
	type row struct{ scheduled, once, again, twice, lost int }
	rows := map[string]*row{}
	var all row
	m.each(until, func(job string, of *marked) {
		if rows[job] == nil {
			rows[job] = &row{}
		}
		for _, r := range []*row{rows[job], &all} {
			r.scheduled++
			r.twice += of.twice
			switch {
			case of.attempts == 0:
				r.lost++
			case of.attempts == 1:
				r.once++
			default:
				r.again++
			}
		}
	})
	var b strings.Builder
	fmt.Fprintf(&b, "%-6s %9s %9s %17s %8s %5s\n", "job", "scheduled", "ran once", "again, by retries", "doubled", "lost")
	line := func(name string, r *row) {
		fmt.Fprintf(&b, "%-6s %9d %9d %17d %8d %5d\n", name, r.scheduled, r.once, r.again, r.twice, r.lost)
	}
	for i := 1; i <= len(rows); i++ {
		name := fmt.Sprint("job-", i)
		if rows[name] != nil {
			line(name, rows[name])
		}
	}
	line("all", &all)
	return b.String(), all.lost, all.twice
}
