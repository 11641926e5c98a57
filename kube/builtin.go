package kube

// builtins is the table of the kinds that are known without discovery, in the
// order of their names. A kind is a row; its attributes are rows in turn, from
// which bindings and documentation are made.
var builtins = []*Resource{
	{Kind: "DaemonSet", Name: "daemonsets", Singular: "daemonset", ShortNames: []string{"ds"}, Group: "apps", Versions: []string{"v1"}, Namespaced: true, Attributes: []Attribute{
		{"current_number_scheduled", "status.currentNumberScheduled", Count, "Nodes that run at least one daemon pod and should."},
		{"desired_number_scheduled", "status.desiredNumberScheduled", Count, "Nodes that should run the daemon pod."},
		{"number_misscheduled", "status.numberMisscheduled", Count, "Nodes that run the daemon pod but should not."},
		{"number_ready", "status.numberReady", Count, "Nodes that should run the daemon pod and have one or more ready."},
		observedGeneration,
	}},
	{Kind: "Deployment", Name: "deployments", Singular: "deployment", ShortNames: []string{"deploy"}, Group: "apps", Versions: []string{"v1"}, Namespaced: true, subresources: scaled, Attributes: []Attribute{
		availableReplicas,
		observedGeneration,
		observedReplicas,
		readyReplicas,
		{"unavailable_replicas", "status.unavailableReplicas", Count, "Pods still needed for full availability."},
		{"updated_replicas", "status.updatedReplicas", Count, "Pods that have the template of the current spec."},
		conditions,
	}},
	{Kind: "Namespace", Name: "namespaces", Singular: "namespace", ShortNames: []string{"ns"}, Versions: []string{"v1"}, Attributes: []Attribute{
		{"phase", "status.phase", Text, "Phase of the namespace, a NamespacePhase."},
	}},
	{Kind: "Node", Name: "nodes", Singular: "node", ShortNames: []string{"no"}, Versions: []string{"v1"}, Attributes: []Attribute{
		{"addresses", "status.addresses", Addresses, "Addresses of the node, each with type (an AddressType) and addr."},
		{"capacity", "status.capacity", Quantities, "Capacity of the node: cpu in cores, memory in bytes, the rest as numbers under their API names."},
		conditions,
	}},
	{Kind: "Pod", Name: "pods", Singular: "pod", ShortNames: []string{"po"}, Versions: []string{"v1"}, Namespaced: true, Attributes: []Attribute{
		{"containers", "status.containerStatuses", Containers, "Containers of the pod in the order of the spec; empty before the kubelet has reported."},
		{"init_containers", "status.initContainerStatuses", Containers, "Init containers of the pod, like containers."},
		{"ephemeral_containers", "status.ephemeralContainerStatuses", Containers, "Ephemeral containers of the pod, like containers."},
		{"host_ip", "status.hostIP", Text, "IP address of the pod's host within the cluster."},
		{"ip", "status.podIP", Text, "IP address of the pod within the cluster."},
		{"message", "status.message", Text, "Why the pod is in its state, for people."},
		{"phase", "status.phase", Text, "Phase of the pod, a PodPhase."},
		{"reason", "status.reason", Text, "Why the pod is in its state, in one CamelCase word."},
		{"start_time", "status.startTime", Timestamp, "Time at which the kubelet took the pod."},
		conditions,
	}},
	{Kind: "ReplicaSet", Name: "replicasets", Singular: "replicaset", ShortNames: []string{"rs"}, Group: "apps", Versions: []string{"v1"}, Namespaced: true, subresources: scaled, Attributes: []Attribute{
		availableReplicas, fullyLabeledReplicas, observedGeneration, observedReplicas, readyReplicas, conditions,
	}},
	{Kind: "ReplicationController", Name: "replicationcontrollers", Singular: "replicationcontroller", ShortNames: []string{"rc"}, Versions: []string{"v1"}, Namespaced: true, subresources: scaled, Attributes: []Attribute{
		availableReplicas, fullyLabeledReplicas, observedGeneration, observedReplicas, readyReplicas, conditions,
	}},
	{Kind: "Secret", Name: "secrets", Singular: "secret", Versions: []string{"v1"}, Namespaced: true, Attributes: []Attribute{
		{"data", "data", Bytes, "Data of the secret: keys and decoded bytes. Reading one is a deliberate act; it is printed nowhere by itself."},
		{"type", "type", Text, "Type of the secret, for most a SecretType."},
	}},
	{Kind: "Service", Name: "services", Singular: "service", ShortNames: []string{"svc"}, Versions: []string{"v1"}, Namespaced: true, Attributes: []Attribute{
		{"loadbalancer_ingress", "status.loadBalancer.ingress", Ingress, "Addresses and host names of the load balancer, as strings."},
	}},
}

// scaled are the subresources of workloads that have a number of pods.
var scaled = map[string][]string{"v1": {"scale", "status"}}

// The rows that several kinds share.
var (
	availableReplicas    = Attribute{"available_replicas", "status.availableReplicas", Count, "Pods that have been ready for at least minReadySeconds."}
	fullyLabeledReplicas = Attribute{"fully_labeled_replicas", "status.fullyLabeledReplicas", Count, "Pods that carry all labels of the pod template."}
	observedGeneration   = Attribute{"observed_generation", "status.observedGeneration", Count, "Generation of the spec that the controller has seen last."}
	observedReplicas     = Attribute{"observed_replicas", "status.replicas", Count, "Pods that the controller has counted last."}
	readyReplicas        = Attribute{"ready_replicas", "status.readyReplicas", Count, "Pods that are ready."}
	conditions           = Attribute{"conditions", "status.conditions", List, "Conditions of the object, raw."}
)

// Enum is a closed list of strings under a name; servers may send others.
type Enum struct {
	Name   string
	Doc    string
	Values []string
}

// Enums lists the enumerations of the API.
func Enums() []Enum {
	return []Enum{
		{"AddressType", "Types of node addresses.", []string{"ExternalIP", "Hostname", "InternalIP", "ExternalDNS", "InternalDNS"}},
		{"Kind", "Built-in kinds and their collections.", KindNames()},
		{"NamespacePhase", "Phases of a namespace.", []string{"Active", "Terminating"}},
		{"PodPhase", "Phases of a pod.", []string{"Failed", "Pending", "Running", "Succeeded", "Unknown"}},
		{"SecretType", "Types of secrets.", []string{
			"Opaque", "kubernetes.io/service-account-token", "kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson",
			"kubernetes.io/basic-auth", "kubernetes.io/ssh-auth", "kubernetes.io/tls", "bootstrap.kubernetes.io/token"}},
		{"WatchEventType", "Types of watch events.", []string{Added, Modified, Deleted, Sync, "ERROR"}},
	}
}
