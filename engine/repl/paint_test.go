package repl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// painted shows the codes of colours as people can read them: <31>text<0>.
func painted(text string) string {
	return strings.NewReplacer("\x1b[", "<", "0m", "0>", "1m", "1>", "2m", "2>", "3m", "3>").Replace(text)
}

func TestColoured(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		terminal bool
		env      map[string]string
		want     paint
	}{
		{"a terminal", true, map[string]string{"TERM": "xterm"}, true},
		{"a pipe", false, map[string]string{"TERM": "xterm"}, false},
		{"NO_COLOR", true, map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		{"an empty NO_COLOR", true, map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true},
		{"a terminal that knows none", true, map[string]string{"TERM": "dumb"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, coloured(tt.terminal, func(name string) string { return tt.env[name] }))
		})
	}
}

func TestCells(t *testing.T) {
	t.Parallel()
	tests := []struct{ line, want string }{
		{"web   1/1     Running   0", "web   1/1     <32>Running<0>   0"},
		{"web   0/1   Init:CrashLoopBackOff   3 (5s ago)", "web   0/1   <31>Init:CrashLoopBackOff<0>   3 (5s ago)"},
		{"node-0   Ready,SchedulingDisabled", "node-0   <33>Ready,SchedulingDisabled<0>"},
		{"Running", "<32>Running<0>"},
		{"is Running now", "is Running now"},
		{"  web  waiting: ImagePullBackOff: Back-off", "  web  <31>waiting: ImagePullBackOff: Back-off<0>"},
		{"  web  waiting: Whatever", "  web  <33>waiting: Whatever<0>"},
		{"  web  terminated: Error, exit code 1", "  web  terminated: Error, exit code 1"},
		{"", ""},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, painted(paint(true).cells(tt.line)))
		assert.Equal(t, tt.line, paint(false).cells(tt.line))
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"as it is\n\té", "as it is\n\té"},
		{"\x1b[31mred\a", "^[[31mred^G"},
		{"a\u009b31m\x7f", "a^?31m^?"},
		{"\xff", "^?"},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, plain(tt.text))
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	red := paint(true).as(red, "Error")
	tests := []struct {
		line  string
		width int
		want  string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdef", 5, "abcd…"},
		{"äöüß", 3, "äö…"},
		{"日本語", 6, "日本語"},
		{"日本語", 5, "日本…"},
		{"日本語", 4, "日…"},
		{"abcdef", 0, "abcdef"},
		{"abcdef", 1, "…"},
		{"ab" + red, 7, "ab<31>Error<0>"},
		{"ab" + red, 5, "ab<31>Er…<0>"},
		{red + "cdef", 7, "<31>Error<0>c…<0>"},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, painted(cut(tt.line, tt.width)), "%q at %d", tt.line, tt.width)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text        string
		width, most int
		want        []string
	}{
		{"", 10, 2, []string{""}},
		{"one  two\nthree", 0, 2, []string{"one two three"}},
		{"one two three", 7, 3, []string{"one two", "three"}},
		{"one two three four", 7, 2, []string{"one two", "three …"}},
		{"averylongword b", 7, 3, []string{"averyl…", "b"}},
		{"日本 日本 日本", 9, 3, []string{"日本 日本", "日本"}},
		{"one two averylongword", 7, 1, []string{"one tw…"}},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, wrap(tt.text, tt.width, tt.most), tt.text)
	}
}
