package deploy

import (
	"github.com/kubelua/kubelua/engine/schedule"
	"github.com/kubelua/kubelua/kube"
)

// schedulerRole is what a scheduler needs for itself: its leases, its ledgers, and
// Events about jobs that fail. What is created can't be limited by name (Kubernetes
// documentation, "Using RBAC Authorization").
func (o *Options) schedulerRole() kube.Role {
	var leases, ledgers []string
	for i := range o.Shards {
		leases = append(leases, schedule.LeaseName(o.Name, i))
		ledgers = append(ledgers, schedule.LedgerName(o.Name, i))
	}
	own := func(group, resource string, names []string) []kube.RoleRule {
		return []kube.RoleRule{
			{APIGroups: []string{group}, Resources: []string{resource}, Verbs: []string{"create"}},
			{APIGroups: []string{group}, Resources: []string{resource}, ResourceNames: names, Verbs: []string{"get", "patch"}},
		}
	}
	rules := append(own("coordination.k8s.io", "leases", leases), own("", "configmaps", ledgers)...)
	events := kube.RoleRule{APIGroups: []string{"events.k8s.io"}, Resources: []string{"events"}, Verbs: []string{"create"}}
	return kube.Role{Name: o.Name, Namespace: o.Namespace, Rules: append(rules, events)}
}

// roles are roles of the service account with their bindings: the given ones, and
// those of the jobs, one for each namespace.
func (o *Options) roles(own ...kube.Role) []object {
	all, at := own, map[string]int{}
	for _, r := range o.Roles {
		if i, there := at[r.Namespace]; there {
			all[i].Rules = append(all[i].Rules, r.Rules...)
			continue
		}
		at[r.Namespace] = len(all)
		name := o.Name + "-jobs"
		if r.Namespace == "" {
			name = o.Namespace + "-" + name // which no other namespace has
		}
		all = append(all, kube.Role{Name: name, Namespace: r.Namespace, Rules: r.Rules[:len(r.Rules):len(r.Rules)]})
	}
	var list []object
	for _, r := range all {
		meta := object{"name": r.Name, "labels": o.labels()}
		if r.Namespace != "" {
			meta["namespace"] = r.Namespace
		}
		list = append(list, object{
			"apiVersion": "rbac.authorization.k8s.io/v1", "kind": r.Kind(), "metadata": meta, "rules": r.Rules,
		}, object{
			"apiVersion": "rbac.authorization.k8s.io/v1", "kind": r.Kind() + "Binding", "metadata": meta,
			"roleRef":  object{"apiGroup": "rbac.authorization.k8s.io", "kind": r.Kind(), "name": r.Name},
			"subjects": []object{{"kind": "ServiceAccount", "name": o.Name, "namespace": o.Namespace}},
		})
	}
	return list
}
