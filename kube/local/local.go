package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// ErrNotRunning says that there is no local cluster. Find wraps it.
var ErrNotRunning = errors.New("the local cluster is not running")

// ErrUnsupported says that this operating system cannot run one.
var ErrUnsupported = errors.New("the local cluster runs on linux and darwin")

// Options says which local cluster is meant and how it is made. What is set
// must hold for a cluster that already runs; what is zero takes it as it is.
type Options struct {
	// Dir is the state directory; empty means $XDG_STATE_HOME/kubelua/cluster,
	// or ~/.local/state/kubelua/cluster.
	Dir string

	// Binary is the program; empty means $KUBELUA_LOCALCLUSTER, or else the
	// file kubelua-localcluster beside the running program, or in PATH.
	Binary string

	// Nodes is the number of nodes, each with room for 2,000 pods. Zero means
	// 3 for a new cluster and no change for one that exists.
	Nodes int

	// Ephemeral has the data thrown away when the cluster is stopped. A kept
	// cluster of the same directory keeps its data meanwhile.
	Ephemeral bool

	// Exec lets exec into a pod run commands on this machine, as this user,
	// in a folder that is empty at first and without the user's environment.
	// Without it, exec is refused.
	Exec bool

	// Attached has the cluster stopped when the program that started it ends,
	// however it ends. Tests want that.
	Attached bool

	// Progress is called by Up with what is being waited for, in words,
	// whenever that changes; it may be nil.
	Progress func(waiting string)
}

// Phases of a cluster.
const (
	Starting = "starting"
	Ready    = "ready"
	Failed   = "failed"  // by itself; Status.Error tells how
	Stopped  = "stopped" // on demand
)

// Status is what is known of a cluster.
type Status struct {
	Phase      string      `json:"phase"`
	PID        int         `json:"pid"` // the supervisor's
	Server     string      `json:"server"`
	Kubeconfig string      `json:"kubeconfig"` // path of a file that holds the login
	Nodes      int         `json:"nodes"`
	Exec       bool        `json:"exec"`
	Ephemeral  bool        `json:"ephemeral"`
	Started    time.Time   `json:"started"`
	Components []Component `json:"components"`

	// Waiting is what a starting cluster waits for, in words.
	Waiting string `json:"waiting"`

	// Error is how a cluster failed: one line, then the end of the log of the
	// component that ended.
	Error string `json:"error"`
}

// Component is a process of a cluster.
type Component struct {
	Name string `json:"name"`
	PID  int    `json:"pid"`
	Log  string `json:"log"` // path
}

// directory returns the absolute state directory.
func (o Options) directory() (string, error) {
	if o.Dir != "" {
		return filepath.Abs(o.Dir)
	}
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "kubelua", "cluster"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the state directory of the local cluster: %w", err)
	}
	return filepath.Join(home, ".local", "state", "kubelua", "cluster"), nil
}

// programName is the file name of the program that has the cluster inside.
const programName = "kubelua-localcluster"

// programVariable names the program, before any other place.
const programVariable = "KUBELUA_LOCALCLUSTER"

// wayOut ends the errors about a missing program.
const wayOut = "make it with `make build`, or name it in $" + programVariable
