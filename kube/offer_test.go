package kube

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
)

// An operation that isn't for a kind says so before anything is sent.
func TestOperationsOfOtherKinds(t *testing.T) {
	t.Parallel()
	item := itemOf(t, builtin("secrets"), `{"metadata":{"namespace":"x","name":"a"}}`)
	ctx := context.Background()
	for name, run := range map[string]func() error{
		"cordon":   func() error { _, err := item.Cordon(ctx); return err },
		"drain":    func() error { _, err := item.Drain(ctx, DrainOptions{}); return err },
		"evict":    func() error { return item.Evict(ctx, nil) },
		"history":  func() error { _, err := item.History(ctx); return err },
		"pause":    func() error { _, err := item.Pause(ctx); return err },
		"restart":  func() error { _, err := item.Restart(ctx); return err },
		"resume":   func() error { _, err := item.Resume(ctx); return err },
		"rollout":  func() error { _, err := item.Rollout(ctx); return err },
		"scale":    func() error { _, err := item.Scale(ctx, 1); return err },
		"suspend":  func() error { _, err := item.Suspend(ctx); return err },
		"taint":    func() error { _, err := item.Taint(ctx, Taint{Key: "a", Effect: "NoExecute"}); return err },
		"trigger":  func() error { _, err := item.Trigger(ctx, ""); return err },
		"uncordon": func() error { _, err := item.Uncordon(ctx); return err },
		"undo":     func() error { _, err := item.Undo(ctx, 0); return err },
		"untaint":  func() error { _, err := item.Untaint(ctx, "a", ""); return err },
	} {
		err := run()
		assert.True(t, IsKind(err, ValueError), "%s: %v", name, err)
		assert.ErrorContains(t, err, name+" secrets x/a: a Secret can't do that (", name)
	}
}

func TestManualName(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "report-manual-", manualName("report"))
	long := manualName("a-cron-job-whose-name-is-as-long-as-names-may-be-at-52")
	assert.LessOrEqual(t, len(long), 58)
	assert.Equal(t, "a-cron-job-whose-name-is-as-long-as-names-may-be-a-manual-", long)
}
