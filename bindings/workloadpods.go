package bindings

import "github.com/kubelua/kubelua/kube"

// podsOf is the view of the pods that a workload or service selects.
func (c call) podsOf(i *kube.Item) *kube.View {
	pods, err := i.Pods()
	c.raise(err)
	return pods
}

// workloadPods implements pods() of a workload or service.
func workloadPods(c call, i *kube.Item) int {
	c.none(2)
	return c.push(c.narrowed(c.podsOf(i), nil))
}

// workloadLogs implements logs{...} of a workload or service: those of its pods.
func workloadLogs(c call, i *kube.Item) int {
	o := c.logOptions(2)
	return c.mergedLogs(c.podsOf(i), o)
}
