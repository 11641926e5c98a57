package kube

import (
	"context"
	"encoding/json"
	"strings"
)

// Suspend has a CronJob start no more jobs, or a Job end its pods, until Resume,
// and returns the newest item. One that is suspended already is no error;
// another kind is a ValueError.
func (i *Item) Suspend(ctx context.Context) (*Item, error) {
	return i.set(ctx, "suspend", suspending, "suspend", true)
}

// Trigger starts a Job of a CronJob now, as kubectl create job --from does, also
// where the CronJob is suspended, and returns the Job. With name "" the server
// completes "NAME-manual-". The Job is the CronJob's: it goes with it, and
// counts for its history limits. A name that is taken is an APIError whose
// reason is AlreadyExists; an item of another kind is a ValueError.
func (i *Item) Trigger(ctx context.Context, name string) (*Item, error) {
	if err := i.offers("trigger", cronJobs); err != nil {
		return nil, err
	}
	if name != "" {
		if err := checkName(name); err != nil {
			return nil, err
		}
	}
	now, err := i.Fetch(ctx)
	if err != nil {
		return nil, err
	}
	template := now.Spec().Get("jobTemplate")
	annotations := map[string]any{"cronjob.kubernetes.io/instantiate": "manual"}
	for k, v := range template.At("metadata", "annotations").Fields() {
		annotations[k] = v.String()
	}
	meta := map[string]any{
		"name":        name,
		"namespace":   now.Meta().Namespace(),
		"annotations": annotations,
		// Without blockOwnerDeletion, which takes a permission on finalizers.
		"ownerReferences": []any{map[string]any{
			"apiVersion": now.resource.APIVersion(), "kind": now.resource.Kind,
			"name": now.Meta().Name(), "uid": now.Meta().UID(), "controller": true,
		}},
	}
	if name == "" {
		delete(meta, "name")
		meta["generateName"] = manualName(now.Meta().Name())
	}
	if labels := template.At("metadata", "labels"); labels.Exists() {
		meta["labels"] = json.RawMessage(labels.Raw())
	}
	return i.cluster.Create(ctx, valueOf(map[string]any{
		"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": json.RawMessage(template.Get("spec").Raw()),
	}), CreateOptions{})
}

// manualName is the beginning of the name of a job. Jobs give theirs to a
// label, which has 63 characters, of which the server adds 5.
func manualName(cronJob string) string {
	const end, longest = "-manual-", 63 - 5
	if len(cronJob)+len(end) > longest {
		cronJob = strings.TrimRight(cronJob[:longest-len(end)], "-.")
	}
	return cronJob + end
}
