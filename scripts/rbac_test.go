package scripts_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// TestRoles records the role of scripts, compares it with the rules in their
// heads, and runs each as an account that has just that role. With any of its
// permissions taken away, the script fails and names it.
func TestRoles(t *testing.T) {
	tests := map[string]struct {
		flags   string                        // of kubelua
		args    string                        // where %d is a number that is new in each run, NS the namespace
		objects string                        // YAML of what it needs, NS is the namespace
		cluster bool                          // it looks at the whole cluster
		web     bool                          // it needs a pod that runs, one of a Deployment web
		done    bool                          // it needs pods and jobs that have ended, done-1 to done-4
		before  func(t *testing.T, ns string) // is called before each run
		named   bool                          // what it is about has names in the recorded role, and none in its head
		// varying are permissions that it needs only as things happen, each VERB
		// RESOURCE; : those of waits, for what isn't so at once.
		varying string
	}{
		"scripts/capacity.lua":                {cluster: true},
		"scripts/cert-expiry.lua":             {},
		"scripts/dead-services.lua":           {},
		"scripts/deprecated-apis.lua":         {args: "--kinds cronjobs"},
		"scripts/drain-wave.lua":              {args: "-l wave=NS --until Ready --apply", cluster: true, before: ready, varying: waits},
		"scripts/event-digest.lua":            {},
		"scripts/hpa-limits.lua":              {},
		"scripts/images.lua":                  {},
		"scripts/job-retention.lua":           {args: "-l app=done-%d --complete 0s --apply", done: true},
		"scripts/label-sweep.lua":             {args: "deployments run=%d --all --apply", web: true},
		"scripts/night-scale.lua":             {args: "up -l app=night-%d --apply", objects: nights},
		"scripts/no-limits.lua":               {},
		"scripts/orphans.lua":                 {args: "-l app=orphan-%d --older-than 0s --delete --apply", objects: orphans},
		"scripts/owners.lua":                  {args: "deployment web --kinds replicasets,pods", web: true},
		"scripts/pdb-blockers.lua":            {objects: strict},
		"scripts/pod-census.lua":              {},
		"scripts/pod-cleanup.lua":             {args: "-l app=done-%d --older-than 0s --apply", done: true},
		"scripts/quotas.lua":                  {},
		"scripts/restart-older.lua":           {args: "--older-than 0s --timeout 1m --apply", objects: old, varying: waits + "watch pods;"},
		"scripts/restore.lua":                 {flags: "--allow-read=testdata", args: "testdata/rbac/settings.yaml --apply", before: without("configmaps/settings")},
		"scripts/restarts.lua":                {args: "--logs 1", objects: restarting},
		"scripts/secret-usage.lua":            {},
		"scripts/snapshot.lua":                {args: "configmaps"},
		"scripts/stuck-finalizers.lua":        {args: "configmaps --older-than 0s --remove example.com/lock-%d --apply"},
		"scripts/unready.lua":                 {web: true},
		"scripts/unused-claims.lua":           {},
		"scripts/who-can.lua":                 {args: "list pods", cluster: true},
		"scripts/jobs/certificate-report.lua": {objects: broken, before: without("events/broken.certificate"), named: true},
		"scripts/jobs/nightly-cleanup.lua":    {before: ended},
		"scripts/jobs/working-hours.lua":      {objects: hours, before: due},
		"testdata/rbac/many.lua":              {web: true, before: without("configmaps/many", "secrets/many")},
	}
	for script, test := range tests {
		t.Run(filepath.Base(script), func(t *testing.T) {
			t.Parallel()
			ns := localtest.Namespace(t)
			manifest(t, ns, test.objects)
			if test.objects == restarting {
				waitReason(t, ns, "crashing", "CrashLoopBackOff")
			}
			if test.objects == strict {
				wait(t, ns, "jsonpath={.status.expectedPods}=1", "pdb/strict")
			}
			if test.web {
				create(t, ns, pods{kind: "Deployment", name: "web", number: 1})
				wait(t, ns, "condition=Available", "deployment/web")
			}
			for i := 1; test.done && i <= 4; i++ {
				manifest(t, ns, strings.ReplaceAll(done, "%d", fmt.Sprint(i)))
				patchStatus(t, ns, fmt.Sprint("pod/done-", i), "{phase: Failed}")
				patchStatus(t, ns, fmt.Sprint("job/done-", i), doneJob)
			}
			for i := 1; strings.HasSuffix(script, "stuck-finalizers.lua") && i <= 5; i++ {
				deleteLocked(t, ns, fmt.Sprint("lock-", i))
			}
			if strings.HasSuffix(script, "drain-wave.lua") {
				twoNodes(t, ns)
			}
			if test.objects == old {
				wait(t, ns, "create", "pods", "--selector=app=d")
				wait(t, ns, "create", "pods", "--selector=app=w")
				wait(t, ns, "create", "pods", "--selector=app=s")
			}
			scope, flags := ns, append(strings.Fields(test.flags), "-n", ns)
			if test.cluster {
				scope, flags = "", nil
			}
			runs := 0
			// start runs the script; what its arguments change is new each time.
			start := func(more ...string) result {
				t.Helper()
				runs++
				if test.before != nil {
					test.before(t, ns)
				}
				words := strings.Fields(strings.NewReplacer("%d", fmt.Sprint(runs), "NS", ns).Replace(test.args))
				return kubelua(t, append(append(slices.Concat(more, flags), script), words...)...)
			}

			file := filepath.Join(t.TempDir(), "role.yaml")
			if got := start("--record-rbac=" + file); got.code != 0 {
				t.Fatalf("as administrator: %s", got)
			}
			var role kube.Role
			if test.cluster {
				role = clusterRole(t, file, ns)
			} else {
				role = onlyRole(t, file, scope)
			}
			// sure tells whether it needs the access in each run.
			sure := func(a kube.Access) bool { return !strings.Contains(test.varying, a.Verb+" "+a.Resource+";") }
			recorded := role.Accesses()
			for i := range recorded {
				if test.named {
					recorded[i].Name = ""
				}
			}
			role.Rules = headRules(t, script)
			all := role.Accesses()
			if got, want := only(recorded, sure), only(all, sure); !slices.Equal(got, want) {
				t.Errorf("the recorded role allows %v, the head of the script %v", got, want)
			}

			login := "--token=" + account(t, role, ns)
			await(t, scope, login, script, len(all))
			if got := start(login); got.code != 0 {
				t.Errorf("with the role: %s", got)
			}
			for i, missing := range all {
				if !sure(missing) {
					continue
				}
				role.Rules = nil
				for _, a := range slices.Delete(slices.Clone(all), i, i+1) {
					role.Rules = append(role.Rules, ruleOf(a))
				}
				apply(t, role)
				await(t, scope, login, script, len(all), missing)
				missing.Name = ""
				rule := missing.Rule() + "\n"
				if test.cluster { // it is told for the namespace of the object
					rule, _, _ = strings.Cut(rule, " in a ")
				}
				if got := start(login); got.code != 1 || !strings.Contains(got.stderr, "\nmissing rule: "+rule) {
					t.Errorf("without %s: %s", missing.Rule(), got)
				}
			}
		})
	}
}

// broken is a secret that has no certificate.
const broken = `{apiVersion: v1, kind: Secret, type: kubernetes.io/tls, metadata: {name: broken}, stringData: {tls.crt: none, tls.key: none}}`

// ended makes a job and a pod anew that have ended long ago.
func ended(t *testing.T, ns string) {
	t.Helper()
	localtest.Kubectl(t, "delete", "--namespace="+ns, "--ignore-not-found", "job/done-1", "pod/done-1")
	manifest(t, ns, strings.ReplaceAll(done, "%d", "1"))
	patchStatus(t, ns, "job/done-1", doneJob)
	patchStatus(t, ns, "pod/done-1", longAgo)
}

// longAgo is the status of a pod that has ended.
const longAgo = `{phase: Failed, containerStatuses: [{name: a, image: i, imageID: "", ready: false, restartCount: 0, state: {terminated: {exitCode: 1, finishedAt: "2020-01-01T00:00:00Z"}}}]}`

// due has the workloads of hours be as they aren't to be at this time.
func due(t *testing.T, ns string) {
	t.Helper()
	patch := `{"metadata": {"annotations": {"scripts.kubelua/replicas-by-day": null}}, "spec": {"replicas": 1}}`
	if working() {
		patch = `{"metadata": {"annotations": {"scripts.kubelua/replicas-by-day": "1"}}, "spec": {"replicas": 0}}`
	}
	localtest.Kubectl(t, "patch", "--namespace="+ns, "deployment/by-day", "statefulset/by-night", "--type=merge", "--patch="+patch)
}

// TestRolesOfAll holds that no script is left out there.
func TestRolesOfAll(t *testing.T) {
	text, err := os.ReadFile("rbac_test.go")
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Glob("*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	jobs, err := filepath.Glob("jobs/*.lua")
	if err != nil || len(jobs) == 0 {
		t.Fatalf("no jobs: %v", err)
	}
	for _, script := range append(scripts, jobs...) {
		if !strings.Contains(string(text), "\"scripts/"+script+"\": ") {
			t.Errorf("TestRoles has no row for %s", script)
		}
	}
}

// strict is a budget that allows no eviction, and its pod.
const strict = `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: strict}
spec: {minAvailable: 1, selector: {matchLabels: {app: one}}}
---
apiVersion: v1
kind: Pod
metadata: {name: one, labels: {app: one}}
spec: {containers: [{name: a, image: i}]}
`

// waits are the permissions of a wait for workloads: what it begins with, what comes
// then, and what tells it early that pods can't start.
const waits = "watch daemonsets; watch deployments; watch statefulsets; list events; watch events;"

// restarting is a pod that has restarted, and runs.
const restarting = `
apiVersion: v1
kind: Pod
metadata: {name: crashing, labels: {app: crashing}, annotations: {localcluster.kubelua/waiting: CrashLoopBackOff}}
spec: {containers: [{name: a, image: i}]}
`

// old are workloads that are quickly restarted.
const old = `
{apiVersion: apps/v1, kind: Deployment, metadata: {name: w}, spec: {selector: {matchLabels: {app: w}}, template: {metadata: {labels: {app: w}}, spec: {containers: [{name: a, image: i}]}}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: s}, spec: {serviceName: s, selector: {matchLabels: {app: s}}, template: {metadata: {labels: {app: s}}, spec: {containers: [{name: a, image: i}]}}}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d}, spec: {selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}}, spec: {nodeSelector: {kubernetes.io/hostname: node-0}, containers: [{name: a, image: i}]}}}}
`

// nights are workloads that are to be scaled up, night-1 to night-8, to nothing.
var nights = func() string {
	var b strings.Builder
	for i := 1; i <= 8; i++ {
		for _, kind := range []string{"Deployment", "StatefulSet"} {
			fmt.Fprintf(&b, "{apiVersion: apps/v1, kind: %s, metadata: {name: night-%d, labels: {app: night-%d}, annotations: {scripts.kubelua/replicas-by-day: \"0\"}},\n"+
				" spec: {replicas: 0, selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: i}]}}}}\n---\n", kind, i, i)
		}
	}
	return b.String()
}()

// orphans are ConfigMaps and Secrets that nothing refers to, orphan-1 to orphan-20.
var orphans = func() string {
	var b strings.Builder
	for i := 1; i <= 20; i++ {
		fmt.Fprintf(&b, "{apiVersion: v1, kind: ConfigMap, metadata: {name: orphan-%d, labels: {app: orphan-%d}}}\n---\n"+
			"{apiVersion: v1, kind: Secret, metadata: {name: orphan-%d, labels: {app: orphan-%d}}}\n---\n", i, i, i, i)
	}
	return b.String()
}()

// done are a pod and a job; doneJob is the status of the latter when it has ended.
const (
	done = `
apiVersion: v1
kind: Pod
metadata: {name: done-%d, labels: {app: done-%d}}
spec: {` + idle + `, containers: [{name: a, image: i}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: done-%d, labels: {app: done-%d}}
spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}
`
	doneJob = `{startTime: "2026-01-01T00:00:00Z", completionTime: "2026-01-01T00:00:01Z",
		conditions: [{type: SuccessCriteriaMet, status: "True"}, {type: Complete, status: "True", lastTransitionTime: "2026-01-01T00:00:00Z"}]}`
)

// ruleOf is the rule that allows one access.
func ruleOf(a kube.Access) kube.RoleRule {
	rule := kube.RoleRule{APIGroups: []string{a.Group}, Resources: []string{a.Resource}, Verbs: []string{a.Verb}}
	if a.Subresource != "" {
		rule.Resources[0] += "/" + a.Subresource
	}
	if a.Name != "" {
		rule.ResourceNames = []string{a.Name}
	}
	return rule
}

// TestClusterRole records a run over all namespaces.
func TestClusterRole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "role.yaml")
	if got := kubelua(t, "--record-rbac="+file, "scripts/pod-census.lua"); got.code != 0 {
		t.Fatal(got)
	}
	if got, want := onlyRole(t, file, "").Accesses(), (kube.Role{Rules: headRules(t, "scripts/pod-census.lua")}).Accesses(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	got := kubelua(t, "check", "--rbac", file, "scripts/pod-census.lua")
	got.check(t, result{stdout: file + ": ok: 1 permission\nscripts/pod-census.lua: ok: 1 permission\n"})
}

// onlyRole reads the role of a file that has one, of the namespace.
func onlyRole(t *testing.T, file, namespace string) kube.Role {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roles, err := kube.ParseRoles(t.Context(), string(text), "")
	if err != nil || len(roles) != 1 || roles[0].Namespace != namespace {
		t.Fatalf("recorded %v: %v", roles, err)
	}
	return roles[0]
}

// clusterRole reads the roles of a file as one of the whole cluster, for all names,
// under a name that is nobody else's.
func clusterRole(t *testing.T, file, name string) kube.Role {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roles, err := kube.ParseRoles(t.Context(), string(text), "")
	if err != nil {
		t.Fatal(err)
	}
	all := kube.Role{Name: name}
	for _, role := range roles {
		for _, rule := range role.Rules {
			rule.ResourceNames = nil
			all.Rules = append(all.Rules, rule)
		}
	}
	return all
}

// only are the accesses for which a function is true, in order.
func only(accesses []kube.Access, keep func(kube.Access) bool) []kube.Access {
	kept := slices.DeleteFunc(slices.Clone(accesses), func(a kube.Access) bool { return !keep(a) })
	slices.SortFunc(kept, func(a, b kube.Access) int { return strings.Compare(a.String(), b.String()) })
	return kept
}

var headBlock = regexp.MustCompile(`(?m)^--- RBAC:\n((?:---  .*\n)+)`)

// headRules are the rules in the first comment of a script.
func headRules(t *testing.T, script string) []kube.RoleRule {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", script))
	if err != nil {
		t.Fatal(err)
	}
	m := headBlock.FindStringSubmatch(string(text))
	if m == nil {
		t.Fatalf("%s has no rules in its head", script)
	}
	rules, err := kube.ParseRules(strings.ReplaceAll(m[1], "---  ", "  "))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// account makes an account in the namespace with just this role, and returns a
// token of it.
func account(t *testing.T, role kube.Role, namespace string) string {
	t.Helper()
	apply(t, role)
	ns, binding := "--namespace="+namespace, "rolebinding"
	if role.Namespace == "" {
		binding = "clusterrolebinding"
		t.Cleanup(func() { // with a context that hasn't ended
			_ = localtest.Command(t, "delete", "clusterrole,clusterrolebinding", role.Name).Run()
		})
	}
	localtest.Kubectl(t, "create", ns, "serviceaccount", "robot")
	localtest.Kubectl(t, "create", ns, binding, role.Name, "--"+strings.ToLower(role.Kind())+"="+role.Name, "--serviceaccount="+namespace+":robot")
	return strings.TrimSpace(localtest.Kubectl(t, "create", ns, "token", "robot"))
}

// administrator connects to the tests' cluster.
func administrator(t *testing.T) *kube.Cluster {
	t.Helper()
	c, err := kube.Connect(kube.Options{Kubeconfig: localtest.Kubeconfig(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// apply makes a role what the given one is.
func apply(t *testing.T, role kube.Role) {
	t.Helper()
	object, err := kube.ParseObject(t.Context(), role.YAML())
	if err == nil {
		_, err = administrator(t).Apply(t.Context(), object, kube.ApplyOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// without makes the function that deletes objects, RESOURCE/NAME, if they are there.
func without(objects ...string) func(t *testing.T, ns string) {
	return func(t *testing.T, ns string) {
		t.Helper()
		for _, object := range objects {
			resource, name, _ := strings.Cut(object, "/")
			remove(t, ns, resource, name)
		}
	}
}

// remove deletes an object, if it is there.
func remove(t *testing.T, namespace, resource, name string) {
	t.Helper()
	_, err := administrator(t).Proxy().Do(t.Context(), kube.Call{Method: "DELETE", Path: []string{"api/v1", "namespaces", namespace, resource, name}})
	if err != nil && !kube.IsKind(err, kube.LookupError) {
		t.Fatal(err)
	}
}

// await waits until kubelua check says that of the permissions in the head of the
// script, so many, these are missing: the server takes note of a role a moment
// after it was written.
func await(t *testing.T, namespace, login, script string, number int, missing ...kube.Access) {
	t.Helper()
	want := result{stdout: fmt.Sprintf("%s: ok: %d permissions\n", script, number)}
	if number == 1 {
		want.stdout = script + ": ok: 1 permission\n"
	}
	if len(missing) == 1 {
		want = result{stdout: script + ": missing rule: " + missing[0].Rule() + "\n", stderr: "kubelua: 1 finding\n", code: 1}
	}
	for began := time.Now(); ; {
		flags := []string{"check", "--rbac", login, script}
		if namespace != "" {
			flags = append(flags, "-n", namespace)
		}
		got := kubelua(t, flags...)
		if got == want {
			return
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("got %s\nwant %s", got, want)
		}
	}
}
