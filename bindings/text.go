package bindings

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// maxIndent bounds the option indent.
const maxIndent = 16

// yamlIndent is how far YAML indents.
const yamlIndent = 2

// toYAML implements kube.yaml(x).
func toYAML(c call) int {
	c.none(2)
	return c.push(lua.LString(c.writtenArgument("kube.yaml", yamlIndent).YAML()))
}

// toJSON implements kube.json(x, {indent = n}).
func toJSON(c call) int {
	given := options[struct{ Indent lua.LValue }](c, 2)
	indent := 0
	if given.Indent != nil && given.Indent != lua.LNil {
		n, ok := given.Indent.(lua.LNumber)
		if indent = int(n); !ok || indent < 0 || indent > maxIndent || lua.LNumber(indent) != n {
			c.invalid("option indent must be a number of blanks from 0 to %d, not %s", maxIndent, given.Indent)
		}
	}
	return c.push(lua.LString(c.writtenArgument("kube.json", indent).JSON(strings.Repeat(" ", indent))))
}

// written is a value as it is written down: of a Secret all of it. what names it
// in errors.
func (c call) written(v lua.LValue, what string) (kube.Value, error) {
	if item := ItemOf(v); item != nil {
		c.whole(item)
	}
	return c.encode(v, what)
}

// writtenArgument is the value that a function writes down, its first argument,
// each level of it indented by so many blanks.
func (c call) writtenArgument(function string, indent int) kube.Value {
	v, err := c.written(c.L.Get(1), function)
	c.raise(err)
	host.CheckLength(c.L, v.IndentedLength(indent))
	return v
}
