package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// kubelet answers for all nodes what the API server asks a node's kubelet:
// logs, exec, port-forward.
//
// kwok has such a server, but it lets everyone in: any user of the machine, who
// needs to know nothing but the port, could run commands as this user. It also
// loses the exit codes of commands. This one takes the API server's certificate
// and no other, and reports exit codes.
type kubelet struct {
	client  kubernetes.Interface
	execDir string // "" = exec is refused
}

const (
	// kubeletClient is the name in the certificate that the API server shows.
	kubeletClient = "kube-apiserver-kubelet-client"

	streamIdleTimeout     = 4 * time.Hour    // the kubelet's default
	streamCreationTimeout = 30 * time.Second // likewise
)

// serve answers on l until it fails.
func (k *kubelet) serve(l net.Listener, keys pki) error {
	ca, err := os.ReadFile(keys.file("ca.crt"))
	if err != nil {
		return err
	}
	clients := x509.NewCertPool()
	if !clients.AppendCertsFromPEM(ca) {
		return errors.New("no certificate in " + keys.file("ca.crt"))
	}
	server := &http.Server{
		Handler:           k.handler(),
		ReadHeaderTimeout: 30 * time.Second,
		TLSConfig: &tls.Config{
			MinVersion: tls.VersionTLS12,
			ClientCAs:  clients,
			ClientAuth: tls.RequireAndVerifyClientCert,
			// The authority also signs what users ask of the API
			// (CertificateSigningRequest), so its signature is not enough.
			VerifyConnection: func(c tls.ConnectionState) error {
				if name := c.PeerCertificates[0].Subject.CommonName; name != kubeletClient {
					return fmt.Errorf("client %q is not the API server", name)
				}
				return nil
			},
		},
		// Streams take over the connection, which HTTP/2 doesn't allow.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	return server.ServeTLS(l, keys.file("kubelet.crt"), keys.file("kubelet.key"))
}

// handler routes the paths of the kubelet's own API.
func (k *kubelet) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.logs)
	for _, path := range []string{"/exec/{namespace}/{pod}/{container}", "/exec/{namespace}/{pod}/{uid}/{container}"} {
		mux.HandleFunc(path, k.exec)
	}
	for _, path := range []string{"/portForward/{namespace}/{pod}", "/portForward/{namespace}/{pod}/{uid}"} {
		mux.HandleFunc(path, k.portForward)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "the local cluster's nodes have no "+r.URL.Path, http.StatusNotFound)
	})
	return mux
}

// exec runs a command; see commandIn.
func (k *kubelet) exec(w http.ResponseWriter, r *http.Request) {
	if k.execDir == "" {
		http.Error(w, "exec is off in the local cluster, because commands run on this machine: start it with --exec", http.StatusForbidden)
		return
	}
	pod, err := k.pod(r.Context(), r.PathValue("namespace"), r.PathValue("pod"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	container := r.PathValue("container")
	if status := containerStatus(pod, container); status == nil || status.State.Running == nil {
		http.Error(w, fmt.Sprintf("container not found (%q)", container), http.StatusNotFound)
		return
	}
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(w, r, &sandbox{dir: k.execDir, pod: pod}, pod.Name, string(pod.UID), container,
		r.URL.Query()["command"], options, streamIdleTimeout, streamCreationTimeout, remotecommand.SupportedStreamingProtocols)
}

// portForward forwards ports; see podPorts.
func (k *kubelet) portForward(w http.ResponseWriter, r *http.Request) {
	pod, err := k.pod(r.Context(), r.PathValue("namespace"), r.PathValue("pod"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(w, r, &podPorts{pod}, pod.Name, string(pod.UID), options,
		streamIdleTimeout, streamCreationTimeout, portforward.SupportedProtocols)
}

// pod returns a pod as it is now.
func (k *kubelet) pod(ctx context.Context, namespace, name string) (*corev1.Pod, error) {
	pod, err := k.client.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, fmt.Errorf("pod %q not found", name)
	}
	return pod, err
}

// containerStatus returns the status of a container of any sort, nil when there
// is none.
func containerStatus(pod *corev1.Pod, name string) *corev1.ContainerStatus {
	for _, list := range [][]corev1.ContainerStatus{
		pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses, pod.Status.EphemeralContainerStatuses,
	} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}
