---@meta hash

--- Digests, in hexadecimal digits unless told.
---
--- ```lua
--- local hash = require "hash"
--- print(hash.sha256("hello"):sub(1, 8))    --> 2cf24dba
--- ```
---@class hashlib
local hash = {}

---@class hash.Options
---@field raw? boolean As bytes.

--- The checksum CRC-32 (IEEE).
---
--- ```lua
--- print(hash.crc32("hello"))                     --> 3610a686
--- ```
---@param text string
---@param options? hash.Options
---@return string
function hash.crc32(text, options) end

--- Whether two texts are equal, in a time that doesn't tell where they differ.
---
--- ```lua
--- local token = secret.data.token
--- if not hash.equal(key, token) then error("wrong token") end
--- ```
---@param a string
---@param b string
---@return boolean
function hash.equal(a, b) end

--- The digest of a text with a key.
---
--- ```lua
--- local signature = hash.hmac("sha256", key, body)
--- ```
---@param digest "sha256"|"sha512"|"sha1"|"md5"
---@param key string
---@param text string
---@param options? hash.Options
---@return string
function hash.hmac(digest, key, text, options) end

--- The digest MD5, which is no protection against whoever wants another text to have it.
---
--- ```lua
--- print(hash.md5("hello"))                       --> 5d41402abc4b2a76b9719d911017c592
--- ```
---@param text string
---@param options? hash.Options
---@return string
function hash.md5(text, options) end

--- The digest SHA-1, which is no protection against whoever wants another text to have it.
---
--- ```lua
--- print(hash.sha1("hello"):sub(1, 8))            --> aaf4c61d
--- ```
---@param text string
---@param options? hash.Options
---@return string
function hash.sha1(text, options) end

--- The digest SHA-256.
---
--- ```lua
--- print(hash.sha256("hello"):sub(1, 8))              --> 2cf24dba
--- ```
---@param text string
---@param options? hash.Options
---@return string
function hash.sha256(text, options) end

--- The digest SHA-512.
---
--- ```lua
--- print(#hash.sha512("hello"), #hash.sha512("hello", { raw = true }))    --> 128 64
--- ```
---@param text string
---@param options? hash.Options
---@return string
function hash.sha512(text, options) end

return hash
