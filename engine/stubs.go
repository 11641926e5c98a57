package engine

import (
	"embed"
	"slices"
	"sync"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/stdlib"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

//go:embed stubs/*.lua
var written embed.FS

// Stubs document all that scripts have.
func Stubs() []luacats.File {
	return slices.Concat(luacats.Read(written, "engine"), bindings.Stubs(), stdlib.Stubs())
}

// API is the index of the stubs. It is made once, when it is first asked for.
var API = sync.OnceValue(func() *luacats.Index {
	x, err := luacats.Load(Stubs()...)
	if err != nil {
		panic(err) // they are part of the program
	}
	return x
})
