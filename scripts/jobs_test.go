package scripts_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// runJob runs a job by hand in a namespace and returns what it has logged.
func runJob(t *testing.T, namespace, name string) string {
	t.Helper()
	got := kubelua(t, "-n", namespace, "scripts/jobs/"+name+".lua")
	if got.code != 0 || got.stdout != "" {
		t.Errorf("%s: %s", name, got)
	}
	return got.stderr
}

// TestJobFiles loads all jobs into a schedule: each has its times.
func TestJobFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("jobs/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no jobs: %v", err)
	}
	got := kubelua(t, "schedule", "--next=100", "scripts/jobs")
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".lua"); got.code != 0 || !strings.Contains(got.stdout, "  "+name+"\n") {
			t.Errorf("%s isn't scheduled: %s", name, got)
		}
	}
}

func TestNightlyCleanup(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	now := time.Now().UTC()
	for name, days := range map[string]int{"complete-new": 0, "complete-old": 2, "failed-new": 2, "failed-old": 8, "itself": 9} {
		at := now.AddDate(0, 0, -days).Format(time.RFC3339)
		ttl, condition, first, more := "", "Complete", "SuccessCriteriaMet", fmt.Sprintf(`, completionTime: %q`, at)
		if name == "itself" {
			ttl = "ttlSecondsAfterFinished: 1000000000, "
		} else if strings.HasPrefix(name, "failed") {
			condition, first, more = "Failed", "FailureTarget", ""
		}
		manifest(t, ns, "{apiVersion: batch/v1, kind: Job, metadata: {name: "+name+"}, spec: {suspend: true, "+ttl+"template: {spec: {"+idle+", containers: [{name: a, image: i}]}}}}")
		patchStatus(t, ns, "job/"+name, fmt.Sprintf(`{startTime: %q%s, conditions: [{type: %s, status: "True"}, {type: %s, status: "True", lastTransitionTime: %q}]}`,
			at, more, first, condition, at))
	}
	for name, status := range map[string]string{"fresh": "{phase: Failed}", "old": longAgo} {
		manifest(t, ns, "{apiVersion: v1, kind: Pod, metadata: {name: "+name+"}, spec: {"+idle+", containers: [{name: a, image: i}]}}")
		patchStatus(t, ns, "pod/"+name, status)
	}
	if got := runJob(t, ns, "nightly-cleanup"); !strings.Contains(got, "deleted=3") {
		t.Errorf("logged %s", got)
	}
	got := localtest.Kubectl(t, "get", "--namespace="+ns, "jobs,pods", "--output=jsonpath={.items[*].metadata.name}")
	if want := "complete-new failed-new itself fresh"; got != want {
		t.Errorf("there are %s, want %s", got, want)
	}
}

func TestCertificateReport(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	manifest(t, ns, "{apiVersion: v1, kind: Secret, type: kubernetes.io/tls, metadata: {name: broken}, stringData: {tls.crt: none, tls.key: none}}")
	for range 2 { // the second renews the Event
		if got := runJob(t, ns, "certificate-report"); !strings.Contains(got, "secret=broken") || !strings.Contains(got, "reported=1") {
			t.Errorf("logged %s", got)
		}
	}
	got := localtest.Kubectl(t, "get", "--namespace="+ns, "events", "--output=jsonpath={range .items[*]}{.involvedObject.kind}/{.involvedObject.name} {.type} {.message}{end}")
	if want := "Secret/broken Warning tls.crt can't be read"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
}

// TestCertificateReportWhileANamespaceGoes reports what it can: no Event can be made there.
func TestCertificateReportWhileANamespaceGoes(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	manifest(t, ns, "{apiVersion: v1, kind: Secret, type: kubernetes.io/tls, metadata: {name: broken, finalizers: [example.com/lock]}, stringData: {tls.crt: none, tls.key: none}}")
	t.Cleanup(func() { // else the namespace can't be deleted
		_ = localtest.Command(t, "patch", "--namespace="+ns, "secret/broken", "--type=merge", "--patch=metadata: {finalizers: null}").Run()
	})
	localtest.Kubectl(t, "delete", "namespace", ns, "--wait=false")
	if got := runJob(t, ns, "certificate-report"); !strings.Contains(got, "reported=1") {
		t.Errorf("logged %s", got)
	}
}

// TestWorkingHours runs the job where it is day and where it is night, whatever it is here.
func TestWorkingHours(t *testing.T) {
	t.Parallel()
	for name, zone := range map[string]*time.Location{"day": noon, "night": zoneAt(2)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ns := localtest.Namespace(t)
			manifest(t, ns, hours)
			want := "0/1 0/2 1/"
			if name == "day" && working() {
				want = "1/ 2/ 1/"
			}
			for _, scaled := range []string{"workloads=1", "workloads=0"} {
				got := run(t, localtest.Kubeconfig(t), "env", "TZ="+zone.String(), program(t), "-n", ns, "scripts/jobs/working-hours.lua")
				if got.code != 0 || !strings.Contains(got.stderr, scaled) {
					t.Errorf("logged %s, want %s", got, scaled)
				}
				replicas := localtest.Kubectl(t, "get", "--namespace="+ns, "deployment/by-day", "statefulset/by-night", "deployment/other",
					`--output=jsonpath={range .items[*]}{.spec.replicas}/{.metadata.annotations.scripts\.kubelua/replicas-by-day} {end}`)
				if strings.TrimSpace(replicas) != want {
					t.Errorf("replicas %s, want %s", replicas, want)
				}
			}
		})
	}
}

// working tells whether working-hours.lua, at noon, finds that it is day.
func working() bool {
	day := time.Now().In(noon).Weekday()
	return day != time.Saturday && day != time.Sunday
}

// noon is where it is past noon, and will be for long.
var noon = zoneAt(12)

// zoneAt is a zone in which the hour of the day is this one.
func zoneAt(hour int) *time.Location {
	ahead := hour - time.Now().UTC().Hour()
	if ahead < -12 {
		ahead += 24
	}
	zone, err := time.LoadLocation(fmt.Sprintf("Etc/GMT%+d", -ahead)) // west is positive
	if err != nil {
		panic(err)
	}
	return zone
}

// hours are a workload that runs, one that is scaled down for the night, and another.
var hours = func() string {
	const spec = `{replicas: %d, serviceName: a, selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {schedulerName: none, containers: [{name: a, image: i}]}}}`
	deployment := strings.Replace(spec, "serviceName: a, ", "", 1)
	return `{apiVersion: apps/v1, kind: Deployment, metadata: {name: by-day, labels: {night: "off"}}, spec: ` + fmt.Sprintf(deployment, 1) + `}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: by-night, labels: {night: "off"}, annotations: {scripts.kubelua/replicas-by-day: "2"}}, spec: ` + fmt.Sprintf(spec, 0) + `}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: other}, spec: ` + fmt.Sprintf(deployment, 1) + "}\n"
}()
