package main

import (
	"context"
	"fmt"

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

// serverReady tells whether the API server answers and has finished its start.
func serverReady(ctx context.Context, client kubernetes.Interface) bool {
	_, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
	return err == nil
}

// serverAnswers tells whether the API server answers at all; it does so a good
// second before it has finished its start.
func serverAnswers(ctx context.Context, client kubernetes.Interface) bool {
	_, err := client.Discovery().RESTClient().Get().AbsPath("/livez/ping").DoRaw(ctx)
	return err == nil
}

// nodesReady tells whether want nodes are ready for pods.
func nodesReady(ctx context.Context, client kubernetes.Interface, want int) bool {
	list, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{LabelSelector: nodeLabel})
	if err != nil {
		return false
	}
	ready := 0
	for _, node := range list.Items {
		for _, c := range node.Status.Conditions {
			if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue && len(node.Spec.Taints) == 0 {
				ready++
			}
		}
	}
	return ready == want
}

// accountReady tells whether a namespace has its default service account,
// without which it takes no pod.
func accountReady(ctx context.Context, client kubernetes.Interface, namespace string) bool {
	_, err := client.CoreV1().ServiceAccounts(namespace).Get(ctx, "default", metav1.GetOptions{})
	return err == nil
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
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "none"}}},
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
