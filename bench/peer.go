package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The peers, which are the columns of the table. The first is who all this is
// about, the second is what it is measured by.
const (
	kubelua = iota
	floor
	dynamic
	requests
	kubectl
	official
	otherFloor // another way for the floor to do the same; no column
	stock      // who does what needs no cluster; in a table of its own
	peerCount
)

// columns is how many columns the table of the work on a cluster has.
const columns = otherFloor

// peer is somebody who does the work.
type peer struct {
	name   string
	slow   bool   // takes many times as long: fewer rounds, and none with many pods
	absent string // what is missing to run it here, "" where nothing is
}

// programs are the peers and the files that run them.
type programs struct {
	peers [peerCount]peer

	kubelua, kubectl, jq                        string
	requests, official                          string // interpreters that have the library
	floor, dynamic, empty, stock, stopwatch, py string // py is a directory
}

//go:embed scripts
var scripts embed.FS

// script is the text of a Lua script of the benchmark.
func script(name string) string {
	text, err := scripts.ReadFile("scripts/" + name + ".lua")
	if err != nil {
		panic(err) // it is in the binary
	}
	return string(text)
}

// prepare looks for the peers that may be installed, and puts what belongs to
// the benchmark itself into dir.
func prepare(ctx context.Context, kubeluaPath, dir string) (*programs, error) {
	p := &programs{
		peers: [peerCount]peer{
			kubelua:    {name: "kubelua"},
			floor:      {name: "floor"},
			dynamic:    {name: "client-go dynamic"},
			requests:   {name: "Python requests"},
			kubectl:    {name: `kubectl \| jq`, slow: true},
			official:   {name: "Python kubernetes", slow: true},
			otherFloor: {name: "floor, the other way"},
			stock:      {name: "stock gopher-lua"},
		},
		floor: filepath.Join(dir, "floor"), dynamic: filepath.Join(dir, "dynamic"),
		empty: filepath.Join(dir, "empty"), stopwatch: filepath.Join(dir, "stopwatch"),
		stock: filepath.Join(dir, "stock"), py: filepath.Join(dir, "scripts"),
	}
	var err error
	if p.kubelua, err = filepath.Abs(kubeluaPath); err == nil {
		_, err = os.Stat(p.kubelua)
	}
	if err != nil {
		return nil, fmt.Errorf("no kubelua to measure (make build makes it): %w", err)
	}
	files, err := fs.Sub(scripts, ".")
	if err == nil {
		err = os.CopyFS(dir, files)
	}
	if err != nil {
		return nil, err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", dir+string(filepath.Separator), "./floor", "./dynamic", "./empty", "./stock", "./stopwatch")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the peers (in the folder of the benchmark): %w\n%s", err, text)
	}
	p.look(ctx)
	return p, nil
}

// look finds the peers that the machine may have.
func (p *programs) look(ctx context.Context) {
	p.kubectl, _ = exec.LookPath("kubectl")
	p.jq, _ = exec.LookPath("jq")
	switch {
	case p.kubectl == "":
		p.peers[kubectl].absent = "kubectl"
	case p.jq == "":
		p.peers[kubectl].absent = "jq"
	}
	if p.requests = python(ctx, "requests"); p.requests == "" {
		p.peers[requests].absent = "python3 with requests"
	}
	if p.official = python(ctx, "kubernetes"); p.official == "" {
		p.peers[official].absent = "python3 with kubernetes"
	}
}

// python returns a Python that has the module, "" where there is none. The first
// in PATH may be without the libraries that the system's has, and may be a script
// that starts the real one.
func python(ctx context.Context, module string) string {
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/bin") {
		path := filepath.Join(dir, "python3")
		self, err := exec.CommandContext(ctx, path, "-c", "import sys, "+module+"; print(sys.executable)").Output()
		if err == nil {
			return strings.TrimSpace(string(self))
		}
	}
	return ""
}
