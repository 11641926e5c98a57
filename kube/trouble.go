package kube

import (
	"fmt"
	"iter"
	"strings"
)

// trouble is why a pod isn't ready.
type trouble struct {
	pod       string // "pods web/a"
	phase     string // of the pod
	container string // "" where it is the whole pod's
	reason    string // in one CamelCase word, may be ""
	why       string // reason and message
	fatal     bool   // it won't pass by itself, or not soon
	crash     bool   // the container runs and ends, again and again
}

// stuck are the reasons for which a container waits in vain: something about
// the pod or around it has to be changed first (k8s.io/kubernetes,
// pkg/kubelet/images/types.go and pkg/kubelet/kuberuntime).
var stuck = map[string]bool{
	"CrashLoopBackOff":           true,
	"CreateContainerConfigError": true,
	"CreateContainerError":       true,
	"ErrImageNeverPull":          true,
	"ErrImagePull":               true,
	"ImageInspectError":          true,
	"ImagePullBackOff":           true,
	"InvalidImageName":           true,
	"RunContainerError":          true,
}

// String says what is wrong: "container main: ImagePullBackOff: ...".
func (t *trouble) String() string {
	if t.container != "" {
		return fmt.Sprintf("container %s: %s", t.container, t.why)
	}
	return t.why
}

// troubleOf is why a pod isn't ready, nil where it is or is on its way.
func troubleOf(pod *Item) *trouble {
	status := pod.Status()
	t := &trouble{pod: pod.String(), phase: status.Get("phase").String()}
	switch t.phase {
	case "Succeeded":
		t.why, t.fatal = "it has succeeded, so it won't be ready", true
		return t
	case "Failed":
		t.fatal = true
		if c := ended(status); c.Exists() {
			terminated := c.At("state", "terminated")
			t.container, t.reason = c.Get("name").String(), terminated.Get("reason").String()
			t.why = strings.TrimPrefix(fmt.Sprintf("%s, exit code %d", because(terminated), terminated.count("exitCode")), ", ")
		} else if t.reason, t.why = status.Get("reason").String(), because(status); t.why == "" {
			t.why = "it has failed"
		}
		return t
	}
	if conditionIs(pod, "Ready", "True") {
		return nil
	}
	for c := range containerStatuses(status) {
		waiting := c.At("state", "waiting")
		reason := waiting.Get("reason").String()
		if !stuck[reason] {
			continue
		}
		t.container, t.reason, t.why, t.fatal = c.Get("name").String(), reason, because(waiting), true
		if reason == "CrashLoopBackOff" || reason == "RunContainerError" {
			t.crash = true
			if code, ok := c.At("lastState", "terminated", "exitCode").Int(); ok {
				t.why += fmt.Sprintf(" (%d restarts, last exit code %d)", c.count("restartCount"), code)
			}
		}
		return t
	}
	if f := conditionWith(pod, "PodScheduled", "False"); f.text != "" {
		t.reason, t.why = f.reason, f.text
		return t
	}
	return nil
}

// count is a number of an object, 0 where it isn't there.
func (v Value) count(key string) int64 {
	n, _ := v.Get(key).Int()
	return n
}

// containerStatuses are what is reported of a pod's containers, the init
// containers first.
func containerStatuses(status Value) iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for _, list := range []string{"initContainerStatuses", "containerStatuses"} {
			for c := range status.Get(list).Elements() {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// ended is the first container that ended with a failure; absent where none did.
func ended(status Value) Value {
	for c := range containerStatuses(status) {
		if c.At("state", "terminated").count("exitCode") != 0 {
			return c
		}
	}
	return Value{}
}
