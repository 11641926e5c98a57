package cli

import (
	"regexp"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/engine/schedule"
	"github.com/kubelua/kubelua/kube"
)

// sharing are the flags of a scheduler that say which other processes run the same
// jobs.
type sharing struct {
	state  string
	name   string
	shards int
	lease  seconds
}

func (s *sharing) addFlags(fs *pflag.FlagSet) {
	fs.Var(oneOf(&s.state, "cluster", "cluster", "memory"), "state", "keep what was scheduled in the cluster, where other processes share it, or in memory: `PLACE`")
	fs.StringVar(&s.name, "name", "kubelua-schedule", "the `NAME` of the scheduler, the same for all its processes")
	fs.IntVar(&s.shards, "shards", 1, "share the jobs out among the processes, in `N` parts")
	s.lease = seconds(15 * time.Second)
	fs.Var(&s.lease, "lease-duration", "how long the others wait for a process that isn't heard of, as a `DURATION`")
}

var schedulerName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$`)

// check refuses flags that make no sense.
func (s *sharing) check(flags *pflag.FlagSet) error {
	switch {
	case !schedulerName.MatchString(s.name):
		return usageError("--name must be a text of lower case letters, digits and dashes, at most 40, not %q", s.name)
	case time.Duration(s.lease) < time.Second || time.Duration(s.lease)%time.Second != 0:
		return usageError("--lease-duration must be whole seconds")
	}
	for _, name := range []string{"name", "shards", "lease-duration"} {
		if s.state == "memory" && flags.Changed(name) {
			return usageError("--%s is of no use with --state memory", name)
		}
	}
	return checkShards(s.shards)
}

// checkShards refuses a number of shards that can't be.
func checkShards(n int) error {
	if n < 1 || n > schedule.MaxShards {
		return usageError("--shards must be from 1 to %d, not %d", schedule.MaxShards, n)
	}
	return nil
}

// replica is this process among those of the scheduler. Its connection is its own,
// which no guard bounds: what it writes is the account of the jobs. The caller closes
// it.
func (s *sharing) replica(reached kube.Options, o schedule.ReplicaOptions) (*schedule.Replica, *kube.Cluster, error) {
	reached.HTTP1, reached.Guard, reached.Plan = true, nil, nil
	cluster, err := kube.Connect(reached)
	if err != nil {
		return nil, nil, err
	}
	o.Cluster, o.Namespace = cluster, namespaceOf(reached, cluster)
	o.Name, o.Shards, o.Lease = s.name, s.shards, time.Duration(s.lease)
	return schedule.NewReplica(o), cluster, nil
}

// namespaceOf is the namespace of what belongs to a scheduler: the one of the flags,
// or of the context or the pod, or what Kubernetes means where none is named.
func namespaceOf(reached kube.Options, cluster *kube.Cluster) string {
	for _, namespace := range []string{reached.Namespace, cluster.Namespace()} {
		if namespace != "" {
			return namespace
		}
	}
	return "default"
}
