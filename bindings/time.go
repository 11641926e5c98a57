package bindings

import (
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// timestamp is a time as Lua sees it.
type timestamp struct{ time.Time }

// String is the time in RFC 3339, with fractions of a second where it has any.
func (t timestamp) String() string { return t.Format(time.RFC3339Nano) }

func (c call) time(t time.Time) lua.LValue { return c.userdata(timestamp{t}, c.timestamp) }

var timeClass = class[timestamp]{
	name: "time",
	methods: map[string]func(call, timestamp) int{
		"age": func(c call, t timestamp) int {
			return c.push(lua.LNumber(c.host.Now().Sub(t.Time).Seconds()))
		},
		"format": func(c call, t timestamp) int { return c.push(lua.LString(t.Format(c.text(2, "the layout")))) },
		"unix": func(c call, t timestamp) int {
			return c.push(lua.LNumber(float64(t.Unix()) + float64(t.Nanosecond())/1e9))
		},
	},
	tostring: timestamp.String,
	equal:    func(a, b timestamp) bool { return a.Equal(b.Time) },
	meta: map[string]func(call) int{
		"__add": func(c call) int {
			at, seconds := 1, 2
			if c.L.Get(1).Type() == lua.LTNumber {
				at, seconds = 2, 1
			}
			return c.push(c.time(c.operand(at).Add(c.span(seconds))))
		},
		"__le": func(c call) int { return c.push(lua.LBool(!c.operand(1).After(c.operand(2)))) },
		"__lt": func(c call) int { return c.push(lua.LBool(c.operand(1).Before(c.operand(2)))) },
		"__sub": func(c call) int {
			if c.L.Get(2).Type() == lua.LTNumber {
				return c.push(c.time(c.operand(1).Add(-c.span(2))))
			}
			return c.push(lua.LNumber(c.operand(1).Sub(c.operand(2)).Seconds()))
		},
	},
}

// operand is the time at i of an operator.
func (c call) operand(i int) time.Time {
	if ud, ok := c.L.Get(i).(*lua.LUserData); ok {
		if t, ok := ud.Value.(timestamp); ok {
			return t.Time
		}
	}
	c.invalid("a time and %s can't be combined (for a number of seconds take t:unix())", quote(c.L.Get(i)))
	return time.Time{}
}

// span is the number of seconds at i of an operator.
func (c call) span(i int) time.Duration {
	n, ok := c.L.Get(i).(lua.LNumber)
	if s := float64(n) * float64(time.Second); ok && math.Abs(s) < math.MaxInt64 {
		return time.Duration(s)
	}
	c.invalid("only a number of seconds can be added to a time, not %s", quote(c.L.Get(i)))
	return 0
}

// now implements kube.now().
func now(c call) int { return c.push(c.time(c.host.Now())) }

// parseTime implements kube.time(text).
func parseTime(c call) int {
	t, err := kube.ParseTime(c.text(1, "the time"))
	c.raise(err)
	return c.push(c.time(t))
}
