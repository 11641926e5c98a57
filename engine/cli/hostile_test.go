package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// The hostile scripts of testdata/hostile try to do harm, each in one way. Its head
// says in which, and what must come of it:
//
//	-- under: FLAGS      the flags that it is run with
//	-- runs: N           how often it is run, in one VM
//	-- denied: TEXT      exit code 4
//	-- bounded: TEXT     a bound of the run ends it: exit code 124 for its time, else 1
//	-- refused: TEXT     an error as any other
//	-- harmless          it ends well
//
// TEXT is part of the message. arg[1] is a folder for the script, see hostileFolder;
// the module attempts makes several attempts in one script. Meanwhile another VM
// goes on working in the same process, and whatever happens, what is secret isn't
// told to anybody, and the cluster is as it was. One of them alone:
//
//	go test -run 'TestHostile/read_link$' ./engine/cli

const (
	hostileScripts = "../../testdata/hostile"

	// hostileSecret is in a file, a variable and a Secret, none of which may be told.
	hostileSecret = "hunter2"

	// hostileFlags are those of each script. Their time is for a loaded machine.
	hostileFlags = "--timeout 3m --max-memory 16Mi --path " + hostileScripts + "/lib"

	// hostilePatience is how long a script may take to end after its time, or the other
	// VM to answer.
	hostilePatience = 3 * time.Minute
)

func TestHostile(t *testing.T) {
	require.NoError(t, os.Setenv("KUBELUA_HOSTILE", hostileSecret))
	files, err := filepath.Glob(hostileScripts + "/*.lua")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 60)
	namespace := hostileNamespace(t)
	w := newWitness(t, namespace)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			t.Parallel()
			h := newHostile(t, file, namespace)
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				h.run()
			}()
			for asked := false; !asked; w.ask(t) {
				select {
				case <-ended:
					asked = true
				case <-time.After(100 * time.Millisecond):
				}
			}
			h.check()
		})
	}
}

// hostile is one of the scripts.
type hostile struct {
	t      *testing.T
	source engine.Source
	folder string

	flags []string
	runs  int
	ends  string // denied and so on
	text  string // of its message

	options     options
	out, errout bytes.Buffer
	errs        []error // of each run
	again       error   // of another one in the same VM
}

var hostileHead = regexp.MustCompile(`(?m)^-- (under|runs|denied|bounded|refused|harmless)(?:: (.*))?$`)

// newHostile reads a script and makes what it needs.
func newHostile(t *testing.T, file, namespace string) *hostile {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	h := &hostile{t: t, folder: hostileFolder(t), runs: 1}
	h.source = engine.Source{Name: filepath.Base(file), Text: string(text), Dir: filepath.Join(h.folder, "scripts")}
	h.flags = append(strings.Fields(hostileFlags), "--namespace", namespace, "--kubeconfig", localtest.Kubeconfig(t))
	for _, m := range hostileHead.FindAllStringSubmatch(h.source.Text, -1) {
		switch m[1] {
		case "under":
			flags := strings.NewReplacer("$WORK", h.folder, "'", "").Replace(m[2])
			h.flags = append(h.flags, strings.Fields(flags)...)
		case "runs":
			_, err := fmt.Sscan(m[2], &h.runs)
			require.NoError(t, err)
		default:
			require.Empty(t, h.ends, "its head says two ends")
			h.ends, h.text = m[1], m[2]
		}
	}
	require.NotEmpty(t, h.ends, "its head says no end")
	return h
}

// hostileNamespace makes a namespace with what scripts try to get at: the ConfigMap
// target, which must stay as it is, and the Secret login.
func hostileNamespace(t *testing.T) string {
	namespace := localtest.Namespace(t)
	create := localtest.Command(t, "create", "--namespace="+namespace, "--filename=-")
	create.Stdin = strings.NewReader(`
{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "target"}, "data": {"state": "before"}}
{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login", "annotations": {"example.com/copy": "` + hostileSecret + `"}}, "stringData": {"password": "` + hostileSecret + `"}}`)
	out, err := create.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return namespace
}

// hostileFolder makes a folder with what scripts try to get at:
//
//	granted/      a folder that may be granted, with links out, up and absolute
//	granted-too/  one whose name starts alike
//	scripts/      where require searches, with links and bytecode
//	secret.txt outside.lua kubeconfig.yaml
func hostileFolder(t *testing.T) string {
	folder, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	at := func(name string) string { return filepath.Join(folder, filepath.FromSlash(name)) }
	for _, name := range []string{"granted/folder", "granted-too", "scripts/lib"} {
		require.NoError(t, os.MkdirAll(at(name), 0o700))
	}
	for name, text := range map[string]string{
		"granted/inner.txt":      "inside",
		"granted/true":           "#!/bin/sh\necho " + hostileSecret,
		"granted-too/secret.txt": hostileSecret,
		"secret.txt":             hostileSecret,
		"outside.lua":            "print('" + hostileSecret + "')",
		"scripts/bytecode.lua":   "\x1bLua\x51\x00\x01\x04\x08\x04\x08\x00",
		"kubeconfig.yaml": `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ` + at("granted/true") + `, interactiveMode: Never}}}]
contexts: [{name: program, context: {cluster: c, user: u}}]
`,
	} {
		require.NoError(t, os.WriteFile(at(name), []byte(text), 0o700))
	}
	for name, to := range map[string]string{
		"granted/out": "../secret.txt", "granted/up": "..", "granted/absolute": folder, "scripts/link.lua": "../outside.lua", "scripts/up": "..",
	} {
		if err := os.Symlink(to, at(name)); err != nil {
			t.Skip(err)
		}
	}
	return folder
}

// run runs the script as the command line does.
func (h *hostile) run() {
	require.NoError(h.t, parse(h.options.all(), h.flags))
	r, err := h.options.begin(h.source.Name)
	require.NoError(h.t, err)
	r.planned.shown = nil // check looks at it
	defer r.end(&err)
	r.world.Stdout, r.world.Stderr = &h.out, &h.errout
	machine := r.machine(r.world)
	machine.Cluster = func() (kube.Options, error) { return h.options.cluster, nil }
	vm := engine.New(machine)
	defer vm.Close()
	for range h.runs {
		ctx, cancel := h.options.limit(context.Background())
		err := vm.Run(ctx, h.source, h.folder)
		cancel()
		engine.Report(&h.errout, err)
		h.errs = append(h.errs, err)
	}
	h.again = vm.Run(context.Background(), engine.Source{Name: "again.lua", Text: "local t = {} for i = 1, 100 do t[i] = i end"})
}

// check checks how the script has ended, and what it has left.
func (h *hostile) check() {
	t := h.t
	code := map[string]int{"denied": engine.ExitDenied, "bounded": engine.ExitFailed, "refused": engine.ExitFailed, "harmless": engine.ExitOK}[h.ends]
	if strings.HasPrefix(h.text, "timed out") {
		code = engine.ExitTimedOut
	}
	for _, err := range h.errs {
		assert.Equal(t, code, engine.ExitCode(err), "%v", err)
		if code != engine.ExitOK {
			assert.ErrorContains(t, err, h.text)
		}
	}
	if h.again != nil { // what is full stays full
		assert.ErrorContains(t, h.again, "--max-memory")
	}

	told := h.out.String() + h.errout.String()
	if audit, err := os.ReadFile(filepath.Join(h.folder, "audit.jsonl")); err == nil {
		assert.NotEmpty(t, audit)
		told += string(audit)
	}
	if plan := h.options.cluster.Plan; plan != nil {
		assert.NotEmpty(t, plan.Text(false))
		told += plan.Text(false)
	}
	for _, secret := range []string{hostileSecret, base64.StdEncoding.EncodeToString([]byte(hostileSecret))} {
		if at := strings.Index(told, secret); at >= 0 {
			t.Errorf("a secret was told: ...%q...", told[max(at-200, 0):min(at+200, len(told))])
		}
	}
	assert.NotContains(t, told, "internal error")
	text, err := os.ReadFile(filepath.Join(h.folder, "secret.txt"))
	assert.NoError(t, err)
	assert.Equal(t, hostileSecret, string(text))
	assert.NoFileExists(t, filepath.Join(h.folder, "new.txt"))
}

// witness is a VM that works beside others: it reads a line, looks whether the
// ConfigMap target is as it was, and answers.
type witness struct {
	mu      sync.Mutex
	in      io.Writer
	answers chan string
	asked   int
}

func newWitness(t *testing.T, namespace string) *witness {
	in, toIn := io.Pipe()
	out, fromOut := io.Pipe()
	w := &witness{in: toIn, answers: make(chan string)}
	vm := engine.New(engine.Options{
		World: engine.World{Stdin: in, Stdout: fromOut},
		Cluster: func() (kube.Options, error) {
			return kube.Options{Kubeconfig: localtest.Kubeconfig(t), Namespace: namespace}, nil
		},
	})
	ended := make(chan error, 1)
	go func() {
		err := vm.Run(context.Background(), engine.Source{Name: "witness.lua", Text: `
			for line in io.lines() do
				local t = {}
				for word in line:gmatch("%w+") do t[#t + 1] = word end
				assert(cluster.configmaps:fetch("target").raw.data.state == "before")
				print(table.concat(t, " "))
			end`})
		in.CloseWithError(fmt.Errorf("the other VM ended: %w", err))
		fromOut.Close()
		ended <- err
	}()
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			w.answers <- lines.Text()
		}
	}()
	t.Cleanup(func() {
		toIn.Close()
		assert.NoError(t, <-ended)
		vm.Close()
		t.Logf("the other VM answered %d times", w.asked)
	})
	return w
}

// ask fails the test unless the witness answers.
func (w *witness) ask(t *testing.T) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	question := fmt.Sprintf("question %d", w.asked)
	_, err := fmt.Fprintln(w.in, question)
	require.NoError(t, err)
	select {
	case answer := <-w.answers:
		require.Equal(t, question, answer)
	case <-time.After(hostilePatience):
		require.Fail(t, "the other VM doesn't answer")
	}
}
