package cli

import (
	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/permit"
)

const permissionsHelp = `What scripts may do to the machine. Nothing of it is granted by itself. All flags
but --allow-all can be repeated; '*' is everything of a kind.

%s
Examples:
  kubelua --allow-read ./manifests deploy.lua
  kubelua --allow-write report.csv --allow-env 'CI_*' report.lua
  kubelua --allow-net registry.example.com:443 --allow-run git release.lua
`

// permissions are the flags that say what scripts may do to the machine.
type permissions permit.Grants

func (p *permissions) addFlags(fs *pflag.FlagSet) {
	fs.StringArrayVar(&p.Read, "allow-read", nil, "let scripts read a file, or a folder and all below it: `PATH`")
	fs.StringArrayVar(&p.Write, "allow-write", nil, "let scripts make, change and remove files there: `PATH`")
	fs.StringArrayVar(&p.Env, "allow-env", nil, "let scripts read the environment variable `NAME`")
	fs.StringArrayVar(&p.Net, "allow-net", nil, "let scripts connect to `HOST[:PORT]`, or to *.DOMAIN[:PORT]")
	fs.StringArrayVar(&p.Run, "allow-run", nil, "let scripts run the program `NAME`, which may do all that you may")
	fs.BoolVar(&p.All, "allow-all", false, "let scripts do all that")
}

// grant adds to a world what the flags let scripts do. It holds until release is
// called.
func (p *permissions) grant(w engine.World) (world engine.World, release func(), err error) {
	if world, release, err = permit.Grants(*p).Grant(w); err != nil {
		err = usageError("%w", err)
	}
	return world, release, err
}
