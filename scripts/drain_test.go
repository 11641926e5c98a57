package scripts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// twoNodes makes two nodes of a test's own, NAMESPACE-a and NAMESPACE-b, labelled wave,
// and on them a deployment of two pods, a stateful set and a daemon set.
func twoNodes(t *testing.T, ns string) {
	t.Helper()
	oneNode(t, ns, ns+"-a")
	oneNode(t, ns, ns+"-b")
	const there = `nodeSelector: {wave: NS}, tolerations: [{key: own, operator: Exists}], containers: [{name: a, image: i}]`
	manifest(t, ns, `
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {`+there+`}}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {serviceName: db, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {`+there+`}}}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {`+there+`}}}}
`)
	ready(t, ns)
}

// oneNode makes a node that nothing is scheduled to which doesn't ask for it.
func oneNode(t *testing.T, ns, name string) {
	t.Helper()
	manifest(t, ns, `{apiVersion: v1, kind: Node, metadata: {name: `+name+`, labels: {wave: NS}}, spec: {taints: [{key: own, effect: NoSchedule}]}}`)
	t.Cleanup(func() { // with a context that hasn't ended
		_ = localtest.Command(t, "delete", "node", name).Run()
	})
	wait(t, ns, "condition=Ready", "node/"+name)
}

// ready has the nodes of twoNodes in service, and waits until all runs on them.
func ready(t *testing.T, ns string) {
	t.Helper()
	localtest.Kubectl(t, "uncordon", "--selector=wave="+ns)
	for _, workload := range []string{"deployment/web", "statefulset/db", "daemonset/agent"} {
		localtest.Kubectl(t, "rollout", "status", "--timeout=1m", "--namespace="+ns, workload)
	}
}

// cordoned tells which nodes of twoNodes are.
func cordoned(t *testing.T, ns string) string {
	t.Helper()
	out := localtest.Kubectl(t, "get", "nodes", "--selector=wave="+ns, "--output=jsonpath={range .items[?(@.spec.unschedulable)]}{.metadata.name} {end}")
	return strings.ReplaceAll(out, ns, "NS")
}

func TestDrainWave(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	twoNodes(t, ns)
	wave := func(args ...string) result {
		t.Helper()
		return kubelua(t, append([]string{"scripts/drain-wave.lua", "-l", "wave=" + ns}, args...)...)
	}
	got := wave()
	if got.code != 0 || got.stderr != "2 would be drained (dry run: --apply does it)\n" || !strings.Contains(got.stdout, " 2  "+ns+"-b ") || cordoned(t, ns) != "" {
		t.Errorf("dry run: %s", got)
	}

	// One after another, each back in service before the next.
	got = wave("--until=Ready", "--apply")
	want := strings.ReplaceAll("NS-a: N pods gone\nNS-a: in service again\nNS-b: 3 pods gone\nNS-b: in service again\n2 drained\n", "NS", ns)
	var left int
	_, _ = fmt.Sscanf(got.stderr, ns+"-a: %d pods", &left)
	if want = strings.Replace(want, "N pods", fmt.Sprint(left)+" pods", 1); got.code != 0 || got.stderr != want || cordoned(t, ns) != "" {
		t.Errorf("got %s\nwant %s", got, want)
	}
	at := localtest.Kubectl(t, "get", "pods", "--namespace="+ns, "--selector=app!=agent", "--output=jsonpath={.items[*].spec.nodeName}")
	if want := ns + "-a"; at != want+" "+want+" "+want {
		t.Errorf("the pods are at %s, want them at %s", at, want)
	}

	// What a budget holds ends it, and the next node is left alone.
	manifest(t, ns, "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: all}, spec: {minAvailable: 1, selector: {matchLabels: {app: db}}}}")
	wait(t, ns, "jsonpath={.status.currentHealthy}=1", "pdb/all")
	got = wave("--timeout=10s", "--apply")
	if got.code != 1 || !strings.Contains(got.stderr, ns+"-a: "+ns+"/db-0 waits: ") || strings.Contains(got.stderr, ns+"-b: ") || cordoned(t, ns) != "NS-a " {
		t.Errorf("with a budget: %s, cordoned %q", got, cordoned(t, ns))
	}
	localtest.Kubectl(t, "delete", "--namespace="+ns, "pdb/all")

}

// TestDrainReboot drains a node on which nothing is, and has it start anew.
func TestDrainReboot(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	oneNode(t, ns, ns)
	ended := make(chan result, 1)
	go func() {
		ended <- kubelua(t, "scripts/drain-wave.lua", "-l", "wave="+ns, "--reboot", "--timeout=1m", "--apply")
	}()
	wait(t, ns, "jsonpath={.spec.unschedulable}=true", "node/"+ns)
	patchStatus(t, ns, "node/"+ns, "{nodeInfo: {bootID: second}}")
	const table = "WAVE NODE PODS PROBLEM\n1 NS 0 -\n"
	in := func(text string) string { return strings.ReplaceAll(text, "NS", ns) }
	(<-ended).check(t, result{stdout: in(table), stderr: in("NS: 0 pods gone\nNS: in service again\n1 drained\n")})

	localtest.Kubectl(t, "cordon", ns)
	kubelua(t, "scripts/drain-wave.lua", "-l", "wave="+ns, "--until=Ready=True", "--apply").check(t, result{
		stdout: in(table), stderr: in("NS: 0 pods gone\nNS: was cordoned before, and stays so\n1 drained\n"),
	})
	kubelua(t, "scripts/drain-wave.lua", "-l", "wave="+ns, "--until=as soon as possible", "--apply").check(t, result{
		stderr: `scripts/drain-wave.lua: --until: "as soon as possible" is no condition, like Patched or Patched=True (--help shows the usage)` + "\n", code: 2,
	})
}

// TestDrainMeanwhile has a node started anew, and another one go, while the wave before
// theirs is under way.
func TestDrainMeanwhile(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	for _, name := range []string{"a", "b", "c"} {
		oneNode(t, ns, ns+"-"+name)
	}
	ended := make(chan result, 1)
	go func() {
		ended <- kubelua(t, "scripts/drain-wave.lua", "-l", "wave="+ns, "--reboot", "--timeout=1m", "--apply")
	}()
	wait(t, ns, "jsonpath={.spec.unschedulable}=true", "node/"+ns+"-a")
	patchStatus(t, ns, "node/"+ns+"-b", "{nodeInfo: {bootID: early}}")
	localtest.Kubectl(t, "delete", "node", ns+"-c")
	patchStatus(t, ns, "node/"+ns+"-a", "{nodeInfo: {bootID: second}}")
	wait(t, ns, "jsonpath={.spec.unschedulable}=true", "node/"+ns+"-b")
	patchStatus(t, ns, "node/"+ns+"-b", "{nodeInfo: {bootID: second}}")
	in := func(text string) string { return strings.ReplaceAll(text, "NS", ns) }
	(<-ended).check(t, result{
		stdout: in("WAVE NODE PODS PROBLEM\n1 NS-a 0 -\n2 NS-b 0 -\n3 NS-c 0 -\n"),
		stderr: in("NS-a: 0 pods gone\nNS-a: in service again\nNS-b: 0 pods gone\nNS-b: in service again\nNS-c: is gone\n2 drained\n"),
	})
}
