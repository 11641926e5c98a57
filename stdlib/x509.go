package stdlib

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"

	lua "github.com/yuin/gopher-lua"
)

// x509Functions are the functions of the module x509.
var x509Functions = functions{
	"parse": x509Parse,
}

// x509Parse implements x509.parse(text): the certificates of a text of PEM, in
// order. Blocks of other types, such as keys, are left out.
func x509Parse(c call) int {
	list := c.L.NewTable()
	for block, rest := pem.Decode([]byte(c.text(1, "x509.parse: the text"))); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			c.invalid("x509.parse: certificate %d: %v", list.Len()+1, err)
		}
		list.Append(c.certificate(cert))
	}
	if list.Len() == 0 {
		c.invalid("x509.parse: no certificate in the text (want PEM)")
	}
	return c.push(list)
}

// certificate is what scripts see of a certificate.
func (c call) certificate(cert *x509.Certificate) *lua.LTable {
	var addresses []string
	for _, ip := range cert.IPAddresses {
		addresses = append(addresses, ip.String())
	}
	sum := sha256.Sum256(cert.Raw)
	t := c.L.NewTable()
	t.RawSetString("subject", lua.LString(cert.Subject.String()))
	t.RawSetString("issuer", lua.LString(cert.Issuer.String()))
	t.RawSetString("serial", lua.LString(cert.SerialNumber.Text(16)))
	t.RawSetString("not_before", c.time(cert.NotBefore))
	t.RawSetString("not_after", c.time(cert.NotAfter))
	t.RawSetString("dns_names", c.texts(cert.DNSNames))
	t.RawSetString("ip_addresses", c.texts(addresses))
	t.RawSetString("is_ca", lua.LBool(cert.IsCA))
	t.RawSetString("sha256", lua.LString(hex.EncodeToString(sum[:])))
	return t
}

// texts is a list of strings.
func (c call) texts(list []string) *lua.LTable {
	t := c.L.CreateTable(len(list), 0)
	for _, text := range list {
		t.Append(lua.LString(text))
	}
	return t
}
