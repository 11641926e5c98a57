package scripts_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestDeprecatedAPIs(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	for name, applied := range map[string]string{
		"fine":   `{"apiVersion":"batch/v1","kind":"CronJob"}`,
		"old":    `{"apiVersion":"batch/v1beta1","kind":"CronJob"}`,
		"spoilt": `{"apiVer`,
	} {
		manifest(t, ns, `{apiVersion: batch/v1, kind: CronJob, metadata: {name: `+name+`},
			spec: {schedule: "@yearly", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}}}`)
		localtest.Kubectl(t, "annotate", "--namespace="+ns, "cronjob/"+name, "kubectl.kubernetes.io/last-applied-configuration="+applied)
	}
	const header = "NAMESPACE KIND NAME VERSION GONE IN USE BY\n"
	old := header + ns + " CronJob old batch/v1beta1 1.25 batch/v1 kubectl apply\n"
	for line, want := range map[string]result{
		"--exit-code":       {stdout: old, code: 1},
		"--target=1.25":     {stdout: old},
		"--target v1.24.9":  {stdout: header},
		"--kinds=cronjobs":  {stdout: old},
		"--kinds=cronjob,x": {stderr: `scripts/deprecated-apis.lua: unknown resource "x" (--help shows the usage)` + "\n", code: 2},
		"--target=soon": {
			stderr: `scripts/deprecated-apis.lua: "soon" is not a version (want one like "1.2.3" or "v1.2.3-rc.1") (--help shows the usage)` + "\n", code: 2,
		},
	} {
		kubelua(t, append([]string{"-n", ns, "scripts/deprecated-apis.lua"}, strings.Fields(line)...)...).check(t, want)
	}

	localtest.Kubectl(t, "get", "--raw=/api/v1/componentstatuses")
	got := kubelua(t, "-n", ns, "scripts/deprecated-apis.lua", "--kinds=configmaps", "--requested")
	if want := "- componentstatuses - v1 - - requests\n"; got.code != 0 || !strings.Contains(plain(got.stdout), want) {
		t.Errorf("got %s\nwant %q", got, want)
	}
}

// TestDeprecatedHistory finds a version in the history of an object. A server forgets
// versions that it doesn't have, so a proxy makes this one tell what one before tells.
func TestDeprecatedHistory(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	manifest(t, ns, "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b}, spec: {minAvailable: 1, selector: {matchLabels: {a: b}}}}")
	config, err := clientcmd.BuildConfigFromFlags("", localtest.Kubeconfig(t))
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	older := httptest.NewServer(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Del("Accept-Encoding") // the transport unpacks its own
		},
		ModifyResponse: func(r *http.Response) error {
			text, err := io.ReadAll(r.Body)
			text = bytes.ReplaceAll(text, []byte(`"apiVersion":"policy/v1","time"`), []byte(`"apiVersion":"policy/v1beta1","time"`))
			r.Body = io.NopCloser(bytes.NewReader(text))
			r.Header.Del("Content-Length")
			r.ContentLength = -1
			return err
		},
	})
	defer older.Close()
	got := kubelua(t, "--server="+older.URL, "-n", ns, "scripts/deprecated-apis.lua", "--kinds=pdb")
	if want := ns + " PodDisruptionBudget b policy/v1beta1 1.25 policy/v1 kubectl-create\n"; got.code != 0 || !strings.Contains(plain(got.stdout), want) {
		t.Errorf("got %s\nwant %q", got, want)
	}
}
