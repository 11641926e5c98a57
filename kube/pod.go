package kube

import (
	"slices"
	"strings"
	"time"
)

// Container is a container of a pod as the kubelet reported it.
type Container struct {
	pod *Item
	raw Value
}

// containers reads the container statuses v and puts them in the order in
// which the spec lists the containers: the kubelet sorts them by name.
func (i *Item) containers(v Value, path string) []*Container {
	list := []*Container{}
	for status := range v.Elements() {
		list = append(list, &Container{i, status})
	}
	// "status.initContainerStatuses" reports what "spec.initContainers" asks for.
	field := strings.TrimSuffix(strings.TrimPrefix(path, "status."), "Statuses") + "s"
	order := map[string]int{}
	for c := range i.Spec().Get(field).Elements() {
		order[c.Get("name").String()] = len(order)
	}
	slices.SortStableFunc(list, func(a, b *Container) int { return order[a.Name()] - order[b.Name()] })
	return list
}

// Pod is the pod that the container is part of.
func (c *Container) Pod() *Item { return c.pod }

// Raw is the container's status object.
func (c *Container) Raw() Value { return c.raw }

// Name is the name of the container.
func (c *Container) Name() string { return c.raw.Get("name").String() }

// ID is the id of the running container, "" before it has run.
func (c *Container) ID() string { return c.raw.Get("containerID").String() }

// Image is the image that the container runs.
func (c *Container) Image() string { return c.raw.Get("image").String() }

// ImageID is the id of that image, "" before it was pulled.
func (c *Container) ImageID() string { return c.raw.Get("imageID").String() }

// Ready tells whether the container passed its readiness probe.
func (c *Container) Ready() bool { return c.raw.Get("ready").IsTrue() }

// RestartCount is how often the container was restarted.
func (c *Container) RestartCount() int64 {
	n, _ := c.raw.Get("restartCount").Int()
	return n
}

// State is what the container does now. It returns a StatusError where nothing
// was reported; an empty report means waiting (API reference, ContainerState).
func (c *Container) State() (*ContainerState, error) {
	v := c.raw.Get("state")
	if v.Type() != Object {
		return nil, c.absent("state")
	}
	return &ContainerState{c, v}, nil
}

// LastState is how the container ended last. It returns a StatusError where it
// has not ended yet; servers always send at least an empty object.
func (c *Container) LastState() (*ContainerState, error) {
	v := c.raw.Get("lastState")
	if v.Type() != Object || v.Len() == 0 {
		return nil, c.absent("last_state")
	}
	return &ContainerState{c, v}, nil
}

func (c *Container) absent(attribute string) error {
	return Errorf(StatusError, "container %s of %s has no %s", c.Name(), c.pod, attribute)
}

// ContainerState is one of running, waiting and terminated, with details that
// not every state has: what isn't there is a StatusError.
type ContainerState struct {
	container *Container
	raw       Value
}

// Raw is the state object.
func (s *ContainerState) Raw() Value { return s.raw }

// State is "running", "waiting" or "terminated". A container without any state
// is waiting (API reference, ContainerState).
func (s *ContainerState) State() string {
	for _, state := range []string{"running", "terminated"} {
		if s.raw.Get(state).Type() == Object {
			return state
		}
	}
	return "waiting"
}

// detail returns a member of the current state.
func (s *ContainerState) detail(key string) Value { return s.raw.Get(s.State()).Get(key) }

func (s *ContainerState) text(attribute, key string) (string, error) {
	v := s.detail(key)
	if v.Type() != String {
		return "", s.absent(attribute)
	}
	return v.String(), nil
}

func (s *ContainerState) number(attribute, key string) (int64, error) {
	n, ok := s.detail(key).Int()
	if !ok {
		return 0, s.absent(attribute)
	}
	return n, nil
}

func (s *ContainerState) time(attribute, key string) (time.Time, error) {
	t, err := ParseTime(s.detail(key).String())
	if err != nil {
		return time.Time{}, s.absent(attribute)
	}
	return t, nil
}

func (s *ContainerState) absent(attribute string) error {
	return Errorf(StatusError, "container %s of %s is %s, which has no %s", s.container.Name(), s.container.pod, s.State(), attribute)
}

// ContainerID is the id of the terminated container.
func (s *ContainerState) ContainerID() (string, error) { return s.text("container_id", "containerID") }

// ExitCode is the exit code of the terminated container.
func (s *ContainerState) ExitCode() (int64, error) { return s.number("exit_code", "exitCode") }

// Signal is the signal that ended the container, where one did.
func (s *ContainerState) Signal() (int64, error) { return s.number("signal", "signal") }

// Message explains a waiting or terminated state.
func (s *ContainerState) Message() (string, error) { return s.text("message", "message") }

// Reason explains a waiting or terminated state in one CamelCase word.
func (s *ContainerState) Reason() (string, error) { return s.text("reason", "reason") }

// StartedAt is when the running or terminated container started.
func (s *ContainerState) StartedAt() (time.Time, error) { return s.time("started_at", "startedAt") }

// FinishedAt is when the terminated container ended.
func (s *ContainerState) FinishedAt() (time.Time, error) { return s.time("finished_at", "finishedAt") }
