package kube

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLabelsEqual(t *testing.T) {
	s, err := LabelsEqual(map[string]string{"b": "2", "example.com/a": "1"})
	require.NoError(t, err)
	assert.Equal(t, "b=2,example.com/a=1", s)
}

func TestFieldsEqualEscapes(t *testing.T) {
	s, err := FieldsEqual(map[string]string{"metadata.name": "a,b=c"})
	require.NoError(t, err)
	assert.Equal(t, `metadata.name=a\,b\=c`, s)
}

func TestSelectorsAreChecked(t *testing.T) {
	v := &View{resource: builtin("pods")}
	for name, s := range map[string]Selectors{
		"empty":           {},
		"blank":           {Labels: " "},
		"broken label":    {Labels: "a in (b"},
		"broken field":    {Fields: "a"},
		"bad label value": {Labels: "a=b c"},
	} {
		_, err := v.Filter(s)
		assert.True(t, IsKind(err, ValueError), name)
	}
	_, err := LabelsEqual(map[string]string{"a b": "c"})
	assert.ErrorContains(t, err, `label key "a b"`)
	_, err = LabelsEqual(nil)
	assert.True(t, IsKind(err, ValueError))
}

func TestFiltersAreAnded(t *testing.T) {
	v := &View{resource: builtin("pods")}
	v, err := v.Filter(Selectors{Labels: "app=web"})
	require.NoError(t, err)
	v, err = v.Filter(Selectors{Labels: "tier in (a,b)", Fields: "status.phase=Running"})
	require.NoError(t, err)
	assert.Equal(t, Selectors{Labels: "app=web,tier in (a,b)", Fields: "status.phase=Running"}, v.Selectors())
	assert.Equal(t, "pods with app=web,tier in (a,b) with status.phase=Running", v.String())
}

// Whatever the texts: selectors that a view takes it takes again when they are
// joined, and labels that make a selector make one that can be parsed.
func FuzzSelectors(f *testing.F) {
	for _, seed := range [][2]string{{"app=web", "status.phase=Running"}, {"app in (a, b),!x", `metadata.name=a\,b`}, {"a notin (b", "a!=b"}, {" ", "="}, {"x", ""}, {"a,,b", "a==b,c"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, labels, fields string) {
		v := &View{resource: builtin("pods")}
		narrow, err := v.Filter(Selectors{Labels: labels, Fields: fields})
		if err == nil {
			_, err = narrow.Filter(Selectors{Labels: labels, Fields: fields})
			require.NoError(t, err)
		} else {
			require.True(t, IsKind(err, ValueError), "%v", err)
		}
		if equal, err := LabelsEqual(map[string]string{labels: fields}); err == nil {
			require.NoError(t, Selectors{Labels: equal}.check())
		}
		if equal, err := FieldsEqual(map[string]string{"metadata.name": labels}); err == nil {
			require.NoError(t, Selectors{Fields: equal}.check(), equal)
		}
	})
}
