package engine

import (
	"path/filepath"
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// Check compiles a script without running it. The error is nil or a
// [*SyntaxError].
func Check(src Source) error {
	_, err := compile(skipShebang(src.Text), src.Name, nil)
	return err
}

// Tree is the syntax tree of a script that compiles, and the text that its lines
// and columns are counted in. The error is nil or a [*SyntaxError].
func Tree(src Source) (tree []ast.Stmt, text string, err error) {
	if err := Check(src); err != nil {
		return nil, "", err
	}
	text = skipShebang(src.Text)
	if tree, err = parse.Parse(strings.NewReader(text), src.Name); err != nil {
		return nil, "", syntaxError(src.Name, text, err)
	}
	return tree, text, nil
}

// ModuleNames lists the modules that require finds without a file.
func ModuleNames() []string {
	var names []string
	for _, m := range new(VM).modules() {
		names = append(names, m.Name)
	}
	return names
}

// ModuleSource finds the file that require would load a module from, in folders
// that are looked at in their order; false where there is none.
func ModuleSource(name string, folders ...string) (Source, bool) {
	for _, folder := range folders {
		for _, file := range moduleFiles(name) {
			if src, err := FileSource(filepath.Join(folder, file)); err == nil {
				return src, true
			}
		}
	}
	return Source{}, false
}
