package columns_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kubelua/kubelua/stdlib/columns"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"":                           0,
		"pods":                       4,
		"äöü":                        3,
		"日本":                         4,
		"ｗｉｄｅ":                       8,
		"e\u0301":                    1,
		"a\u200bb":                   2,
		"\x1b[31mred\x1b[0m":         3,
		"\x1b[38;5;12mx\x1b[0;1my":   2,
		"…":                          1,
		"\x1b[":                      1, // no colour: the ESC has no column, the rest is text
		"a\tb":                       2,
		"\x1b[1m\u65e5\x1b[0m\u0301": 2,
	} {
		assert.Equal(t, want, columns.Of(text), "%q", text)
	}
}
