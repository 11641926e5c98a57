package repl

import (
	"bytes"
	"context"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// maxDocument is how many objects of a view a document may have.
const maxDocument = 1000

// yaml writes a value as YAML: an item, a view as the List of its objects, or
// anything else that can be sent. What is in a Secret is "***".
func (p *printer) yaml(ctx context.Context, s *engine.Session, v lua.LValue) error {
	document, err := documentOf(ctx, s, v)
	if err != nil {
		return err
	}
	return p.page(plain(document.YAML()))
}

// json writes a value as indented JSON, as yaml does.
func (p *printer) json(ctx context.Context, s *engine.Session, v lua.LValue) error {
	document, err := documentOf(ctx, s, v)
	if err != nil {
		return err
	}
	return p.page(plain(document.JSON("  ")) + "\n")
}

func documentOf(ctx context.Context, s *engine.Session, v lua.LValue) (kube.Value, error) {
	if view := bindings.ViewOf(v); view != nil {
		return listOf(ctx, view)
	}
	var document kube.Value
	err := s.Do(ctx, func(*lua.LState) (err error) {
		document, err = s.Kube().Shown(v)
		return err
	})
	return document, err
}

// listOf is the List of a view's objects, as kubectl makes it.
func listOf(ctx context.Context, view *kube.View) (kube.Value, error) {
	var objects [][]byte
	for item, err := range view.All(ctx) {
		if err != nil {
			return kube.Value{}, err
		}
		if len(objects) == maxDocument {
			return kube.Value{}, kube.Errorf(kube.ValueError, "%s: there are more than %d (narrow the view)", view, maxDocument)
		}
		objects = append(objects, item.Shown().Raw())
	}
	list := bytes.Join(objects, []byte(","))
	return kube.NewValue(fmt.Appendf(nil, `{"apiVersion":"v1","kind":"List","metadata":{"resourceVersion":""},"items":[%s]}`, list))
}
