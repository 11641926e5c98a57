package main

import (
	"fmt"
	"path/filepath"
)

const (
	// serviceCIDR is where cluster IPs come from; its first address is the
	// API server's.
	serviceCIDR  = "10.96.0.0/16"
	apiServiceIP = "10.96.0.1"

	// etcdSocket is relative to the working directory that all components
	// share: a path to a socket may have 104 bytes on darwin, and a state
	// directory's often has more.
	etcdSocket = "etcd.sock"

	// nowhere is advertised by etcd, which insists on a host and a port, and
	// dialled by nobody: there is one member.
	nowhere = "http://127.0.0.1:1"
)

// etcdFlags configures etcd to listen on socket files only. On a port it would
// hand every secret to every user of the machine, past RBAC.
func etcdFlags(data string) []string {
	return []string{
		"--data-dir=" + data,
		"--unsafe-no-fsync", // a crash of the machine may cost the last writes
		"--listen-client-urls=unix://" + etcdSocket,
		"--listen-peer-urls=unix://etcd-peer.sock",
		"--advertise-client-urls=" + nowhere,
		"--initial-advertise-peer-urls=" + nowhere,
		"--initial-cluster=default=" + nowhere,
		"--enable-grpc-gateway=false",
		"--quota-backend-bytes=8589934592",
		"--log-level=warn",
	}
}

// apiServerFlags configures the API server on a loopback port.
func apiServerFlags(p pki, tokens string, port int) []string {
	return []string{
		"--etcd-servers=unix://" + etcdSocket,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--endpoint-reconciler-type=none", // endpoints may not be loopback addresses
		"--service-cluster-ip-range=" + serviceCIDR,
		"--allow-privileged",
		"--authorization-mode=RBAC",
		"--token-auth-file=" + tokens,
		"--client-ca-file=" + p.file("ca.crt"),
		"--tls-cert-file=" + p.file("apiserver.crt"),
		"--tls-private-key-file=" + p.file("apiserver.key"),
		"--kubelet-certificate-authority=" + p.file("ca.crt"),
		"--kubelet-client-certificate=" + p.file("apiserver-kubelet-client.crt"),
		"--kubelet-client-key=" + p.file("apiserver-kubelet-client.key"),
		"--kubelet-preferred-address-types=InternalIP",
		"--service-account-key-file=" + p.file("sa.key"),
		"--service-account-signing-key-file=" + p.file("sa.key"),
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--profiling=false",
	}
}

// controllerFlags configures the controller manager. It serves nothing, so it
// needs no port, and it elects no leader, so it starts at once.
func controllerFlags(p pki, kubeconfig string) []string {
	return []string{
		"--kubeconfig=" + kubeconfig,
		"--secure-port=0",
		"--leader-elect=false",
		"--kube-api-qps=1000",
		"--kube-api-burst=2000",
		"--concurrent-deployment-syncs=10",
		"--concurrent-replicaset-syncs=10",
		"--concurrent-job-syncs=10",
		"--service-account-private-key-file=" + p.file("sa.key"),
		"--root-ca-file=" + p.file("ca.crt"),
		"--cluster-signing-cert-file=" + p.file("ca.crt"),
		"--cluster-signing-key-file=" + p.file("ca.key"),
		"--profiling=false",
	}
}

// schedulerFlags configures the scheduler, likewise without a port.
func schedulerFlags(kubeconfig string) []string {
	return []string{
		"--kubeconfig=" + kubeconfig,
		"--secure-port=0",
		"--leader-elect=false",
		"--kube-api-qps=1000",
		"--kube-api-burst=2000",
		"--profiling=false",
	}
}

// kwokFlags configures kwok without its own server for logs and exec; see
// kubelet for the one used instead.
func kwokFlags(d dirs, kubeconfig string, exec bool) []string {
	flags := []string{"--pki=" + string(d.pki), "--kubeconfig=" + kubeconfig}
	if exec {
		flags = append(flags, "--exec="+filepath.Join(d.data, "exec"))
	}
	return append(flags, "--",
		"--kubeconfig="+kubeconfig,
		"--config="+d.stages,
		"--manage-all-nodes",
		"--node-ip=127.0.0.1",
		"--node-lease-duration-seconds=40",
		"--v=WARN", // it tells of every pod and every heartbeat otherwise
	)
}
