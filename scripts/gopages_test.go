package scripts_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// goCode builds and runs Go, a program or what a function of one has, on the
// cluster. It prints the lines that its comments promise, among others.
func (r *reader) goCode(b block) {
	text := b.text
	if !strings.HasPrefix(text, "package ") {
		text = `package main
import ("context"; "encoding/json"; "errors"; "fmt"; "log"; "os"; "time"; "github.com/kubelua/kubelua/engine"; "github.com/kubelua/kubelua/engine/permit"; "github.com/kubelua/kubelua/kube")
var (_ = json.Valid; _ = errors.As; _ = fmt.Print; _ = os.Stdout; _ = time.Now; _ engine.Source; _ permit.Grants; _ kube.Options)
func show(ctx context.Context) error {
` + text + `
return nil }
func main() { if err := show(context.Background()); err != nil { log.Fatal(err) } }`
	}
	r.write("main.go", text)
	got := run(r.T, localtest.Kubeconfig(r.T), "go", "run", filepath.Join(r.dir, "main.go"))
	if got.code != 0 {
		r.wrong("%s", got)
	}
	rest := "\n" + plain(got.stdout)
	for _, m := range promised.FindAllStringSubmatch(b.text, -1) {
		_, after, found := strings.Cut(rest, "\n"+plain(m[1]))
		if !found {
			r.wrong("it doesn't print%s:\n%s", m[1], got)
			return
		}
		rest = "\n" + after
	}
}

// changed is a line of a diff that names a file as it is afterwards.
var changed = regexp.MustCompile(`(?m)^\+\+\+ b/(.*)$`)

// diff applies a difference to a copy of the files that it is about, and builds
// kubelua with them, which the commands after it run.
func (r *reader) diff(b block) {
	root, err := filepath.Abs("..")
	if err != nil {
		r.Fatal(err)
	}
	tree := filepath.Join(r.dir, "tree")
	if r.overlay == nil {
		r.overlay = map[string]string{}
	}
	for _, m := range changed.FindAllStringSubmatch(b.text, -1) {
		source, copied := filepath.Join(root, m[1]), filepath.Join(tree, m[1])
		if r.overlay[source] != "" {
			continue
		}
		r.overlay[source] = copied
		if text, err := os.ReadFile(source); err == nil {
			r.write(filepath.Join("tree", m[1]), string(text))
		}
	}
	r.write("tree/page.diff", b.text)
	apply := exec.Command("git", "apply", "page.diff")
	apply.Dir, apply.Env = tree, append(os.Environ(), "GIT_CEILING_DIRECTORIES="+r.dir)
	if out, err := apply.CombinedOutput(); err != nil {
		r.wrong("%v: %s", err, out)
		return
	}
	overlay, err := json.Marshal(map[string]any{"Replace": r.overlay})
	if err != nil {
		r.Fatal(err)
	}
	r.write("tree/overlay.json", string(overlay))
	r.bin = filepath.Join(r.dir, "changed")
	build := exec.Command("go", "build", "-overlay", filepath.Join(tree, "overlay.json"), "-o", filepath.Join(r.bin, "kubelua"), ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		r.wrong("%v: %s", err, out)
	}
}
