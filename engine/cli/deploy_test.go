package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// marking is a job file that is deployed.
const marking = `--- Marks each run.
---
--- RBAC:
---   - {apiGroups: [""], resources: [events], verbs: [create]}
return job {
	name = "mark", schedule = %q, timeout = "1m",
	run = function() cluster.proxy:post("api/v1", "namespaces", %q, "events", { json = {
		metadata = { generateName = "mark-" }, involvedObject = { namespace = %[2]q }, reason = "Marked",
	} }) end,
}
`

// deployed deploys the job file into a namespace that takes only restricted pods
// (Kubernetes documentation, "Pod Security Standards").
func deployed(t *testing.T, schedule string, args ...string) (namespace string, again func()) {
	t.Helper()
	namespace = localtest.Namespace(t)
	localtest.Kubectl(t, "label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
	file := filepath.Join(t.TempDir(), "mark.lua")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, marking, schedule, namespace), 0o600))
	args = append([]string{"--kubeconfig", localtest.Kubeconfig(t), "-n", namespace, "deploy", "--apply", "--name", "night", file}, args...)
	again = func() {
		t.Helper()
		out, err := program(t, args...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	again()
	t.Cleanup(func() {
		for _, kind := range []string{"clusterrole", "clusterrolebinding"} {
			localtest.Kubectl(t, "delete", kind, namespace+"-night-jobs", "--ignore-not-found")
		}
	})
	return namespace, again
}

func TestDeployCronJobs(t *testing.T) {
	t.Parallel()
	namespace, again := deployed(t, "30 3 * * *", "--as", "cronjobs", "--timezone", "Europe/Paris")
	again()
	zone := localtest.Kubectl(t, "get", "cronjob", "night-mark", "-n", namespace, "-o", "jsonpath={.spec.timeZone}")
	assert.Equal(t, "Europe/Paris", zone)
	localtest.Kubectl(t, "create", "job", "now", "--from=cronjob/night-mark", "-n", namespace)
	localtest.Kubectl(t, "wait", "job/now", "--for=condition=complete", "--timeout=60s", "-n", namespace)
}

func TestDeployScheduler(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals to send")
	}
	t.Parallel()
	namespace, again := deployed(t, "* * * * * *")
	localtest.Kubectl(t, "rollout", "status", "deployment/night", "--timeout=60s", "-n", namespace)
	kubeconfig := accountConfig(t, namespace, "night")
	run := func() *daemon {
		return watching(t, program(t, "--kubeconfig", kubeconfig, "schedule", "--log-format", "text", "--listen", "", "--name", "night", filepath.Join(jobsOf(t, namespace), "mark.lua")))
	}
	d := run()
	d.await("run ended job=mark")
	assert.Equal(t, 0, d.end(syscall.SIGTERM))

	// And with any rule less it is not enough.
	rules := strings.Fields(localtest.Kubectl(t, "get", "role/night", "-n", namespace, "-o", `jsonpath={range .rules[*]}{.verbs[0]}:{.resources[0]}.{.apiGroups[0]}:{.resourceNames[0]}{"\n"}{end}`))
	require.Len(t, rules, 5)
	for i, rule := range rules[:4] {
		t.Run(rule, func(t *testing.T) {
			localtest.Kubectl(t, "patch", "role/night", "-n", namespace, "--type=json", fmt.Sprintf(`-p=[{"op":"remove","path":"/rules/%d"}]`, i))
			defer again()
			part := strings.Split(rule, ":")
			awaitDenied(t, namespace, part[0], strings.TrimSuffix(part[1], "."), part[2])
			// What is created is made anew.
			localtest.Kubectl(t, "delete", "lease/night-0", "configmap/night-state-0", "-n", namespace, "--ignore-not-found")
			d := run()
			d.await(" is forbidden: ")
			d.end(syscall.SIGKILL)
		})
	}
	localtest.Kubectl(t, "delete", "clusterrolebinding", namespace+"-night-jobs")
	localtest.Kubectl(t, "patch", "role/night", "-n", namespace, "--type=json", `-p=[{"op":"remove","path":"/rules/4"}]`)
	awaitDenied(t, namespace, "create", "events", "")
	awaitDenied(t, namespace, "create", "events.events.k8s.io", "")
	localtest.Kubectl(t, "delete", "lease/night-0", "-n", namespace, "--ignore-not-found")
	d = run()
	d.await("run failed job=mark")
	d.await("failures of jobs can't be recorded as Events")
	assert.Equal(t, 0, d.end(syscall.SIGTERM))
}

// jobsOf is a folder with the files of the deployment.
func jobsOf(t *testing.T, namespace string) string {
	t.Helper()
	dir := t.TempDir()
	text := localtest.Kubectl(t, "get", "configmap/night-files", "-n", namespace, "-o", `jsonpath={.data.mark\.lua}`)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mark.lua"), []byte(text), 0o600))
	return dir
}

// accountConfig is the path of a kubeconfig with the login of a service account.
func accountConfig(t *testing.T, namespace, account string) string {
	t.Helper()
	config, err := clientcmd.LoadFromFile(localtest.Kubeconfig(t))
	require.NoError(t, err)
	now := config.Contexts[config.CurrentContext]
	now.Namespace = namespace
	config.AuthInfos[now.AuthInfo] = &clientcmdapi.AuthInfo{
		Token: strings.TrimSpace(localtest.Kubectl(t, "create", "token", account, "-n", namespace)),
	}
	path := filepath.Join(t.TempDir(), "config")
	require.NoError(t, clientcmd.WriteToFile(*config, path))
	return path
}

// awaitDenied waits until the server knows that the deployment's account may not do
// something any more.
func awaitDenied(t *testing.T, namespace, verb, resource, name string) {
	t.Helper()
	args := []string{"auth", "can-i", verb, resource, "-n", namespace, "--as=system:serviceaccount:" + namespace + ":night"}
	if name != "" {
		args[3] = resource + "/" + name
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if localtest.Command(t, args...).Run() != nil {
			return
		}
	}
	require.Fail(t, "it is still allowed", "%s", args)
}
