//go:build linux || darwin

package local_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local"
)

func TestKeepsItsData(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Nodes = 2
	s := up(t, o)
	must(t, s, "", "create", "deployment", "web", "--image=nginx", "--replicas=4")
	must(t, s, "", "rollout", "status", "deployment/web", "--timeout=30s")
	token := must(t, s, "", "create", "token", "default")
	if err := local.RestartServer(t.Context(), o); err == nil || !strings.Contains(err.Error(), "takes no orders") {
		t.Errorf("restart the server of a kept cluster: got %v", err)
	}
	must(t, s, "", "label", "node", "node-1", "node-not-ready.stage.kwok.x-k8s.io=true")
	must(t, s, "", "wait", "node/node-1", "--for=condition=Ready=False", "--timeout=30s")
	down(t, o, s)

	o.Nodes = 0 // as many as there are
	again := up(t, o)
	if again.Server != s.Server {
		t.Errorf("server: got %s, want %s as before", again.Server, s.Server)
	}
	if again.Nodes != 2 {
		t.Errorf("nodes: got %d, want 2 as before", again.Nodes)
	}
	must(t, again, "", "label", "node", "node-1", "node-not-ready.stage.kwok.x-k8s.io-")
	must(t, again, "", "wait", "node/node-1", "--for=condition=Ready", "--timeout=30s")
	must(t, again, "", "rollout", "status", "deployment/web", "--timeout=30s")
	if got := must(t, again, "", "get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}"); got != "4" {
		t.Errorf("ready replicas after a restart: got %q, want 4", got)
	}
	must(t, again, "", "scale", "deployment/web", "--replicas=6")
	must(t, again, "", "rollout", "status", "deployment/web", "--timeout=30s")
	ips := strings.Fields(must(t, again, "", "get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].status.podIP}"))
	seen := map[string]bool{}
	for _, ip := range ips {
		seen[ip] = true
	}
	if len(seen) != 6 {
		t.Errorf("pod IPs after a restart: got %v, want 6 different ones", ips)
	}
	// The same token still tells who one is: nobody who may list pods.
	if out, code := kubectl(t, again, "", "--token", token, "--kubeconfig", os.DevNull, "--server", again.Server,
		"--insecure-skip-tls-verify", "get", "pods"); code == 0 || !strings.Contains(out, "Forbidden") {
		t.Errorf("service account's token after a restart: got %s", out)
	}
}

// pod returns the manifest of a pod with one annotation.
func pod(name, annotation, value string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"annotations":{%q:%q}},
"spec":{"containers":[{"name":"main","image":"nginx"}]}}`, name, annotation, value)
}

func TestPods(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Ephemeral, o.Exec = true, true
	s := up(t, o)

	t.Run("waiting", func(t *testing.T) {
		for _, reason := range []string{"ImagePullBackOff", "CrashLoopBackOff"} {
			name := strings.ToLower(reason)
			must(t, s, pod(name, "localcluster.kubelua/waiting", reason), "apply", "-f", "-")
			must(t, s, "", "wait", "pod/"+name, "--timeout=30s",
				"--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}="+reason)
			if out, code := kubectl(t, s, "", "wait", "pod/"+name, "--for=condition=Ready", "--timeout=1s"); code == 0 {
				t.Errorf("%s: got ready: %s", reason, out)
			}
		}
	})
	t.Run("job", func(t *testing.T) {
		must(t, s, "", "create", "job", "work", "--image=busybox")
		must(t, s, "", "wait", "job/work", "--for=condition=Complete", "--timeout=30s")
	})
	t.Run("failed", func(t *testing.T) {
		must(t, s, "", "run", "fails", "--image=busybox", "--restart=Never",
			"--labels=pod-container-running-failed.stage.kwok.x-k8s.io=true")
		must(t, s, "", "wait", "pod/fails", "--for=jsonpath={.status.phase}=Failed", "--timeout=30s")
	})
	t.Run("volumes", func(t *testing.T) {
		must(t, s, `{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db"},"spec":{"serviceName":"db","replicas":2,
"selector":{"matchLabels":{"app":"db"}},"template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"main","image":"db"}]}},
"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}`,
			"apply", "-f", "-")
		must(t, s, "", "rollout", "status", "statefulset/db", "--timeout=30s")
		volume := must(t, s, "", "get", "pvc", "data-db-0", "-o", "jsonpath={.spec.volumeName}")
		must(t, s, "", "delete", "statefulset/db", "pvc/data-db-0", "--timeout=30s")
		must(t, s, "", "wait", "pv/"+volume, "--for=delete", "--timeout=30s")
	})
	t.Run("daemonset and disruption budget", func(t *testing.T) {
		must(t, s, `{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"agent"},"spec":{"selector":{"matchLabels":
{"app":"agent"}},"template":{"metadata":{"labels":{"app":"agent"}},"spec":{"containers":[{"name":"main","image":"agent"}]}}}}`,
			"apply", "-f", "-")
		must(t, s, "", "rollout", "status", "daemonset/agent", "--timeout=30s")
		must(t, s, "", "create", "deployment", "guarded", "--image=nginx", "--replicas=2")
		must(t, s, "", "rollout", "status", "deployment/guarded", "--timeout=30s")
		must(t, s, "", "create", "poddisruptionbudget", "guarded", "--selector=app=guarded", "--min-available=2")
		must(t, s, "", "wait", "poddisruptionbudget/guarded", "--for=jsonpath={.status.currentHealthy}=2", "--timeout=30s")
		name := must(t, s, "", "get", "pods", "-l", "app=guarded", "-o", "jsonpath={.items[0].metadata.name}")
		eviction := fmt.Sprintf(`{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":%q,"namespace":"default"}}`, name)
		out, code := kubectl(t, s, eviction, "create", "--raw", "/api/v1/namespaces/default/pods/"+name+"/eviction", "-f", "-")
		if code == 0 || !strings.Contains(out, "disruption budget") {
			t.Errorf("eviction against the budget: got code %d: %s", code, out)
		}
	})

	must(t, s, pod("talker", "localcluster.kubelua/logs", "one\ntwo\nthree"), "apply", "-f", "-")
	must(t, s, "", "wait", "pod/talker", "--for=condition=Ready", "--timeout=30s")
	t.Run("logs", func(t *testing.T) {
		for _, c := range []struct{ args, want string }{
			{"talker", "one\ntwo\nthree"},
			{"talker --tail=1", "three"},
			{"talker --limit-bytes=5", "one\nt"},
		} {
			if got := must(t, s, "", append([]string{"logs"}, strings.Fields(c.args)...)...); got != c.want {
				t.Errorf("logs %s: got %q, want %q", c.args, got, c.want)
			}
		}
		if out, code := kubectl(t, s, "", "logs", "imagepullbackoff"); code == 0 || !strings.Contains(out, "is waiting to start: ImagePullBackOff") {
			t.Errorf("logs of a container that waits: got %s", out)
		}
		if got := must(t, s, "", "logs", "crashloopbackoff", "--previous"); !strings.HasPrefix(got, "line 1 of container main") {
			t.Errorf("logs of the run before: got %q", got)
		}
	})
	t.Run("exec", func(t *testing.T) {
		out, code := kubectl(t, s, "given", "exec", "-i", "talker", "--", "sh", "-c", "cat; echo; pwd; exit 7")
		if code != 7 {
			t.Errorf("exit code: got %d, want 7", code)
		}
		if !strings.HasPrefix(out, "given\n"+o.Dir) {
			t.Errorf("output: got %q", out)
		}
		if out := must(t, s, "", "exec", "talker", "--", "env"); strings.Contains(out, envSecret) || strings.Contains(out, "KUBECONFIG") {
			t.Errorf("the user's environment is seen: %s", out)
		}
	})
	t.Run("port-forward", func(t *testing.T) {
		cmd := exec.CommandContext(t.Context(), o.Binary, "kubectl", "--kubeconfig", s.Kubeconfig, "port-forward", "pod/talker", ":80")
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}()
		line, err := bufio.NewReader(stdout).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		var port int
		if _, err := fmt.Sscanf(line, "Forwarding from 127.0.0.1:%d", &port); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for range 2 {
			answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/x", port))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if want := "pod default/talker port 80 path /x\n"; err != nil || string(body) != want {
				t.Errorf("got %q, %v, want %q", body, err, want)
			}
		}
	})
	t.Run("endpoint refuses strangers", func(t *testing.T) {
		port := must(t, s, "", "get", "node", "node-0", "-o", "jsonpath={.status.daemonEndpoints.kubeletEndpoint.Port}")
		conn, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		// With TLS 1.3 a client learns of its refusal when it reads.
		if _, err := conn.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "certificate required") {
			t.Errorf("got %v, want a certificate to be asked for", err)
		}
	})
	down(t, o, s)
}
