package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// TestReplicaStatus asks one of two replicas, which schedule a shard each.
func TestReplicaStatus(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	log := slog.New(slog.DiscardHandler)
	var jobs []*Definition
	for i := range 6 {
		text := fmt.Sprintf("return job { name = 'job-%d', schedule = '* * * * * *', run = function() error('no luck') end }", i)
		jobs = append(jobs, described(t, plain, "job.lua", text))
	}
	news := make(chan News, 1000)
	start := func(observe Observer) *Replica {
		c, err := kube.Connect(kube.Options{Kubeconfig: localtest.Kubeconfig(t), HTTP1: true})
		require.NoError(t, err)
		t.Cleanup(c.Close)
		runner := NewRunner(plain, log, 10)
		runner.Observe = observe
		r := NewReplica(ReplicaOptions{Cluster: c, Namespace: namespace, Name: "it", Shards: 2, Lease: 15 * time.Second, Runner: runner, Log: log})
		r.Set(jobs)
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		t.Cleanup(func() {
			stop()
			assert.NoError(t, <-ended)
			runner.Close()
		})
		return r
	}
	a := start(nil)
	start(func(n News) { news <- n })
	for leads := false; !leads; {
		select {
		case n := <-news:
			led, ok := n.(Led)
			leads = ok && led.Leads
		case <-time.After(time.Minute):
			require.FailNow(t, "the second replica has no share")
		}
	}
	assert.EventuallyWithT(t, func(c *assert.CollectT) {
		require.NoError(c, a.Ready(t.Context()))
		all, err := a.Status(t.Context())
		require.NoError(c, err)
		require.Len(c, all, len(jobs))
		elsewhere := 0
		for _, s := range all {
			assert.Equal(c, "job.lua:1: no luck", s.Last.Error, s.Job.Name)
			assert.False(c, s.Next.IsZero(), s.Job.Name)
			if s.Elsewhere {
				elsewhere++
				assert.ErrorContains(c, a.Trigger(t.Context(), s.Job.Name), "another process schedules the job")
			}
		}
		assert.Positive(c, elsewhere)
		assert.Less(c, elsewhere, len(jobs))
	}, time.Minute, 100*time.Millisecond)
}
