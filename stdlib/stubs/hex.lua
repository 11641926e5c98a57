---@meta hex

--- Bytes as hexadecimal digits.
---
--- ```lua
--- print(require("hex").encode("AZ"))    --> 415a
--- ```
---@class hexlib
local hex = {}

--- The bytes of digits.
---@param text string
---@return string
function hex.decode(text) end

--- The bytes as people look at them: with their offsets, and as text beside.
---@param bytes string
---@return string
function hex.dump(bytes) end

--- The digits of bytes.
---@param bytes string
---@return string
function hex.encode(bytes) end

return hex
