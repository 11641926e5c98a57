package stdlib

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"

	"github.com/kubelua/kubelua/stdlib/host"
)

// templateFunctions are the functions of the module template.
var templateFunctions = functions{
	"format": templateFormat,
	"render": templateRender,
}

// errTooLong ends a template whose output is longer than strings may be.
var errTooLong = errors.New("the result is too long")

// rendering is a template that is carried out: it gets what it writes, and is
// asked at each step whether it may go on.
type rendering struct {
	ctx  context.Context
	out  strings.Builder
	most int
}

// Write takes a part of the output.
func (r *rendering) Write(part []byte) (int, error) {
	if r.out.Len()+len(part) > r.most {
		return 0, errTooLong
	}
	return r.out.Write(part)
}

// step is the function stepName of templates.
func (r *rendering) step() (string, error) { return "", context.Cause(r.ctx) }

// stepName is called at the start of each template and each round of a loop. No
// template can be so long that it takes long without.
const stepName = "_step"

// templateRender implements template.render(text, data): a template of Go's
// text/template.
func templateRender(c call) int {
	text := c.text(1, "template.render: the text")
	var data any
	if !c.absent(2) {
		shown, err := c.host.Shown(c.L, c.L.Get(2), "template.render: the data")
		c.raise(err)
		data = plainNumbers(c.data(shown))
	}
	r := &rendering{most: host.MaxString(c.L)}
	t, err := template.New("template").Option("missingkey=error").Funcs(templateHelpers()).Funcs(template.FuncMap{stepName: r.step}).Parse(text)
	if err != nil {
		c.invalid("template.render: %s", strings.TrimPrefix(err.Error(), "template: "))
	}
	for _, defined := range t.Templates() {
		if defined.Tree != nil {
			r.watch(defined.Root)
			r.prepend(defined.Root)
		}
	}
	err = c.host.Block(c.L, func(ctx context.Context) error {
		r.ctx = ctx
		return t.Execute(r, data)
	})
	var failed template.ExecError
	switch {
	case errors.Is(err, errTooLong):
		c.invalid("template.render: %w (the most is %d MiB)", errTooLong, max(r.most>>20, 1))
	case errors.As(err, &failed):
		c.invalid("template.render: %s", strings.TrimPrefix(err.Error(), "template: "))
	}
	c.raise(err)
	return c.pushText(r.out.String())
}

// watch has every loop below a node call step.
func (r *rendering) watch(node parse.Node) {
	branch := func(b parse.BranchNode) {
		r.watch(b.List)
		if b.ElseList != nil {
			r.watch(b.ElseList)
		}
	}
	switch node := node.(type) {
	case *parse.ListNode:
		for _, n := range node.Nodes {
			r.watch(n)
		}
	case *parse.IfNode:
		branch(node.BranchNode)
	case *parse.WithNode:
		branch(node.BranchNode)
	case *parse.RangeNode:
		branch(node.BranchNode)
		r.prepend(node.List)
	}
}

// stepCall is a call of step, as it stands in a template.
var stepCall = sync.OnceValue(func() parse.Node {
	none := template.FuncMap{stepName: func() string { return "" }}
	return template.Must(template.New("").Funcs(none).Parse("{{" + stepName + "}}")).Root.Nodes[0]
})

// prepend has a list call step first.
func (r *rendering) prepend(list *parse.ListNode) {
	list.Nodes = append([]parse.Node{stepCall().Copy()}, list.Nodes...)
}

// plainNumbers has whole numbers be integers and others floats, as templates
// compare them.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // which we have written
		return f
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = plainNumbers(v[key])
		}
	}
	return v
}
