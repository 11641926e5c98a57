package kube

import (
	"slices"
	"strings"
)

// The kinds that an operation is for, as in [Resource.key].
var (
	cronJobs    = []string{"CronJob.batch"}
	deployments = []string{"Deployment.apps"}
	nodes       = []string{"Node"}
	pods        = []string{"Pod"}
	rolling     = []string{"DaemonSet.apps", "Deployment.apps", "StatefulSet.apps"}
	suspending  = []string{"CronJob.batch", "Job.batch"}
)

// key is the kind with its group: "Pod", "Deployment.apps".
func (r *Resource) key() string {
	if r.Group == "" {
		return r.Kind
	}
	return r.Kind + "." + r.Group
}

// offers refuses an operation that is not for the item's kind, or whose object
// the server can't have.
func (i *Item) offers(verb string, kinds []string) error {
	if !slices.Contains(kinds, i.resource.key()) {
		names := make([]string, len(kinds))
		for n, kind := range kinds {
			names[n], _, _ = strings.Cut(kind, ".")
		}
		return Errorf(ValueError, "%s %s: a %s can't do that (only %s)", verb, i, i.resource.Kind, strings.Join(names, ", "))
	}
	return i.addressable()
}
