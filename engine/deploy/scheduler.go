package deploy

import "strconv"

// Scheduler makes the objects of a Deployment of kubelua schedule.
func Scheduler(o Options) (Objects, error) {
	files, err := o.configMap()
	if err != nil {
		return nil, err
	}
	args := []string{"schedule", "--name", o.Name, "--metrics-listen", ":8088"}
	if o.Shards > 1 {
		args = append(args, "--shards", strconv.Itoa(o.Shards))
	}
	if o.Timezone != "" {
		args = append(args, "--timezone", o.Timezone)
	}
	pod := o.pod(append(args, folder)...)
	container := pod["containers"].([]object)[0]
	// The page is for those who may forward its port: it has what jobs print.
	container["ports"] = []object{{"name": "metrics", "containerPort": 8088}}
	// What the server offers is asked for once, not for each run: see kube.DefaultCacheDir.
	container["env"] = []object{{"name": "XDG_CACHE_HOME", "value": "/cache"}}
	container["volumeMounts"] = append(container["volumeMounts"].([]object), object{"name": "cache", "mountPath": "/cache"})
	pod["volumes"] = append(pod["volumes"].([]object), object{"name": "cache", "emptyDir": object{"sizeLimit": "64Mi"}})
	container["livenessProbe"] = object{"httpGet": object{"path": "/healthz", "port": "metrics"}}
	container["readinessProbe"] = object{"httpGet": object{"path": "/readyz", "port": "metrics"}}
	// Runs have 30 seconds to end (--grace-period); then the leases are given back.
	pod["terminationGracePeriodSeconds"] = 45
	pod["topologySpreadConstraints"] = []object{{
		"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
		"labelSelector": object{"matchLabels": o.selector()},
	}}
	list := []object{o.account(), files}
	list = append(list, o.roles(o.schedulerRole())...)
	return objectsOf(append(list, object{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": o.meta(o.Name),
		"spec": object{
			"replicas": o.Replicas,
			"selector": object{"matchLabels": o.selector()},
			"template": object{"metadata": object{"labels": o.labels()}, "spec": pod},
		},
	})...)
}
