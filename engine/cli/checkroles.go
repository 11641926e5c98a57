package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/kubelua/kubelua/engine/check"
	"github.com/kubelua/kubelua/kube"
)

// roles checks a file of roles.
func (c *checking) roles(ctx context.Context, name string) error {
	if !c.rbac {
		return usageError("%s is no script (--rbac checks roles)", name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return usageError("%w", err)
	}
	roles, err := kube.ParseRoles(ctx, string(text), c.options.cluster.Namespace)
	if err != nil {
		c.find(check.Finding{File: name, Message: err.Error()})
		return nil
	}
	var all []kube.Access
	for _, role := range roles {
		all = append(all, role.Accesses()...)
	}
	return c.permissions(ctx, name, all)
}

// permissions tries accesses with the login.
func (c *checking) permissions(ctx context.Context, name string, wanted []kube.Access) error {
	if c.cluster == nil {
		options, err := c.options.reach(ctx, progress())
		if err != nil {
			return err
		}
		if c.cluster, err = kube.Connect(options); err != nil {
			return err
		}
	}
	wanted, err := c.cluster.InScope(ctx, wanted)
	if err != nil {
		return err
	}
	missing, err := c.cluster.Missing(ctx, wanted)
	if err != nil {
		return err
	}
	for _, a := range missing {
		c.find(check.Finding{File: name, Message: fmt.Sprintf("missing rule: %s", a.Rule())})
	}
	if len(missing) == 0 && !c.json {
		fmt.Printf("%s: ok: %d %s\n", name, len(wanted), plural(len(wanted), "permission"))
	}
	return nil
}

// headRules reads the rules in the first comment of a script: what follows
// "RBAC:" there and is indented more, as YAML.
func headRules(text string) ([]kube.RoleRule, error) {
	comment := firstComment(text)
	for i, line := range comment {
		content := strings.TrimLeft(line, " ")
		first, found := strings.CutPrefix(content, "RBAC:")
		if !found {
			continue
		}
		block := []string{first}
		indent := line[:len(line)-len(content)] + " "
		for _, below := range comment[i+1:] {
			if !strings.HasPrefix(below, indent) {
				break
			}
			block = append(block, below)
		}
		return kube.ParseRules(strings.Join(block, "\n"))
	}
	return nil, errNoRules
}

var errNoRules = errors.New(`the first comment has no block "RBAC:" with rules (kubelua --record-rbac tells what a run needs)`)

// firstComment is the lines that begin with two dashes at the start of a script,
// without the dashes.
func firstComment(text string) []string {
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		switch {
		case strings.HasPrefix(line, "--"):
			lines = append(lines, strings.TrimRight(strings.TrimLeft(line, "-"), " \t\r\n"))
		case len(lines) > 0 || !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "":
			return lines
		}
	}
	return lines
}
