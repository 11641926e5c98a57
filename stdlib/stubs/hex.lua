---@meta hex

--- Bytes as hexadecimal digits.
---
--- ```lua
--- print(require("hex").encode("AZ"))    --> 415a
--- ```
---@class hexlib
local hex = {}

--- The bytes of digits.
---
--- ```lua
--- print(hex.decode("415a"))                      --> AZ
--- ```
---@param text string
---@return string
function hex.decode(text) end

--- The bytes as people look at them: with their offsets, and as text beside.
---
--- ```lua
--- io.write(hex.dump(base64.decode(secret.raw.data.key)))
--- ```
---@param bytes string
---@return string
function hex.dump(bytes) end

--- The digits of bytes.
---
--- ```lua
--- print(hex.encode("\0\255"))                    --> 00ff
--- ```
---@param bytes string
---@return string
function hex.encode(bytes) end

return hex
