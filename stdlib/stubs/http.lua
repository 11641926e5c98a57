---@meta http

--- Requests to servers. Each address needs --allow-net=HOST:PORT, those that redirects lead to as well. A status of 400 or more
--- raises, with the response in err.response; so does what fails. Proxies of the environment are not used.
---
--- ```lua
--- local http = require "http"
--- local tags = http.get("https://registry.example.com/v2/app/tags/list", { timeout = "5s", retries = 2 }):json().tags
--- ```
---@class httplib
local http = {}

---@class http.Options
---@field body? string What is sent.
---@field ca_file? string The file of the certificates that servers are checked by (--allow-read).
---@field form? table<string, any> What is sent as the fields of a form.
---@field headers? table<string, any>
---@field insecure? boolean Takes any certificate of the server.
---@field json? any What is sent as JSON.
---@field max_body? integer How many bytes the response may have; 64 MiB unless told.
---@field params? table<string, any> Parameters of the URL.
---@field password? string
---@field raise? boolean With false a status of 400 or more doesn't raise.
---@field redirects? integer How many are followed; 10 unless told. None leads from https to http.
---@field retries? integer How often it is sent again where the connection fails or the server is busy (429, 502, 503, 504); not at all unless told.
---@field timeout? kube.Duration For all of it, after which TimeoutError is raised; 30 seconds unless told.
---@field user? string The user that logs in, with the password.

--- Sends DELETE.
---
--- ```lua
--- http.delete("https://grafana.example.com/api/annotations/7", { headers = { Authorization = "Bearer " .. key } })
--- ```
---@param url string
---@param options? http.Options
---@return http.Response
function http.delete(url, options) end

--- Sends GET.
---
--- ```lua
--- print(http.get("https://status.example.com/api", { timeout = "5s" }):json().state)
--- ```
---@param url string
---@param options? http.Options
---@return http.Response
function http.get(url, options) end

--- Sends HEAD.
---
--- ```lua
--- print(http.head("https://registry.example.com/v2/").status)
--- ```
---@param url string
---@param options? http.Options
---@return http.Response
function http.head(url, options) end

--- Sends PATCH.
---
--- ```lua
--- http.patch("https://api.example.com/silences/7", { json = { until_time = "2026-12-01T00:00:00Z" } })
--- ```
---@param url string
---@param options? http.Options
---@return http.Response
function http.patch(url, options) end

--- Sends POST.
---
--- ```lua
--- http.post("https://hooks.example.com/alerts", { json = { text = "3 pods are not ready" } })
--- ```
---@param url string
---@param options? http.Options
---@return http.Response
function http.post(url, options) end

--- Sends PUT.
---
--- ```lua
--- http.put("https://api.example.com/silences/7", { json = { reason = "drain" } })
--- ```
---@param url string
---@param options? http.Options
---@return http.Response
function http.put(url, options) end

--- Sends a request of any method.
---
--- ```lua
--- http.request("OPTIONS", "https://api.example.com/")
--- ```
---@param method string
---@param url string
---@param options? http.Options
---@return http.Response
function http.request(method, url, options) end

--- A response.
---@class http.Response
---@field headers table<string, string> By names in lower case.
---@field ok boolean Whether the status is below 400.
---@field status integer
---@field text string
---@field url string From where it came, after redirects.
local Response = {}

--- The value of its JSON.
---
--- ```lua
--- local firing = http.get("https://alerts.example.com/api/v2/alerts"):json()
--- print(#firing)
--- ```
---@return any
function Response:json() end

return http
