---@meta base64

--- Bytes as text of 64 characters.
---
--- ```lua
--- print(require("base64").encode("hello"))    --> aGVsbG8=
--- ```
---@class base64lib
local base64 = {}

--- The bytes of a text.
---
--- ```lua
--- print(base64.decode("aGVsbG8="))               --> hello
--- ```
---@param text string
---@param options? base64.Options
---@return string
function base64.decode(text, options) end

--- The text of bytes.
---
--- ```lua
--- print(base64.encode("a?>", { url = true }))    --> YT8-
--- ```
---@param bytes string
---@param options? base64.Options
---@return string
function base64.encode(bytes, options) end

---@class base64.Options
---@field unpadded? boolean Without = at the end.
---@field url? boolean With the characters for URLs, - and _ in the place of + and /.

return base64
