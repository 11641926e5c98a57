package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// roleRecord is the flag --record-rbac: the roles that a run needs, and where
// they are written.
type roleRecord struct {
	path     string // "" for nowhere
	file     *os.File
	recorder kube.RoleRecorder
}

// standardError is what --record-rbac writes to without a value.
const standardError = "-"

func (r *roleRecord) addFlag(fs *pflag.FlagSet) {
	fs.StringVar(&r.path, "record-rbac", "", "write the roles a run needs to `FILE`; - is stderr")
	fs.Lookup("record-rbac").NoOptDefVal = standardError
}

// open opens the file before the run, so that nothing is done in vain.
func (r *roleRecord) open() error {
	switch r.path {
	case "":
		return nil
	case standardError:
		r.file = os.Stderr
		return nil
	}
	var err error
	if r.file, err = os.Create(r.path); err != nil {
		return usageError("--record-rbac: %w", err)
	}
	return nil
}

// links are what has to be put before all other links.
func (r *roleRecord) links() []kube.Link {
	if r.path == "" {
		return nil
	}
	return []kube.Link{r.recorder.Link}
}

// write writes the roles of a run of the script, which ended with failed, and
// returns that, or why they can't be written.
func (r *roleRecord) write(script string, failed error) error {
	if r.file == nil {
		return failed
	}
	_, err := r.file.WriteString(r.text(script, engine.ExitCode(failed)))
	if r.file != os.Stderr {
		if closed := r.file.Close(); err == nil {
			err = closed
		}
	}
	if err != nil && failed == nil {
		return fmt.Errorf("--record-rbac: %w", err)
	}
	return failed
}

// text is a manifest of the roles.
func (r *roleRecord) text(script string, code int) string {
	var b strings.Builder
	byServer := r.recorder.Roles(roleName(script))
	if len(byServer) == 0 {
		fmt.Fprintf(&b, "# %s needed no permissions.\n", script)
	} else {
		fmt.Fprintf(&b, "# The permissions that %s needed.\n", script)
	}
	if code != engine.ExitOK {
		fmt.Fprintf(&b, "# It ended with exit code %d, so it may need more.\n", code)
	}
	documents := 0
	for _, server := range slices.Sorted(maps.Keys(byServer)) {
		for i, role := range byServer[server] {
			if documents > 0 {
				fmt.Fprintln(&b, "---")
			}
			if i == 0 && len(byServer) > 1 {
				fmt.Fprintf(&b, "# On %s\n", server)
			}
			b.WriteString(role.YAML())
			documents++
		}
	}
	return b.String()
}

var notInRoleNames = regexp.MustCompile(`[^a-z0-9]+`)

// roleName is the name of a script's roles; what comes from no file is called
// after the program.
func roleName(script string) string {
	if strings.HasPrefix(script, "(") {
		return "kubelua"
	}
	base := strings.ToLower(strings.TrimSuffix(filepath.Base(script), filepath.Ext(script)))
	if name := strings.Trim(notInRoleNames.ReplaceAllString(base, "-"), "-"); name != "" {
		return name
	}
	return "kubelua"
}
