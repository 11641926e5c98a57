package bindings

import (
	"context"
	"errors"
	"net/textproto"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// Raised is the value that a script catches: a [kube.Error] and where in the
// script it was raised.
type Raised struct {
	Err   *kube.Error
	Where string // "cleanup.lua:12", or "" outside of a script
}

// Size is about how many bytes it takes. See [host.Sized].
func (r *Raised) Size() int {
	if r.Err.Response != nil {
		return len(r.Err.Message) + len(r.Err.Response.Text)
	}
	return len(r.Err.Message)
}

// Error is the message of the error.
func (r *Raised) Error() string { return r.Err.Message }

// Unwrap is the error itself.
func (r *Raised) Unwrap() error { return r.Err }

// raise raises err in Lua; nil does nothing. It doesn't return otherwise.
func (c call) raise(err error) {
	if err == nil {
		return
	}
	c.L.Error(c.errorValue(err), 1)
}

// raiseAgain raises what a protected call ended with; nil does nothing.
func (c call) raiseAgain(err error) {
	if api, ok := err.(*lua.ApiError); ok {
		c.L.Error(api.Object, 0)
	}
	c.raise(err)
}

// errorValue is what a script catches of err. The end of a context stays a
// plain string: the run is over, and no pcall holds it up.
func (c call) errorValue(err error) lua.LValue {
	var e *kube.Error
	var invalid *host.Invalid
	var late *host.Late
	var answered *host.Answered
	switch {
	case errors.As(err, &e):
	case errors.As(err, &invalid):
		e = kube.Errorf(kube.ValueError, "%w", err)
	case errors.As(err, &late):
		e = kube.Errorf(kube.TimeoutError, "%w", err)
	case errors.As(err, &answered):
		e = kube.Errorf(kube.KubeError, "%w", err)
		e.StatusCode = answered.StatusCode
		e.Response = &kube.Response{StatusCode: answered.StatusCode, Header: answered.Header, Text: answered.Text}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return lua.LString(err.Error())
	default:
		e = kube.Errorf(kube.KubeError, "%w", err)
	}
	return c.userdata(&Raised{e, c.host.Where(c.L)}, c.raised)
}

// invalid raises a ValueError.
func (c call) invalid(format string, args ...any) {
	c.raise(kube.Errorf(kube.ValueError, format, args...))
}

var raisedClass = class[*Raised]{
	name: "error",
	attributes: map[string]func(call, *Raised) lua.LValue{
		"conflicts": func(c call, r *Raised) lua.LValue {
			return list(c, r.Err.Conflicts, c.conflict)
		},
		"message": func(c call, r *Raised) lua.LValue { return lua.LString(r.Err.Message) },
		"reason":  func(c call, r *Raised) lua.LValue { return textOrNil(r.Err.Reason) },
		"response": func(c call, r *Raised) lua.LValue {
			if r.Err.Response == nil {
				return lua.LNil
			}
			return c.userdata(r.Err.Response, c.response)
		},
		"status_code": func(c call, r *Raised) lua.LValue {
			if r.Err.StatusCode == 0 {
				return lua.LNil
			}
			return lua.LNumber(r.Err.StatusCode)
		},
		"type":  func(c call, r *Raised) lua.LValue { return lua.LString(r.Err.Kind) },
		"where": func(c call, r *Raised) lua.LValue { return textOrNil(r.Where) },
	},
	tostring: (*Raised).Error,
}

// conflict gives a field that somebody else has set to Lua.
func (c call) conflict(f kube.FieldConflict) lua.LValue {
	return recordOf(c, map[string]string{"field": f.Field, "manager": f.Manager}, false, text)
}

var responseClass = class[*kube.Response]{
	name: "response",
	attributes: map[string]func(call, *kube.Response) lua.LValue{
		"headers": func(c call, r *kube.Response) lua.LValue {
			t := c.L.NewTable()
			for name, values := range r.Header {
				t.RawSetString(textproto.CanonicalMIMEHeaderKey(name), lua.LString(strings.Join(values, ", ")))
			}
			return t
		},
		"json": func(c call, r *kube.Response) lua.LValue {
			v, err := kube.NewValue([]byte(r.Text))
			if err != nil {
				return lua.LNil
			}
			return c.value(v)
		},
		"status_code": func(c call, r *kube.Response) lua.LValue { return lua.LNumber(r.StatusCode) },
		"text":        func(c call, r *kube.Response) lua.LValue { return lua.LString(r.Text) },
	},
}

// is implements kube.is(err, kind).
func is(c call) int {
	kind := c.text(2, "kind")
	known := false
	for _, k := range kube.ErrorKinds() {
		known = known || string(k) == kind
	}
	if !known {
		var names []string
		for _, k := range kube.ErrorKinds() {
			names = append(names, string(k))
		}
		c.invalid("kube.is: unknown kind of error %q%s", kind, kube.Suggest(kind, names))
	}
	ud, ok := c.L.Get(1).(*lua.LUserData)
	if !ok {
		return c.push(lua.LFalse)
	}
	r, ok := ud.Value.(*Raised)
	return c.push(lua.LBool(ok && r.Err.Kind.Is(kube.ErrorKind(kind))))
}

// textOrNil is a string, or nil for an empty one.
func textOrNil(s string) lua.LValue {
	if s == "" {
		return lua.LNil
	}
	return lua.LString(s)
}

// text is a string for Lua.
func text(s string) lua.LValue { return lua.LString(s) }
