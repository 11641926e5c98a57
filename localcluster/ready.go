package main

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	// The first pod is tried where no script looks for its own.
	probeNamespace = metav1.NamespaceSystem
	probePod       = "kubelua-readiness"

	// brokenLabel is on nodes that their user wants to be not ready, see
	// stages/chaos-node-not-ready.yaml.
	brokenLabel = "node-not-ready.stage.kwok.x-k8s.io"
)

// connect returns a client for a kubeconfig, without client-side throttling.
func connect(kubeconfig string) (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	config.UserAgent = "kubelua-localcluster"
	config.WarningHandler = rest.NoWarnings{}
	return kubernetes.NewForConfig(config)
}

// serverAnswers returns nil when the API server answers at all; it does so a
// good second before it has finished its start.
func serverAnswers(ctx context.Context, client kubernetes.Interface) error {
	_, err := client.Discovery().RESTClient().Get().AbsPath("/livez/ping").DoRaw(ctx)
	return err
}

// serverReady returns nil when the API server has finished its start.
func serverReady(ctx context.Context, client kubernetes.Interface) error {
	_, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
	return err
}

// nodesReady returns nil when want nodes take pods: they say so, and kwok holds
// their leases. (The nodes of a kept cluster say so before kwok has started.)
func nodesReady(ctx context.Context, client kubernetes.Interface, want int) error {
	list, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{LabelSelector: nodeLabel})
	if err != nil {
		return err
	}
	leases, err := client.CoordinationV1().Leases(corev1.NamespaceNodeLease).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	held := map[string]bool{}
	for _, lease := range leases.Items {
		held[lease.Name] = true
	}
	ready := 0
	for _, node := range list.Items {
		_, broken := node.Labels[brokenLabel]
		if held[node.Name] && (broken || readyNode(&node) && !tainted(&node)) {
			ready++
		}
	}
	if ready < want {
		return fmt.Errorf("%d of %d are ready", ready, want)
	}
	return nil
}

// tainted tells whether a node has a taint of those that go when it gets ready.
// A kept node may have others, and be cordoned.
func tainted(node *corev1.Node) bool {
	return slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool {
		return t.Key == corev1.TaintNodeNotReady || t.Key == corev1.TaintNodeUnreachable
	})
}

// accountsReady returns nil when there are the service accounts without which
// namespaces take no pod.
func accountsReady(ctx context.Context, client kubernetes.Interface) error {
	for _, namespace := range []string{metav1.NamespaceDefault, probeNamespace} {
		if _, err := client.CoreV1().ServiceAccounts(namespace).Get(ctx, "default", metav1.GetOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// runPod runs a pod to see that the scheduler and the nodes do their part, and
// returns when it has run and is gone. It takes over from an earlier run that
// did not come to its end.
func runPod(ctx context.Context, client kubernetes.Interface) error {
	pods := client.CoreV1().Pods(probeNamespace)
	now := metav1.DeleteOptions{GracePeriodSeconds: new(int64)}
	if err := pods.Delete(ctx, probePod, now); err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	pod, err := pods.Create(ctx, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: probePod},
		Spec: corev1.PodSpec{
			Containers: []corev1.Container{{Name: "main", Image: "none"}},
			// It takes no IP: kwok may not know yet which are taken by the pods
			// of a kept cluster.
			HostNetwork: true,
		},
	}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	events, err := pods.Watch(ctx, metav1.ListOptions{
		FieldSelector:   fields.OneTermEqualSelector("metadata.name", probePod).String(),
		ResourceVersion: pod.ResourceVersion,
	})
	if err != nil {
		return err
	}
	defer events.Stop()
	for event := range events.ResultChan() {
		seen, ok := event.Object.(*corev1.Pod)
		if !ok || event.Type == watch.Error {
			return fmt.Errorf("watch pod %s: %w", probePod, apierrors.FromObject(event.Object))
		}
		switch {
		case seen.UID != pod.UID:
		case event.Type == watch.Deleted:
			return nil
		case seen.DeletionTimestamp == nil && seen.Status.Phase == corev1.PodRunning:
			if err := pods.Delete(ctx, probePod, now); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("watch pod %s: ended early", probePod)
}
