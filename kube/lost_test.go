package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
	"github.com/kubelua/kubelua/testdata/faults"
)

// mishap is what happens to a write on its way.
type mishap func(next http.RoundTripper, r *http.Request) (*http.Response, error)

// mishaps are what happens to the first write, and whether the server may have
// acted on it for all that a client knows.
var mishaps = []struct {
	name    string
	obscure bool
	happen  mishap
}{
	{"broke before the server got it", true, func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
		httptrace.ContextClientTrace(r.Context()).WroteHeaders()
		return nil, syscall.ECONNRESET
	}},
	{"broke before the answer came", true, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if err == nil {
			discard(resp.Body)
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}},
	{"broke within the answer", true, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if err == nil {
			resp.Body = &shortBody{resp.Body}
		}
		return resp, err
	}},
	{"500 after it was done", true, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		discard(resp.Body)
		return statusAnswer(http.StatusInternalServerError), nil
	}},
	{"503 before it was done", true, answering(http.StatusServiceUnavailable)},
	{"429", false, answering(http.StatusTooManyRequests)},
	{"no connection", false, func(http.RoundTripper, *http.Request) (*http.Response, error) {
		return nil, syscall.ECONNREFUSED
	}},
}

func answering(status int) mishap {
	return func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
		httptrace.ContextClientTrace(r.Context()).WroteHeaders()
		return statusAnswer(status), nil
	}
}

func statusAnswer(status int) *http.Response {
	return &http.Response{StatusCode: status, Status: strconv.Itoa(status), Header: http.Header{}, Body: io.NopCloser(strings.NewReader("on purpose"))}
}

// shortBody is an answer that breaks off.
type shortBody struct{ io.ReadCloser }

func (b *shortBody) Read(p []byte) (int, error) {
	n, _ := b.ReadCloser.Read(p[:min(len(p), 40)])
	return n, io.ErrUnexpectedEOF
}

// disturbed is a cluster whose first write has a mishap. It tells how many
// writes were sent.
func disturbed(t *testing.T, happen mishap) (*Cluster, *atomic.Int64) {
	t.Helper()
	sends := new(atomic.Int64)
	c := connect(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodGet && sends.Add(1) == 1 {
				return happen(next, r)
			}
			return next.RoundTrip(r)
		})
	})
	_, err := c.Proxy().Do(t.Context(), Call{Method: http.MethodGet, Path: []string{"version"}})
	require.NoError(t, err)
	return c, sends
}

// lossyWrites are one of each write. Those that aren't safe must not be sent
// again where the server may have acted on them.
var lossyWrites = []struct {
	name string
	safe bool
	do   func(ctx context.Context, i *Item) (*Item, error)
}{
	{"merge", true, func(ctx context.Context, i *Item) (*Item, error) {
		return i.Patch(ctx, mustParse(`{"data":{"k":"w"}}`), PatchOptions{})
	}},
	{"merge of a version", true, func(ctx context.Context, i *Item) (*Item, error) {
		return i.Patch(ctx, mustParse(fmt.Sprintf(`{"metadata":{"resourceVersion":%q},"data":{"k":"w"}}`, i.Meta().Version())), PatchOptions{})
	}},
	{"strategic", true, func(ctx context.Context, i *Item) (*Item, error) {
		return i.Patch(ctx, mustParse(`{"data":{"k":"w"}}`), PatchOptions{Type: "strategic"})
	}},
	{"json", true, func(ctx context.Context, i *Item) (*Item, error) {
		return i.Patch(ctx, mustParse(`[{"op":"replace","path":"/data/k","value":"w"},{"op":"remove","path":"/data/gone"}]`), PatchOptions{Type: "json"})
	}},
	{"json in a list", false, func(ctx context.Context, i *Item) (*Item, error) {
		return i.Patch(ctx, mustParse(`[{"op":"add","path":"/metadata/finalizers/-","value":"example.com/x"}]`), PatchOptions{Type: "json"})
	}},
	{"apply", true, func(ctx context.Context, i *Item) (*Item, error) {
		return i.Apply(ctx, mustParse(`{"data":{"new":"w"}}`), ApplyOptions{})
	}},
	{"edit", true, func(ctx context.Context, i *Item) (*Item, error) {
		return i.Edit(ctx, func(o Value) (Value, error) {
			return setField(o, "data", setField(o.Get("data"), "k", textValue(o.At("data", "k").String()+"+"))), nil
		}, EditOptions{})
	}},
	{"update", true, func(ctx context.Context, i *Item) (*Item, error) {
		return i.Update(ctx, setField(i.Raw(), "data", mustParse(`{"k":"w"}`)), UpdateOptions{})
	}},
	{"label", true, func(ctx context.Context, i *Item) (*Item, error) { return i.Meta().Labels().Set(ctx, "a", "b") }},
	{"finalizers", true, func(ctx context.Context, i *Item) (*Item, error) {
		return i.Meta().Finalizers().Set(ctx, "example.com/x")
	}},
}

func mustParse(text string) Value {
	v, err := NewValue([]byte(text))
	if err != nil {
		panic(err)
	}
	return v
}

// changes is how often an object has changed since the item's version, as the
// server remembers.
func changes(t *testing.T, i *Item) int {
	t.Helper()
	c := connect(t)
	now, err := c.fetch(t.Context(), i.resource, i.Meta().Namespace(), i.Meta().Name())
	require.NoError(t, err)
	if now.Meta().Version() == i.Meta().Version() {
		return 0
	}
	w, err := c.Proxy().Watch(t.Context(), []string{i.Meta().Link()}, i.Meta().Version(), nil)
	require.NoError(t, err)
	defer w.Close()
	for n := 1; ; n++ {
		ev, err := w.Next(t.Context(), -1)
		require.NoError(t, err)
		if ev.Object.At("metadata", "resourceVersion").String() == now.Meta().Version() {
			return n
		}
	}
}

func TestWritesWithLostAnswers(t *testing.T) {
	t.Parallel()
	for _, w := range lossyWrites {
		for _, m := range mishaps {
			t.Run(w.name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				c, sends := disturbed(t, m.happen)
				undisturbed := configMaps(t, connect(t))
				made, err := undisturbed.Create(t.Context(), parse(t,
					`{"metadata":{"name":"a","labels":{"test":"yes"},"finalizers":["example.com/kept"]},"data":{"k":"v","gone":"x"}}`), CreateOptions{})
				require.NoError(t, err)
				t.Cleanup(func() {
					_, _ = made.patch(context.Background(), "release", map[string]any{"metadata": map[string]any{"finalizers": nil}})
				})
				item := newItem(c, made.resource, made.Raw().Raw())

				got, err := w.do(t.Context(), item)
				if m.obscure && !w.safe {
					assert.True(t, IsReason(err, ReasonUnknown), "%v", err)
					assert.ErrorContains(t, err, "it may or may not have happened")
					assert.EqualValues(t, 1, sends.Load())
					assert.LessOrEqual(t, changes(t, made), 1)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, 1, changes(t, made))
				now, err := made.Fetch(t.Context())
				require.NoError(t, err)
				assert.True(t, got.Equal(now))
			})
		}
	}
}

func TestCreateAndDeleteWithLostAnswers(t *testing.T) {
	t.Parallel()
	for _, m := range mishaps {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for _, tt := range []struct {
				name, object string
				safe         bool
			}{
				{"named", `{"metadata":{"name":"a","labels":{"test":"yes"}},"data":{"k":"v"}}`, true},
				{"name made", `{"metadata":{"generateName":"a-","labels":{"test":"yes"}},"data":{"k":"v"}}`, false},
			} {
				c, sends := disturbed(t, m.happen)
				v := configMaps(t, c)
				made, err := v.Create(t.Context(), parse(t, tt.object), CreateOptions{})
				if m.obscure && !tt.safe {
					assert.True(t, IsReason(err, ReasonUnknown), "%s: %v", tt.name, err)
					assert.EqualValues(t, 1, sends.Load(), tt.name)
					assert.LessOrEqual(t, len(names(t, v)), 1, tt.name)
					continue
				}
				require.NoError(t, err, tt.name)
				assert.Equal(t, []string{made.Meta().Name()}, names(t, v))
			}

			c, _ := disturbed(t, m.happen)
			v := configMaps(t, connect(t))
			item := create(t, v, "a")
			require.NoError(t, newItem(c, item.resource, item.Raw().Raw()).Delete(t.Context(), DeleteOptions{}))
			assert.Empty(t, names(t, v))

			c, sends := disturbed(t, m.happen)
			create(t, v, "a")
			nobody, err := c.Item(t.Context(), parse(t, fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":%q}}`, v.namespace)))
			require.NoError(t, err)
			err = nobody.Delete(t.Context(), DeleteOptions{})
			if m.obscure {
				assert.True(t, IsReason(err, ReasonUnknown), "%v", err)
				assert.EqualValues(t, 1, sends.Load())
			} else {
				assert.NoError(t, err)
			}
		})
	}
}

func TestCreateFindsAnother(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, manager, data string
	}{
		{"of other content", FieldManager, `{"k":"other"}`},
		{"of more content", FieldManager, `{"k":"v","more":"x"}`},
		{"of a like quantity", FieldManager, `{"k":"1.0"}`},
		{"of another manager", "somebody", `{"k":"v"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			there := configMaps(t, connect(t))
			c, _ := disturbed(t, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
				// Somebody else is faster, and the answer lost.
				_, err := there.Create(r.Context(), parse(t, fmt.Sprintf(`{"metadata":{"name":"a"},"data":%s}`, tt.data)), CreateOptions{FieldManager: tt.manager})
				assert.NoError(t, err)
				return mishaps[0].happen(next, r)
			})
			_, err := c.Create(t.Context(), parse(t, fmt.Sprintf(
				`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":%q},"data":{"k":"v"}}`, there.namespace)), CreateOptions{})
			assert.True(t, IsReason(err, ReasonUnknown), "%v", err)
		})
	}
}

// TestWritesThatConflict has the first write answered with a conflict of
// versions, as a server does that too many write to.
func TestWritesThatConflict(t *testing.T) {
	t.Parallel()
	bound := map[string]bool{"merge of a version": true, "update": true}
	for _, w := range lossyWrites {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			c, sends := disturbed(t, func(http.RoundTripper, *http.Request) (*http.Response, error) {
				resp := statusAnswer(http.StatusConflict)
				resp.Body = io.NopCloser(strings.NewReader(`{"kind":"Status","code":409,"reason":"Conflict","message":"the object has been modified"}`))
				return resp, nil
			})
			made, err := configMaps(t, connect(t)).Create(t.Context(), parse(t,
				`{"metadata":{"name":"a","finalizers":["example.com/kept"]},"data":{"k":"v","gone":"x"}}`), CreateOptions{})
			require.NoError(t, err)
			t.Cleanup(func() {
				_, _ = made.patch(context.Background(), "release", map[string]any{"metadata": map[string]any{"finalizers": nil}})
			})
			_, err = w.do(t.Context(), newItem(c, made.resource, made.Raw().Raw()))
			if bound[w.name] {
				assert.True(t, IsReason(err, "Conflict"), "%v", err)
				assert.EqualValues(t, 1, sends.Load())
				assert.Zero(t, changes(t, made))
				return
			}
			require.NoError(t, err)
			assert.EqualValues(t, 2, sends.Load())
			assert.Equal(t, 1, changes(t, made))
		})
	}
}

// TestEditsUnderFire has many edit one object over a connection that loses
// writes and answers, while somebody else changes it too.
func TestEditsUnderFire(t *testing.T) {
	t.Parallel()
	const editors, edits = 16, 2
	calm := configMaps(t, connect(t))
	made, err := calm.Create(t.Context(), parse(t, `{"metadata":{"name":"a"},"data":{"count":"0"}}`), CreateOptions{})
	require.NoError(t, err)
	var sends atomic.Int64
	c := connect(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPatch {
				if n := sends.Add(1); n%3 == 0 {
					return mishaps[n/3%2].happen(next, r)
				}
			}
			return next.RoundTrip(r)
		})
	})
	item := newItem(c, made.resource, made.Raw().Raw())
	var wg sync.WaitGroup
	for n := range editors {
		wg.Go(func() {
			for range edits {
				_, err := item.Edit(t.Context(), func(o Value) (Value, error) {
					count, err := strconv.Atoi(o.At("data", "count").String())
					return setField(o, "data", setField(o.Get("data"), "count", textValue(strconv.Itoa(count+1)))), err
				}, EditOptions{})
				assert.NoError(t, err)
			}
			_, err := made.Meta().Labels().Set(t.Context(), fmt.Sprintf("label-%d", n), "x")
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	now, err := made.Fetch(t.Context())
	require.NoError(t, err)
	assert.Equal(t, strconv.Itoa(editors*edits), now.Raw().At("data", "count").String())
	assert.Equal(t, editors, now.Meta().Labels().Value().Len())
	assert.Empty(t, c.edits.objects, "nothing is left of the edits")
}

// TestWritesOverBadConnections has real connections cut as the answer comes, by
// which net/http must not send anything again on its own.
func TestWritesOverBadConnections(t *testing.T) {
	t.Parallel()
	for name, protocol := range map[string]faults.Protocol{"HTTP1": faults.HTTP1, "HTTP2": faults.HTTP2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := faults.New(t, localtest.Kubeconfig(t), protocol)
			options := Options{URL: proxy.URL()}
			options.Overrides.ClusterInfo.InsecureSkipTLSVerify = true
			c, err := Connect(options)
			require.NoError(t, err)
			t.Cleanup(c.Close)
			v := configMaps(t, c)
			assert.Empty(t, names(t, v))

			proxy.CutAnswer()
			_, err = v.Create(t.Context(), parse(t, `{"metadata":{"generateName":"a-","labels":{"test":"yes"}},"data":{"k":"v"}}`), CreateOptions{})
			assert.True(t, IsReason(err, ReasonUnknown), "%v", err)
			assert.Equal(t, 1, proxy.Seen(http.StatusCreated))
			assert.Len(t, names(t, v), 1)

			proxy.CutAnswer()
			made, err := v.Create(t.Context(), parse(t, `{"metadata":{"name":"b","labels":{"test":"yes"}},"data":{"k":"v"}}`), CreateOptions{})
			require.NoError(t, err)
			assert.Equal(t, 2, proxy.Seen(http.StatusCreated))

			proxy.CutAnswer()
			_, err = made.Meta().Labels().Set(t.Context(), "a", "b")
			require.NoError(t, err)
			assert.Equal(t, 1, changes(t, made))

			proxy.Answer(http.StatusTooManyRequests, http.Header{"Retry-After": {"0"}}, 2)
			_, err = v.Create(t.Context(), parse(t, `{"metadata":{"generateName":"c-"},"data":{"k":"v"}}`), CreateOptions{})
			require.NoError(t, err)
			assert.Equal(t, 3, proxy.Seen(http.StatusCreated))

			proxy.Answer(http.StatusInternalServerError, nil, maxSends)
			_, err = made.Patch(t.Context(), parse(t, `{"data":{"k":"w"}}`), PatchOptions{})
			assert.True(t, IsReason(err, ReasonUnknown), "%v", err)
			var e *Error
			require.True(t, errors.As(err, &e))
			assert.Equal(t, http.StatusInternalServerError, e.StatusCode)
			assert.False(t, proxy.Pending(), "it was sent as often as is allowed")
		})
	}
}

// TestCompareAndSwapWithLostAnswers has somebody else win, in a way that looks
// like one's own success.
func TestCompareAndSwapWithLostAnswers(t *testing.T) {
	t.Parallel()
	for _, m := range mishaps {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			calm := configMaps(t, connect(t))
			made, err := calm.Create(t.Context(), parse(t, `{"metadata":{"name":"a"},"data":{"k":"v"}}`), CreateOptions{})
			require.NoError(t, err)
			c, _ := disturbed(t, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
				_, err := made.Patch(r.Context(), mustParse(`{"data":{"k":"w"}}`), PatchOptions{FieldManager: "rival"})
				assert.NoError(t, err)
				return m.happen(next, r)
			})
			swap := mustParse(`[{"op":"test","path":"/data/k","value":"v"},{"op":"replace","path":"/data/k","value":"w"}]`)
			_, err = newItem(c, made.resource, made.Raw().Raw()).Patch(t.Context(), swap, PatchOptions{Type: "json"})
			assert.Error(t, err)
		})
	}
}

// TestEditsThatARivalMakes has another manager write what a lost edit wanted.
func TestEditsThatARivalMakes(t *testing.T) {
	t.Parallel()
	calm := configMaps(t, connect(t))
	made, err := calm.Create(t.Context(), parse(t, `{"metadata":{"name":"a"},"data":{"n":"0"}}`), CreateOptions{})
	require.NoError(t, err)
	c, _ := disturbed(t, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		_, err := made.Patch(r.Context(), mustParse(`{"data":{"n":"1"}}`), PatchOptions{FieldManager: "rival"})
		assert.NoError(t, err)
		return mishaps[0].happen(next, r)
	})
	edited, err := newItem(c, made.resource, made.Raw().Raw()).Edit(t.Context(), func(o Value) (Value, error) {
		n, err := strconv.Atoi(o.At("data", "n").String())
		return setField(o, "data", mustParse(fmt.Sprintf(`{"n":"%d"}`, n+1))), err
	}, EditOptions{})
	require.NoError(t, err)
	assert.Equal(t, "2", edited.Raw().At("data", "n").String())
}

// TestEditsThatOnlyRemove are made once, though the server has no record of who
// removes.
func TestEditsThatOnlyRemove(t *testing.T) {
	t.Parallel()
	calm := configMaps(t, connect(t))
	made, err := calm.Create(t.Context(), parse(t, `{"metadata":{"name":"a"},"data":{"a":"","b":"","c":""}}`), CreateOptions{FieldManager: "maker"})
	require.NoError(t, err)
	c, _ := disturbed(t, mishaps[1].happen)
	edited, err := newItem(c, made.resource, made.Raw().Raw()).Edit(t.Context(), func(o Value) (Value, error) {
		data := o.Get("data")
		for key := range data.Fields() {
			return setField(o, "data", setField(data, key, Value{})), nil
		}
		return o, nil
	}, EditOptions{})
	require.NoError(t, err)
	assert.Equal(t, 2, edited.Raw().Get("data").Len())
}

func TestTheLastFinalizerWithALostAnswer(t *testing.T) {
	t.Parallel()
	for _, m := range mishaps {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			calm := configMaps(t, connect(t))
			made, err := calm.Create(t.Context(), parse(t, `{"metadata":{"name":"a","labels":{"test":"yes"},"finalizers":["example.com/x"]}}`), CreateOptions{})
			require.NoError(t, err)
			require.NoError(t, made.Delete(t.Context(), DeleteOptions{}))
			c, _ := disturbed(t, m.happen)
			last, err := newItem(c, made.resource, made.Raw().Raw()).Meta().Finalizers().Delete(t.Context(), "example.com/x")
			require.NoError(t, err)
			assert.Equal(t, made.Meta().UID(), last.Meta().UID())
			assert.Empty(t, last.Meta().Finalizers().Names())
			assert.Empty(t, names(t, calm))
		})
	}
}
