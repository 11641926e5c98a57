package scripts_test

import (
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestNightScale(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	create(t, ns,
		pods{kind: "Deployment", name: "idle", number: 0},
		pods{kind: "Deployment", name: "web", number: 2},
		pods{kind: "StatefulSet", name: "db", number: 1})
	replicas := func() string {
		return localtest.Kubectl(t, "get", "--namespace="+ns, "deployment/idle", "deployment/web", "statefulset/db",
			`--output=jsonpath={range .items[*]}{.spec.replicas}{.metadata.annotations.scripts\.kubelua/replicas-by-day} {end}`)
	}
	const header = "NAMESPACE KIND NAME NOW THEN\n"
	down := header + ns + " Deployment web 2 0\n" + ns + " StatefulSet db 1 0\n"
	steps := []struct {
		args   string
		want   result
		inTurn string // what replicas then tells
	}{
		{"down --all", result{stdout: down, stderr: "2 would be scaled down (dry run: --apply does it)\n"}, "0 2 1 "},
		{"down --all --apply", result{stdout: down, stderr: "2 scaled down\n"}, "0 02 01 "},
		{"down --all --apply", result{stdout: header, stderr: "0 scaled down\n"}, "0 02 01 "},
		{"up -l app=web", result{stdout: header + ns + " Deployment web 0 2\n", stderr: "1 would be scaled up (dry run: --apply does it)\n"}, "0 02 01 "},
		{"up --all --apply", result{stdout: header + ns + " Deployment web 0 2\n" + ns + " StatefulSet db 0 1\n", stderr: "2 scaled up\n"}, "0 2 1 "},
		{"up --all --apply", result{stdout: header, stderr: "0 scaled up\n"}, "0 2 1 "},
		{"sideways --all", result{stderr: `scripts/night-scale.lua: DIRECTION: "sideways" is none of down, up (--help shows the usage)` + "\n", code: 2}, "0 2 1 "},
		{"down", result{stderr: "scripts/night-scale.lua: no selector, and no --all for every workload (--help shows the usage)\n", code: 2}, "0 2 1 "},
	}
	for _, step := range steps {
		kubelua(t, append([]string{"-n", ns, "scripts/night-scale.lua"}, strings.Fields(step.args)...)...).check(t, step.want)
		if got := replicas(); got != step.inTurn {
			t.Errorf("after %q there are %q, want %q", step.args, got, step.inTurn)
		}
	}

	// What somebody scales up in the night is left as it is.
	kubelua(t, "-n", ns, "scripts/night-scale.lua", "down", "-l", "app=web", "--apply")
	localtest.Kubectl(t, "scale", "--namespace="+ns, "deployment/web", "--replicas=1")
	kubelua(t, "-n", ns, "scripts/night-scale.lua", "up", "--all", "--apply").check(t, result{
		stdout: header + ns + " Deployment web 1 1\n", stderr: "1 scaled up\n",
	})
	if got, want := replicas(), "0 1 1 "; got != want {
		t.Errorf("scaled in the night: got %q, want %q", got, want)
	}
}

// TestNightScaleOfAll leaves the namespaces of the cluster itself alone, unless one is
// named.
func TestNightScaleOfAll(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	system := "kube-" + ns
	localtest.Kubectl(t, "create", "namespace", system)
	t.Cleanup(func() { // with a context that hasn't ended
		_ = localtest.Command(t, "delete", "namespace", system, "--wait=false").Run()
	})
	for _, namespace := range []string{ns, system} {
		create(t, namespace, pods{kind: "Deployment", name: ns, number: 1})
	}
	const header, told = "NAMESPACE KIND NAME NOW THEN\n", "1 would be scaled down (dry run: --apply does it)\n"
	down := []string{"scripts/night-scale.lua", "down", "-l", "app=" + ns}
	kubelua(t, down...).check(t, result{stdout: header + ns + " Deployment " + ns + " 1 0\n", stderr: told})
	kubelua(t, append([]string{"-n", system}, down...)...).check(t, result{stdout: header + system + " Deployment " + ns + " 1 0\n", stderr: told})
}

func TestRestartOlder(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	create(t, ns,
		pods{kind: "Deployment", name: "other", number: 1},
		pods{kind: "Deployment", name: "web", number: 2})
	wait(t, ns, "condition=Available", "deployment/web", "deployment/other")
	generations := func() string {
		return localtest.Kubectl(t, "get", "--namespace="+ns, "deployments", "--output=jsonpath={.items[*].metadata.generation}")
	}
	restart := func(args ...string) result {
		t.Helper()
		return kubelua(t, append([]string{"-n", ns, "scripts/restart-older.lua", "-l", "app=web"}, args...)...)
	}
	const header = "NAMESPACE KIND NAME OLDEST\n"
	restart("--apply").check(t, result{stdout: header})
	restart("--older-than=0s").check(t, result{
		stdout: header + ns + " Deployment web AGE\n", stderr: "1 would be restarted (dry run: --apply does it)\n",
	})
	if got, want := generations(), "1 1"; got != want {
		t.Errorf("after the dry run: generations %s, want %s", got, want)
	}
	restart("--older-than=0s", "--apply").check(t, result{
		stdout: header + ns + " Deployment web AGE\n", stderr: "1 of 1 restarted: " + ns + "/web\n",
	})
	if got, want := generations(), "1 2"; got != want {
		t.Errorf("got generations %s, want %s", got, want)
	}
	if got, want := localtest.Kubectl(t, "get", "--namespace="+ns, "deployment/web", "--output=jsonpath={.status.updatedReplicas}"), "2"; got != want {
		t.Errorf("it ended with %s pods updated, want %s", got, want)
	}
}

// TestRestartOlderLeaves holds that workloads stay whose old pods have ended, or would stay.
func TestRestartOlderLeaves(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	create(t, ns, pods{kind: "Deployment", name: "paused", number: 1}, pods{kind: "Deployment", name: "ended", number: 1, pod: `"schedulerName": "none"`})
	manifest(t, ns, `
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: by-hand}, spec: {serviceName: a, updateStrategy: {type: OnDelete}, selector: {matchLabels: {app: by-hand}}, template: {metadata: {labels: {app: by-hand}}, spec: {containers: [{name: a, image: i}]}}}}
`)
	localtest.Kubectl(t, "rollout", "pause", "--namespace="+ns, "deployment/paused")
	// The pod of a deployment fails, and when that is scaled down, stays.
	wait(t, ns, "create", "pods", "--selector=app=ended")
	failed := localtest.Kubectl(t, "get", "--namespace="+ns, "pods", "--selector=app=ended", "--output=jsonpath={.items[0].metadata.name}")
	patchStatus(t, ns, "pod/"+failed, "{phase: Failed}")
	wait(t, ns, "create", "pods", "--selector=app=ended", "--field-selector=status.phase=Pending")
	localtest.Kubectl(t, "scale", "--namespace="+ns, "deployment/ended", "--replicas=0")
	wait(t, ns, "delete", "pods", "--selector=app=ended", "--field-selector=status.phase=Pending")
	wait(t, ns, "create", "pods", "--selector=app=paused")
	wait(t, ns, "create", "pods", "--selector=app=by-hand")
	kubelua(t, "-n", ns, "scripts/restart-older.lua", "--older-than=0s").check(t, result{
		stdout: "NAMESPACE KIND NAME OLDEST\n", stderr: "0 would be restarted (dry run: --apply does it)\n",
	})
}

// TestStuckNamespace says what a namespace waits for.
func TestStuckNamespace(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	deleteLocked(t, ns, "lock")
	localtest.Kubectl(t, "delete", "namespace", ns, "--wait=false")
	wait(t, ns, "condition=NamespaceFinalizersRemaining", "namespace/"+ns)
	got := kubelua(t, "scripts/stuck-finalizers.lua", "namespaces", "--older-than=0s")
	if want := "finalizers remaining: example.com/lock in 1 resource instances, example.com/other in 1 resource instances"; got.code != 0 || !strings.Contains(got.stdout, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestStuckFinalizers(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	deleteLocked(t, ns, "lock")
	manifest(t, ns, "{apiVersion: v1, kind: ConfigMap, metadata: {name: alive, finalizers: [example.com/lock]}}")
	defer localtest.Kubectl(t, "patch", "--namespace="+ns, "configmap/alive", "--type=merge", "--patch=metadata: {finalizers: null}")
	finalizers := func() string {
		return localtest.Kubectl(t, "get", "--namespace="+ns, "configmaps", "--output=jsonpath={.items[*].metadata.finalizers}")
	}
	stuck := func(args ...string) result {
		t.Helper()
		return kubelua(t, append([]string{"-n", ns, "scripts/stuck-finalizers.lua", "configmaps"}, args...)...)
	}
	const header = "NAMESPACE KIND NAME DELETED WAITS FOR\n"
	row := ns + " ConfigMap lock AGE example.com/lock example.com/other\n"
	check := func(got, want result, left string) {
		t.Helper()
		got.stdout = anyAge.ReplaceAllString(got.stdout, " AGE ")
		got.check(t, want)
		if got := finalizers(); got != left {
			t.Errorf("finalizers %s, want %s", got, left)
		}
	}
	both := `["example.com/lock"] ["example.com/lock","example.com/other"]`
	check(stuck(), result{stdout: header}, both)
	check(stuck("--older-than=0s"), result{stdout: header + row}, both)
	check(stuck("--older-than=0s", "--remove=example.com/lock"),
		result{stdout: header + row, stderr: "1 would be without example.com/lock (dry run: --apply does it)\n"}, both)
	check(stuck("--older-than=0s", "--remove=example.com/lock", "--apply"),
		result{stdout: header + row, stderr: "1 without example.com/lock\n"}, `["example.com/lock"] ["example.com/other"]`)
	check(stuck("--apply"), result{
		stderr: "scripts/stuck-finalizers.lua: --apply needs a finalizer to --remove (--help shows the usage)\n", code: 2,
	}, `["example.com/lock"] ["example.com/other"]`)
}
