package localtest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestMain(m *testing.M) { os.Exit(localtest.Main(m)) }

// A namespace is there, takes pods, belongs to one test and goes with it.
func TestNamespace(t *testing.T) {
	seen := map[string]bool{}
	for range 2 {
		t.Run("of its own", func(t *testing.T) {
			name := localtest.Namespace(t)
			if seen[name] {
				t.Errorf("namespace %s came twice", name)
			}
			seen[name] = true
			localtest.Kubectl(t, "run", "web", "--image=web", "--namespace="+name)
		})
	}
	for name := range seen {
		phase := localtest.Kubectl(t, "get", "namespace", name, "--ignore-not-found", "--output=jsonpath={.status.phase}")
		if phase != "" && phase != "Terminating" {
			t.Errorf("namespace %s after its test: got phase %q, want it gone or Terminating", name, phase)
		}
	}
}

func TestCommandIsAdministrator(t *testing.T) {
	out, err := localtest.Command(t, "auth", "can-i", "*", "*").Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != "yes" {
		t.Errorf("may do everything: got %q, %v, want yes", got, err)
	}
}
