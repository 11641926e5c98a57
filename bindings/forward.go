package bindings

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// podPortForward implements pod:port_forward(port, {local_port=}).
func podPortForward(c call, i *kube.Item) int {
	port := c.natural(c.L.Get(2), "the port")
	given := options[struct{ LocalPort lua.LValue }](c, 3)
	local := 0
	if given.LocalPort != nil && given.LocalPort != lua.LNil {
		if local = c.natural(given.LocalPort, "option local_port"); local == 0 {
			c.invalid("option local_port is 0 (leave it out for any free port)")
		}
	}
	f := blocking(c, func(ctx context.Context) (*kube.PortForward, error) {
		return i.PortForward(ctx, port, local)
	})
	c.connect.Forwarded(f)
	return c.push(c.userdata(f, c.portForward))
}

// portForwardClass is a local port that leads to a pod: a stream of the errors of
// its connections.
var portForwardClass = func() class[*kube.PortForward] {
	cl := streamClass("port forward", func(f *kube.PortForward) *kube.Events[error] { return f.Events }, func(c call, err error) int {
		return c.push(c.errorValue(err))
	})
	cl.attributes["port"] = func(_ call, f *kube.PortForward) lua.LValue { return lua.LNumber(f.Port()) }
	cl.tostring = func(f *kube.PortForward) string { return f.Address() }
	return cl
}()
