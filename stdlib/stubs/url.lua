---@meta url

--- URLs and their parts.
---
--- ```lua
--- local url = require "url"
--- print(url.build { scheme = "https", host = "example.com", path = "search", query = { q = "a b" } })
--- ```
---@class urllib
local url = {}

--- The parts of a URL, those that there are.
---@class url.Parts
---@field scheme? string
---@field user? string
---@field password? string
---@field host? string Without the port.
---@field port? string
---@field path? string
---@field query table<string, string|string[]> A list where there are several of a name.
---@field fragment? string

---@class url.BuildOptions
---@field scheme? string
---@field user? string
---@field password? string
---@field host? string
---@field port? integer|string
---@field path? string
---@field query? table<string, any> Strings, numbers, booleans, or lists of them.
---@field fragment? string

--- The URL of its parts, which are escaped as they have to be.
---@param options url.BuildOptions
---@return string
function url.build(options) end

--- A text as a part of a path.
---
--- ```lua
--- print(url.escape("a b/c"))                     --> a%20b%2Fc
--- ```
---@param text string
---@return string
function url.escape(text) end

--- The URL that a reference leads to from another one.
---
--- ```lua
--- print(url.join("https://example.com/a/b", "../c"))    --> https://example.com/c
--- ```
---@param base string
---@param reference string
---@return string
function url.join(base, reference) end

--- The parts of a URL.
---
--- ```lua
--- print(url.parse("https://example.com:8443/healthz").port)  --> 8443
--- ```
---@param text string
---@return url.Parts
function url.parse(text) end

--- The parameters of a text like a=1&b=2.
---
--- ```lua
--- print(url.parse_query("app=web&tier=front").tier)          --> front
--- ```
---@param text string
---@return table<string, string|string[]>
function url.parse_query(text) end

--- Parameters as a text like a=1&b=2, in the order of their names.
---
--- ```lua
--- print(url.query { tier = "front", app = "a b" })           --> app=a+b&tier=front
--- ```
---@param parameters table<string, any> Strings, numbers, booleans, or lists of them.
---@return string
function url.query(parameters) end

--- What url.escape escaped.
---
--- ```lua
--- print(url.unescape("a%20b%2Fc"))               --> a b/c
--- ```
---@param text string
---@return string
function url.unescape(text) end

return url
