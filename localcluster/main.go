// Command kubelua-localcluster is a whole Kubernetes cluster in one binary:
// etcd, kube-apiserver, kube-controller-manager and kube-scheduler as they are
// released, and kwok, which plays the nodes. kubectl rides along.
//
// "serve" is the supervisor. It stays in the foreground and runs this same
// binary again for each component, so that every component is a process of its
// own, with its own log, and the death of one is seen and told.
//
// The API, the controllers and the scheduler are the real ones. Nodes and pods
// are played: no image is pulled and no container runs. A pod that is scheduled
// gets an IP and runs at once, a Job's pod completes at once, a deleted pod is
// gone at once, unless annotations say otherwise (in a pod template they are
// under its own metadata):
//
//	localcluster.kubelua/waiting: ImagePullBackOff  never ready, for that reason;
//	                                                CrashLoopBackOff shows restarts
//	localcluster.kubelua/ready-after: 5s            takes its time to get ready
//	localcluster.kubelua/run-for: 10s               a Job's pod completes later
//	localcluster.kubelua/logs: text                 what its containers have logged
//
// Labels of kwok's chaos stages work as kwok documents them, with "true" for a
// value: pod-container-running-failed.stage.kwok.x-k8s.io (annotations of that
// name with /exit-code, /reason, /message, /delay, /container-name),
// pod-init-container-running-failed.stage.kwok.x-k8s.io, and
// node-not-ready.stage.kwok.x-k8s.io on a node.
//
// A claim of the default storage class gets a volume that holds nothing. A log is
// a line a second. Behind every forwarded port is a web server that answers with
// the pod's name, the port and the path. exec is refused without "serve --exec",
// since it runs commands on this machine. There is no attach, and no metrics API.
package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	_ "time/tzdata" // time zones of CronJobs, on hosts without zone files

	"k8s.io/component-base/version"
)

// command is a row of the subcommand table.
type command struct {
	name string
	doc  string
	run  func(args []string) int // returns the exit code
}

// commands lists the subcommands. The components take the flags that they take
// everywhere.
func commands() []command {
	return []command{
		{"serve", "run a cluster in the foreground until SIGTERM", serve},
		{"version", "print the version of Kubernetes inside", printVersion},
		{"kubectl", "run kubectl", kubectl},
		{nameEtcd, "a component, as serve starts it", etcd},
		{nameAPIServer, "a component, as serve starts it", apiServer},
		{nameControllers, "a component, as serve starts it", controllerManager},
		{nameScheduler, "a component, as serve starts it", scheduler},
		{nameKwok, "a component, as serve starts it", kwok},
	}
}

func main() {
	if len(os.Args) < 2 {
		usage(os.Stderr)
		os.Exit(2)
	}
	name := os.Args[1]
	if name == "help" || name == "-h" || name == "--help" {
		usage(os.Stdout)
		return
	}
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		if err := joinSupervisor(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			os.Exit(1)
		}
		// The components parse os.Args themselves and take its first word
		// for their name.
		os.Args = os.Args[1:]
		os.Exit(c.run(os.Args[1:]))
	}
	fmt.Fprintf(os.Stderr, "kubelua-localcluster: unknown command %q\n", name)
	usage(os.Stderr)
	os.Exit(2)
}

// usage prints the subcommand table to w.
func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: kubelua-localcluster COMMAND [flags]")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(tw, "  %s\t%s\n", c.name, c.doc)
	}
	tw.Flush()
}

// printVersion prints the version that the API server will report.
func printVersion([]string) int {
	fmt.Println("kubernetes " + version.Get().GitVersion)
	return 0
}
