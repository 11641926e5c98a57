package engine

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestEval(t *testing.T) {
	t.Parallel()
	vm := New(Options{Cluster: func() (kube.Options, error) {
		return kube.Options{Kubeconfig: localtest.Kubeconfig(t)}, nil
	}})
	t.Cleanup(vm.Close)
	eval := func(text string, args ...string) ([]string, error) {
		results, err := vm.Eval(t.Context(), Source{Name: "eval.lua", Text: text}, args...)
		var texts []string
		for _, r := range results {
			texts = append(texts, string(r))
		}
		return texts, err
	}

	got, err := eval(`return 1, "ä\n", nil, true, { 1, 2 }, { a = { b = 0.5 } }, ...`, "x", "y")
	require.NoError(t, err)
	assert.Equal(t, []string{`1`, `"ä\n"`, `null`, `true`, `[1,2]`, `{"a":{"b":0.5}}`, `"x"`, `"y"`}, got)

	got, err = eval(`task.spawn(function() task.sleep(0.01) end) return cluster.nodes:fetch("node-0"), cluster.nodes:fetch("node-0").meta.labels`)
	require.NoError(t, err)
	require.Len(t, got, 2)
	var node struct{ Kind, APIVersion string }
	require.NoError(t, json.Unmarshal([]byte(got[0]), &node))
	assert.Equal(t, "Node v1", node.Kind+" "+node.APIVersion)
	assert.Contains(t, got[1], `"kubernetes.io/hostname":"node-0"`)

	got, err = eval(`return`)
	require.NoError(t, err)
	assert.Empty(t, got)

	for text, want := range map[string]string{
		`return 1, print`:                          "result 2",
		`local t = {} t.t = t return t`:            "result 1",
		`return 1 + nil`:                           "eval.lua:1",
		`return = 1`:                               "eval.lua:1",
		`task.spawn(error, "no luck") return 1`:    "no luck",
		`return setmetatable({}, { __index = 1 })`: "",
	} {
		got, err := eval(text)
		if want == "" {
			assert.NoError(t, err)
			continue
		}
		assert.ErrorContains(t, err, want)
		assert.Nil(t, got, text)
	}
}

// The bounds of a run are those of its results, too.
func TestEvalIsBounded(t *testing.T) {
	t.Parallel()
	vm := New(Options{MaxMemory: 16 << 20})
	t.Cleanup(vm.Close)
	const share = `local t = { ("x"):rep(1e5) } for _ = 1, 40 do t = { t, t } end return t`
	ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Second, TimedOut(10*time.Second))
	defer cancel()
	_, err := vm.Eval(ctx, Source{Name: "eval.lua", Text: share})
	assert.Error(t, err)
	assert.NotErrorIs(t, err, context.DeadlineExceeded)
	_, err = vm.Eval(t.Context(), Source{Name: "eval.lua", Text: "return 1"})
	assert.NoError(t, err, "the VM can be used again")
}
