package cli

import (
	"errors"
	"os"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/kube"
)

const guardsHelp = `What a run may do to clusters, whatever its login is allowed. It holds for every
cluster that the run opens, and for all its tasks together. What is denied raises
a DeniedError; a run that one ends has the exit code 4.

%s
A rule is VERBS:RESOURCES:NAMESPACES:NAMES. Each part is a list with commas, in
which * stands for any text; parts at the end may be left out. Verbs are those of
RBAC rules, and read and write for all that change nothing, or something.

Examples:
  kubelua --read-only report.lua
  kubelua --protect 'kube-*' --max-deletes 20 cleanup.lua
  kubelua --only read --only delete:pods,jobs.batch:ci cleanup.lua
  kubelua --deny '*:secrets' -i explore.lua
`

// guards are the flags that say what a run may do to clusters.
type guards struct {
	flags kube.Policy
	files []string
	audit string // path, "" for none
}

func (g *guards) addFlags(fs *pflag.FlagSet) {
	fs.BoolVar(&g.flags.ReadOnly, "read-only", false, "change nothing")
	fs.Var((*rules)(&g.flags.Allow), "only", "allow only what a `RULE` is for (repeatable)")
	fs.Var((*rules)(&g.flags.Deny), "deny", "deny what a `RULE` is for (repeatable)")
	fs.Var((*patterns)(&g.flags.Protected), "protect", "change nothing in `NAMESPACE`, nor itself (repeatable)")
	fs.Var(count{&g.flags.MaxDeletes}, "max-deletes", "delete at most `N` objects")
	fs.Var(count{&g.flags.MaxWrites}, "max-writes", "change objects at most `N` times")
	fs.Var((*production)(&g.flags.Production), "production", "ask, refuse or allow, as `MODE` says, before production is changed")
	fs.StringArrayVar(&g.files, "policy", nil, "keep to the policy in `FILE`, too (repeatable)")
	fs.StringVar(&g.audit, "audit", "", "add a line of JSON for each call to `FILE`")
}

// policies are those of the flags and of the files.
func (g *guards) policies() ([]*kube.Policy, error) {
	list := []*kube.Policy{&g.flags}
	for _, name := range g.files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, usageError("--policy: %w", err)
		}
		p, err := kube.ParsePolicy(name, string(text))
		if err != nil {
			return nil, usageError("%w", err)
		}
		list = append(list, p)
	}
	return list, nil
}

// rules is a flag for rules.
type rules []kube.Rule

func (r *rules) String() string { return "" }
func (r *rules) Type() string   { return "rule" }

// Set adds a rule.
func (r *rules) Set(text string) error {
	rule, err := kube.ParseRule(text)
	*r = append(*r, rule)
	return err
}

// patterns is a flag for patterns of names.
type patterns []string

func (p *patterns) String() string { return "" }
func (p *patterns) Type() string   { return "pattern" }

// Set adds a pattern.
func (p *patterns) Set(text string) error {
	*p = append(*p, text)
	return kube.CheckPattern(text)
}

// count is a flag for a number that may be left open.
type count struct{ of **int }

func (c count) String() string {
	if c.of == nil || *c.of == nil {
		return ""
	}
	return strconv.Itoa(**c.of)
}

func (c count) Type() string { return "count" }

// Set parses a number that isn't negative.
func (c count) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return errors.New("want a whole number that is not negative")
	}
	*c.of = &n
	return nil
}

// production is a flag for what becomes of changes of production.
type production kube.Production

func (p *production) String() string { return string(*p) }
func (p *production) Type() string   { return "production" }

func (p *production) choices() []string {
	return []string{string(kube.ProductionAsk), string(kube.ProductionRefuse), string(kube.ProductionAllow)}
}

// Set parses it.
func (p *production) Set(text string) error {
	parsed, err := kube.ParseProduction(text)
	*p = production(parsed)
	return err
}
