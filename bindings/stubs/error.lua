---@meta

--- What is raised. It prints as its message.
---
--- ```lua
--- local ok, err = pcall(function() return cluster.podz end)
--- print(err.type, err.message)
--- ```
---@class kube.Error
---@field conflicts kube.Conflict[] The fields of others that an apply would change.
---@field message string
---@field reason? string Kubernetes' word: "NotFound", "Conflict", "Forbidden" ...
---@field response? kube.Response What the server answered.
---@field status_code? integer The status of the answer.
---@field type kube.ErrorType
---@field where? string The line of the script.
local Error = {}

--- A field that somebody else has set.
---@class kube.Conflict
---@field field string
---@field manager string

--- An answer to a request.
---@class kube.Response
---@field headers table<string, string>
---@field json? any What its text says as JSON.
---@field status_code integer
---@field text string
local Response = {}
