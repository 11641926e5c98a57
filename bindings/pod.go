package bindings

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

var containerClass = class[*kube.Container]{
	name:   "container",
	change: changeCopy,
	attributes: map[string]func(call, *kube.Container) lua.LValue{
		"id":            func(c call, ct *kube.Container) lua.LValue { return lua.LString(ct.ID()) },
		"image":         func(c call, ct *kube.Container) lua.LValue { return lua.LString(ct.Image()) },
		"image_id":      func(c call, ct *kube.Container) lua.LValue { return lua.LString(ct.ImageID()) },
		"last_state":    func(c call, ct *kube.Container) lua.LValue { return c.state(ct.LastState()) },
		"name":          func(c call, ct *kube.Container) lua.LValue { return lua.LString(ct.Name()) },
		"pod":           func(c call, ct *kube.Container) lua.LValue { return c.itemValue(ct.Pod()) },
		"raw":           func(c call, ct *kube.Container) lua.LValue { return c.value(ct.Raw()) },
		"ready":         func(c call, ct *kube.Container) lua.LValue { return lua.LBool(ct.Ready()) },
		"restart_count": func(c call, ct *kube.Container) lua.LValue { return lua.LNumber(ct.RestartCount()) },
		"state":         func(c call, ct *kube.Container) lua.LValue { return c.state(ct.State()) },
	},
	tostring: func(ct *kube.Container) string { return "container " + ct.Name() + " of " + ct.Pod().String() },
}

func (c call) state(s *kube.ContainerState, err error) lua.LValue {
	c.raise(err)
	return c.userdata(s, c.containerState)
}

var containerStateClass = class[*kube.ContainerState]{
	name:   "container state",
	change: changeCopy,
	attributes: map[string]func(call, *kube.ContainerState) lua.LValue{
		"container_id": detail((*kube.ContainerState).ContainerID, textDetail),
		"exit_code":    detail((*kube.ContainerState).ExitCode, numberDetail),
		"finished_at":  detail((*kube.ContainerState).FinishedAt, call.time),
		"message":      detail((*kube.ContainerState).Message, textDetail),
		"raw":          func(c call, s *kube.ContainerState) lua.LValue { return c.value(s.Raw()) },
		"reason":       detail((*kube.ContainerState).Reason, textDetail),
		"running":      inState("running"),
		"signal":       detail((*kube.ContainerState).Signal, numberDetail),
		"started_at":   detail((*kube.ContainerState).StartedAt, call.time),
		"state":        func(c call, s *kube.ContainerState) lua.LValue { return lua.LString(s.State()) },
		"terminated":   inState("terminated"),
		"waiting":      inState("waiting"),
	},
	tostring: (*kube.ContainerState).State,
}

// detail is an attribute that not every state has.
func detail[T any](get func(*kube.ContainerState) (T, error), wrap func(call, T) lua.LValue) func(call, *kube.ContainerState) lua.LValue {
	return func(c call, s *kube.ContainerState) lua.LValue {
		v, err := get(s)
		c.raise(err)
		return wrap(c, v)
	}
}

func textDetail(_ call, s string) lua.LValue  { return lua.LString(s) }
func numberDetail(_ call, n int64) lua.LValue { return lua.LNumber(n) }

func inState(state string) func(call, *kube.ContainerState) lua.LValue {
	return func(_ call, s *kube.ContainerState) lua.LValue { return lua.LBool(s.State() == state) }
}
