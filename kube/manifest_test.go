package kube

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestManifestsAreBounded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"a long text", strings.Repeat(" ", maxManifest+1), "the text is larger than 64 MiB"},
		{"a long document", "a: " + strings.Repeat("x", maxDocument), "document 1 is YAML of more than 4 MiB (JSON may have more)"},
		{"a later one", "a: 1\n---\na: " + strings.Repeat("x", maxDocument), "document 2 is YAML of more than 4 MiB"},
		{"deep JSON", strings.Repeat(`{"a":`, maxNesting+1) + "1" + strings.Repeat("}", maxNesting+1), "document 1 is nested deeper than 1000 levels"},
		{"deep YAML", "a: " + strings.Repeat("[", maxNesting) + strings.Repeat("]", maxNesting), "document 1 is nested deeper than 1000 levels"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseManifest(t.Context(), tt.text)
			assert.ErrorContains(t, err, tt.want)
			assert.True(t, IsKind(err, ValueError))
		})
	}
	long := `{"a":"` + strings.Repeat("x", maxDocument) + `"}`
	objects, err := ParseManifest(t.Context(), long)
	require.NoError(t, err)
	assert.Len(t, objects, 1)
}

// Reading goes no further than its context.
func TestManifestsAreGivenUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(assert.AnError)
	_, err := ParseManifest(ctx, "a: 1\n---\na: 2\n")
	assert.ErrorIs(t, err, assert.AnError)
}

// Whatever the text: its objects are what is read of them written again.
func FuzzParseManifest(f *testing.F) {
	for _, seed := range []string{
		"a: 1\n---\nb: [x, {y: null}]\n", `{"a":"\u003c"}{"b":1}`, "kind: List\nitems: [{kind: A}]", "kind: PodList\napiVersion: v1\nitems:\n- metadata: {name: a}",
		"a: &x [1]\nb: *x", "--- # c\n...\n", "? a\n: b", "a: !!binary YQ==", "\ufeff{}", "- a", "a: 0x10\nb: 1_000\nc: yes\nd: 1e3\ne: ~", "{a: [b]}", "a: |\n  x\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		objects, err := ParseManifest(t.Context(), text)
		if err != nil {
			require.True(t, IsKind(err, ValueError), "%v", err)
			return
		}
		for _, o := range objects {
			require.Equal(t, Object, o.Type())
			require.LessOrEqual(t, len(o.YAML()), o.IndentedLength(2))
			again, err := ParseObject(t.Context(), o.JSON(""))
			require.NoError(t, err)
			require.JSONEq(t, o.JSON(""), again.JSON(""))
		}
	})
}
