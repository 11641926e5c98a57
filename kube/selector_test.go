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
