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
