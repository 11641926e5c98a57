package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/component-base/version"
)

const (
	// nodeLabel marks the nodes that the supervisor makes and may remove.
	nodeLabel = domain + "/node"

	defaultNodes = 3
	maxNodes     = 1000 // as many pod networks as podCIDR has
)

// ensureNodes makes the nodes node-0 to node-(want-1), leads the API server to
// their endpoint at port, and removes nodes that an earlier run had beyond
// those. With want 0 it keeps the nodes that are there, or makes defaultNodes.
// It returns how many there are.
//
// It also removes the nodes' leases: an earlier kwok has them, and this one would
// wait until they expire before it touches a node.
func ensureNodes(ctx context.Context, client kubernetes.Interface, want, port int) (int, error) {
	list, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{LabelSelector: nodeLabel})
	if err != nil {
		return 0, err
	}
	err = client.CoordinationV1().Leases(corev1.NamespaceNodeLease).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{})
	if err != nil {
		return 0, fmt.Errorf("remove the nodes' leases: %w", err)
	}
	if want == 0 {
		want = len(list.Items)
	}
	if want == 0 {
		want = defaultNodes
	}
	present := map[string]bool{}
	for _, node := range list.Items {
		i, err := strconv.Atoi(node.Labels[nodeLabel])
		if err == nil && i < want {
			present[node.Name] = true
			continue
		}
		err = client.CoreV1().Nodes().Delete(ctx, node.Name, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			return 0, fmt.Errorf("remove node %s: %w", node.Name, err)
		}
	}
	for i := range want {
		node := newNode(i, port)
		if !present[node.Name] {
			if _, err := client.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{}); err != nil {
				return 0, fmt.Errorf("create node %s: %w", node.Name, err)
			}
			continue
		}
		patch, err := json.Marshal(map[string]any{"status": map[string]any{
			"daemonEndpoints": node.Status.DaemonEndpoints,
			"nodeInfo":        node.Status.NodeInfo,
		}})
		if err != nil {
			return 0, err
		}
		_, err = client.CoreV1().Nodes().Patch(ctx, node.Name, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
		if err != nil {
			return 0, fmt.Errorf("update node %s: %w", node.Name, err)
		}
	}
	return want, nil
}

// newNode is the i-th node, with its endpoint at a loopback port.
func newNode(i, port int) *corev1.Node {
	name := fmt.Sprintf("node-%d", i)
	room := corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse("1000"),
		corev1.ResourceMemory:           resource.MustParse("4Ti"),
		corev1.ResourceEphemeralStorage: resource.MustParse("16Ti"),
		corev1.ResourcePods:             resource.MustParse("2000"),
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: name,
			Labels: map[string]string{
				corev1.LabelHostname:   name,
				corev1.LabelOSStable:   "linux",
				corev1.LabelArchStable: runtime.GOARCH,
				nodeLabel:              strconv.Itoa(i),
			},
		},
		Spec: corev1.NodeSpec{PodCIDR: podCIDR(i), PodCIDRs: []string{podCIDR(i)}},
		Status: corev1.NodeStatus{
			Capacity:    room,
			Allocatable: room,
			Addresses: []corev1.NodeAddress{
				{Type: corev1.NodeInternalIP, Address: "127.0.0.1"},
				{Type: corev1.NodeHostName, Address: name},
			},
			DaemonEndpoints: corev1.NodeDaemonEndpoints{
				KubeletEndpoint: corev1.DaemonEndpoint{Port: int32(port)},
			},
			NodeInfo: corev1.NodeSystemInfo{
				Architecture:            runtime.GOARCH,
				OperatingSystem:         "linux",
				OSImage:                 "kwok",
				KernelVersion:           "kwok",
				ContainerRuntimeVersion: "kwok://" + kwokVersion(),
				KubeletVersion:          version.Get().GitVersion,
				KubeProxyVersion:        version.Get().GitVersion,
			},
		},
	}
}

// kwokVersion is the version of kwok that is linked in.
func kwokVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "sigs.k8s.io/kwok" {
				return strings.TrimPrefix(m.Version, "v")
			}
		}
	}
	return "unknown"
}

// podCIDR is the network of the i-th node's pods. A /20 has room for more than
// the node's 2,000, also while as many are being replaced.
func podCIDR(i int) string {
	const first = 128 << 16 // 10.128.0.0
	n := first + i<<12
	return fmt.Sprintf("10.%d.%d.0/20", n>>16, n>>8&0xff)
}
