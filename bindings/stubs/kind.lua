---@meta

--- What is known of a built-in kind.
---@class kube.KindImpl
---@field api_paths string[] The paths of the API that serve it.
---@field is_view boolean Whether it is the kind of a collection.
---@field kind string
---@field resource string The plural name.
local KindImpl = {}

--- A kind that a server serves. It prints as its resource with its group, which cluster:view takes.
---@class kube.ServedKind
---@field api_paths string[] The paths of the API that serve it, the newest version first.
---@field api_version string The newest version with the group: "apps/v1".
---@field group string "" for the core group.
---@field kind string
---@field namespaced boolean Whether its objects live in namespaces.
---@field resource string The plural name.
---@field short_names string[]
---@field verbs string[] What the server lets one do: "list", "watch" ...
local ServedKind = {}
