package deploy

// pod is the spec of a pod that runs kubelua with some arguments. It fits the
// "restricted" profile of the pod security standards.
func (o *Options) pod(args ...string) object {
	return object{
		"serviceAccountName": o.Name,
		"securityContext": object{
			"runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532,
			"seccompProfile": object{"type": "RuntimeDefault"},
		},
		"containers": []object{{
			"name": "kubelua", "image": o.Image, "args": args,
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
