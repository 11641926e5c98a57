package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certValidity is longer than any local cluster lives: there is no rotation.
const certValidity = 10 * 365 * 24 * time.Hour

// pki is the directory with a cluster's keys and certificates. They are made
// with the cluster's data and live as long as it, so that a kubeconfig, and the
// tokens of service accounts, stay good when a kept cluster is started again.
type pki string

func (p pki) file(name string) string { return filepath.Join(string(p), name) }

// ensure makes what is missing: a certificate authority of this cluster's own
// (ca), the API server's certificate (apiserver), the one it shows to the nodes'
// endpoint (apiserver-kubelet-client), that endpoint's (kubelet), and the key
// that signs service account tokens (sa).
func (p pki) ensure() error {
	if err := os.MkdirAll(string(p), 0o700); err != nil {
		return err
	}
	// Written last: its presence means that everything is there.
	if _, err := os.Stat(p.file("ca.crt")); err == nil {
		return nil
	}
	ca, err := newAuthority()
	if err != nil {
		return err
	}
	loopback := []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	for _, c := range []struct {
		name string
		cert x509.Certificate
	}{
		{"apiserver", x509.Certificate{
			Subject:     pkix.Name{CommonName: "kube-apiserver"},
			IPAddresses: append([]net.IP{net.ParseIP(apiServiceIP)}, loopback...),
			DNSNames: []string{"localhost", "kubernetes", "kubernetes.default",
				"kubernetes.default.svc", "kubernetes.default.svc.cluster.local"},
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}},
		{"apiserver-kubelet-client", x509.Certificate{
			Subject:     pkix.Name{CommonName: kubeletClient},
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		}},
		{"kubelet", x509.Certificate{
			Subject:     pkix.Name{CommonName: "kubelet"},
			IPAddresses: loopback,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}},
	} {
		if err := p.issue(ca, c.name, c.cert); err != nil {
			return err
		}
	}
	sa, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	if err := p.writeKey("sa", sa); err != nil {
		return err
	}
	if err := p.writeKey("ca", ca.key); err != nil {
		return err
	}
	return p.writeCert("ca", ca.cert.Raw)
}

// authority signs certificates.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template, err := filled(x509.Certificate{
		Subject:               pkix.Name{CommonName: "kubelua local cluster"},
		IsCA:                  true,
		BasicConstraintsValid: true,
	})
	if err != nil {
		return nil, err
	}
	template.KeyUsage |= x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{key, cert}, err
}

// issue writes name.crt and name.key, the certificate signed by ca.
func (p pki) issue(ca *authority, name string, cert x509.Certificate) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template, err := filled(cert)
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, key.Public(), ca.key)
	if err != nil {
		return fmt.Errorf("certificate %s: %w", name, err)
	}
	if err := p.writeKey(name, key); err != nil {
		return err
	}
	return p.writeCert(name, der)
}

// filled returns cert with serial number, validity and key usage set. It starts
// an hour early: clocks of suspended machines jump.
func filled(cert x509.Certificate) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	cert.SerialNumber = serial
	cert.NotBefore = time.Now().Add(-time.Hour)
	cert.NotAfter = time.Now().Add(certValidity)
	cert.KeyUsage = x509.KeyUsageDigitalSignature
	return &cert, nil
}

func (p pki) writeKey(name string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return writeFile(p.file(name+".key"), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
}

func (p pki) writeCert(name string, der []byte) error {
	return writeFile(p.file(name+".crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
