package engine_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/luatest"
	"github.com/kubelua/kubelua/engine/permit"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
	"github.com/kubelua/kubelua/stdlib/host"
)

// suite is what one Lua test runs in.
type suite struct {
	t          testing.TB
	kubeconfig string
	proxy      *proxy
}

// test is a test function in the suite: against the local cluster, with what
// testdata/lua/t.lua adds to t.
func (s *suite) test(source engine.Source, name string) luatest.Test {
	s.t.Helper()
	grants := permit.Grants{Net: []string{"*"}, Read: []string{s.kubeconfig, filepath.Dir(s.t.TempDir())}}
	world, release, err := grants.Grant(engine.World{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(release)
	return luatest.Test{
		Source: source,
		Name:   name,
		Engine: engine.Options{
			World:   world,
			Cluster: func() (kube.Options, error) { return kube.Options{Kubeconfig: s.kubeconfig}, nil },
			Modules: []engine.Module{{Name: "suite", Global: true, Open: s.open}},
		},
		Namespace: func(context.Context, string) (string, func(), error) {
			return localtest.Namespace(s.t), func() {}, nil
		},
		Timeout: luaTestTime,
		Extend:  readLuaTest(s.t, luaTests+"/t.lua"),
	}
}

// open makes the global suite: what t.lua needs and only Go can do.
func (s *suite) open(L *lua.LState, h host.Host) lua.LValue {
	t := L.NewTable()
	t.RawSetString("kubeconfig", lua.LString(s.kubeconfig))
	return L.SetFuncs(t, map[string]lua.LGFunction{
		"boxes": func(L *lua.LState) int {
			s.block(L, h, func(ctx context.Context) error { return makeBoxes(ctx, s.t) })
			return 0
		},
		"cut": func(L *lua.LState) int {
			s.block(L, h, func(context.Context) error {
				s.proxy.end()
				return nil
			})
			return 0
		},
		"file": func(L *lua.LState) int {
			path := filepath.Join(s.t.TempDir(), "file")
			if err := os.WriteFile(path, []byte(L.CheckString(1)), 0o600); err != nil {
				L.RaiseError("%s", err)
			}
			L.Push(lua.LString(path))
			return 1
		},
		"kubectl": func(L *lua.LState) int {
			var args []string
			for i := 1; i <= L.GetTop(); i++ {
				args = append(args, L.CheckString(i))
			}
			var out string
			s.block(L, h, func(context.Context) (err error) {
				out, err = kubectl(s.t, args)
				return err
			})
			L.Push(lua.LString(out))
			return 1
		},
		"many": func(L *lua.LState) int {
			namespace, n, version, kind := L.CheckString(1), L.CheckInt(2), L.CheckString(3), L.CheckString(4)
			s.block(L, h, func(ctx context.Context) error { return s.makeMany(ctx, namespace, n, version, kind) })
			return 0
		},
		"mend": func(L *lua.LState) int {
			s.block(L, h, func(context.Context) error { return s.proxy.start(s.t) })
			return 0
		},
		"proxy": func(L *lua.LState) int {
			s.proxy = &proxy{port: "0", base: L.OptString(1, "/")}
			s.t.Cleanup(s.proxy.end)
			s.block(L, h, func(context.Context) error { return s.proxy.start(s.t) })
			L.Push(lua.LString("http://127.0.0.1:" + s.proxy.port + s.proxy.base))
			return 1
		},
	})
}

// block runs a call that may wait and raises its error as a text.
func (s *suite) block(L *lua.LState, h host.Host, call func(context.Context) error) {
	if err := h.Block(L, call); err != nil {
		L.Error(lua.LString(err.Error()), 1)
	}
}

// kubectl runs the witness.
func kubectl(t testing.TB, args []string) (string, error) {
	out, err := localtest.Command(t, args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, exit.Stderr)
	}
	return strings.TrimSuffix(string(out), "\n"), err
}

// proxy is a `kubectl proxy`.
type proxy struct {
	port string // "0" until it was started first
	base string // path below which it serves the API
	cmd  *exec.Cmd
}

// start starts the proxy, at the same port as before.
func (p *proxy) start(t testing.TB) error {
	p.cmd = localtest.Command(t, "proxy", "--port="+p.port, "--api-prefix="+p.base)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	port, ok := strings.CutPrefix(strings.TrimSpace(line), "Starting to serve on 127.0.0.1:")
	if !ok {
		p.end()
		return fmt.Errorf("kubectl proxy: got %q, %v", line, err)
	}
	p.port = port
	return nil
}

// end kills the proxy, if it runs.
func (p *proxy) end() {
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

// makeMany creates objects c0001 to cn, several at a time.
func (s *suite) makeMany(ctx context.Context, namespace string, n int, version, kind string) error {
	c, err := kube.Connect(kube.Options{Kubeconfig: s.kubeconfig})
	if err != nil {
		return err
	}
	defer c.Close()
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		failed error
	)
	names := make(chan string)
	for range 16 {
		wg.Go(func() {
			for name := range names {
				object, err := kube.ParseObject(ctx, fmt.Sprintf("{apiVersion: %s, kind: %s, metadata: {name: %s}}", version, kind, name))
				if err == nil {
					_, err = c.Create(ctx, object, kube.CreateOptions{Namespace: namespace})
				}
				if err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
				}
			}
		})
	}
	for i := range n {
		names <- fmt.Sprintf("c%04d", i+1)
	}
	close(names)
	wg.Wait()
	return failed
}

// boxes is a custom resource that keeps whatever it is given, so that a test
// sees what the server was sent.
const boxes = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boxes.suite.example.com}
spec:
  group: suite.example.com
  names: {kind: Box, listKind: BoxList, plural: boxes, singular: box}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
  - name: v1beta1
    served: true
    storage: false
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`

var boxesMade sync.Mutex

// makeBoxes has the cluster serve boxes, which it goes on doing until the
// tests have ended.
func makeBoxes(ctx context.Context, t testing.TB) error {
	boxesMade.Lock()
	defer boxesMade.Unlock()
	cmd := localtest.Command(t, "apply", "--filename=-")
	cmd.Stdin = strings.NewReader(boxes)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make boxes: %w: %s", err, out)
	}
	// The server tells of a new kind a little after it takes it.
	for {
		c, err := kube.Connect(kube.Options{Kubeconfig: localtest.Kubeconfig(t)})
		if err != nil {
			return err
		}
		_, err = c.View(ctx, "boxes")
		c.Close()
		if err == nil || !kube.IsKind(err, kube.ValueError) {
			return err
		}
		select {
		case <-time.After(30 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
