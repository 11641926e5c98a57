// Command reference writes the reference of the Lua API, docs/reference, from the
// stubs: what editors show, and what the tables of the bindings and modules are
// compared with.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubelua/kubelua/engine"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: reference FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

// write makes the folder anew, so that a page which is no longer there goes.
func write(folder string) error {
	pages, err := render(engine.API())
	if err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
