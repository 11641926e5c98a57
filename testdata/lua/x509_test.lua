-- The module x509.

local x509 = require "x509"

-- A certificate that was made for this test.
local pem = [[
-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgICCrwwCgYIKoZIzj0EAwIwKjENMAsGA1UEChMEU2hvcDEZ
MBcGA1UEAxMQc2hvcC5leGFtcGxlLmNvbTAeFw0yNjAxMDEwMDAwMDBaFw0yNjA0
MDExMjAwMDBaMCoxDTALBgNVBAoTBFNob3AxGTAXBgNVBAMTEHNob3AuZXhhbXBs
ZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQDmMxD/S/LS2VjJWLZlJQp
Mabb+XRhFdZNBgjkePo69hWnAMCGiMJlYT5AFrs425cETpcI0wj5hiE0u5Fi40pP
ozkwNzA1BgNVHREELjAsghBzaG9wLmV4YW1wbGUuY29tghIqLnNob3AuZXhhbXBs
ZS5jb22HBAoAAAEwCgYIKoZIzj0EAwIDSAAwRQIgDlIm/Bwpcj5NwvDiePuxan21
vL7YGmWXCwIR0uiZoAgCIQDgdHq4Dh7Ov/x0C5wZVF3GcIN5UdqAULNdHhbDooEW
7Q==
-----END CERTIFICATE-----
]]

function test_parse(t)
  local list = x509.parse("a key\n-----BEGIN NOTHING-----\nAAAA\n-----END NOTHING-----\n" .. pem .. pem)
  t:eq(#list, 2)
  local certificate = list[1]
  t:eq(certificate.subject, "CN=shop.example.com,O=Shop")
  t:eq(certificate.issuer, certificate.subject)
  t:eq(certificate.serial, "abc")
  t:eq(tostring(certificate.not_before), "2026-01-01T00:00:00Z")
  t:eq(tostring(certificate.not_after), "2026-04-01T12:00:00Z")
  t:eq(certificate.not_after - certificate.not_before, 90.5 * 86400)
  t:eq(table.concat(certificate.dns_names, " "), "shop.example.com *.shop.example.com")
  t:eq(table.concat(certificate.ip_addresses, " "), "10.0.0.1")
  t:eq(certificate.is_ca, false)
  t:eq(certificate.sha256, "0010ecf86041f70451a9d6402c876da02221437d1d8c585131a8603758fdff07")
end

function test_wrong(t)
  x509.parse("") --> error: "no certificate in the text"
  x509.parse("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") --> error: "x509.parse: certificate 1: "
  x509.parse(1) --> error: "x509.parse: the text must be a string"
end
