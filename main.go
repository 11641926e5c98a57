// Command kubelua runs Lua scripts against Kubernetes clusters.
package main

import (
	"os"

	"github.com/kubelua/kubelua/engine/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
