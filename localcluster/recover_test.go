package main

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestMarkedNotReady(t *testing.T) {
	not := []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionFalse}}
	fine := []corev1.ContainerStatus{{Ready: true}}
	for _, c := range []struct {
		name   string
		status corev1.PodStatus
		want   bool
	}{
		{"marked", corev1.PodStatus{Phase: corev1.PodRunning, Conditions: not, ContainerStatuses: fine}, true},
		{"crashes", corev1.PodStatus{Phase: corev1.PodRunning, Conditions: not, ContainerStatuses: []corev1.ContainerStatus{{}}}, false},
		{"completed", corev1.PodStatus{Phase: corev1.PodSucceeded, Conditions: not, ContainerStatuses: fine}, false},
		{"ready", corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: fine,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := markedNotReady(&corev1.Pod{Status: c.status}); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
