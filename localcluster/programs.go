package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // kubectl's login plugins
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // client metrics, as in the released binaries
	_ "k8s.io/component-base/metrics/prometheus/version"  // version metric, as in the released binaries
	kubectlcmd "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserverapp "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllerapp "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	schedulerapp "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

// Names of the components: subcommands, log files and locks are called so.
const (
	nameEtcd        = "etcd"
	nameAPIServer   = "kube-apiserver"
	nameControllers = "kube-controller-manager"
	nameScheduler   = "kube-scheduler"
	nameKwok        = "kwok"
)

// etcd runs etcd; it exits the process itself.
func etcd([]string) int {
	etcdmain.Main(os.Args)
	return 0
}

func apiServer([]string) int {
	return cli.Run(apiserverapp.NewAPIServerCommand())
}

func controllerManager([]string) int {
	return cli.Run(controllerapp.NewControllerManagerCommand())
}

func scheduler([]string) int {
	return cli.Run(schedulerapp.NewSchedulerCommand())
}

// kubectl is what k8s.io/kubernetes/cmd/kubectl does: the log level is parsed
// by hand, because kubectl logs while it builds its commands.
func kubectl([]string) int {
	_, _ = logs.GlogSetter(kubectlcmd.GetLogVerbosity(os.Args))
	if err := cli.RunNoErrOutput(kubectlcmd.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err) // prints and exits
	}
	return 0
}
