package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// recoverInterval is how often nodes are looked at.
const recoverInterval = 2 * time.Second

// recoverPods does what a kubelet does when its node is back, and kwok does not:
// it reports the node's pods ready again. The node lifecycle controller marks
// them not ready when it loses a node, which happens to a whole cluster when the
// machine is suspended. It runs until ctx is done.
func recoverPods(ctx context.Context, client kubernetes.Interface) {
	// How many more times to look at the pods of a node. Twice, because the
	// controller may still be marking them when the node is back.
	looks := map[string]int{}
	seen := map[string]bool{}
	tick := time.NewTicker(recoverInterval)
	defer tick.Stop()
	for {
		nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{ResourceVersion: "0"})
		if err == nil {
			for _, node := range nodes.Items {
				ready := readyNode(&node)
				if !ready || !seen[node.Name] {
					looks[node.Name] = 2
				}
				seen[node.Name] = true
				if !ready || looks[node.Name] == 0 {
					continue
				}
				if err := recoverPodsOn(ctx, client, node.Name); err != nil {
					fmt.Fprintln(os.Stderr, "recover the pods of", node.Name+":", err)
					continue // next time
				}
				looks[node.Name]--
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// recoverPodsOn reports a node's pods ready whose containers are.
func recoverPodsOn(ctx context.Context, client kubernetes.Interface, node string) error {
	pods, err := client.CoreV1().Pods(metav1.NamespaceAll).List(ctx, metav1.ListOptions{
		FieldSelector:   fields.OneTermEqualSelector("spec.nodeName", node).String(),
		ResourceVersion: "0",
	})
	if err != nil {
		return err
	}
	patch, err := json.Marshal(map[string]any{"status": map[string]any{"conditions": []corev1.PodCondition{
		{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Now()},
	}}})
	if err != nil {
		return err
	}
	for _, pod := range pods.Items {
		if !markedNotReady(&pod) {
			continue
		}
		_, err := client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
		if err != nil {
			return err
		}
	}
	return nil
}

// markedNotReady tells whether a pod is not ready although its containers are.
func markedNotReady(pod *corev1.Pod) bool {
	if pod.Status.Phase != corev1.PodRunning || pod.DeletionTimestamp != nil {
		return false
	}
	for _, c := range pod.Status.ContainerStatuses {
		if !c.Ready {
			return false
		}
	}
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status != corev1.ConditionTrue
		}
	}
	return false
}

// readyNode tells whether a node is ready.
func readyNode(node *corev1.Node) bool {
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}
