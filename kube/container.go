package kube

import (
	"fmt"
	"strings"
)

// defaultContainer is the annotation that names the container which is meant
// where a pod has several and none is named (Kubernetes documentation,
// "Well-Known Labels, Annotations and Taints").
const defaultContainer = "kubectl.kubernetes.io/default-container"

// container is the container of the pod that a call is about: the named one,
// else the one that the pod's annotation names, else its only one. The error
// lists those that there are.
func (i *Item) container(name string) (string, error) {
	if name != "" {
		return name, nil
	}
	if name := i.raw.At("metadata", "annotations").Get(defaultContainer).String(); name != "" {
		return name, nil
	}
	var names []string
	for c := range i.Spec().Get("containers").Elements() {
		names = append(names, c.Get("name").String())
	}
	switch len(names) {
	case 0: // the server knows
		return "", nil
	case 1:
		return names[0], nil
	}
	return "", fmt.Errorf("the pod has several containers, name one (container=): %s", strings.Join(names, ", "))
}

// containerStatus is the status of a container of any sort, absent where none
// was reported.
func (i *Item) containerStatus(name string) Value {
	for _, list := range []string{"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"} {
		for status := range i.Status().Get(list).Elements() {
			if status.Get("name").String() == name {
				return status
			}
		}
	}
	return Value{}
}
