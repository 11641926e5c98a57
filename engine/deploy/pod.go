package deploy

// pod is the spec of a pod that runs kubelua with some arguments, under the flags of the
// grants. It fits the "restricted" profile of the pod security standards.
func (o *Options) pod(args ...string) object {
	return object{
		"serviceAccountName": o.Name,
		"securityContext": object{
			"runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532,
			"seccompProfile": object{"type": "RuntimeDefault"},
		},
		"containers": []object{{
			"name": "kubelua", "image": o.Image, "args": append(o.granting(), args...),
			"securityContext": object{
				"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
				"capabilities": object{"drop": []string{"ALL"}},
			},
			"resources": object{
				"requests": object{"cpu": "50m", "memory": "64Mi"},
				"limits":   object{"memory": "512Mi"},
			},
			"volumeMounts": []object{{"name": "jobs", "mountPath": folder, "readOnly": true}},
		}},
		"volumes": []object{o.volume()},
	}
}

// granting are the flags of the grants.
func (o *Options) granting() []string {
	if o.Grants.All {
		return []string{"--allow-all"}
	}
	var flags []string
	for kind, names := range o.Grants.Kinds() {
		for _, name := range *names {
			flags = append(flags, "--allow-"+kind+"="+name)
		}
	}
	return flags
}
