---@meta base64

--- Bytes as text of 64 characters.
---
--- ```lua
--- print(require("base64").encode("hello"))    --> aGVsbG8=
--- ```
---@class base64lib
local base64 = {}

--- The bytes of a text.
---@param text string
---@param options? base64.Options
---@return string
function base64.decode(text, options) end

--- The text of bytes.
---@param bytes string
---@param options? base64.Options
---@return string
function base64.encode(bytes, options) end

---@class base64.Options
---@field unpadded? boolean Without = at the end.
---@field url? boolean With the characters for URLs, - and _ in the place of + and /.

return base64
