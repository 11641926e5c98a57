---@meta x509

--- X.509 certificates, as TLS secrets have them. They are read, not verified.
---
--- ```lua
--- local x509 = require "x509"
--- for _, certificate in ipairs(x509.parse(secret.data["tls.crt"])) do
---   print(certificate.subject, certificate.not_after)
--- end
--- ```
---@class x509lib
local x509 = {}

--- The certificates of a text of PEM, in order; keys and other things in it are left out. A text without a certificate, or
--- with a broken one, raises a ValueError.
---
--- ```lua
--- local certificate = x509.parse(secret.data["tls.crt"])[1]
--- if certificate.not_after:age() > -30 * 86400 then print(secret, certificate.not_after) end
--- ```
---@param text string
---@return x509.Certificate[]
function x509.parse(text) end

---@class x509.Certificate
---@field subject string "CN=shop.example.com,O=Shop".
---@field issuer string
---@field serial string In hexadecimal digits.
---@field not_before time.Time
---@field not_after time.Time
---@field dns_names string[]
---@field ip_addresses string[]
---@field is_ca boolean Whether it may sign others.
---@field sha256 string The fingerprint.

return x509
