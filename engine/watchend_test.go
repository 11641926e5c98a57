package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
	"github.com/kubelua/kubelua/stdlib/host"
	"github.com/kubelua/kubelua/testdata/faults"
)

// Of a watch nothing is left at the server, whatever ends it: no request when
// it has ended, no connection when its VM is closed.
func TestWatchLeavesNothing(t *testing.T) {
	kubeconfig := localtest.Kubeconfig(t)
	scripts := []struct {
		name, code string
		want       error
	}{
		{"close", `local w = cluster.configmaps:namespaced("default"):watch() door.requests(1) w:close() door.requests(0)`, nil},
		{"close of many", `
			local all = {}
			for i = 1, 10 do all[i] = cluster.configmaps:namespaced("default"):watch{initial = true} end
			door.requests(10)
			for _, w in ipairs(all) do w:close() end
			door.requests(0)`, nil},
		{"close while the server is silent", `
			local w = cluster.configmaps:namespaced("default"):watch() door.requests(1) door.stall() w:close()`, nil},
		{"cancel", `
			local w = cluster.configmaps:namespaced("default"):watch{initial = true} door.requests(1) door.cancel()
			for ev in w do end`, engine.Interrupted},
		{"end of the run", `w = cluster.configmaps:namespaced("default"):watch{initial = true} door.requests(1)`, nil},
		{"an error", `w = cluster.configmaps:namespaced("default"):watch() door.requests(1) error("oops")`, assert.AnError},
		{"exit", `w = cluster.configmaps:namespaced("default"):watch() door.requests(1) os.exit(0)`, nil},
	}
	for name, protocol := range map[string]faults.Protocol{"HTTP1": faults.HTTP1, "HTTP2": faults.HTTP2} {
		for _, tt := range scripts {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				leavesNothing(t)
				p := faults.New(t, kubeconfig, protocol)
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				vm := engine.New(engine.Options{
					Cluster: func() (kube.Options, error) {
						options := kube.Options{URL: p.URL()}
						options.Overrides.ClusterInfo.InsecureSkipTLSVerify = protocol == faults.HTTP2
						return options, nil
					},
					Modules: []engine.Module{{Name: "door", Global: true, Open: (&door{p, cancel}).open}},
				})
				err := vm.Run(ctx, engine.Source{Name: "test.lua", Text: tt.code})
				switch tt.want {
				case nil:
					require.NoError(t, err)
				case assert.AnError:
					require.ErrorContains(t, err, "oops")
				default:
					require.ErrorIs(t, err, tt.want)
				}
				p.Heal()
				assert.NoError(t, soon("requests", p.Requests, 0))
				vm.Close()
				assert.NoError(t, soon("connections", p.Connections, 0))
				assert.NotZero(t, p.Accepted(), "connections that there ever were")
			})
		}
	}
}

// soon waits until a number is what it should be.
func soon(what string, number func() int, want int) error {
	deadline := time.After(time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		got := number()
		if got == want {
			return nil
		}
		select {
		case <-tick.C:
		case <-deadline:
			return fmt.Errorf("%s at the proxy: got %d, want %d", what, got, want)
		}
	}
}

// door is what a script knows of the proxy that it goes through.
type door struct {
	proxy  *faults.Proxy
	cancel context.CancelCauseFunc // of the run
}

func (d *door) open(L *lua.LState, h host.Host) lua.LValue {
	return L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"cancel": func(*lua.LState) int {
			d.cancel(engine.Interrupted)
			return 0
		},
		"requests": func(L *lua.LState) int {
			want := L.CheckInt(1)
			if err := h.Block(L, func(context.Context) error { return soon("requests", d.proxy.Requests, want) }); err != nil {
				L.RaiseError("%v", err)
			}
			return 0
		},
		"stall": func(*lua.LState) int {
			d.proxy.Stall()
			return 0
		},
	})
}
