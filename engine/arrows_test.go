package engine_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/kubelua/kubelua"

// arrows says, for each folder at the top, which others its packages may
// import. Nothing imports back.
func arrows() map[string][]string {
	return map[string][]string{
		"":         {"engine", "bindings", "kube", "stdlib"},
		"engine":   {"bindings", "kube", "stdlib"},
		"bindings": {"kube", "stdlib"},
		"kube":     {},
		"stdlib":   {},
	}
}

// foreign says which modules of others a folder must not import: a Go program
// can use kube without Lua, and stdlib works without a cluster. Of Kubernetes it
// has what reads and writes amounts and ages.
func foreign() map[string][]string {
	return map[string][]string{
		"kube":   {"github.com/yuin/gopher-lua", "layeh.com/gopher-luar"},
		"stdlib": {"k8s.io", "sigs.k8s.io"},
	}
}

// notation are packages that only know how Kubernetes writes something.
func notation() []string {
	return []string{"k8s.io/apimachinery/pkg/api/resource", "k8s.io/apimachinery/pkg/util/duration"}
}

// TestArrows reads the imports of every package.
func TestArrows(t *testing.T) {
	checked := 0
	for file, imports := range importsOfModule(t) {
		from := top(file)
		allowed, known := arrows()[from]
		if !known {
			continue
		}
		checked++
		for _, imported := range imports {
			inside, ours := strings.CutPrefix(imported, module+"/")
			if to := top(inside + "/"); ours && to != from {
				assert.Contains(t, allowed, to, "%s imports %s: no arrow goes from %q to %q", file, imported, from, to)
			}
			for _, denied := range foreign()[from] {
				if slices.Contains(notation(), imported) {
					continue
				}
				assert.False(t, imported == denied || strings.HasPrefix(imported, denied+"/"), "%s imports %s", file, imported)
			}
		}
	}
	assert.Greater(t, checked, 50, "files that were looked at")
}

// TestArrowsPicture compares the picture of docs/architecture.md with the arrows.
func TestArrowsPicture(t *testing.T) {
	page, err := os.ReadFile("../docs/architecture.md")
	require.NoError(t, err)
	_, picture, _ := strings.Cut(string(page), "```mermaid\nflowchart LR\n")
	picture, _, _ = strings.Cut(picture, "```")
	var want []string
	for from, to := range arrows() {
		for _, to := range to {
			if from != "" { // main may import all, and has one arrow
				want = append(want, "  "+from+" --> "+to)
			}
		}
	}
	assert.ElementsMatch(t, append(want, "  main --> engine", ""), strings.Split(picture, "\n"))
}

// TestNames keeps out names that say nothing.
func TestNames(t *testing.T) {
	for file := range importsOfModule(t) {
		for _, part := range append(strings.Split(path.Dir(file), "/"), strings.TrimSuffix(path.Base(file), ".go")) {
			assert.False(t, slices.Contains([]string{"util", "utils", "common", "helpers", "types", "misc"}, part), file)
		}
	}
}

// top is the folder at the top that a file lies in, "" for the main package.
func top(file string) string {
	first, _, found := strings.Cut(file, "/")
	if !found {
		return ""
	}
	return first
}

// importsOfModule lists the Go files of this module, tests left out, with what
// they import.
func importsOfModule(t *testing.T) map[string][]string {
	t.Helper()
	imports := make(map[string][]string)
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			_, other := os.Stat(filepath.Join(name, "go.mod"))
			if name != ".." && (other == nil || strings.HasPrefix(entry.Name(), ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		file := strings.TrimPrefix(filepath.ToSlash(name), "../")
		imports[file] = []string{}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports[file] = append(imports[file], imported)
		}
		return nil
	})
	require.NoError(t, err)
	return imports
}
