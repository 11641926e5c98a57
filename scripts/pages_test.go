package scripts_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubelua/kubelua/kube/local/localtest"
	"github.com/kubelua/kubelua/stdlib"
)

// block is a fenced block of code.
type block struct {
	language, text string
	line           int
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
	if current != nil {
		t.Errorf("%s:%d: the block has no end", name, current.line)
	}
	return text, blocks
}

// pages are the README and all that is below docs.
func pages(t *testing.T) []string {
	t.Helper()
	names := []string{"README.md"}
	err := fs.WalkDir(os.DirFS(".."), "docs", func(name string, _ fs.DirEntry, err error) error {
		if filepath.Ext(name) == ".md" {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// languages says what is done with the blocks of each language, in the order of
// the page. Every block runs, or is at least read by what would run it.
var languages = map[string]func(*reader, block){
	"console": (*reader).console,
	"diff":    (*reader).diff,
	"go":      (*reader).goCode,
	"json":    (*reader).json,
	"lua":     (*reader).lua,
	"mermaid": (*reader).mermaid,
	"sh":      (*reader).shell,
	"text":    (*reader).session,
	"yaml":    (*reader).yaml,
}

// TestPages follows each page as its reader would, on the cluster of make demo:
// a block whose first line names a file is written to it, Lua prints what its
// comments say, and commands print what stands below them.
func TestPages(t *testing.T) {
	for _, name := range pages(t) {
		t.Run(name, func(t *testing.T) {
			_, blocks := page(t, name)
			r := &reader{T: t, page: name, dir: t.TempDir(), bin: filepath.Dir(program(t))}
			if slices.ContainsFunc(blocks, block.needsCluster) {
				loadDemo(t)
			}
			r.furnish()
			for _, b := range blocks {
				handle := languages[b.language]
				if handle == nil {
					t.Errorf("%s:%d: a block of language %q, which nothing tests", name, b.line, b.language)
					continue
				}
				r.block = b
				handle(r, b)
			}
			r.testFiles()
		})
	}
}

// needsCluster tells whether a block runs on the cluster.
func (b block) needsCluster() bool {
	return slices.Contains([]string{"console", "go", "lua"}, b.language)
}

// reader follows a page in a folder of its own.
type reader struct {
	*testing.T
	page     string
	dir      string
	bin      string // where kubelua is
	block    block
	overlay  map[string]string // of the files of the tree that the page changes
	commands strings.Builder   // that were run
	tests    []string          // files of tests that were written
}

// furnish has in the folder what a clone has that pages name.
func (r *reader) furnish() {
	root, err := filepath.Abs("..")
	if err != nil {
		r.Fatal(err)
	}
	for name, target := range map[string]string{"bin": binDir, "scripts": filepath.Join(root, "scripts"), "testdata": filepath.Join(root, "testdata")} {
		if err := os.Symlink(target, filepath.Join(r.dir, name)); err != nil {
			r.Fatal(err)
		}
	}
}

// wrong reports something that is wrong with the block.
func (r *reader) wrong(format string, args ...any) {
	r.Helper()
	r.Errorf("%s:%d: "+format, append([]any{r.page, r.block.line}, args...)...)
}

// fileName is a first line that names the file that a block is.
var fileName = regexp.MustCompile(`^(?:--|#) ([\w./-]+\.(?:lua|yaml))(?::.*)?\n`)

// written writes a block to the file that it names, if it names one.
func (r *reader) written(b block) bool {
	m := fileName.FindStringSubmatch(b.text)
	if m == nil {
		return false
	}
	r.write(m[1], b.text)
	if strings.HasSuffix(m[1], "_test.lua") {
		r.tests = append(r.tests, m[1])
	}
	return true
}

// write writes a file below the folder.
func (r *reader) write(name, text string) {
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
}

// promised is what a block says that it prints: the text behind each "-->".
var promised = regexp.MustCompile(`(?m)-->(.*)$`)

// lua runs a script, whose lines are numbered as in the page.
func (r *reader) lua(b block) {
	if r.written(b) {
		return
	}
	if strings.HasPrefix(r.page, "docs/reference/") {
		r.example(b)
		return
	}
	r.prints(strings.Repeat("\n", b.line-1)+b.text, promises(b.text))
}

// promises is what a script prints by its comments.
func promises(text string) (want string) {
	for _, m := range promised.FindAllStringSubmatch(text, -1) {
		want += m[1] + "\n"
	}
	return want
}

// prints runs a script, and compares what it prints.
func (r *reader) prints(script, want string) {
	r.Helper()
	r.write("page.lua", script)
	if got := r.run("kubelua --local page.lua"); got.code != 0 || got.stderr != "" || plain(got.stdout) != plain(want) {
		r.wrong("got %s\nwant\n%s", got, want)
	}
}

// supposed are the values that examples of the reference take as given, with their
// classes.
func supposed() map[string]string {
	return map[string]string{
		"deployment": "kube.Deployment", "item": "kube.Item", "node": "kube.Node", "pod": "kube.Pod", "pods": "kube.Pod[]",
		"secret": "kube.Secret", "t": "test.T", "report": "tabular.Table", "ticker": "task.Timer", "watcher": "kube.Watcher",
		"web": "kube.Deployment", "bar": "ui.Progress", "names": "string[]", "body": "string", "key": "string",
	}
}

// example checks an example of the reference, and runs it if it says what it
// prints and takes nothing as given but modules.
func (r *reader) example(b block) {
	var modules, values strings.Builder
	for _, m := range stdlib.Modules() {
		fmt.Fprintf(&modules, "local %s = require %q\n", m.Name, m.Name)
	}
	given := "cluster"
	for name, class := range supposed() {
		fmt.Fprintf(&values, "---@type %s\nlocal %s\n", class, name)
		given += "|" + name
	}
	r.write("example.lua", modules.String()+values.String()+b.text)
	if got := r.run("kubelua check example.lua"); got.code != 0 {
		r.wrong("%s", got)
	}
	if want := promises(b.text); want != "" && !regexp.MustCompile(`\b(?:`+given+`)\b`).MatchString(b.text) {
		r.prints(modules.String()+b.text, want)
	}
}

// testFiles runs the tests of the page that none of its commands has run.
func (r *reader) testFiles() {
	for _, file := range r.tests {
		if !strings.Contains(r.commands.String(), file) {
			if got := r.run("kubelua test " + file); got.code != 0 {
				r.Errorf("%s: %s: %s", r.page, file, got)
			}
		}
	}
}

// yaml reads YAML, which the server takes if it is an object.
func (r *reader) yaml(b block) {
	if r.written(b) {
		return
	}
	var value any
	if err := yaml.UnmarshalStrict([]byte(b.text), &value); err != nil {
		r.wrong("%v", err)
	}
	if object, ok := value.(map[string]any); ok && object["kind"] != nil {
		cmd := localtest.Command(r.T, "create", "--dry-run=server", "--validate=strict", "--filename=-")
		cmd.Stdin = strings.NewReader(b.text)
		if out, err := cmd.CombinedOutput(); err != nil {
			r.wrong("%v: %s", err, out)
		}
	}
}

func (r *reader) json(b block) {
	if !json.Valid([]byte(b.text)) {
		r.wrong("this isn't JSON")
	}
}

// mermaidLine is a line of the two kinds of diagrams that the pages have.
var mermaidLine = regexp.MustCompile(`^  (?:\w+|\[\*\]) --> (?:\w+|\[\*\])(?:: .+)?$`)

// mermaid reads a diagram.
func (r *reader) mermaid(b block) {
	kind, rest, _ := strings.Cut(b.text, "\n")
	if kind != "flowchart LR" && kind != "stateDiagram-v2" {
		r.wrong("%q is no diagram that is known here", kind)
	}
	for line := range strings.Lines(rest) {
		if line = strings.TrimSuffix(line, "\n"); !mermaidLine.MatchString(line) {
			r.wrong("%q is no line of a diagram", line)
		}
	}
}

// sessionStart is how a session at the prompt begins.
var sessionStart = regexp.MustCompile(`^\$ (?:bin/)?kubelua --local\nlocal> `)

// session looks whether a block is a session at the prompt: those of the README and
// the pages in docs are typed by TestRecordedSessions of package cli.
func (r *reader) session(b block) {
	if dir := filepath.Dir(r.page); dir != "." && dir != "docs" || !sessionStart.MatchString(b.text) {
		r.wrong("a text should be a session that begins with $ kubelua --local, of a page in docs")
	}
}

// TestShownFiles looks whether pages show files as they are.
func TestShownFiles(t *testing.T) {
	for name, file := range map[string]string{
		"README.md":      "testdata/demo/waiting.lua",
		"docs/guards.md": "testdata/demo/night.yaml",
	} {
		_, blocks := page(t, name)
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(blocks, func(b block) bool { return b.text == string(text) }) {
			t.Errorf("%s doesn't show %s", name, file)
		}
	}
}

// TestLinks follows the links of the pages to other pages and files, and to
// headings in them.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s:]*)(?:#([^)\s]+))?\)`)
	for _, name := range pages(t) {
		text, _ := page(t, name)
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target := name
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(name), m[1])
			}
			if _, err := os.Stat(filepath.Join("..", target)); err != nil {
				t.Errorf("%s: %v", name, err)
			} else if m[2] != "" && !slices.Contains(anchors(t, target), m[2]) {
				t.Errorf("%s: %s has no heading #%s", name, target, m[2])
			}
		}
	}
}

// anchors are what links to the headings of a page are called.
func anchors(t *testing.T, name string) []string {
	t.Helper()
	text, _ := page(t, name)
	dropped := regexp.MustCompile(`[^\w\- ]`)
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		names = append(names, strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return names
}
