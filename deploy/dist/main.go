package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/deploy/archive"
)

func main() {
	output := pflag.String("output", "", "write the files to `FOLDER`")
	pflag.Parse()
	if err := run(*output, pflag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// run makes the release of programs that are given as OS/ARCHITECTURE=FILE.
func run(output string, programs []string) error {
	if output == "" || len(programs) == 0 {
		return fmt.Errorf("want --output FOLDER OS/ARCHITECTURE=PROGRAM... (linux/amd64=bin/kubelua)")
	}
	r, err := read(programs)
	if err != nil {
		return err
	}
	files, err := r.files()
	if err != nil {
		return err
	}
	return write(output, files)
}

func write(folder string, files []archive.File) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(folder, f.Name), f.Data, os.FileMode(f.Mode)); err != nil {
			return err
		}
		fmt.Println(filepath.Join(folder, f.Name))
	}
	return nil
}
