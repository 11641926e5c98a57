package kube

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// TestUnknownFields are refused by every write, at once.
func TestUnknownFields(t *testing.T) {
	t.Parallel()
	var sends atomic.Int64
	c := connect(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodGet {
				sends.Add(1)
			}
			return next.RoundTrip(r)
		})
	})
	item := create(t, configMaps(t, c), "a")
	namespace := item.Meta().Namespace()
	began := time.Now()
	for name, do := range map[string]func() error{
		"apply": func() error {
			_, err := item.Apply(t.Context(), mustParse(`{"dat":{"k":"v"}}`), ApplyOptions{})
			return err
		},
		"create": func() error {
			_, err := viewOf(t, c, "configmaps").Create(t.Context(), mustParse(`{"metadata":{"name":"b"},"dat":{"k":"v"}}`), CreateOptions{Namespace: namespace})
			return err
		},
		"patch": func() error {
			_, err := item.Patch(t.Context(), mustParse(`{"dat":{"k":"v"}}`), PatchOptions{})
			return err
		},
		"edit": func() error {
			_, err := item.Edit(t.Context(), func(o Value) (Value, error) { return setField(o, "dat", mustParse(`{"k":"v"}`)), nil }, EditOptions{})
			return err
		},
		"update": func() error {
			_, err := item.Update(t.Context(), mustParse(`{"dat":{"k":"v"}}`), UpdateOptions{})
			return err
		},
	} {
		sends.Store(0)
		err := do()
		if assert.Error(t, err, name) {
			assert.Regexp(t, `unknown field "dat"|\.dat: field not declared in schema`, err.Error(), name)
		}
		assert.False(t, IsReason(err, ReasonUnknown), name)
		assert.EqualValues(t, 1, sends.Load(), name)
	}
	assert.Less(t, time.Since(began), 30*time.Second)
}

func TestRefusalsDoNotQuoteSecrets(t *testing.T) {
	t.Parallel()
	c := connect(t)
	made, err := viewOf(t, c, "secrets").Create(t.Context(), mustParse(`{"metadata":{"name":"a"},"data":{"k":"aHVzaA=="}}`),
		CreateOptions{Namespace: localtest.Namespace(t)})
	require.NoError(t, err)
	for _, tt := range []struct{ kind, patch string }{
		{"merge", `{"data":{"n":5}}`},
		{"merge", `{"data":{"n":"%"}}`},
		{"strategic", `{"data":{"n":5}}`},
		{"json", `[{"op":"add","path":"/data/n","value":5}]`},
		{"json", `[{"op":"replace","path":"/data","value":["aHVzaA=="]}]`},
		{"apply", `{"data":{"n":{"aHVzaA==":"aHVzaA=="}}}`},
		{"apply", `{"data":["aHVzaA=="]}`},
	} {
		_, err := made.Patch(t.Context(), mustParse(tt.patch), PatchOptions{Type: tt.kind})
		var e *Error
		require.ErrorAs(t, err, &e, tt.patch)
		t.Log(e.Message)
		assert.NotContains(t, e.Message, "aHVzaA", tt.patch)
		assert.NotContains(t, e.Response.Text, "aHVzaA", tt.patch)
		assert.NotEmpty(t, e.Response.Text)
	}
}

func TestShortened(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "abc", shortened("abc", 3))
	assert.Equal(t, "ab [...] ef", shortened("abcdef", 4))
	assert.Equal(t, "ä [...] ö", shortened("äüüö", 6))
	c := connect(t)
	_, err := viewOf(t, c, "configmaps").Create(t.Context(), mustParse(`{"metadata":{"name":"a","labels":{"x":"`+strings.Repeat("long ", 1000)+`"}}}`), CreateOptions{Namespace: "default"})
	assert.ErrorContains(t, err, "[...]")
	assert.ErrorContains(t, err, "is invalid: [metadata.labels")
	assert.Less(t, len(err.Error()), 2200)
}

func viewOf(t *testing.T, c *Cluster, name string) *View {
	t.Helper()
	v, err := c.View(t.Context(), name)
	require.NoError(t, err)
	return v
}
