package scripts_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestCertExpiry(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	day := 24 * time.Hour
	good, soon, past := certificate(t, "good", 365*day), certificate(t, "soon", 10*day+time.Hour), certificate(t, "past", -day)
	for name, text := range map[string]string{
		"good": good, "soon": soon, "past": past,
		"chain": good + soon, // ends when its first one does
		"empty": "nothing",
	} {
		cmd := localtest.Command(t, "create", "--namespace="+ns, "--filename=-")
		cmd.Stdin = strings.NewReader(fmt.Sprintf("{apiVersion: v1, kind: Secret, type: kubernetes.io/tls, metadata: {name: %s}, data: {tls.key: '', tls.crt: %s}}",
			name, base64.StdEncoding.EncodeToString([]byte(text))))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("kubectl create: %v: %s", err, out)
		}
	}
	manifest(t, ns, "{apiVersion: v1, kind: Secret, metadata: {name: opaque}, stringData: {tls.crt: x}}")

	got := kubelua(t, "-n", ns, "scripts/cert-expiry.lua", "--exit-code")
	lines := strings.Split(strings.TrimSpace(plain(got.stdout)), "\n")
	want := []string{"NAMESPACE SECRET STATE ENDS SUBJECT", ns + " empty unreadable - -", ns + " past expired 20", ns + " chain 10d left 20", ns + " soon 10d left 20"}
	if len(lines) == 5 && strings.Contains(lines[3], " soon ") { // both end in the same second
		lines[3], lines[4] = lines[4], lines[3]
	}
	if got.code != 1 || len(lines) != len(want) {
		t.Fatalf("got %s\nwant %q", got, want)
	}
	for i := range want {
		if !strings.HasPrefix(lines[i], want[i]) {
			t.Errorf("line %d is %q, want %q", i, lines[i], want[i])
		}
	}
	if !strings.HasSuffix(lines[3], " CN=soon") {
		t.Errorf("the first of the chain to end is not told: %s", lines[3])
	}
	kubelua(t, "-n", ns, "scripts/cert-expiry.lua", "--within=5d", "-o=csv").check(t, result{stdout: "NAMESPACE,SECRET,STATE,ENDS,SUBJECT\n" +
		ns + ",empty,unreadable,,\n" + ns + ",past,expired," + notAfter(t, past) + ",CN=past\n"})
}

// certificate makes a certificate that ends so much later, as PEM.
func certificate(t *testing.T, name string, later time.Duration) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(later),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// notAfter tells when a certificate ends, in RFC 3339.
func notAfter(t *testing.T, text string) string {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert.NotAfter.Format(time.RFC3339)
}
