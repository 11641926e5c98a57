package kube

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNesting(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		``: 0, `1`: 0, `"[["`: 0, `[]`: 1, `{"a":[{"b":"]"},[[]]]}`: 4, `{"a":{},"b":[1]}`: 2,
	} {
		assert.Equal(t, want, trusted([]byte(text)).nesting(), text)
	}
}

// The length is an upper bound that isn't far off.
func TestIndentedLength(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, `1`, `"a"`, `{"a":1,"b":[true,{"c":"x"}]}`, `["a\nb\nc"]`, `{"a":{"b":{"c":{"d":"x\ny\nz\n\n\n"}}}}`,
		strings.Repeat("[", 500) + "1,2,3" + strings.Repeat("]", 500),
		strings.Repeat(`{"k":`, 500) + `"a\nb"` + strings.Repeat("}", 500),
	} {
		v := trusted([]byte(text))
		for _, indent := range []int{1, 2, 16} {
			long := len(v.JSON(strings.Repeat(" ", indent)))
			assert.GreaterOrEqual(t, v.IndentedLength(indent), long, text)
			assert.LessOrEqual(t, v.IndentedLength(indent), 3*long+100, text)
		}
		assert.GreaterOrEqual(t, v.IndentedLength(2), len(v.YAML()), text)
	}
}
