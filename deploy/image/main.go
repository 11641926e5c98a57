package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
)

func main() {
	output := pflag.String("output", "", "write the image to `FILE`")
	name := pflag.String("name", "kubelua:latest", "the `NAME` of the image")
	pflag.Parse()
	if err := run(*output, *name, pflag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

// run makes the image of programs that are given as ARCHITECTURE=FILE.
func run(output, name string, programs []string) error {
	if output == "" || len(programs) == 0 {
		return fmt.Errorf("want --output FILE ARCHITECTURE=PROGRAM... (amd64=bin/kubelua)")
	}
	var l layout
	var images []descriptor
	for _, p := range programs {
		architecture, path, ok := strings.Cut(p, "=")
		if !ok {
			return fmt.Errorf("%q is not ARCHITECTURE=PROGRAM", p)
		}
		program, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		image, err := l.image(architecture, program)
		if err != nil {
			return err
		}
		images = append(images, image)
	}
	image, err := l.archive(name, images)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(output), 0o755); err != nil {
		return err
	}
	return os.WriteFile(output, image, 0o644)
}
