package luatest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/kubelua/kubelua/engine"
)

// Load finds the tests of a file: its global functions test_x, in their order.
func Load(src engine.Source) ([]string, error) {
	tree, _, err := engine.Tree(src)
	if err != nil {
		return nil, err
	}
	var names []string
	lines := map[string]int{}
	for _, s := range tree {
		def, ok := s.(*ast.FuncDefStmt)
		if !ok || def.Name.Method != "" {
			continue
		}
		name, ok := def.Name.Func.(*ast.IdentExpr)
		if !ok || !strings.HasPrefix(name.Value, "test_") {
			continue
		}
		if line, twice := lines[name.Value]; twice {
			return nil, fmt.Errorf("%s:%d: there is a function %s already, in line %d", src.Name, s.Line(), name.Value, line)
		}
		lines[name.Value] = s.Line()
		names = append(names, name.Value)
	}
	return names, nil
}

// Files lists the test files of names: files as they are, of folders all
// *_test.lua below them that aren't hidden.
func Files(names ...string) ([]string, error) {
	var files []string
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, name)
			continue
		}
		err = filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
			hidden := strings.HasPrefix(entry.Name(), ".") && path != name
			switch {
			case err != nil:
				return err
			case entry.IsDir() && hidden:
				return filepath.SkipDir
			case !entry.IsDir() && !hidden && strings.HasSuffix(path, "_test.lua"):
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}
