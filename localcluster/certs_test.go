package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"
)

func TestPKI(t *testing.T) {
	p := pki(t.TempDir())
	if err := p.ensure(); err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(p.file("ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate in ca.crt")
	}
	for _, c := range []struct {
		name, host string
		usage      x509.ExtKeyUsage
	}{
		{"apiserver", "127.0.0.1", x509.ExtKeyUsageServerAuth},
		{"apiserver", apiServiceIP, x509.ExtKeyUsageServerAuth},
		{"apiserver", "kubernetes.default.svc", x509.ExtKeyUsageServerAuth},
		{"kubelet", "127.0.0.1", x509.ExtKeyUsageServerAuth},
		{"apiserver-kubelet-client", "", x509.ExtKeyUsageClientAuth},
	} {
		pair, err := tls.LoadX509KeyPair(p.file(c.name+".crt"), p.file(c.name+".key"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = pair.Leaf.Verify(x509.VerifyOptions{DNSName: c.host, Roots: roots, KeyUsages: []x509.ExtKeyUsage{c.usage}})
		if err != nil {
			t.Errorf("%s for %q: %v", c.name, c.host, err)
		}
	}
	info, err := os.Stat(p.file("ca.key"))
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode of the key: got %v, want 0600", got)
	}
	if err := p.ensure(); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(p.file("ca.crt")); err != nil || string(again) != string(pem) {
		t.Errorf("a second start made another authority (%v)", err)
	}
}
