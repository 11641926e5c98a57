package schedule

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// onCluster is a bench whose jobs reach the local cluster, in real time, and a
// namespace there.
func onCluster(t *testing.T) (*bench, objects) {
	t.Helper()
	t.Parallel()
	options := kube.Options{Kubeconfig: localtest.Kubeconfig(t)}
	cluster, err := kube.Connect(options)
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	b := &bench{t: t, ledger: &Memory{}, start: time.Now()}
	b.make(100)
	machine := b.machine
	b.machine = func(stdout, stderr io.Writer) (engine.Options, *kube.Guard) {
		guard := kube.NewGuard(nil)
		o, _ := machine(stdout, stderr)
		o.Cluster = func() (kube.Options, error) {
			guarded := options
			guarded.Guard = guard
			return guarded, nil
		}
		return o, guard
	}
	b.Runner.stock.machine = b.machine
	b.Cluster = func() (*kube.Cluster, error) { return cluster, nil }
	return b, objects{t, cluster, localtest.Namespace(t)}
}

// await waits until something holds.
func (b *bench) await(what string, holds func() bool) {
	b.t.Helper()
	if !assert.Eventually(b.t, holds, 30*time.Second, 5*time.Millisecond, what) {
		b.t.Fatal(b.logs(), b.notes)
	}
}

// has tells whether something was noted, apart from the time.
func (b *bench) has(note string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.notes, func(n string) bool { return strings.HasSuffix(n, " "+note) })
}

// objects are the ConfigMaps of a test.
type objects struct {
	t         *testing.T
	cluster   *kube.Cluster
	namespace string
}

// apply makes or changes one.
func (o objects) apply(name, value string) *kube.Item {
	o.t.Helper()
	object, err := kube.ParseObject(o.t.Context(), fmt.Sprintf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: %s, labels: {watched: "yes"}}, data: {value: %q}}`, name, o.namespace, value))
	require.NoError(o.t, err)
	item, err := o.cluster.Apply(o.t.Context(), object, kube.ApplyOptions{})
	require.NoError(o.t, err)
	return item
}

func (o objects) remove(i *kube.Item) {
	o.t.Helper()
	require.NoError(o.t, i.Delete(o.t.Context(), kube.DeleteOptions{}))
}

// watching is a job that events of the test's ConfigMaps trigger.
func watching(namespace, on, rest string) string {
	return fmt.Sprintf(`on = { watch = cluster.configmaps:namespaced(%q):filter { labels = "watched=yes" }, %s }, %s`, namespace, on, rest)
}

// values notes what it is triggered by.
const values = `print("note", ctx.event.evtype, ctx.item.meta.name, ctx.item.raw.data.value, ctx.attempt, ctx.trigger)`

func TestFollower(t *testing.T) {
	b, o := onCluster(t)
	o.apply("old", "1")
	b.job(watching(o.namespace, ``, `run = function(ctx) `+values+` end`))
	b.beginNow()
	b.await("what exists", func() bool { return b.has("ADDED old 1 1 event") })
	item := o.apply("new", "1")
	b.await("what is new", func() bool { return b.has("ADDED new 1 1 event") })
	o.apply("new", "2")
	b.await("what has changed", func() bool { return b.has("MODIFIED new 2 1 event") })
	o.remove(item)
	b.await("what is gone", func() bool { return b.has("DELETED new 2 1 event") })
	b.await("nothing waits", func() bool { return b.objects() == 0 })
	require.NoError(t, b.Drain(t.Context()))
	last := b.record("it").Newest()
	assert.Equal(t, []any{engine.ByEvent, Succeeded}, []any{last.Trigger, last.Outcome}, "the ledger knows the newest run")
	b.end()
}

// What was dealt with comes no second time after a restart, and what has happened
// meanwhile isn't lost.
func TestFollowerGoesOn(t *testing.T) {
	b, o := onCluster(t)
	job := watching(o.namespace, ``, `run = function(ctx) `+values+` if ctx.item.raw.data.value == "slow" then task.sleep(60) end end`)
	o.apply("same", "1")
	o.apply("changed", "1")
	gone := o.apply("gone", "1")
	b.job(job)
	b.beginNow()
	b.await("what exists", func() bool { return len(b.soFar()) == 3 })
	require.NoError(t, b.Drain(t.Context()))
	b.end()
	b.took()

	o.apply("changed", "2")
	o.apply("new", "1")
	o.remove(gone)
	again := func() {
		runner, cluster := b.Runner, b.Cluster
		b.make(100)
		b.Runner.stock.machine, b.Cluster = runner.stock.machine, cluster
		b.machine = runner.stock.machine
		b.job(job)
		b.beginNow()
	}
	again()
	b.await("what has happened meanwhile", func() bool { return len(b.soFar()) >= 3 && b.objects() == 0 })
	for _, note := range []string{"MODIFIED changed 2 1 event", "ADDED new 1 1 event", "DELETED gone 1 1 event"} {
		assert.True(t, b.has(note), note)
	}
	assert.Len(t, b.took(), 3)

	o.apply("cancelled", "slow")
	b.await("a run that goes on", func() bool { return b.has("ADDED cancelled slow 1 event") })
	o.apply("done", "1")
	b.await("one that ends", func() bool { return b.has("ADDED done 1 1 event") && b.objects() == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	require.Error(t, b.Drain(ctx))
	b.end()
	b.took()
	again()
	b.await("that it is made again", func() bool { return b.has("ADDED cancelled slow 1 event") && b.has("ADDED done 1 1 event") })
	b.end()
}

// What comes while no run may begin has its run when one may again.
func TestFollowerResumes(t *testing.T) {
	b, o := onCluster(t)
	b.job(watching(o.namespace, `events = "ADDED"`, `run = function(ctx) `+values+` if ctx.item.meta.name == "slow" then task.sleep(60) end end`))
	b.beginNow()
	o.apply("slow", "1")
	b.await("a run", func() bool { return b.has("ADDED slow 1 1 event") })
	ctx, cancel := context.WithCancel(t.Context())
	drained := make(chan error, 1)
	go func() { drained <- b.Drain(ctx) }()
	b.await("that no run begins", func() bool {
		drains := make(chan bool, 1)
		b.mail.post(func() { drains <- b.draining })
		return <-drains
	})
	o.apply("meanwhile", "1")
	b.await("the event", func() bool { return b.objects() == 2 })
	assert.Equal(t, 2, b.objects(), "it waits")
	cancel()
	require.Error(t, <-drained)
	b.Resume()
	b.await("its run", func() bool { return b.has("ADDED meanwhile 1 1 event") })
	b.end()
}

// objects is how many objects wait for runs or have them.
func (b *bench) objects() int {
	count := make(chan int, 1)
	b.mail.post(func() {
		n := 0
		for _, f := range b.follows {
			n += len(f.objects)
		}
		count <- n
	})
	return <-count
}

func TestFollowerDebounces(t *testing.T) {
	b, o := onCluster(t)
	b.job(watching(o.namespace, `events = { "MODIFIED", "DELETED" }, debounce = "3s"`, `run = function(ctx) `+values+` end`))
	b.beginNow()
	gone := o.apply("gone", "1")
	for i := range 10 {
		o.apply("many", fmt.Sprint(i))
		o.apply("gone", fmt.Sprint(i))
	}
	o.remove(gone)
	b.await("the last of many", func() bool { return b.has("MODIFIED many 9 1 event") })
	b.await("the deletion", func() bool { return b.has("DELETED gone 9 1 event") })
	b.end()
	assert.Len(t, b.took(), 2)
}

func TestFollowerRetries(t *testing.T) {
	b, o := onCluster(t)
	b.job(watching(o.namespace, `events = "ADDED"`, `retries = 5, backoff = { first = "100ms", factor = 1 }, run = function(ctx) `+values+`
		if ctx.item.meta.name == "bad" and ctx.attempt < 4 then error("no luck") end
		if ctx.item.meta.name == "slow" then task.sleep(60) end
	end`))
	b.beginNow()
	o.apply("bad", "1")
	o.apply("slow", "1")
	b.await("the first try", func() bool { return b.has("ADDED bad 1 1 event") && b.has("ADDED slow 1 1 event") })
	o.apply("good", "1")
	b.await("another object, meanwhile", func() bool { return b.has("ADDED good 1 1 event") })
	b.await("the last try", func() bool { return b.has("ADDED bad 1 4 event") })
	b.end()
	assert.False(t, b.has("ADDED bad 1 5 event"))
}

// A job's item belongs to its run: what it does passes the policy of the job.
func TestFollowerKeepsToThePolicy(t *testing.T) {
	b, o := onCluster(t)
	b.job(watching(o.namespace, `events = "ADDED"`, `policy = { readOnly = true }, run = function(ctx)
		print("note", select(2, pcall(ctx.item.delete, ctx.item)).type)
		print("note", select(2, pcall(ctx.event.item.delete, ctx.event.item)).type)
	end`))
	b.beginNow()
	o.apply("kept", "1")
	b.await("a denial", func() bool { return len(b.soFar()) == 2 })
	b.end()
	for _, note := range b.took() {
		assert.Contains(t, note, "DeniedError")
	}
}

// soFar is what was noted so far.
func (b *bench) soFar() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.notes)
}

// A job that is changed goes on with the same watch; one that is gone ends it.
func TestFollowerIsRedefined(t *testing.T) {
	b, o := onCluster(t)
	b.job(watching(o.namespace, `events = "MODIFIED"`, `run = function(ctx) print("note", "old", ctx.item.raw.data.value) end`))
	b.beginNow()
	o.apply("it", "1")
	o.apply("it", "2")
	b.await("the first version", func() bool { return b.has("old 2") })
	b.job(watching(o.namespace, `events = "MODIFIED"`, `run = function(ctx) print("note", "new", ctx.item.raw.data.value) end`))
	b.await("that it is looked after", func() bool { return b.objects() == 0 })
	o.apply("it", "3")
	b.await("the second version", func() bool { return b.has("new 3") })
	b.Set(nil)
	b.await("that nothing is watched", func() bool {
		none := make(chan bool, 1)
		b.mail.post(func() { none <- len(b.follows) == 0 })
		return <-none
	})
	b.end()
}

// An object has one run at a time, also where its job begins to watch anew: because
// it watches something else, or was gone for a while.
func TestFollowerWatchesAnew(t *testing.T) {
	for name, between := range map[string]func(b *bench){
		"something else": func(*bench) {},
		"gone":           func(b *bench) { b.Set(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			b, o := onCluster(t)
			o.apply("it", "1")
			job := watching(o.namespace, `events = "ADDED"`, `retries = 1, run = function(ctx)
				print("note", "begins", ctx.attempt)
				kube.with({ close = function() task.sleep(1) print("note", "ends") end }, function() task.sleep(1) end)
			end`)
			b.job(job)
			b.beginNow()
			b.await("a run", func() bool { return b.has("begins 1") })
			between(b)
			b.job(strings.Replace(job, "watched=yes", "watched", 1))
			b.await("another one", func() bool { return len(b.soFar()) >= 4 })
			b.await("nothing waits", func() bool { return b.objects() == 0 })
			b.Set(nil)
			b.end()
			var got []string
			for _, note := range b.took() {
				_, what, _ := strings.Cut(note, " ")
				got = append(got, what)
			}
			assert.Equal(t, []string{"begins 1", "ends", "begins 1", "ends"}, got)
		})
	}
}
