package main

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/kubelua/kubelua/deploy/archive"
)

// read reads what a release is made of.
func read(programs []string) (release, error) {
	var r release
	here := ""
	for _, p := range programs {
		on, path, _ := strings.Cut(p, "=")
		system, architecture, ok := strings.Cut(on, "/")
		if !ok || path == "" {
			return r, fmt.Errorf("%q is not OS/ARCHITECTURE=PROGRAM", p)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return r, err
		}
		version, at, err := stamp(path)
		switch {
		case err != nil:
			return r, err
		case r.version != "" && r.version != version:
			return r, fmt.Errorf("%s is %s, the others are %s", path, version, r.version)
		}
		r.version, r.at = version, at
		r.programs = append(r.programs, program{system, architecture, data})
		if on == runtime.GOOS+"/"+runtime.GOARCH {
			here = path
		}
	}
	if here == "" {
		return r, fmt.Errorf("none of the programs runs here, on %s/%s, to print the completions and the manual", runtime.GOOS, runtime.GOARCH)
	}
	return r, r.readTexts(here)
}

// stamp is what the Go toolchain has stamped a program with: the version, which is the
// tag of the commit or is made from it, and the time of the commit.
func stamp(path string) (version string, at time.Time, err error) {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return "", at, err
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			at, err = time.Parse(time.RFC3339, s.Value)
		}
	}
	switch version = info.Main.Version; {
	case err != nil:
		return "", at, fmt.Errorf("%s: %w", path, err)
	case at.IsZero():
		return "", at, fmt.Errorf("%s has no version: build it in a clone, with -buildvcs=true", path)
	case strings.HasSuffix(version, "+dirty"):
		return "", at, fmt.Errorf("%s is of files that are not committed: commit them", path)
	}
	return version, at, nil
}

// readTexts reads the texts that all archives have. A program prints some of them.
func (r *release) readTexts(program string) error {
	for _, name := range []string{"LICENSE", "README.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		r.texts = append(r.texts, archive.File{Name: name, Mode: 0o644, Data: text})
	}
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	for name, words := range map[string]string{
		"completion/_kubelua":     "completion zsh",
		"completion/kubelua.bash": "completion bash",
		"completion/kubelua.fish": "completion fish",
		"kubelua.1":               "help --man",
	} {
		cmd := exec.Command(program, strings.Fields(words)...)
		cmd.Env = append(os.Environ(), fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.at.Unix()))
		text, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("kubelua %s: %w", words, err)
		}
		r.texts = append(r.texts, archive.File{Name: name, Mode: 0o644, Data: text})
	}
	return nil
}
