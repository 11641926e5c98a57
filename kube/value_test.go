package kube

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func parse(t *testing.T, text string) Value {
	t.Helper()
	v, err := NewValue([]byte(text))
	require.NoError(t, err)
	return v
}

func TestValueTypes(t *testing.T) {
	v := parse(t, `{"s":"x","n":1,"t":true,"f":false,"z":null,"a":[1],"o":{}}`)
	for key, want := range map[string]ValueType{"s": String, "n": Number, "t": Bool, "f": Bool, "z": Null, "a": Array, "o": Object, "none": Absent} {
		assert.Equal(t, want, v.Get(key).Type(), key)
	}
	assert.True(t, v.Get("t").IsTrue())
	assert.False(t, v.Get("f").IsTrue())
	assert.True(t, v.Get("z").Exists())
	assert.False(t, v.Get("none").Exists())
	assert.Equal(t, 7, v.Len())
	assert.Equal(t, 1, v.Get("a").Len())
	assert.Zero(t, v.Get("s").Len())
}

func TestValueWalksThroughAbsence(t *testing.T) {
	v := parse(t, `{"a":{"b":[{"c":"d"}]}}`)
	assert.Equal(t, "d", v.At("a", "b").Index(0).Get("c").String())
	assert.Equal(t, "", v.At("a", "x", "y").Index(3).Get("c").String())
	assert.Equal(t, Absent, v.At("a", "b", "c").Type())
}

func TestValueKeysWithEscapes(t *testing.T) {
	v := parse(t, `{"a\u003cb":1,"example.com/x":2}`)
	n, ok := v.Get("a<b").Int()
	assert.True(t, ok)
	assert.EqualValues(t, 1, n)
	n, _ = v.Get("example.com/x").Int()
	assert.EqualValues(t, 2, n)
}

func TestValueNumbers(t *testing.T) {
	for _, tt := range []struct {
		text    string
		integer int64
		isInt   bool
		float   float64
	}{
		{`9007199254740993`, 9007199254740993, true, 9007199254740992},
		{`-1`, -1, true, -1},
		{`1.5`, 0, false, 1.5},
		{`1e3`, 0, false, 1000},
		{`"1"`, 0, false, 0},
	} {
		v := parse(t, tt.text)
		n, ok := v.Int()
		assert.Equal(t, tt.isInt, ok, tt.text)
		assert.Equal(t, tt.integer, n, tt.text)
		assert.Equal(t, tt.float, v.Float(), tt.text)
	}
}

func TestNewValueRefusesWhatIsNotJSON(t *testing.T) {
	for _, text := range []string{"", "{", "nope", "{} {}"} {
		_, err := NewValue([]byte(text))
		assert.True(t, IsKind(err, ValueError), text)
	}
}
