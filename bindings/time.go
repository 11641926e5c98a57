package bindings

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib"
)

// time is the value of a time, as the module time makes it.
func (b *binding) time(t time.Time) lua.LValue { return stdlib.TimeValue(b.state, b.host, t) }

// now implements kube.now().
func now(c call) int { return c.push(c.time(c.host.Now())) }

// parseTime implements kube.time(text).
func parseTime(c call) int {
	t, err := kube.ParseTime(c.text(1, "the time"))
	c.raise(err)
	return c.push(c.time(t))
}
