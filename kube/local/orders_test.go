//go:build linux || darwin

package local_test

import (
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local"
)

// processes returns the components' processes by name.
func processes(s local.Status) map[string]int {
	pids := map[string]int{}
	for _, c := range s.Components {
		pids[c.Name] = c.PID
	}
	return pids
}

func TestOrders(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Ephemeral = true
	s := up(t, o)
	before := processes(s)
	must(t, s, "", "create", "configmap", "old")
	old := "/api/v1/namespaces/default/configmaps?resourceVersionMatch=Exact&resourceVersion=" +
		must(t, s, "", "get", "configmap", "old", "-o", "jsonpath={.metadata.resourceVersion}")
	must(t, s, "", "get", "--raw", old)
	must(t, s, "", "create", "configmap", "new")

	if err := local.Compact(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if err := local.RestartServer(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if out, code := kubectl(t, s, "", "get", "--raw", old); code == 0 || !strings.Contains(out, "too old") && !strings.Contains(out, "Expired") {
		t.Errorf("list of a version before the compaction: got code %d: %s", code, out)
	}
	must(t, s, "", "get", "configmaps", "old", "new")

	found, err := local.Find(t.Context(), o)
	if err != nil || found.Phase != local.Ready || found.Waiting != "" || found.Server != s.Server {
		t.Errorf("find: got %+v, %v", found, err)
	}
	for name, pid := range processes(found) {
		if same := pid == before[name]; same != (name != "kube-apiserver") {
			t.Errorf("%s: got process %d, before it was %d", name, pid, before[name])
		}
	}
	must(t, s, "", "create", "deployment", "web", "--image=nginx", "--replicas=2")
	must(t, s, "", "rollout", "status", "deployment/web", "--timeout=60s")
	down(t, o, s)
}
