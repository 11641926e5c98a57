package scripts_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// whole is a namespace with something of most kinds; what is "left-out" isn't to be in
// a snapshot.
const whole = `
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, labels: {app: web}, annotations: {note: "a: b"}}, data: {number: "1", text: "a\nb\n"}, binaryData: {b: AAEC}}
---
{apiVersion: v1, kind: Secret, metadata: {name: login}, stringData: {password: "0x1F"}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}, imagePullSecrets: [{name: login}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader}, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: reader}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}, subjects: [{kind: ServiceAccount, name: robot, namespace: NS}]}
---
{apiVersion: v1, kind: Service, metadata: {name: headless}, spec: {clusterIP: None, selector: {app: db}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}},
 spec: {containers: [{name: a, image: i, env: [{name: A, value: "yes"}], resources: {limits: {cpu: "1"}}, volumeMounts: [{name: s, mountPath: /s}]}], volumes: [{name: e, emptyDir: {}}, {name: s, configMap: {name: settings}}]}}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {serviceName: headless, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {schedulerName: none, containers: [{name: a, image: i}]}},
 volumeClaimTemplates: [{metadata: {name: data}, spec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {nodeSelector: {none: such}, containers: [{name: a, image: i}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: bare, labels: {app: bare}}, spec: {containers: [{name: a, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: left-out}, spec: {` + idle + `, containers: [{name: a, image: i}]}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: night}, spec: {schedule: "@yearly", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: later}, spec: {suspend: true, template: {metadata: {labels: {a: b}}, spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: left-out}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: closed}, spec: {podSelector: {}}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web}, spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}}
---
{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: left-out}}
`

// TestSnapshot writes a namespace, deletes it, and makes it again from the file: there
// and under another name.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	ns, other := localtest.Namespace(t), localtest.Namespace(t)
	localtest.Kubectl(t, "label", "namespace", ns, "team=shop")
	manifest(t, ns, whole)
	patchStatus(t, ns, "pod/left-out", "{phase: Succeeded}")
	wait(t, ns, "condition=Complete", "job/left-out")
	wait(t, ns, "condition=Available", "deployment/web")
	wait(t, ns, "condition=Ready", "pod/bare")
	wait(t, ns, "create", "pvc/data-db-0")
	dir := t.TempDir()
	// snapshot writes a namespace to a file and returns it.
	snapshot := func(namespace, name string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		got := kubelua(t, "-n", namespace, "--allow-write="+dir, "scripts/snapshot.lua", "--secrets", "--file="+file)
		got.check(t, result{stderr: "19 objects\n"})
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first := snapshot(ns, "first.yaml")
	for _, word := range []string{"left-out", "uid:", "status", "clusterIP: 10", "nodePort: ", "nodeName", "kube-root-ca", "controller-uid", "creationTimestamp", "terminationMessage", "ReplicaSet"} {
		if strings.Contains(first, word) {
			t.Errorf("%q is in the snapshot:\n%s", word, first)
		}
	}
	if got := kubelua(t, "-n", ns, "scripts/snapshot.lua", "-l", "app=web"); strings.Count(got.stdout, "---\n") != 2 || got.stderr != "2 objects\n" {
		t.Errorf("with a selector: %s", got)
	}
	kubelua(t, "-n", ns, "scripts/snapshot.lua", "secrets").check(t, result{stderr: "0 objects\n"})
	if got := kubelua(t, "-n", ns, "scripts/snapshot.lua", "services", "--node-ports"); !strings.Contains(got.stdout, "nodePort: ") {
		t.Errorf("with node ports: %s", got)
	}
	if got := kubelua(t, "-n", ns, "scripts/snapshot.lua", "--file="+filepath.Join(dir, "denied")); got.code != 4 || !strings.Contains(got.stderr, "--allow-write=") {
		t.Errorf("without permission: %s", got)
	}
	kubelua(t, "scripts/snapshot.lua").check(t, result{
		stderr: "scripts/snapshot.lua: no namespace (kubelua -n NAMESPACE), and no VIEW (--help shows the usage)\n", code: 2,
	})

	restore := func(args ...string) result {
		t.Helper()
		return kubelua(t, append([]string{"--allow-read=" + dir, "scripts/restore.lua", filepath.Join(dir, "first.yaml")}, args...)...)
	}
	const header = "NAMESPACE KIND NAME CHANGE\n"
	restore().check(t, result{stdout: header, stderr: "0 would be created, 0 changed; 19 are as in the file (dry run: --apply does it)\n"})
	localtest.Kubectl(t, "scale", "--namespace="+ns, "deployment/web", "--replicas=1")
	localtest.Kubectl(t, "delete", "--namespace="+ns, "secret/login")
	localtest.Kubectl(t, "annotate", "--namespace="+ns, "configmap/settings", "more=1")
	differing := header + ns + " Deployment web spec.replicas\n" + ns + " Secret login create\n"
	restore().check(t, result{stdout: differing, stderr: "1 would be created, 1 changed; 17 are as in the file (dry run: --apply does it)\n"})
	restore("--apply").check(t, result{stdout: differing, stderr: "1 created, 1 changed, 17 were as in the file\n"})
	restore("--apply").check(t, result{stdout: header, stderr: "0 created, 0 changed, 19 were as in the file\n"})

	localtest.Kubectl(t, "delete", "namespace", ns)
	if got := restore("--apply"); got.code != 0 || got.stderr != "19 created, 0 changed, 0 were as in the file\n" {
		t.Fatalf("got %s", got)
	}
	if got := snapshot(ns, "second.yaml"); got != first {
		t.Errorf("after it was restored:\n%s\nbefore:\n%s", got, first)
	}
	if got := restore("--into="+other, "--apply"); got.code != 0 || got.stderr != "18 created, 1 changed, 0 were as in the file\n" {
		t.Fatalf("got %s", got)
	}
	if got, want := snapshot(other, "third.yaml"), strings.ReplaceAll(first, ns, other); got != want {
		t.Errorf("in another namespace:\n%s\nwant:\n%s", got, want)
	}
}

// TestRestoreSecret has a secret as people write them, whose texts the server encodes.
func TestRestoreSecret(t *testing.T) {
	t.Parallel()
	ns, file := localtest.Namespace(t), filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {b: text}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []result{
		{stdout: "NAMESPACE KIND NAME CHANGE\n" + ns + " Secret a create\n", stderr: "1 created, 0 changed, 0 were as in the file\n"},
		{stdout: "NAMESPACE KIND NAME CHANGE\n", stderr: "0 created, 0 changed, 1 were as in the file\n"},
	} {
		kubelua(t, "-n", ns, "--allow-read="+file, "scripts/restore.lua", file, "--apply").check(t, want)
	}
	if got := localtest.Kubectl(t, "get", "--namespace="+ns, "secret/a", "--output=jsonpath={.data.b}"); got != "dGV4dA==" {
		t.Errorf("got %q", got)
	}
}

// TestRestoreOtherGroups has kinds of the same names as those of Kubernetes.
func TestRestoreOtherGroups(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	text := `
{apiVersion: batch.volcano.example.com/v1, kind: Job, metadata: {name: a, namespace: default}, spec: {tasks: []}}
---
{apiVersion: serving.knative.example.com/v1, kind: Service, metadata: {name: a, namespace: default}, spec: {clusterIP: kept}}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	kubelua(t, "--allow-read="+file, "scripts/restore.lua", file).check(t, result{
		stdout: "NAMESPACE KIND NAME CHANGE\ndefault Job a create\ndefault Service a create\n",
		stderr: "2 would be created, 0 changed; 0 are as in the file (dry run: --apply does it)\n",
	})
}

// TestRestoreNothing gives restore.lua what isn't a manifest.
func TestRestoreNothing(t *testing.T) {
	for text, want := range map[string]string{
		"a: [": "neither YAML nor JSON: yaml: line 1: did not find expected node content",
		"{apiVersion: v1, kind: Secret, metadata: {name: a}}": "Secret a has no namespace, and none was given (kubelua -n NAMESPACE, or --into)",
		"a: b":                                 "object 1 of the file lacks an apiVersion, a kind or a name",
		"{apiVersion: v1, kind: Pod, spec: a}": "object 1 of the file lacks an apiVersion, a kind or a name",
	} {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		kubelua(t, "--allow-read="+file, "scripts/restore.lua", file).check(t, result{
			stderr: "scripts/restore.lua: " + want + " (--help shows the usage)\n", code: 2,
		})
	}
}
