package bindings

import (
	"context"
	"net/http"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

var proxyClass = class[*kube.Proxy]{
	name: "proxy",
	methods: map[string]func(call, *kube.Proxy) int{
		"close": func(c call, p *kube.Proxy) int {
			p.Close()
			return 0
		},
		"delete": func(c call, p *kube.Proxy) int {
			type deleteOptions struct{ JSON, Params lua.LValue }
			path, i := c.parts()
			given := options[deleteOptions](c, i)
			return c.do(p, kube.Call{Method: http.MethodDelete, Path: path, Params: c.params(given.Params), Body: c.body(given.JSON, "json")})
		},
		"get": func(c call, p *kube.Proxy) int {
			type getOptions struct{ Params lua.LValue }
			path, i := c.parts()
			given := options[getOptions](c, i)
			return c.do(p, kube.Call{Method: http.MethodGet, Path: path, Params: c.params(given.Params)})
		},
		"patch": func(c call, p *kube.Proxy) int {
			type patchOptions struct {
				Params, Patch lua.LValue
				Type          string
			}
			path, i := c.parts()
			given := options[patchOptions](c, i)
			if given.Patch == nil {
				c.invalid("proxy:patch: option patch is missing")
			}
			return c.do(p, kube.Call{Method: http.MethodPatch, Path: path, Params: c.params(given.Params), Body: c.body(given.Patch, "patch"), PatchType: given.Type})
		},
		"post": func(c call, p *kube.Proxy) int {
			type postOptions struct{ JSON, Params lua.LValue }
			path, i := c.parts()
			given := options[postOptions](c, i)
			return c.do(p, kube.Call{Method: http.MethodPost, Path: path, Params: c.params(given.Params), Body: c.body(given.JSON, "json")})
		},
		"urljoin": func(c call, p *kube.Proxy) int {
			path, i := c.parts()
			c.none(i)
			joined, err := p.URLJoin(path...)
			c.raise(err)
			return c.push(lua.LString(joined))
		},
		"watch": proxyWatch,
	},
}

// parts reads the parts of a path, which end at the options, and returns where
// those stand.
func (c call) parts() (path []string, options int) {
	i := 2
	for ; i <= c.L.GetTop(); i++ {
		s, ok := c.L.Get(i).(lua.LString)
		if !ok {
			break
		}
		path = append(path, string(s))
	}
	// A name that is nil by mistake must not shorten the path: deleting one
	// object would become deleting all.
	if i <= c.L.GetTop() && c.L.Get(i).Type() != lua.LTTable {
		c.invalid("argument %d must be a part of the path or the options, not %s", i-1, host.TypeName(c.L.Get(i)))
	}
	c.none(i + 1)
	return path, i
}

// params reads query parameters.
func (c call) params(v lua.LValue) map[string][]string {
	switch v := v.(type) {
	case nil, *lua.LNilType:
		return nil
	case *lua.LTable:
		return c.paramMap(v)
	}
	c.invalid("option params must be a table, not %s", host.TypeName(v))
	return nil
}

// body encodes the body of a call, which the named option gives.
func (c call) body(v lua.LValue, option string) []byte {
	if v == nil || v == lua.LNil {
		return nil
	}
	object, err := c.encode(v, option)
	c.raise(err)
	return object.Raw()
}

func (c call) do(p *kube.Proxy, call kube.Call) int {
	v := blocking(c, func(ctx context.Context) (kube.Value, error) { return p.Do(ctx, call) })
	return c.push(c.valueOf(v, holdsSecrets(v)))
}

// holdsSecrets tells whether an answer is or lists Secrets, or holds a token.
func holdsSecrets(v kube.Value) bool {
	return slices.Contains([]string{"Secret", "SecretList", "TokenRequest", "TokenReview"}, v.Get("kind").String())
}

func proxyWatch(c call, p *kube.Proxy) int {
	type watchOptions struct {
		Version string
		Fields  lua.LValue
	}
	path, i := c.parts()
	given := options[watchOptions](c, i)
	var fields map[string]string
	if t, ok := given.Fields.(*lua.LTable); ok {
		fields = c.textMap(t, "option fields")
	} else if given.Fields != nil && given.Fields != lua.LNil {
		c.invalid("option fields must be a table, not %s", host.TypeName(given.Fields))
	}
	return c.push(c.userdata(blocking(c, func(ctx context.Context) (*kube.RawWatcher, error) {
		return p.Watch(ctx, path, given.Version, fields)
	}), c.rawWatcher))
}
