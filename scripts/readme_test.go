package scripts_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// block is a fenced block of code.
type block struct {
	language, text string
	line           int
}

// pages are what is documented by running it.
var pages = []string{
	"README.md",
	"docs/kinds.md",
	"docs/pods.md",
	"docs/schedule.md",
	"docs/stdlib.md",
	"docs/tasks.md",
	"docs/workloads.md",
	"docs/writing.md",
}

// page returns the text of a page and its blocks.
func page(t *testing.T, name string) (text string, blocks []block) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	text = string(data)
	var current *block
	n := 0
	for line := range strings.Lines(text) {
		n++
		language, fence := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "```")
		switch {
		case fence && current == nil:
			current = &block{language: language, line: n + 1}
		case fence:
			blocks = append(blocks, *current)
			current = nil
		case current != nil:
			current.text += line
		}
	}
	return text, blocks
}

// promised is what a block says that it prints: the text behind each "-->".
var promised = regexp.MustCompile(`(?m)-->(.*)$`)

// TestReadmeConsole runs the commands of the README on the cluster of make demo
// and compares what they print. A block of Lua before such a command is the text
// of the script that it runs.
func TestReadmeConsole(t *testing.T) {
	loadDemo(t)
	_, blocks := page(t, "README.md")
	ran := 0
	for i, b := range blocks {
		if b.language != "console" {
			continue
		}
		ran++
		command, want, _ := strings.Cut(b.text, "\n")
		words := strings.Fields(command)
		t.Run(command, func(t *testing.T) {
			if strings.Join(words[:3], " ") != "$ bin/kubelua --local" {
				t.Fatal("want a run of bin/kubelua --local")
			}
			kubelua(t, words[3:]...).check(t, result{stdout: want})
			if i > 0 && blocks[i-1].language == "lua" {
				if script, err := os.ReadFile(filepath.Join("..", words[3])); err != nil || string(script) != blocks[i-1].text {
					t.Errorf("%s is not the block before: %v\n%s", words[3], err, script)
				}
			}
		})
	}
	if ran == 0 {
		t.Error("found no commands")
	}
}

// TestDocumentedLua runs the Lua of the pages on the cluster of make demo. A
// block prints what its comments say.
func TestDocumentedLua(t *testing.T) {
	loadDemo(t)
	for _, name := range pages {
		_, blocks := page(t, name)
		ran := 0
		for i, b := range blocks {
			if b.language != "lua" || i+1 < len(blocks) && blocks[i+1].language == "console" {
				continue
			}
			ran++
			t.Run(fmt.Sprintf("%s:%d", name, b.line), func(t *testing.T) {
				want := ""
				for _, m := range promised.FindAllStringSubmatch(b.text, -1) {
					want += m[1] + "\n"
				}
				script := filepath.Join(t.TempDir(), "page.lua")
				// Lines are numbered as in the page.
				text := strings.Repeat("\n", b.line-1) + b.text
				if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				kubelua(t, script).check(t, result{stdout: want})
			})
		}
		if ran < 5 {
			t.Errorf("%s: found %d blocks of Lua", name, ran)
		}
	}
}

// TestReadmeGo builds and runs the Go of the README.
func TestReadmeGo(t *testing.T) {
	_, blocks := page(t, "README.md")
	for _, b := range blocks {
		if b.language != "go" {
			continue
		}
		file := filepath.Join(t.TempDir(), "main.go")
		text := `package main
import ("context"; "fmt"; "log"; "github.com/kubelua/kubelua/kube")
func show(ctx context.Context) error {
` + b.text + `
return nil }
func main() { if err := show(context.Background()); err != nil { log.Fatal(err) } }`
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got := run(t, localtest.Kubeconfig(t), "go", "run", file)
		got.check(t, result{stdout: "node-0 v1.36.3\nnode-1 v1.36.3\nnode-2 v1.36.3\n"})
		return
	}
	t.Error("found no Go")
}

// TestReadmeNames checks that what the README names is there: targets of make,
// commands and files.
func TestReadmeNames(t *testing.T) {
	text, _ := page(t, "README.md")
	if n := strings.Count(text, "\n"); n > 250 {
		t.Errorf("the README has %d lines, and should have 250 at most", n)
	}
	for _, m := range regexp.MustCompile("(?m)(?:^ {4}|`)make ([a-z]+)").FindAllStringSubmatch(text, -1) {
		make := exec.Command("make", "--dry-run", m[1])
		make.Dir = ".."
		if out, err := make.CombinedOutput(); err != nil {
			t.Errorf("make %s: %v: %s", m[1], err, out)
		}
	}
	for _, m := range regexp.MustCompile("`((?:docs|scripts|testdata|localcluster|bench)/[a-z./-]+)`").FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
			t.Error(err)
		}
	}
	kinds, _ := page(t, "docs/kinds.md")
	for _, kind := range kube.Builtin() {
		row := regexp.MustCompile(`(?m)^\|[^|]*\b` + kind.Kind + `\b[^|]*\|(.*)\|$`).FindString(kinds)
		for _, a := range kind.Attributes {
			if !regexp.MustCompile(`\b` + a.Name + `\b`).MatchString(row) {
				t.Errorf("docs/kinds.md has no attribute %s of %s", a.Name, kind.Kind)
			}
		}
	}
	help := run(t, "", program(t), "help").stdout + run(t, "", program(t), "help", "connection").stdout +
		run(t, "", program(t), "help", "cluster").stdout
	for _, m := range regexp.MustCompile("`(--[a-z-]+)`|kubelua cluster ([a-z]+)").FindAllStringSubmatch(text, -1) {
		name := m[1] + m[2]
		switch name {
		case "--help", "--exit-code", "--apply": // of scripts
			continue
		}
		if !strings.Contains(help, name) {
			t.Errorf("the README names %q, kubelua help doesn't", name)
		}
	}
}
