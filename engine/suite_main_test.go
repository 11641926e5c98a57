package engine_test

import (
	"flag"
	"testing"

	"go.uber.org/goleak"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(withCluster{m}) }

// withCluster runs the tests with a local cluster at hand, for those that ask
// for it.
type withCluster struct{ *testing.M }

// Run returns once the cluster is stopped.
func (m withCluster) Run() int {
	flag.Parse()
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "test.parallel" })
	if !told {
		// The Lua tests wait for the cluster more than they compute.
		_ = flag.Set("test.parallel", "8")
	}
	return localtest.Main(m.M)
}
