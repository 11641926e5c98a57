package stdlib

import (
	"embed"

	"github.com/kubelua/kubelua/stdlib/luacats"
)

//go:embed stubs/*.lua
var written embed.FS

// Stubs document Lua's own libraries as scripts have them.
func Stubs() []luacats.File { return luacats.Read(written, "lua") }
