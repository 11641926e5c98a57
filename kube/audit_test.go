package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// auditLines reads what an audit has written, in short: "verb what outcome status
// caller", and checks what is in every line.
func auditLines(t *testing.T, text string, server string) []string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(text) {
		var l auditLine
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.DisallowUnknownFields()
		require.NoError(t, decoder.Decode(&l), line)
		assert.Equal(t, server, l.Server)
		assert.WithinDuration(t, time.Now(), l.Time, time.Minute)
		assert.GreaterOrEqual(t, l.Seconds, 0.0)
		assert.NotContains(t, line, "hunter")
		what := l.Path
		if l.Resource != "" {
			what = Access{Verb: l.Verb, Group: l.Group, Resource: l.Resource, Subresource: l.Subresource, Namespace: l.Namespace, Name: l.Name}.String()
		}
		if l.DryRun {
			what += " (dry run)"
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s: %s %d %s", what, l.Outcome, l.Status, l.Caller)))
	}
	return lines
}

func TestAudit(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	var text bytes.Buffer
	audit := NewAudit(&text)
	plan := NewPlan()
	plan.Stop()
	c, err := Connect(Options{
		Kubeconfig: localtest.Kubeconfig(t), Namespace: namespace, Audit: audit, Plan: plan,
		Guard: NewGuard(nil, &Policy{Deny: rules(t, "delete:*:*:b")}),
	})
	require.NoError(t, err)
	defer c.Close()
	ctx := WithCaller(t.Context(), "x.lua:3")
	secret := parse(t, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"b"},"stringData":{"password":"hunter2"}}`)
	item, err := c.Create(ctx, secret, CreateOptions{Namespace: namespace})
	require.NoError(t, err)
	_, err = c.Create(ctx, secret, CreateOptions{Namespace: namespace})
	require.Error(t, err)
	require.True(t, IsKind(item.Delete(ctx, DeleteOptions{}), DeniedError))
	_, err = c.Proxy().Do(ctx, Call{Method: "PATCH", Path: []string{item.Meta().Link() + "?dryRun=All&password=hunter3"}, Body: []byte(`{"stringData":{"password":"hunter4"}}`)})
	require.NoError(t, err)
	plan.Start()
	_, err = item.Patch(ctx, parse(t, `{"stringData":{"password":"hunter5"}}`), PatchOptions{})
	require.NoError(t, err)
	plan.Stop()
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err = c.Builtin("pods").Find(ended, "x", namespace)
	require.Error(t, err)
	_, err = c.Proxy().Do(t.Context(), Call{Method: "GET", Path: []string{"/version"}})
	require.NoError(t, err)
	w, err := c.Builtin("secrets").Watch(ctx, WatchOptions{})
	require.NoError(t, err)
	_, err = item.Patch(ctx, parse(t, `{"stringData":{"password":"hunter5"}}`), PatchOptions{})
	require.NoError(t, err)
	_, err = w.Next(ctx, time.Minute)
	require.NoError(t, err)
	require.NoError(t, audit.Close())

	at := namespace + "/b"
	got := auditLines(t, text.String(), c.URL())
	assert.Equal(t, []string{
		"create secrets " + at + ": ok 201 x.lua:3",
		"create secrets " + at + ": refused 409 x.lua:3",
		"delete secrets " + at + ": denied 0 x.lua:3",
		"patch secrets " + at + " (dry run): ok 200 x.lua:3",
		"patch secrets " + at + " (dry run): ok 200 x.lua:3",
		"get pods " + namespace + "/x: cancelled 0 x.lua:3",
		"/version: ok 200",
		"list secrets in " + namespace + ": ok 200 x.lua:3",
		"patch secrets " + at + ": ok 200 x.lua:3",
		"watch secrets in " + namespace + ": ok 200 x.lua:3",
	}, got)
	var denied, watch auditLine
	lines := strings.Split(text.String(), "\n")
	require.NoError(t, json.Unmarshal([]byte(lines[2]), &denied))
	assert.Equal(t, "delete secrets "+at+": denied by --deny delete:*:*:b", denied.Error)
	require.NoError(t, json.Unmarshal([]byte(lines[9]), &watch))
	assert.Positive(t, watch.Received)

	_, err = c.Builtin("pods").Find(t.Context(), "x", namespace)
	assert.ErrorContains(t, err, "the audit can't be written: it is closed")
}

// What goes to a process in a pod, and comes from it, counts.
func TestAuditOfStreams(t *testing.T) {
	t.Parallel()
	pod := runningPod(t, connect(t), "p", "{}", onePort)
	for _, protocol := range []string{"websocket", "spdy"} {
		var text bytes.Buffer
		audit := NewAudit(&text)
		c, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), Audit: audit})
		require.NoError(t, err)
		own := *pod
		own.cluster = c
		_, err = own.Exec(t.Context(), []string{"echo", "hunter2"}, nil, 0, ExecOptions{Protocol: protocol})
		require.NoError(t, err)
		c.Close()
		require.NoError(t, audit.Close())
		lines := strings.Split(strings.TrimSpace(text.String()), "\n")
		assert.Equal(t, []string{"create pods/exec " + pod.Meta().Namespace() + "/p: ok 101"}, auditLines(t, lines[len(lines)-1], c.URL()), protocol)
		var exec auditLine
		require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &exec))
		assert.Positive(t, exec.Sent, protocol)
		assert.Positive(t, exec.Received, protocol)
	}
}

// full is a file on a full disk.
type full struct{ writes int }

func (f *full) Write([]byte) (int, error) {
	f.writes++
	return 0, errors.New("no space left")
}

// What can't be written down isn't done.
func TestAuditThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	audit := NewAudit(&full{})
	c, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), Audit: audit})
	require.NoError(t, err)
	defer c.Close()
	pods := c.Builtin("pods")
	_, err = pods.Find(t.Context(), "x", "default")
	require.NoError(t, err)
	_, err = pods.Find(t.Context(), "x", "default")
	assert.ErrorContains(t, err, "get pods default/x: the audit can't be written: no space left")
	assert.ErrorContains(t, audit.Close(), "no space left")
}
