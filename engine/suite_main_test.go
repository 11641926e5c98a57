package engine_test

import (
	"os"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestMain(m *testing.M) { os.Exit(localtest.Main(m)) }
