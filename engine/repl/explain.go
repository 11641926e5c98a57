package repl

import (
	"context"
	"slices"

	"github.com/kubelua/kubelua/kube"
)

// Explain is what the server says of the part of an object that an expression
// means, such as "pod.spec.containers"; nil where it means something else, or
// the server says nothing. It may wait for the server, but evaluates nothing.
func (c *LiveCompleter) Explain(ctx context.Context, expression string) (*kube.Schema, error) {
	for {
		came := c.asked.next()
		var schema *kube.Schema
		var pending bool
		err := c.options.Within(ctx, func(s Scope) {
			l := c.look(s)
			l.read(expression + " ")
			if part, end := l.chain(0, len(l.tokens)); end == len(l.tokens) && part.path != nil {
				schema = l.explained(part)
			}
			pending = l.pending
		})
		if err != nil || schema != nil || !pending {
			return schema, err
		}
		select {
		case <-came:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// explained is schemaOf that goes into the elements of lists by itself, as
// kubectl explain does.
func (l *look) explained(part shape) *kube.Schema {
	schema := l.schema(part.site, part.resource)
	if schema == nil {
		return nil
	}
	names := slices.DeleteFunc(slices.Clone(part.path), func(name string) bool { return name == "" })
	if schema = schema.At(names...); schema != nil && len(names) < len(part.path) && part.path[len(part.path)-1] == "" {
		return schema.Element()
	}
	return schema
}
