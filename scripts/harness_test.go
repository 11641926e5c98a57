package scripts_test

import (
	"bytes"
	testflag "flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// binDir is where kubelua is built for the tests.
var binDir string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	var err error
	if binDir, err = os.MkdirTemp("", "kubelua-scripts-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(binDir)
	// Most of what these tests do is to wait for programs and controllers.
	if err := testflag.Set("test.parallel", strconv.Itoa(max(6, runtime.GOMAXPROCS(0)))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return localtest.Main(m)
}

// program builds kubelua once and returns its path.
func program(t *testing.T) string {
	t.Helper()
	if err := build(); err != nil {
		t.Fatalf("go build: %v", err)
	}
	return filepath.Join(binDir, "kubelua")
}

var build = sync.OnceValue(func() error {
	cmd := exec.Command("go", "build", "-o", binDir, ".")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
})

// result is how a program ended.
type result struct {
	stdout, stderr string
	code           int
}

// kubelua runs kubelua on the test's cluster, in the root of the repository.
func kubelua(t *testing.T, args ...string) result {
	t.Helper()
	return run(t, localtest.Kubeconfig(t), program(t), args...)
}

// run runs a program in the root of the repository, at noon.
func run(t *testing.T, kubeconfig, name string, args ...string) result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig, "TZ="+noon.String())
	if name != "go" { // whose cache is worth keeping
		cmd.Env = append(cmd.Env, "XDG_CACHE_HOME="+filepath.Join(binDir, "cache"))
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// check compares what was printed with what is wanted. Blanks don't count; ages
// are written AGE, the hash of a pod template HASH, and what the scheduler says
// of the nodes "...", since it depends on what is done to them meanwhile.
func (got result) check(t *testing.T, want result) {
	t.Helper()
	got.stdout, want.stdout = plain(got.stdout), plain(want.stdout)
	got.stderr, want.stderr = plain(got.stderr), plain(want.stderr)
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func (r result) String() string {
	return fmt.Sprintf("exit code %d\n--- stdout\n%s--- stderr\n%s---", r.code, r.stdout, r.stderr)
}

var (
	age = regexp.MustCompile(` (?:\d+[smhdy]){1,2}$`)
	// anyAge is one that stands between other columns.
	anyAge = regexp.MustCompile(` (?:\d+[smhdy]){1,2} `)
	hash   = regexp.MustCompile(`-[0-9a-z]{8,10}-"`)
	nodes  = regexp.MustCompile(`(0/3 nodes are available: ).*`)
)

// plain replaces what differs from run to run.
func plain(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		line = age.ReplaceAllString(line, " AGE")
		line = hash.ReplaceAllString(line, `-HASH-"`)
		line = nodes.ReplaceAllString(line, "$1...")
		b.WriteString(line + "\n")
	}
	return b.String()
}

// pods describes a workload of one container a pod.
type pods struct {
	kind, name string
	number     int    // of replicas; of a Job the seconds that it may take
	waiting    string // for what its containers wait, "" for none
	pod        string // more of the pod's spec, JSON without braces
}

// create creates workloads in a namespace.
func create(t *testing.T, namespace string, workloads ...pods) {
	t.Helper()
	var list []string
	for _, w := range workloads {
		list = append(list, w.json())
	}
	cmd := localtest.Command(t, "create", "--namespace="+namespace, "--filename=-")
	cmd.Stdin = strings.NewReader(`{"apiVersion": "v1", "kind": "List", "items": [` + strings.Join(list, ",") + `]}`)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("kubectl create: %v: %s", err, out)
	}
}

func (w pods) json() string {
	labels := fmt.Sprintf(`{"app": %q}`, w.name)
	annotations := "{}"
	if w.waiting != "" {
		annotations = fmt.Sprintf(`{"localcluster.kubelua/waiting": %q}`, w.waiting)
	}
	more := w.pod
	if more != "" {
		more = ", " + more
	}
	spec := fmt.Sprintf(`{"containers": [{"name": "main", "image": "main"}]%s}`, more)
	template := fmt.Sprintf(`{"metadata": {"labels": %s, "annotations": %s}, "spec": %s}`, labels, annotations, spec)
	version, body := "apps/v1", ""
	switch w.kind {
	case "Pod":
		return fmt.Sprintf(`{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": %q, "labels": %s, "annotations": %s}, "spec": %s}`,
			w.name, labels, annotations, spec)
	case "Job":
		version, body = "batch/v1", fmt.Sprintf(`"activeDeadlineSeconds": %d, "template": %s`, w.number, template)
	case "ReplicationController":
		version, body = "v1", fmt.Sprintf(`"replicas": %d, "selector": %s, "template": %s`, w.number, labels, template)
	case "DaemonSet":
		body = fmt.Sprintf(`"selector": {"matchLabels": %s}, "template": %s`, labels, template)
	default:
		selector := fmt.Sprintf(`{"matchExpressions": [{"key": "app", "operator": "In", "values": [%q, "other"]}]}`, w.name)
		body = fmt.Sprintf(`"replicas": %d, "selector": %s, "template": %s`, w.number, selector, template)
	}
	return fmt.Sprintf(`{"apiVersion": %q, "kind": %q, "metadata": {"name": %q, "labels": %s}, "spec": {%s}}`,
		version, w.kind, w.name, labels, body)
}

// wait waits with kubectl until something holds for objects.
func wait(t *testing.T, namespace, what string, objects ...string) {
	t.Helper()
	localtest.Kubectl(t, append([]string{"wait", "--timeout=1m", "--namespace=" + namespace, "--for=" + what}, objects...)...)
}

// waitReason waits until pods of a workload exist and their containers wait for
// the reason.
func waitReason(t *testing.T, namespace, app, reason string) {
	t.Helper()
	wait(t, namespace, "create", "pods", "--selector=app="+app)
	wait(t, namespace, "jsonpath={.status.containerStatuses[0].state.waiting.reason}="+reason, "pods", "--selector=app="+app)
}

// manifest creates the objects of a text of YAML, in which NS is the namespace.
func manifest(t *testing.T, namespace, text string) {
	t.Helper()
	if text == "" {
		return
	}
	cmd := localtest.Command(t, "create", "--namespace="+namespace, "--filename=-")
	cmd.Stdin = strings.NewReader(strings.ReplaceAll(text, "NS", namespace))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("kubectl create: %v: %s", err, out)
	}
}

// patchStatus makes a part of an object's status what the YAML says.
func patchStatus(t *testing.T, namespace, object, status string) {
	t.Helper()
	localtest.Kubectl(t, "patch", "--namespace="+namespace, object, "--subresource=status", "--type=merge", "--patch=status: "+strings.Join(strings.Fields(status), " "))
}

// deleteLocked makes a ConfigMap that has been deleted and waits for the finalizer
// example.com/NAME until the test ends.
func deleteLocked(t *testing.T, namespace, name string) {
	t.Helper()
	manifest(t, namespace, "{apiVersion: v1, kind: ConfigMap, metadata: {name: "+name+", finalizers: [example.com/"+name+", example.com/other]}}")
	localtest.Kubectl(t, "delete", "--namespace="+namespace, "--wait=false", "configmap", name)
	t.Cleanup(func() { // else the namespace can't be deleted
		_ = localtest.Command(t, "patch", "--namespace="+namespace, "configmap", name, "--type=merge", "--patch=metadata: {finalizers: null}").Run()
	})
}
