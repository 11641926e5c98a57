package scripts_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestPodCensus(t *testing.T) {
	ns := localtest.Namespace(t)
	create(t, ns,
		pods{kind: "Deployment", name: "web", number: 3},
		pods{kind: "Pod", name: "crashing", waiting: "CrashLoopBackOff"},
		pods{kind: "Pod", name: "missing", waiting: "ImagePullBackOff"})
	wait(t, ns, "condition=Available", "deployment/web")
	waitReason(t, ns, "crashing", "CrashLoopBackOff")
	waitReason(t, ns, "missing", "ImagePullBackOff")
	kubelua(t, "-n", ns, "scripts/pod-census.lua").check(t, result{stdout: `NAMESPACE PHASE PODS RESTARTS OLDEST
` + ns + ` Pending 1 0 AGE
` + ns + ` Running 4 5 AGE
total 5 5 AGE
`})
	kubelua(t, "-n", ns, "scripts/pod-census.lua", "--selector=app in (web)").check(t, result{stdout: `NAMESPACE PHASE PODS RESTARTS OLDEST
` + ns + ` Running 3 0 AGE
total 3 0 AGE
`})
}

func TestUnready(t *testing.T) {
	ns := localtest.Namespace(t)
	create(t, ns,
		pods{kind: "DaemonSet", name: "agent", waiting: "CreateContainerConfigError"},
		pods{kind: "Deployment", name: "gpu", number: 1, pod: `"nodeSelector": {"gpu": "yes"}`},
		pods{kind: "Deployment", name: "idle", number: 0},
		pods{kind: "Deployment", name: "orphan", number: 1, pod: `"serviceAccountName": "nobody"`},
		pods{kind: "Deployment", name: "web", number: 2},
		pods{kind: "Job", name: "import", number: 1, waiting: "ImagePullBackOff", pod: `"restartPolicy": "Never"`},
		pods{kind: "Job", name: "index", number: 1000, waiting: "ErrImagePull", pod: `"restartPolicy": "Never"`},
		pods{kind: "Job", name: "prune", number: 1000, pod: `"restartPolicy": "Never"`},
		pods{kind: "Pod", name: "crashing", waiting: "CrashLoopBackOff"},
		pods{kind: "Pod", name: "fine"},
		pods{kind: "ReplicaSet", name: "old", number: 2, waiting: "ImagePullBackOff"},
		pods{kind: "ReplicationController", name: "older", number: 1, waiting: "ErrImagePull"},
		pods{kind: "StatefulSet", name: "db", number: 2, waiting: "CrashLoopBackOff"})
	wait(t, ns, "condition=Available", "deployment/web")
	wait(t, ns, "condition=Ready", "pod/fine")
	wait(t, ns, "condition=ReplicaFailure", "deployment/orphan")
	wait(t, ns, "condition=Failed", "job/import")
	wait(t, ns, "condition=Complete", "job/prune")
	wait(t, ns, "create", "pods", "--selector=app=gpu")
	wait(t, ns, "condition=PodScheduled=False", "pods", "--selector=app=gpu")
	waitReason(t, ns, "agent", "CreateContainerConfigError")
	waitReason(t, ns, "crashing", "CrashLoopBackOff")
	waitReason(t, ns, "db", "CrashLoopBackOff")
	waitReason(t, ns, "index", "ErrImagePull")
	waitReason(t, ns, "old", "ImagePullBackOff")
	waitReason(t, ns, "older", "ErrImagePull")

	// A static pod is its node's.
	uid := localtest.Kubectl(t, "get", "node", "node-0", "--output=jsonpath={.metadata.uid}")
	owner := `[{"apiVersion": "v1", "kind": "Node", "name": "node-0", "uid": "` + uid + `", "controller": true}]`
	localtest.Kubectl(t, "patch", "--namespace="+ns, "pod/crashing", `--patch={"metadata": {"ownerReferences": `+owner+`}}`)

	const header = "NAMESPACE KIND NAME READY REASON\n"
	lines := []string{
		"DaemonSet agent 0/3 CreateContainerConfigError: container main is told to wait",
		"Deployment gpu 0/1 Unschedulable: 0/3 nodes are available: ...",
		`Deployment orphan 0/1 FailedCreate: pods "orphan-HASH-" is forbidden: error looking up service account ` + ns +
			`/nobody: serviceaccount "nobody" not found`,
		"Job import 0/1 DeadlineExceeded: Job was active longer than specified deadline",
		"Job index 0/1 ErrImagePull: container main is told to wait",
		"Pod crashing 0/1 CrashLoopBackOff: back-off 5m0s restarting failed container=main (5 restarts, last exit code 1)",
		"ReplicaSet old 0/2 ImagePullBackOff: container main is told to wait",
		"ReplicationController older 0/1 ErrImagePull: container main is told to wait",
		"StatefulSet db 0/2 CrashLoopBackOff: back-off 5m0s restarting failed container=main (5 restarts, last exit code 1)",
	}
	want := header
	for _, line := range lines {
		want += ns + " " + line + "\n"
	}
	kubelua(t, "-n", ns, "scripts/unready.lua").check(t, result{stdout: want})
	kubelua(t, "-n", ns, "scripts/unready.lua", "-l", "app=old", "--exit-code").check(t, result{
		stdout: header + ns + " ReplicaSet old 0/2 ImagePullBackOff: container main is told to wait\n",
		code:   1,
	})
	kubelua(t, "-n", ns, "scripts/unready.lua", "-l", "app=web", "--exit-code").check(t, result{stdout: header})
}

func TestLabelSweep(t *testing.T) {
	ns := localtest.Namespace(t)
	create(t, ns,
		pods{kind: "Deployment", name: "api", number: 0},
		pods{kind: "Deployment", name: "cache", number: 0},
		pods{kind: "Deployment", name: "web", number: 0})
	localtest.Kubectl(t, "label", "--namespace="+ns, "deployment/cache", "example.com/tier=low")
	// labels asks the witness for the label of all three.
	labels := func() string {
		return localtest.Kubectl(t, "get", "--namespace="+ns, "deployments", `--output=jsonpath={.items[*].metadata.labels.example\.com/tier}`)
	}
	sweep := func(args ...string) result {
		t.Helper()
		return kubelua(t, append([]string{"-n", ns, "scripts/label-sweep.lua", "deployments"}, args...)...)
	}
	const header = "NAMESPACE NAME LABEL BEFORE AFTER\n"
	set := header + ns + " cache example.com/tier low high\n" + ns + " web example.com/tier - high\n"

	sweep("example.com/tier=high", "-l", "app in (cache, web)").check(t, result{
		stdout: set,
		stderr: "2 would be changed (dry run: --apply does it)\n",
	})
	if got := labels(); got != "low" {
		t.Errorf("after the dry run the labels are %q, want %q", got, "low")
	}
	sweep("--apply", "example.com/tier=high", "-l", "app in (cache, web)").check(t, result{stdout: set, stderr: "2 changed\n"})
	if got, want := labels(), "high high"; got != want {
		t.Errorf("after --apply the labels are %q, want %q", got, want)
	}
	sweep("--apply", "example.com/tier=high", "--all").check(t, result{
		stdout: header + ns + " api example.com/tier - high\n",
		stderr: "1 changed\n",
	})
	sweep("example.com/tier=high", "--all", "--apply").check(t, result{stdout: header, stderr: "0 changed\n"})
	sweep("example.com/tier=", "--field-selector=metadata.name=api", "--apply").check(t, result{
		stdout: header + ns + ` api example.com/tier high ""` + "\n",
		stderr: "1 changed\n",
	})
	sweep("example.com/tier-", "--all", "--apply").check(t, result{
		stdout: header + ns + ` api example.com/tier "" -` + "\n" + ns + " cache example.com/tier high -\n" + ns + " web example.com/tier high -\n",
		stderr: "3 changed\n",
	})
	if got := labels(); got != "" {
		t.Errorf("after the label was deleted it is %q", got)
	}
}

func TestNothing(t *testing.T) {
	ns := localtest.Namespace(t)
	tests := map[string]result{
		"pod-census.lua":           {stdout: "NAMESPACE PHASE PODS RESTARTS OLDEST\ntotal 0 0 -\n"},
		"unready.lua --exit-code":  {stdout: "NAMESPACE KIND NAME READY REASON\n"},
		"label-sweep.lua pods x=y": {stdout: "NAMESPACE NAME LABEL BEFORE AFTER\n", stderr: "0 changed\n"},
	}
	for line, want := range tests {
		t.Run(line, func(t *testing.T) {
			args := append([]string{"-n", ns}, strings.Fields("scripts/"+line)...)
			if strings.HasPrefix(line, "label-sweep") {
				args = append(args, "--all", "--apply")
			}
			kubelua(t, args...).check(t, want)
		})
	}
}

func TestWrongArguments(t *testing.T) {
	tests := []struct {
		args []string
		want string // in stderr, between the script's name and the pointer to --help
	}{
		{[]string{"pod-census.lua", "--selectr=x"}, `unknown option --selectr (did you mean "--selector"?)`},
		{[]string{"pod-census.lua", "--selector"}, "--selector needs a SELECTOR"},
		{[]string{"pod-census.lua", "--selector="}, "--selector needs a SELECTOR"},
		{[]string{"pod-census.lua", "-l", "a b"}, `-l: "a b" can't be used: label selector "a b": unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt`},
		{[]string{"pod-census.lua", "web"}, `unexpected argument "web"`},
		{[]string{"unready.lua", "--exit-code=1"}, "--exit-code takes no value but true or false"},
		{[]string{"label-sweep.lua"}, "VIEW is missing"},
		{[]string{"label-sweep.lua", "pods", "x=y"}, "no selector, and no --all for every object"},
		{[]string{"label-sweep.lua", "pods", "xy", "--all"}, `"xy" is neither KEY=VALUE nor KEY-`},
		{[]string{"label-sweep.lua", "podz", "x=y", "--all"}, `unknown resource "podz" (did you mean "pods"?)`},
		{[]string{"label-sweep.lua", "apply", "x=y", "--all"}, `unknown resource "apply"`},
		{[]string{"stuck-finalizers.lua", "kinds"}, `unknown resource "kinds"`},
		{[]string{"label-sweep.lua", "pods", "x=y", "--field-selector=a"}, `field selector "a": invalid selector: 'a'; can't understand 'a'`},
	}
	for _, test := range tests {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			script := "scripts/" + test.args[0]
			got := kubelua(t, append([]string{script}, test.args[1:]...)...)
			got.check(t, result{stderr: script + ": " + test.want + " (--help shows the usage)\n", code: 2})
		})
	}
	t.Run("label value", func(t *testing.T) {
		got := kubelua(t, "scripts/label-sweep.lua", "pods", "x=not valid", "--all")
		if got.code != 2 || !strings.Contains(got.stderr, `value "not valid" of label x`) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("got %s", got)
		}
	})
}

func TestHelp(t *testing.T) {
	scripts, err := filepath.Glob("*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		t.Run(script, func(t *testing.T) {
			got := kubelua(t, "scripts/"+script, "--help")
			if got.code != 0 || got.stderr != "" || !strings.Contains(got.stdout, "usage: kubelua ") || !strings.Contains(got.stdout, script) {
				t.Errorf("got %s", got)
			}
			text, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range []string{"#!/usr/bin/env kubelua\n", "\n--- usage: kubelua ", "\n--- RBAC:\n"} {
				if !strings.Contains(string(text), part) {
					t.Errorf("%s has no %q", script, part)
				}
			}
		})
	}
}

// words are what scripts need to run at all.
var words = map[string][]string{
	"drain-wave.lua":       {"-l", "a=b"},
	"label-sweep.lua":      {"pods", "x=y", "--all"},
	"night-scale.lua":      {"down", "--all"},
	"owners.lua":           {"node", "node-0"},
	"restore.lua":          {"testdata/rbac/settings.yaml"},
	"snapshot.lua":         {"configmaps"},
	"stuck-finalizers.lua": {"pods"},
	"who-can.lua":          {"list", "pods"},
}

func TestUnreachable(t *testing.T) {
	scripts, err := filepath.Glob("*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		t.Run(script, func(t *testing.T) {
			args := append([]string{"--server=https://127.0.0.1:1", "--allow-read=testdata", "scripts/" + script}, words[script]...)
			got := run(t, filepath.Join(t.TempDir(), "none"), program(t), args...)
			if got.code != 3 || got.stdout != "" || !strings.Contains(got.stderr, "https://127.0.0.1:1") {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestForbidden(t *testing.T) {
	ns := localtest.Namespace(t)
	got := kubelua(t, "--as=system:serviceaccount:"+ns+":default", "scripts/pod-census.lua")
	if got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, "list") || !strings.Contains(got.stderr, "pods") {
		t.Errorf("got %s", got)
	}
}

func TestDemo(t *testing.T) {
	loadDemo(t)
	kubelua(t, "testdata/demo/load.lua").check(t, result{stdout: "0 objects created, 25 were there\n"})
	kubelua(t, "-n", "payments", "scripts/pod-census.lua").check(t, result{stdout: `NAMESPACE PHASE PODS RESTARTS OLDEST
payments Failed 1 0 AGE
payments Pending 1 0 AGE
payments Running 7 10 AGE
total 9 10 AGE
`})
}

// loadDemo loads the workload of make demo, when what other tests have left is gone.
func loadDemo(t *testing.T) {
	t.Helper()
	const wait = `for ns in cluster.namespaces:filter { fields = "status.phase=Terminating" } do
		ns:wait { deleted = true, timeout = 120 }
	end`
	if got := kubelua(t, "-e", wait); got.code != 0 {
		t.Fatalf("wait for namespaces to go: %s", got)
	}
	if got := kubelua(t, "testdata/demo/load.lua"); got.code != 0 {
		t.Fatalf("load the demo: %s", got)
	}
}
