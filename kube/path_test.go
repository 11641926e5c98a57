package kube

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParsePath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string][]PathStep{
		`a`:                          {{Key: "a"}},
		`status.conditions[1].type`:  {{Key: "status"}, {Key: "conditions"}, {Index: 1, Element: true}, {Key: "type"}},
		`metadata.labels["a.b/c"]`:   {{Key: "metadata"}, {Key: "labels"}, {Key: "a.b/c"}},
		`["]"]`:                      {{Key: "]"}},
		`[2]["x"]`:                   {{Index: 2, Element: true}, {Key: "x"}},
		``:                           nil,
		`.a`:                         nil,
		`a.`:                         nil,
		`a..b`:                       nil,
		`a[x]`:                       nil,
		`a[1`:                        nil,
		`a["b]`:                      nil,
		`a[1]b`:                      nil,
		`a[99999999999999999999999]`: nil,
	} {
		got, ok := ParsePath(path)
		assert.Equal(t, want != nil, ok, path)
		if ok {
			assert.Equal(t, want, got, path)
		}
	}
}

// Whatever the text: a path written anew from its steps has the same steps.
func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"a", "status.conditions[1].type", `metadata.labels["a.b/c"]`, "a[", `a["]`, "[0]", "a[-1]", "a[+1]", "..", `[""]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		steps, ok := ParsePath(path)
		if !ok {
			return
		}
		require.NotEmpty(t, steps)
		var again strings.Builder
		for _, s := range steps {
			switch {
			case s.Element:
				again.WriteString("[" + strconv.Itoa(s.Index) + "]")
			case strings.Contains(s.Key, `"]`):
				return // such a name can be written without brackets only
			default:
				again.WriteString(`["` + s.Key + `"]`)
			}
		}
		got, ok := ParsePath(again.String())
		require.True(t, ok, again.String())
		require.Equal(t, steps, got)
		Value{[]byte(`{"a":[{"b":1}]}`)}.walk(steps)
	})
}
