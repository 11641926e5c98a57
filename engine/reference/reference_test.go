package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

const folder = "../../docs/reference"

// TestFresh compares the reference with what the stubs say now.
func TestFresh(t *testing.T) {
	pages, err := render(engine.API())
	require.NoError(t, err)
	for name, text := range pages {
		there, err := os.ReadFile(filepath.Join(folder, name))
		assert.NoError(t, err)
		if string(there) != text {
			t.Errorf("docs/reference/%s isn't what the stubs say: write it anew by\n\tmake docs", name)
		}
	}
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		assert.Contains(t, pages, e.Name(), "docs/reference has a page that make docs doesn't write")
	}
}

// TestComplete looks for all that the stubs document in the reference.
func TestComplete(t *testing.T) {
	api := engine.API()
	pages, err := render(api)
	require.NoError(t, err)
	var b strings.Builder
	for _, text := range pages {
		b.WriteString(text)
	}
	all := b.String()
	for _, c := range api.Classes() {
		for _, m := range c.Members {
			if m.Kind == luacats.Field {
				assert.True(t, strings.Contains(all, "`"+m.Name), m.Path)
			} else {
				assert.True(t, regexp.MustCompile(`(?m)^#+ (?:\S*[.:])?`+m.Name+`$`).MatchString(all), m.Path)
			}
		}
	}
	for _, a := range api.Aliases() {
		assert.True(t, strings.Contains(all, "\n## "+a.Name+"\n"), a.Name)
	}
}

// TestForgotten sees that stubs which no page shows are an error.
func TestForgotten(t *testing.T) {
	files := append(engine.Stubs(), luacats.File{Name: "kube/extra.lua", Text: "---@meta\n\n--- More.\n---@class kube.Extra\n---@field more string\n"})
	api, err := luacats.Load(files...)
	require.NoError(t, err)
	_, err = render(api)
	assert.ErrorContains(t, err, "kube/extra.lua")
}
