package repl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPagerCommand(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"less", "more", "cat"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o700))
	}
	t.Setenv("PATH", dir)
	tests := []struct {
		name  string
		pager string
		set   bool
		want  []string
	}{
		{"none named", "", false, []string{"less"}},
		{"one named", "more -n  5", true, []string{"more", "-n", "5"}},
		{"none wanted", "", true, nil},
		{"cat", "cat", true, nil},
		{"one that isn't there", "most", true, nil},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, pagerCommand(func(string) (string, bool) { return tt.pager, tt.set }), tt.name)
	}
	t.Setenv("PATH", "")
	assert.Nil(t, pagerCommand(func(string) (string, bool) { return "", false }))
}

// screen is a size for printers.
func screen(width, height int) func() (int, int) { return func() (int, int) { return width, height } }

func TestPage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		pager []string
		size  func() (int, int)
		text  string
		want  string
	}{
		{"fits", []string{"tr", "a", "b"}, screen(10, 4), "a\na\na\n", "a\na\na\n"},
		{"too long", []string{"tr", "a", "b"}, screen(10, 4), "a\na\na\na\n", "b\nb\nb\nb\n"},
		{"too wide", []string{"tr", "a", "b"}, screen(2, 4), "aaaaa\na\n", "bbbbb\nb\n"},
		{"no terminal", []string{"tr", "a", "b"}, nil, strings.Repeat("a\n", 100), strings.Repeat("a\n", 100)},
		{"no pager", nil, screen(10, 4), "a\na\na\na\n", "a\na\na\na\n"},
		{"that doesn't start", []string{"/no/such"}, screen(10, 4), "a\na\na\na\n", "a\na\na\na\n"},
		{"that is left early", []string{"head", "-n", "1"}, screen(10, 4), "first\n" + strings.Repeat("more\n", 100_000), "first\n"},
		{"that fails", []string{"false"}, screen(10, 4), strings.Repeat("a\n", 100_000), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			p := &printer{out: &out, size: tt.size, pager: tt.pager}
			require.NoError(t, p.page(tt.text))
			assert.Equal(t, tt.want, out.String())
		})
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 3, rows("a\n\nb\n", 10))
	assert.Equal(t, 1, rows("0123456789\n", 10))
	assert.Equal(t, 2, rows(paint(true).as(bold, "0123456789")+"0\n", 10))
}
