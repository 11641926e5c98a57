package engine

import (
	"cmp"
	"context"
	"log/slog"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib"
)

// jobContext is what the function of a job gets.
type jobContext struct {
	*JobRun
	run *run
}

var jobContextClass = class[*jobContext]{
	name: "context",
	attributes: map[string]func(*lua.LState, *jobContext) lua.LValue{
		"attempt": func(_ *lua.LState, j *jobContext) lua.LValue { return lua.LNumber(j.Attempt) },
		"event": func(L *lua.LState, j *jobContext) lua.LValue {
			if j.Event == nil {
				return lua.LNil
			}
			return j.kube().Event(kube.Event{Type: j.Event.Type, Item: j.item(L), Synthetic: j.Event.Synthetic})
		},
		"item": func(L *lua.LState, j *jobContext) lua.LValue {
			if j.Event == nil {
				return lua.LNil
			}
			return j.kube().Item(j.item(L))
		},
		"log":       func(_ *lua.LState, j *jobContext) lua.LValue { return j.vm().object(j, j.vm().classes.jobLog) },
		"name":      func(_ *lua.LState, j *jobContext) lua.LValue { return lua.LString(j.Job.Name) },
		"scheduled": func(_ *lua.LState, j *jobContext) lua.LValue { return j.kube().Time(j.Scheduled) },
		"trigger":   func(_ *lua.LState, j *jobContext) lua.LValue { return lua.LString(j.Trigger) },
	},
	methods: map[string]func(*lua.LState, *jobContext) int{
		"cancelled": func(L *lua.LState, j *jobContext) int {
			if err := j.run.bound.Err(); err != nil {
				L.Push(lua.LString(err.Error()))
			} else {
				L.Push(lua.LNil)
			}
			return 1
		},
	},
	text: func(j *jobContext) string { return "context of job " + j.Job.Name },
}

func (j *jobContext) vm() *VM              { return j.run.vm }
func (j *jobContext) kube() *bindings.Kube { return j.vm().kube }

// item is the object of the event. It was read for all jobs; what the script does
// to it is up to the run's own connection.
func (j *jobContext) item(L *lua.LState) *kube.Item { return j.Event.Item.On(j.kube().Connected(L)) }

var jobLogClass = class[*jobContext]{
	name: "log",
	methods: map[string]func(*lua.LState, *jobContext) int{
		"debug": logAt(slog.LevelDebug),
		"error": logAt(slog.LevelError),
		"info":  logAt(slog.LevelInfo),
		"warn":  logAt(slog.LevelWarn),
	},
}

// logAt implements log:info(message, fields) and its like.
func logAt(level slog.Level) func(*lua.LState, *jobContext) int {
	return func(L *lua.LState, j *jobContext) int {
		vm := j.vm()
		message, fields := L.ToStringMeta(L.Get(2)).String(), L.Get(3)
		var attributes []slog.Attr
		switch fields := fields.(type) {
		case *lua.LNilType:
		case *lua.LTable:
			fields.ForEach(func(key, value lua.LValue) {
				if key.Type() != lua.LTString {
					vm.invalid(L, "log: the fields must have names, not %s", key)
				}
				attributes = append(attributes, slog.Any(key.String(), stdlib.Logged(L, vm, value)))
			})
		default:
			vm.invalid(L, "log: the fields must be a table, not %s", fields.Type())
		}
		slices.SortFunc(attributes, func(a, b slog.Attr) int { return cmp.Compare(a.Key, b.Key) })
		if j.Log != nil {
			j.Log.LogAttrs(context.Background(), level, message, attributes...)
		}
		return 0
	}
}
