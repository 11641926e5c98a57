package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kwok/pkg/apis/internalversion"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/utils/lifecycle"
)

// podStages loads the stages of pods as kwok does.
func podStages(t *testing.T, started time.Time) lifecycle.Lifecycle {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kwok.yaml")
	if err := os.WriteFile(path, []byte(kwokConfig(started)), 0o600); err != nil {
		t.Fatal(err)
	}
	objects, err := config.Load(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var stages []*internalversion.Stage
	for _, o := range objects {
		if stage, ok := o.(*internalversion.Stage); ok && stage.Spec.ResourceRef.Kind == "Pod" {
			stages = append(stages, stage)
		}
	}
	lc, err := lifecycle.NewLifecycle(stages)
	if err != nil {
		t.Fatal(err)
	}
	return lc
}

// Where several stages match, kwok draws lots, so exactly one must.
func TestOneStageForEachStateOfAPod(t *testing.T) {
	started := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	stages := podStages(t, started)
	before, after := metav1.NewTime(started.Add(-time.Hour)), metav1.NewTime(started.Add(time.Hour))
	waits := map[string]string{domain + "/waiting": "CrashLoopBackOff"}
	chaos := map[string]string{"pod-container-running-failed.stage.kwok.x-k8s.io": "true"}
	job := []metav1.OwnerReference{{Kind: "Job"}}
	debugger := []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "d"}}}
	waiting := []corev1.ContainerStatus{{State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "x"}}}}
	meta := func(m metav1.ObjectMeta) metav1.ObjectMeta {
		if m.CreationTimestamp.IsZero() {
			m.CreationTimestamp = after
		}
		return m
	}
	for _, c := range []struct {
		name   string
		meta   metav1.ObjectMeta
		spec   corev1.PodSpec
		phase  corev1.PodPhase
		status []corev1.ContainerStatus
		want   string // "" = none
	}{
		{name: "new", phase: "Pending", want: "pod-ready"},
		{name: "runs", phase: "Running"},
		{name: "succeeded", phase: "Succeeded", meta: metav1.ObjectMeta{OwnerReferences: job}},
		{name: "runs from before", phase: "Running", meta: metav1.ObjectMeta{CreationTimestamp: before}, want: "pod-running"},
		{name: "job runs", phase: "Running", meta: metav1.ObjectMeta{OwnerReferences: job}, want: "pod-complete"},
		{name: "job runs from before", phase: "Running",
			meta: metav1.ObjectMeta{OwnerReferences: job, CreationTimestamp: before}, want: "pod-complete"},
		{name: "deleted", phase: "Running", meta: metav1.ObjectMeta{DeletionTimestamp: &after}, want: "pod-delete"},
		{name: "to wait", phase: "Pending", meta: metav1.ObjectMeta{Annotations: waits}, want: "pod-waiting"},
		{name: "waits", phase: "Pending", meta: metav1.ObjectMeta{Annotations: waits}, status: waiting},
		{name: "crashes", phase: "Running", meta: metav1.ObjectMeta{Annotations: waits}, status: waiting},
		{name: "to fail", phase: "Running", meta: metav1.ObjectMeta{Labels: chaos}, want: "pod-container-running-failed"},
		{name: "job to fail", phase: "Running",
			meta: metav1.ObjectMeta{Labels: chaos, OwnerReferences: job}, want: "pod-container-running-failed"},
		{name: "debugged", phase: "Running", spec: corev1.PodSpec{EphemeralContainers: debugger}, want: "pod-debugged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pod := &corev1.Pod{ObjectMeta: meta(c.meta), Spec: c.spec,
				Status: corev1.PodStatus{Phase: c.phase, ContainerStatuses: c.status}}
			got, err := stages.ListAllPossible(t.Context(), &lifecycle.Event{
				Labels: pod.Labels, Annotations: pod.Annotations, Data: pod})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, stage := range got {
				names = append(names, stage.Name())
			}
			if c.want == "" && len(names) == 0 || len(names) == 1 && names[0] == c.want {
				return
			}
			t.Errorf("got %q, want %q", names, c.want)
		})
	}
}
