package scripts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// idle is the rest of the spec of a pod that no scheduler places, so that its status
// is what a test makes it.
const idle = `schedulerName: none, restartPolicy: Never`

// TestReports runs scripts over objects that have what they look for, and objects
// that don't.
func TestReports(t *testing.T) {
	tests := []struct {
		name    string
		objects string            // YAML
		status  map[string]string // what is patched into the status of objects
		wait    map[string]string // for what kubectl waits, by object
		runs    map[string]result // by script and arguments; NS is the namespace
	}{
		{
			name: "restarts",
			objects: `
{apiVersion: v1, kind: Pod, metadata: {name: bad, labels: {app: bad}}, spec: {` + idle + `, containers: [{name: a, image: i}, {name: b, image: i}], initContainers: [{name: init, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: good}, spec: {` + idle + `, containers: [{name: a, image: i}]}}
`,
			status: map[string]string{
				"pod/bad": `{phase: Running, initContainerStatuses: [{name: init, image: i, imageID: "", ready: true, restartCount: 3, state: {}}],
					containerStatuses: [{name: a, image: i, imageID: "", ready: true, restartCount: 0, state: {}}, {name: b, image: i, imageID: "", ready: false, restartCount: 12, state: {},
					lastState: {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: "2026-03-01T12:00:00Z"}}}]}`,
				"pod/good": `{phase: Running, containerStatuses: [{name: a, image: i, imageID: "", ready: true, restartCount: 2, state: {}}]}`,
			},
			runs: map[string]result{
				"restarts.lua": {stdout: `NAMESPACE POD CONTAINER RESTARTS EXIT REASON ENDED
NS bad b 12 137 OOMKilled 2026-03-01T12:00:00Z
NS bad init 3 - - -
`},
				"restarts.lua --min 2 -o csv": {stdout: `NAMESPACE,POD,CONTAINER,RESTARTS,EXIT,REASON,ENDED
NS,bad,b,12,137,OOMKilled,2026-03-01T12:00:00Z
NS,bad,init,3,,,
NS,good,a,2,,,
`},
				"restarts.lua -l app!=bad": {stdout: "NAMESPACE POD CONTAINER RESTARTS EXIT REASON ENDED\n"},
			},
		},
		{
			name: "no-limits",
			objects: `
{apiVersion: v1, kind: Pod, metadata: {name: bare}, spec: {` + idle + `, containers: [{name: a, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: first, labels: {app: first}}, spec: {` + idle + `, initContainers: [{name: b, image: i}], containers: [{name: a, image: i, resources: {requests: {cpu: 10m}, limits: {memory: 1Mi}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: full}, spec: {` + idle + `, containers: [{name: a, image: i, resources: {requests: {cpu: 10m}, limits: {memory: 1Mi}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: whole}, spec: {` + idle + `, resources: {requests: {cpu: 10m}, limits: {memory: 1Mi}}, containers: [{name: a, image: i}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}},
 spec: {schedulerName: none, containers: [{name: a, image: i, resources: {requests: {cpu: 10m, memory: 1Mi}}}]}}}}
`,
			wait: map[string]string{"deployment/web": "jsonpath={.status.replicas}=2"},
			runs: map[string]result{
				"no-limits.lua --exit-code": {stdout: `NAMESPACE KIND NAME CONTAINER PODS LACKS
NS Deployment web a 2 limits.memory
NS Pod bare a 1 requests.cpu requests.memory limits.memory
NS Pod first b 1 requests.cpu requests.memory limits.memory
`, code: 1},
				"no-limits.lua --want limits.cpu -l app=web": {stdout: `NAMESPACE KIND NAME CONTAINER PODS LACKS
NS Deployment web a 2 limits.cpu
`},
				"no-limits.lua --want requests.cpu -l app=web --exit-code": {stdout: "NAMESPACE KIND NAME CONTAINER PODS LACKS\n"},
			},
		},
		{
			name: "images",
			objects: `
{apiVersion: v1, kind: Pod, metadata: {name: one}, spec: {` + idle + `, containers: [{name: a, image: "host:5000/shop/web:1.2"}, {name: b, image: "host:5000/shop/web"}], initContainers: [{name: c, image: "tool:latest"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: two}, spec: {` + idle + `, containers: [{name: a, image: "host:5000/shop/web:1.2"}, {name: b, image: "db:1@sha256:` + strings.Repeat("c", 64) + `"}, {name: c, image: "cache:7"}]}}
`,
			status: map[string]string{
				"pod/one": `{containerStatuses: [{name: a, image: i, imageID: "web@sha256:aa", ready: true, restartCount: 0}]}`,
				"pod/two": `{containerStatuses: [{name: a, image: i, imageID: "web@sha256:ab", ready: true, restartCount: 0}]}`,
			},
			runs: map[string]result{
				"images.lua": {stdout: `IMAGE TAG CONTAINERS NAMESPACES NOTE
cache 7 1 1 -
db sha256:` + strings.Repeat("c", 64) + ` 1 1 -
host:5000/shop/web - 1 1 no fixed tag
host:5000/shop/web 1.2 2 1 2 different images under this tag
tool latest 1 1 no fixed tag
`},
				"images.lua --problems --match tool": {stdout: `IMAGE TAG CONTAINERS NAMESPACES NOTE
tool latest 1 1 no fixed tag
`},
			},
		},
		{
			name: "event-digest",
			objects: `
{apiVersion: v1, kind: Event, metadata: {name: a}, type: Warning, reason: BackOff, message: "first", count: 3, lastTimestamp: 2026-01-01T00:00:00Z, involvedObject: {kind: Pod, name: x, namespace: NS}}
---
{apiVersion: v1, kind: Event, metadata: {name: b}, type: Warning, reason: BackOff, message: "the\nlast", count: 4, lastTimestamp: 2026-01-01T00:01:00Z, involvedObject: {kind: Pod, name: other, namespace: NS}}
---
{apiVersion: v1, kind: Event, metadata: {name: c}, type: Warning, reason: Failed, message: once, involvedObject: {kind: Job, name: z, namespace: NS}}
---
{apiVersion: v1, kind: Event, metadata: {name: d}, type: Normal, reason: Pulled, message: fine, count: 100, lastTimestamp: 2026-01-01T00:00:00Z, involvedObject: {kind: Pod, name: x, namespace: NS}}
`,
			runs: map[string]result{
				"event-digest.lua": {stdout: "REASON KIND COUNT OBJECTS LAST MESSAGE\nFailed Job 1 1 AGE once\n"},
				"event-digest.lua --since 1000w": {stdout: `REASON KIND COUNT OBJECTS LAST MESSAGE
BackOff Pod 7 2 AGE the last
Failed Job 1 1 AGE once
`},
				"event-digest.lua --since 1000w --normal": {stdout: `REASON KIND COUNT OBJECTS LAST MESSAGE
Pulled Pod 100 1 AGE fine
BackOff Pod 7 2 AGE the last
Failed Job 1 1 AGE once
`},
			},
		},
		{
			name: "quotas",
			objects: `
{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {configmaps: "2", requests.memory: 1Gi, secrets: "0"}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
`,
			// The root certificate is the other ConfigMap.
			wait: map[string]string{"resourcequota/q": "jsonpath={.status.used.configmaps}=2"},
			runs: map[string]result{
				"quotas.lua --exit-code": {stdout: `NAMESPACE QUOTA RESOURCE USED HARD FULL
NS q configmaps 2 2 100%
NS q secrets 0 0 100%
`, code: 1},
				"quotas.lua --over 101 --exit-code": {stdout: "NAMESPACE QUOTA RESOURCE USED HARD FULL\n"},
				"quotas.lua --over 0 -o csv": {stdout: `NAMESPACE,QUOTA,RESOURCE,USED,HARD,FULL
NS,q,configmaps,2,2,100%
NS,q,secrets,0,0,100%
NS,q,requests.memory,0,1Gi,0%
`},
			},
		},
		{
			name: "dead-services",
			objects: `
{apiVersion: v1, kind: Pod, metadata: {name: up, labels: {app: up}}, spec: {containers: [{name: a, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: down, labels: {app: down}, annotations: {localcluster.kubelua/waiting: CrashLoopBackOff}}, spec: {containers: [{name: a, image: i}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: up}, spec: {selector: {app: up}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: down}, spec: {selector: {app: down}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: nobody}, spec: {selector: {b: c, a: b}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: outside}, spec: {type: ExternalName, externalName: example.com}}
---
{apiVersion: v1, kind: Service, metadata: {name: by-hand}, spec: {ports: [{port: 80}]}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: down-6, labels: {kubernetes.io/service-name: down}}, addressType: IPv6, endpoints: [{addresses: ["fd00::1"], conditions: {ready: false}}], ports: []}
`,
			wait: map[string]string{
				"endpointslices --selector=kubernetes.io/service-name=up":   "jsonpath={.endpoints[0].conditions.ready}=true",
				"endpointslices --selector=kubernetes.io/service-name=down": "jsonpath={.endpoints[0].conditions.ready}=false",
			},
			runs: map[string]result{
				"dead-services.lua --exit-code": {stdout: `NAMESPACE SERVICE SELECTOR PODS REASON
NS down app=down 1 none is ready
NS nobody a=b,b=c 0 no pod is selected
`, code: 1},
			},
		},
		{
			name: "hpa-limits",
			objects: `
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: blind}, spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: nobody}}}
`,
			wait: map[string]string{"hpa/blind": "condition=AbleToScale=False"},
			runs: map[string]result{
				"hpa-limits.lua --exit-code": {stdout: `NAMESPACE NAME SCALES NOW MAX REASON
NS blind Deployment/nobody 0 3 FailedGetScale: the HPA controller was unable to get the target's current scale: deployments.apps "nobody" not found
`, code: 1},
			},
		},
		{
			name: "who-can",
			objects: `
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: one}, rules: [{apiGroups: [test.example.com], resources: [widgets], resourceNames: [a], verbs: [frob]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: any}, rules: [{apiGroups: [test.example.com], resources: [widgets, "*/part"], verbs: [frob]}, {apiGroups: [apps], resources: [deployments], verbs: [frob]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: one}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: one}, subjects: [{kind: User, name: ada}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: any}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: any}, subjects: [{kind: Group, name: crew}, {kind: ServiceAccount, name: robot, namespace: NS}]}
`,
			runs: map[string]result{
				"who-can.lua frob widgets.test.example.com": {stdout: `NAMESPACE KIND SUBJECT ROLE
(all) Group system:masters ClusterRole/cluster-admin
NS Group crew Role/any
NS ServiceAccount NS/robot Role/any
`, stderr: "the server has no resource \"widgets.test.example.com\"\n"},
				"who-can.lua frob deployments": {stdout: `NAMESPACE KIND SUBJECT ROLE
(all) Group system:masters ClusterRole/cluster-admin
NS Group crew Role/any
NS ServiceAccount NS/robot Role/any
`},
				"who-can.lua frob Deployment/part": {stdout: `NAMESPACE KIND SUBJECT ROLE
(all) Group system:masters ClusterRole/cluster-admin
`},
				"who-can.lua frob widgets.test.example.com --name a": {stdout: `NAMESPACE KIND SUBJECT ROLE
(all) Group system:masters ClusterRole/cluster-admin
NS Group crew Role/any
NS ServiceAccount NS/robot Role/any
NS User ada Role/one
`, stderr: "the server has no resource \"widgets.test.example.com\"\n"},
				"who-can.lua frob gadgets.test.example.com/part": {stdout: `NAMESPACE KIND SUBJECT ROLE
(all) Group system:masters ClusterRole/cluster-admin
NS Group crew Role/any
NS ServiceAccount NS/robot Role/any
`, stderr: "the server has no resource \"gadgets.test.example.com\"\n"},
				"who-can.lua frob gadgets/part": {
					stdout: "NAMESPACE KIND SUBJECT ROLE\n(all) Group system:masters ClusterRole/cluster-admin\n",
					stderr: "the server has no resource \"gadgets\"\n",
				},
			},
		},
		{
			name: "orphans",
			objects: `
{apiVersion: v1, kind: ConfigMap, metadata: {name: alone}}
---
{apiVersion: v1, kind: Secret, metadata: {name: alone}}
`,
			runs: map[string]result{
				"orphans.lua": {stdout: "NAMESPACE KIND NAME TYPE AGE\n"},
				"orphans.lua --older-than 0s --kind Secret":    {stdout: "NAMESPACE KIND NAME TYPE AGE\nNS Secret alone Opaque AGE\n"},
				"orphans.lua --older-than 0s --kind ConfigMap": {stdout: "NAMESPACE KIND NAME TYPE AGE\nNS ConfigMap alone - AGE\n"},
				"orphans.lua --apply":                          {stderr: "scripts/orphans.lua: --apply needs --delete (--help shows the usage)\n", code: 2},
			},
		},
		{
			name: "pdb-blockers",
			objects: `
{apiVersion: v1, kind: Pod, metadata: {name: one, labels: {app: one}}, spec: {nodeName: node-1, containers: [{name: a, image: i}]}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: bad}, spec: {replicas: 2, selector: {matchLabels: {app: bad}}, template: {metadata: {labels: {app: bad}, annotations: {localcluster.kubelua/waiting: CrashLoopBackOff}}, spec: {nodeName: node-0, containers: [{name: a, image: i}]}}}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: good}, spec: {replicas: 2, selector: {matchLabels: {app: good}}, template: {metadata: {labels: {app: good}}, spec: {containers: [{name: a, image: i}]}}}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: bad}, spec: {maxUnavailable: 1, selector: {matchExpressions: [{key: app, operator: In, values: [bad]}]}}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: good}, spec: {minAvailable: 1, selector: {matchLabels: {app: good}}}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: nobody}, spec: {minAvailable: 1, selector: {matchLabels: {app: nobody}}}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: strict, labels: {app: one}}, spec: {minAvailable: 1, selector: {matchLabels: {app: one}}}}
`,
			wait: map[string]string{
				"pdb/bad":    "jsonpath={.status.expectedPods}=2",
				"pdb/good":   "jsonpath={.status.disruptionsAllowed}=1",
				"pdb/strict": "jsonpath={.status.currentHealthy}=1",
			},
			runs: map[string]result{
				"pdb-blockers.lua": {stdout: `NAMESPACE BUDGET REASON NODES
NS bad 0 of 2 healthy, more than 1 have to be node-0
NS strict never: minAvailable 1 of 1 node-1
`},
				"pdb-blockers.lua --never --exit-code": {stdout: "NAMESPACE BUDGET REASON NODES\nNS strict never: minAvailable 1 of 1 node-1\n", code: 1},
				"pdb-blockers.lua -l app!=one --never": {stdout: "NAMESPACE BUDGET REASON NODES\n"},
			},
		},
		{
			name: "secret-usage",
			objects: `
{apiVersion: v1, kind: Secret, metadata: {name: token}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {schedulerName: none,
 containers: [{name: a, image: i, env: [{name: A, valueFrom: {secretKeyRef: {name: token, key: a}}}]}, {name: b, image: i, env: [{name: A, valueFrom: {secretKeyRef: {name: token, key: a}}}]}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: one}, spec: {` + idle + `, containers: [{name: a, image: i, envFrom: [{configMapRef: {name: token}}]}], volumes: [{name: v, secret: {secretName: token}}]}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: once}, spec: {template: {spec: {` + idle + `, imagePullSecrets: [{name: pull}], containers: [{name: a, image: i}]}}}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}, imagePullSecrets: [{name: pull}]}
`,
			wait: map[string]string{
				"deployment/web":                "jsonpath={.status.replicas}=2",
				"pods --selector=app=web":       "create",
				"pods --selector=job-name=once": "create",
			},
			runs: map[string]result{
				"secret-usage.lua": {stdout: `NAMESPACE SECRET USED BY NAME AS
NS pull Job once imagePullSecrets
NS pull ServiceAccount robot imagePullSecrets
NS token Deployment web env A
NS token Pod one volume v
`},
				"secret-usage.lua pull -o csv": {stdout: `NAMESPACE,SECRET,USED BY,NAME,AS
NS,pull,Job,once,imagePullSecrets
NS,pull,ServiceAccount,robot,imagePullSecrets
`},
				"secret-usage.lua --kind ConfigMap": {stdout: `NAMESPACE CONFIGMAP USED BY NAME AS
NS token Pod one envFrom
`},
			},
		},
		{
			name: "unused-claims",
			objects: `
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: used}, spec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: unused}, spec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: user}, spec: {` + idle + `, containers: [{name: a, image: i}], volumes: [{name: v, persistentVolumeClaim: {claimName: used}}]}}
`,
			runs: map[string]result{
				"unused-claims.lua --older-than 0s --exit-code": {stdout: `NAMESPACE CLAIM PHASE CLASS SIZE AGE
NS unused Pending none 2Gi AGE
`, code: 1},
				"unused-claims.lua --exit-code": {stdout: "NAMESPACE CLAIM PHASE CLASS SIZE AGE\n"},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ns := localtest.Namespace(t)
			manifest(t, ns, test.objects)
			for object, status := range test.status {
				patchStatus(t, ns, object, status)
			}
			for object, what := range test.wait {
				wait(t, ns, what, strings.Fields(object)...)
			}
			for line, want := range test.runs {
				want.stdout = strings.ReplaceAll(want.stdout, "NS", ns)
				t.Run(line, func(t *testing.T) {
					got := kubelua(t, append([]string{"-n", ns}, strings.Fields("scripts/"+line)...)...)
					got.stdout = anyAge.ReplaceAllString(got.stdout, " AGE ")
					got.check(t, want)
				})
			}
		})
	}
}

// TestRestartLogs reads the logs of the run before, which the local cluster has.
func TestRestartLogs(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	create(t, ns, pods{kind: "Pod", name: "crashing", waiting: "CrashLoopBackOff"})
	waitReason(t, ns, "crashing", "CrashLoopBackOff")
	got := kubelua(t, "-n", ns, "scripts/restarts.lua", "--logs=1")
	if want := "\n==> " + ns + "/crashing main\nline "; got.code != 0 || !strings.Contains(got.stdout, want) {
		t.Errorf("got %s\nwant %q", got, want)
	}
}

// TestRestartLogsOfADeadNode asks for the logs of a pod whose node has no kubelet.
func TestRestartLogsOfADeadNode(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	deadNode(t, ns)
	manifest(t, ns, "{apiVersion: v1, kind: Pod, metadata: {name: lost}, spec: {nodeName: NS, containers: [{name: a, image: i}]}}")
	patchStatus(t, ns, "pod/lost", `{phase: Running, containerStatuses: [{name: a, image: i, imageID: "", ready: false, restartCount: 5, state: {}}]}`)
	got := kubelua(t, "-n", ns, "scripts/restarts.lua", "--logs=1")
	if want := "\n==> " + ns + "/lost a\nno log: "; got.code != 0 || !strings.Contains(got.stdout, want) {
		t.Errorf("got %s\nwant %q", got, want)
	}
}

// deadNode makes a node of a test's own, with its name, which no kubelet plays.
func deadNode(t *testing.T, ns string) {
	t.Helper()
	manifest(t, ns, `{apiVersion: v1, kind: Node, metadata: {name: NS, labels: {test: NS}, annotations: {kwok.x-k8s.io/node: none}}, spec: {taints: [{key: test, effect: NoSchedule}]}}`)
	t.Cleanup(func() { // with a context that hasn't ended
		_ = localtest.Command(t, "delete", "node", ns).Run()
	})
}

// TestCleanups runs scripts that delete: what they would delete, then that it and
// nothing else is gone.
func TestCleanups(t *testing.T) {
	tests := []struct {
		name, objects string
		status        map[string]string
		wait          map[string]string
		args          string
		table         string   // that is printed; NS is the namespace
		resource      string   // of which
		left          []string // are left in the end
	}{
		{
			name: "pod-cleanup",
			objects: `
{apiVersion: v1, kind: Pod, metadata: {name: done, labels: {app: done}}, spec: {` + idle + `, containers: [{name: a, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: evicted, labels: {app: evicted}}, spec: {` + idle + `, containers: [{name: a, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: crashed, labels: {app: crashed}}, spec: {` + idle + `, initContainers: [{name: i, image: i}], containers: [{name: a, image: i}, {name: b, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: fresh, labels: {app: fresh}}, spec: {` + idle + `, containers: [{name: a, image: i}]}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: of-job}, spec: {template: {metadata: {labels: {app: of-job}}, spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: running, labels: {app: running}}, spec: {` + idle + `, containers: [{name: a, image: i}]}}
`,
			status: map[string]string{
				"pod/done": `{phase: Succeeded, containerStatuses: [{name: a, image: i, imageID: "", ready: false, restartCount: 0, state: {terminated: {exitCode: 0, reason: Completed}}}]}`,
				"pod/crashed": `{phase: Failed, initContainerStatuses: [{name: i, image: i, imageID: "", ready: true, restartCount: 0, state: {terminated: {exitCode: 0, reason: Completed}}}],
					containerStatuses: [{name: a, image: i, imageID: "", ready: false, restartCount: 0, state: {terminated: {exitCode: 0, reason: Completed}}},
					{name: b, image: i, imageID: "", ready: false, restartCount: 0, state: {terminated: {exitCode: 137, reason: OOMKilled}}}]}`,
				"pod/evicted": `{phase: Failed, reason: Evicted}`,
				"pod/fresh":   `{phase: Failed, containerStatuses: [{name: a, image: i, imageID: "", ready: false, restartCount: 0, state: {terminated: {exitCode: 1, finishedAt: "2100-01-01T00:00:00Z"}}}]}`,
				"pod/running": `{phase: Running}`,
			},
			wait:     map[string]string{"job/of-job": "condition=Complete"},
			args:     "pod-cleanup.lua --older-than 0s",
			table:    "NAMESPACE POD PHASE REASON ENDED\nNS crashed Failed OOMKilled AGE\nNS evicted Failed Evicted AGE\nNS done Succeeded Completed AGE\n",
			resource: "pods", left: []string{"fresh", "of-job", "running"},
		},
		{
			name: "orphans",
			objects: `
{apiVersion: v1, kind: ConfigMap, metadata: {name: alone, labels: {app: alone-config}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: env, labels: {app: env}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: env-from, labels: {app: env-from}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: by-policy, labels: {app: by-policy}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: by-binding, labels: {app: by-binding}}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: by-binding}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: init, labels: {app: init}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: projected, labels: {app: projected}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: release, labels: {app: release, owner: helm}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: volume, labels: {app: volume}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: alone, labels: {app: alone}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: account, labels: {app: account}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: driver, labels: {app: driver}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: env, labels: {app: secret-env}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: env-from, labels: {app: secret-env-from}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: projected, labels: {app: secret-projected}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: pull, labels: {app: pull}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: release, labels: {app: secret-release}}, type: helm.sh/release.v1}
---
{apiVersion: v1, kind: Secret, metadata: {name: tls, labels: {app: tls}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: volume, labels: {app: secret-volume}}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: c}, spec: {schedule: "@yearly", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, imagePullSecrets: [{name: pull}], containers: [{name: a, image: i}],
 initContainers: [{name: b, image: i, envFrom: [{configMapRef: {name: init}}]}]}}}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {replicas: 0, selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}}, spec: {containers: [{name: a, image: i,
 env: [{name: A, valueFrom: {configMapKeyRef: {name: env, key: a}}}, {name: B, valueFrom: {secretKeyRef: {name: env, key: a}}}],
 envFrom: [{configMapRef: {name: env-from}}, {secretRef: {name: env-from}}]}]}}}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {tls: [{hosts: [a]}, {secretName: tls}], defaultBackend: {service: {name: s, port: {number: 80}}}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: policy}, spec: {podSelector: {matchLabels: {a: by-policy}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {app: p}}, spec: {` + idle + `, containers: [{name: a, image: i}], volumes: [{name: a, configMap: {name: volume}}, {name: b, secret: {secretName: volume}},
 {name: c, projected: {sources: [{configMap: {name: projected}}, {secret: {name: projected}}, {downwardAPI: {}}]}}, {name: d, csi: {driver: d.example.com, nodePublishSecretRef: {name: driver}}}]}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: s}, secrets: [{name: account}]}
`,
			args:     "orphans.lua --older-than 0s --also networkpolicies --also rolebindings --delete",
			table:    "NAMESPACE KIND NAME TYPE AGE\nNS ConfigMap alone - AGE\nNS Secret alone Opaque AGE\n",
			resource: "configmaps,secrets",
			left: []string{
				"by-binding", "by-policy", "env", "env-from", "init", "projected", "release", "volume",
				"account", "driver", "secret-env", "secret-env-from", "secret-projected", "pull", "secret-release", "tls", "secret-volume",
			},
		},
		{
			name: "job-retention",
			objects: `
{apiVersion: batch/v1, kind: Job, metadata: {name: done, labels: {app: done}}, spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: failed, labels: {app: failed}}, spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: itself, labels: {app: itself}}, spec: {suspend: true, ttlSecondsAfterFinished: 1000000000, template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: waiting, labels: {app: waiting}}, spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}
`,
			status: map[string]string{
				"job/done":   `{startTime: "2026-01-01T00:00:00Z", completionTime: "2026-01-01T00:00:01Z", conditions: [{type: SuccessCriteriaMet, status: "True"}, {type: Complete, status: "True", lastTransitionTime: "2026-01-01T00:00:00Z"}]}`,
				"job/failed": `{startTime: "2026-01-01T00:00:00Z", conditions: [{type: FailureTarget, status: "True"}, {type: Failed, status: "True", lastTransitionTime: "2026-01-01T00:00:00Z"}]}`,
				"job/itself": `{startTime: "2026-01-01T00:00:00Z", completionTime: "2026-01-01T00:00:01Z", conditions: [{type: SuccessCriteriaMet, status: "True"}, {type: Complete, status: "True", lastTransitionTime: "2026-01-01T00:00:00Z"}]}`,
			},
			args:     "job-retention.lua --failed 1000w",
			table:    "NAMESPACE JOB RESULT ENDED\nNS done Complete AGE\n",
			resource: "jobs", left: []string{"failed", "itself", "waiting"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ns := localtest.Namespace(t)
			manifest(t, ns, test.objects)
			for object, status := range test.status {
				patchStatus(t, ns, object, status)
			}
			for object, what := range test.wait {
				wait(t, ns, what, strings.Fields(object)...)
			}
			names := func() string {
				return localtest.Kubectl(t, "get", "--namespace="+ns, test.resource, "--output=jsonpath={.items[*].metadata.labels.app}")
			}
			args := append([]string{"-n", ns}, strings.Fields("scripts/"+test.args)...)
			table := strings.ReplaceAll(test.table, "NS", ns)
			number := fmt.Sprint(strings.Count(table, "\n") - 1)
			before := names()
			kubelua(t, args...).check(t, result{stdout: table, stderr: number + " would be deleted (dry run: --apply does it)\n"})
			if got := names(); got != before {
				t.Errorf("after the dry run there are %s, before it were %s", got, before)
			}
			args = append(args, "--apply")
			planned := kubelua(t, append([]string{"--dry-run"}, args...)...)
			if got := names(); planned.code != 0 || !strings.Contains(planned.stderr, number+" to delete") || got != before {
				t.Errorf("as a plan it prints %s, and there are %s, before it were %s", planned, got, before)
			}
			kubelua(t, args...).check(t, result{stdout: table, stderr: number + " deleted\n"})
			if got, want := names(), strings.Join(test.left, " "); got != want {
				t.Errorf("in the end there are %s, want %s", got, want)
			}
		})
	}
}

// TestCleanupRefused deletes as somebody who may delete one of two: the other doesn't
// keep it from that.
func TestCleanupRefused(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	manifest(t, ns, `
{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {`+idle+`, containers: [{name: a, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {`+idle+`, containers: [{name: a, image: i}]}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}, rules: [{apiGroups: [""], resources: [pods], verbs: [list]}, {apiGroups: [""], resources: [pods], resourceNames: [b], verbs: [delete]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: r}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}, subjects: [{kind: User, name: NS}]}
`)
	patchStatus(t, ns, "pod/a", "{phase: Failed}")
	patchStatus(t, ns, "pod/b", "{phase: Failed}")
	got := kubelua(t, "-n", ns, "--as="+ns, "scripts/pod-cleanup.lua", "--older-than=0s", "--apply")
	if got.code != 1 || !strings.HasPrefix(got.stderr, "1 deleted, 1 refused\n") || !strings.Contains(got.stderr, "delete pods "+ns+"/a: ") {
		t.Errorf("got %s", got)
	}
	if left := localtest.Kubectl(t, "get", "--namespace="+ns, "pods", "--output=jsonpath={.items[*].metadata.name}"); left != "a" {
		t.Errorf("in the end there are %q, want a", left)
	}
}

// TestCapacity puts pods on a node of its own, which no kubelet plays.
func TestCapacity(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	deadNode(t, ns)
	patchStatus(t, ns, "node/"+ns, `{allocatable: {cpu: "2", memory: 1Gi}, capacity: {cpu: "2", memory: 1Gi}}`)
	manifest(t, ns, `
{apiVersion: v1, kind: Pod, metadata: {name: plain}, spec: {nodeName: NS, containers: [{name: a, image: i, resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: "3"}}}, {name: b, image: i, resources: {requests: {cpu: 200m}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: init}, spec: {nodeName: NS, containers: [{name: a, image: i, resources: {requests: {cpu: 100m}}}],
 initContainers: [{name: b, image: i, restartPolicy: Always, resources: {requests: {cpu: 200m}}}, {name: c, image: i, resources: {requests: {cpu: 500m, memory: 192Mi}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: whole}, spec: {nodeName: NS, resources: {requests: {cpu: 200m}, limits: {memory: 512Mi}}, containers: [{name: a, image: i, resources: {requests: {cpu: 100m}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: elsewhere}, spec: {`+idle+`, containers: [{name: a, image: i, resources: {requests: {cpu: 100m}}}]}}
`)
	row := " 3 1200m (60%) 3000m (150%) 768Mi (75%) 512Mi (50%)\n"
	kubelua(t, "scripts/capacity.lua", "-l", "test="+ns).check(t, result{
		stdout: "NODE PODS CPU REQUESTS CPU LIMITS MEMORY REQUESTS MEMORY LIMITS\n" + ns + row + "total" + row,
	})
}
