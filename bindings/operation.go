package bindings

import (
	"context"
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// operation is a method that only items of some kinds have.
type operation func(c call, i *kube.Item) int

// operations are the methods that items have beside those of all kinds: a row
// for each kind, named with its group as in "Deployment.apps".
var operations = map[string]map[string]operation{
	"Node":                  nodeOperations,
	"Pod":                   podOperations,
	"ReplicationController": joined(scaleOperations, workloadOperations),
	"Service":               joined(serviceOperations, workloadOperations),
	"CronJob.batch":         joined(cronJobOperations, suspendOperations),
	"DaemonSet.apps":        joined(rolloutOperations, workloadOperations),
	"Deployment.apps":       joined(pauseOperations, rolloutOperations, scaleOperations, workloadOperations),
	"Job.batch":             joined(suspendOperations, workloadOperations),
	"ReplicaSet.apps":       joined(scaleOperations, workloadOperations),
	"StatefulSet.apps":      joined(rolloutOperations, scaleOperations, workloadOperations),
}

// What several kinds, or one, have.
var (
	cronJobOperations = map[string]operation{
		"trigger": cronJobTrigger,
	}
	nodeOperations = map[string]operation{
		"cordon":   newest((*kube.Item).Cordon),
		"drain":    nodeDrain,
		"taint":    nodeTaint,
		"top":      itemTop,
		"uncordon": newest((*kube.Item).Uncordon),
		"untaint":  nodeUntaint,
	}
	pauseOperations = map[string]operation{
		"pause":  newest((*kube.Item).Pause),
		"resume": newest((*kube.Item).Resume),
	}
	podOperations = map[string]operation{
		"copy_from":    podCopyFrom,
		"copy_to":      podCopyTo,
		"evict":        podEvict,
		"exec":         podExec,
		"http":         itemHTTP,
		"logs":         podLogs,
		"port_forward": podPortForward,
		"top":          itemTop,
	}
	rolloutOperations = map[string]operation{
		"history": rolloutHistory,
		"restart": rolloutRestart,
		"rollout": rolloutStatus,
		"undo":    rolloutUndo,
	}
	scaleOperations = map[string]operation{
		"scale": itemScale,
	}
	serviceOperations = map[string]operation{
		"http": itemHTTP,
	}
	suspendOperations = map[string]operation{
		"resume":  newest((*kube.Item).Resume),
		"suspend": newest((*kube.Item).Suspend),
	}
	workloadOperations = map[string]operation{
		"exec":         podExec,
		"logs":         workloadLogs,
		"pods":         workloadPods,
		"port_forward": podPortForward,
	}
)

// joined are the operations of a kind that has all of these.
func joined(sets ...map[string]operation) map[string]operation {
	all := map[string]operation{}
	for _, set := range sets {
		maps.Copy(all, set)
	}
	return all
}

// newest is an operation without arguments that returns the newest item.
func newest(run func(*kube.Item, context.Context) (*kube.Item, error)) operation {
	return func(c call, i *kube.Item) int {
		c.none(2)
		return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return run(i, ctx) })))
	}
}

// kindKey is the name of a resource's kind in the table of operations.
func kindKey(r *kube.Resource) string {
	if r.Group == "" {
		return r.Kind
	}
	return r.Kind + "." + r.Group
}

// operationsOf are the operations of an item's kind.
func operationsOf(i *kube.Item) map[string]operation { return operations[kindKey(i.Resource())] }

// operationNames are the names of what operationOf knows of an item.
func operationNames(i *kube.Item) []string {
	names := slices.Collect(maps.Keys(operationsOf(i)))
	if i.Resource().Scalable() {
		names = slices.AppendSeq(names, maps.Keys(scaleOperations))
	}
	return names
}

// operationOf is an operation of an item as a Lua function, nil if its kind has
// none of that name. What discovery says to have a scale can be scaled, whatever
// it is.
func (c call) operationOf(i *kube.Item, name string) lua.LValue {
	run := operationsOf(i)[name]
	if run == nil && i.Resource().Scalable() {
		run = scaleOperations[name]
	}
	if run == nil {
		return nil
	}
	b := c.binding
	return c.L.NewFunction(func(L *lua.LState) int {
		c := call{b, L}
		return run(c, receiver[*kube.Item](c, "item", name))
	})
}
