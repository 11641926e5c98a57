package engine_test

import (
	"strconv"
	"testing"

	"github.com/kubelua/kubelua/engine"
)

// BenchmarkProtectedCalls is what a pcall costs.
func BenchmarkProtectedCalls(b *testing.B) {
	for name, code := range map[string]string{
		"ok":    "local f = function(a) return a end for i = 1, n do pcall(f, i) end",
		"error": "local f = function(a) error('x') end for i = 1, n do pcall(f, i) end",
		"plain": "local f = function(a) return a end for i = 1, n do f(i) end",
	} {
		b.Run(name, func(b *testing.B) {
			vm := engine.New(engine.Options{})
			defer vm.Close()
			b.ReportAllocs()
			if err := vm.Run(b.Context(), engine.Source{Name: name, Text: "local n = tonumber(...)\n" + code}, strconv.Itoa(b.N)); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkMaxMemory is what it costs to bound memory: for code that only computes,
// for code that makes much and holds nothing, and for code that holds much, which is
// counted again and again.
func BenchmarkMaxMemory(b *testing.B) {
	for name, code := range map[string]string{
		"computes":  "local x = 0 for i = 1, n do for j = 1, 1000 do x = (x * 31 + j) % 65537 end end",
		"allocates": "for i = 1, n do local t = {} for j = 1, 1000 do t = { j, tostring(j) } end end",
		"holds":     "local all = {} for i = 1, 2e5 do all[i] = { i } end for i = 1, n do for j = 1, 1000 do local t = { j, tostring(j) } end end",
	} {
		for _, bound := range []struct {
			name   string
			memory int64
		}{{"unbounded", 0}, {"bounded", 64 << 20}} {
			b.Run(name+"/"+bound.name, func(b *testing.B) {
				vm := engine.New(engine.Options{MaxMemory: bound.memory})
				defer vm.Close()
				if err := vm.Run(b.Context(), engine.Source{Name: name, Text: "local n = tonumber(...)\n" + code}, strconv.Itoa(b.N)); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}
