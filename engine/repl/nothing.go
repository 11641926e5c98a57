package repl

import (
	"context"
	"regexp"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// loneName is a text that is a name and nothing else.
var loneName = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// isNothing tells whether a text is a name of which there is no value.
func isNothing(text string, values []lua.LValue) bool {
	return len(values) == 1 && values[0] == lua.LNil && loneName.MatchString(text) && text != "nil"
}

// nothing is what a name means of which there is no value: what it says, where it
// is a word for newcomers, else that it is nil, and what was meant perhaps.
func (r *repl) nothing(ctx context.Context, name string) error {
	switch name {
	case "exit", "quit":
		return errLeave
	case "help":
		return r.showHelp()
	}
	var names []string
	err := r.session.Do(ctx, func(*lua.LState) error {
		names = r.session.Names()
		return nil
	})
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(known string) bool { return known == name })
	said := name + " is nil"
	if slices.ContainsFunc(kube.Builtin(), func(r *kube.Resource) bool { return r.Name == name }) {
		said += " (did you mean cluster." + name + "?)"
	} else if len(kube.Nearest(name, names)) > 0 {
		said += kube.Suggest(name, names)
	}
	r.notice(said)
	return nil
}
