package scripts_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// moment is a time of which another run has another.
var moment = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)`)

// TestPlannedScripts has two namespaces with the same in them. In one the script runs;
// in the other it is planned, which changes nothing, and the plan is carried out. Both
// touch the same objects, and leave them alike.
func TestPlannedScripts(t *testing.T) {
	const workloads = `
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {app: web}}, spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {schedulerName: none, containers: [{name: a, image: i}]}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: api, labels: {app: api}}, spec: {replicas: 1, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {schedulerName: none, containers: [{name: a, image: i}]}}}}
`
	tests := map[string]struct {
		flags, args string
		objects     string
		status      map[string]string
		kind        string // of what it changes
		number      int    // of objects that it changes
	}{
		"label-sweep.lua":   {args: "deployments tier=front -l app=web", objects: workloads, kind: "deployments", number: 1},
		"night-scale.lua":   {args: "down --all", objects: workloads, kind: "deployments", number: 2},
		"restart-older.lua": {args: "--older-than 0s", objects: workloads, kind: "deployments", number: 2},
		"orphans.lua":       {args: "--older-than 0s --kind ConfigMap --delete", objects: "{apiVersion: v1, kind: ConfigMap, metadata: {name: alone}}", kind: "configmaps", number: 1},
		"pod-cleanup.lua": {
			args: "--older-than 0s", objects: strings.ReplaceAll(done, "%d", "1") + "---" + strings.ReplaceAll(done, "%d", "2"),
			status: map[string]string{"pod/done-1": "{phase: Failed}"}, kind: "pods", number: 1,
		},
		"job-retention.lua": {
			args: "", objects: strings.ReplaceAll(done, "%d", "1") + "---" + strings.ReplaceAll(done, "%d", "2"),
			status: map[string]string{"job/done-1": doneJob}, kind: "jobs", number: 1,
		},
		"restore.lua": {
			flags: "--allow-read=testdata", args: "testdata/rbac/settings.yaml",
			objects: "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {color: red, more: x}}", kind: "configmaps", number: 1,
		},
		"stuck-finalizers.lua": {args: "configmaps --older-than 0s --remove example.com/lock", kind: "configmaps", number: 1},
	}
	for script, test := range tests {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			run, planned, dir := localtest.Namespace(t), localtest.Namespace(t), t.TempDir()
			for _, ns := range []string{run, planned} {
				manifest(t, ns, test.objects)
				for object, status := range test.status {
					patchStatus(t, ns, object, status)
				}
				if test.objects == workloads {
					for _, name := range []string{"web", "api"} {
						wait(t, ns, "jsonpath={.status.unavailableReplicas}=1", "deployment/"+name)
						wait(t, ns, "create", "pods", "--selector=app="+name)
					}
				}
				if script == "stuck-finalizers.lua" {
					deleteLocked(t, ns, "lock")
				}
			}
			// look tells what is in a namespace.
			look := func(ns string) string {
				t.Helper()
				text := localtest.Kubectl(t, "get", "--namespace="+ns, test.kind, "--output=jsonpath={range .items[*]}{.metadata.name} {.metadata.finalizers} {end}") +
					kubelua(t, "-n", ns, "scripts/snapshot.lua", test.kind).stdout
				return moment.ReplaceAllString(strings.ReplaceAll(text, ns, "NS"), "TIME")
			}
			// start runs the script and returns what it asked to be written: RESOURCE NAME,
			// with "planned " before what was to be checked alone.
			start := func(ns string, flags ...string) []string {
				t.Helper()
				audit := filepath.Join(dir, ns)
				args := slices.Concat([]string{"-n", ns, "--audit=" + audit}, strings.Fields(test.flags), flags, []string{"scripts/" + script}, strings.Fields(test.args), []string{"--apply"})
				if script == "restart-older.lua" {
					args = append(args, "--no-wait")
				}
				if got := kubelua(t, args...); got.code != 0 {
					t.Fatalf("%q: %s", args, got)
				}
				return writes(t, audit)
			}

			before := look(planned)
			file := filepath.Join(dir, "plan.json")
			tried := start(planned, "plan", "--plan-out="+file)
			if got := look(planned); got != before {
				t.Errorf("after the plan there is\n%s\nbefore it\n%s", got, before)
			}
			did := start(run)
			for i := range did {
				did[i] = "planned " + did[i]
			}
			if !slices.Equal(tried, did) || len(did) != test.number {
				t.Errorf("the plan has %q, the run %q, want %d", tried, did, test.number)
			}
			if got := kubelua(t, "apply-plan", file); got.code != 0 {
				t.Errorf("carried out: %s", got)
			}
			if got, want := look(planned), look(run); got != want || got == before {
				t.Errorf("carried out, the plan leaves\n%s\nthe run\n%s\nbefore it was\n%s", got, want, before)
			}
		})
	}
}

// writes reads what was to be written from an audit.
func writes(t *testing.T, audit string) []string {
	t.Helper()
	file, err := os.Open(audit)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var list []string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var call struct {
			Verb, Resource, Name string
			DryRun               bool
		}
		if err := json.Unmarshal(lines.Bytes(), &call); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains([]string{"get", "list", "watch", ""}, call.Verb) {
			planned := map[bool]string{true: "planned "}[call.DryRun]
			list = append(list, planned+call.Verb+" "+call.Resource+" "+call.Name)
		}
	}
	slices.Sort(list)
	return list
}
