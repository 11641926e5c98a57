package bindings

import (
	"context"
	"net/http"
	"net/textproto"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// itemHTTP implements pod:http(method, path, {port=, ...}), and the same of a
// service.
func itemHTTP(c call, i *kube.Item) int {
	call := kube.HTTPCall{Method: c.text(2, "the method"), Path: c.text(3, "the path")}
	given := options[struct {
		Body, Headers, Params, Port lua.LValue
		HTTPS                       bool
	}](c, 4)
	call.Params, call.HTTPS = c.params(given.Params), given.HTTPS
	switch v := given.Port.(type) {
	case nil, *lua.LNilType:
	case lua.LString:
		call.Port = string(v)
	default:
		call.Port = lua.LNumber(c.natural(v, "option port")).String()
	}
	call.Header = http.Header{}
	switch v := given.Body.(type) {
	case nil, *lua.LNilType:
	case lua.LString:
		call.Body = []byte(v)
	default:
		call.Body = c.body(v, "body")
		call.Header.Set("Content-Type", "application/json")
	}
	switch v := given.Headers.(type) {
	case nil, *lua.LNilType:
	case *lua.LTable:
		for name, value := range c.textMap(v, "option headers") {
			call.Header[textproto.CanonicalMIMEHeaderKey(name)] = []string{value}
		}
	default:
		c.invalid("option headers must be a table, not %s", host.TypeName(v))
	}
	return c.push(c.userdata(blocking(c, func(ctx context.Context) (*kube.Response, error) { return i.HTTP(ctx, call) }), c.response))
}
