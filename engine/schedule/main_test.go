package schedule

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(withCluster{m}) }

// withCluster runs the tests with a local cluster at hand, for those that ask for
// it.
type withCluster struct{ *testing.M }

// Run returns once the cluster is stopped.
func (m withCluster) Run() int { return localtest.Main(m.M) }
