#!/usr/bin/env kubelua
--- Lists the images that pods use, with the number of containers and namespaces
--- of each, and what is wrong with them: a tag that moves, or one tag that is
--- different images on different nodes.
---
--- usage: kubelua [-n NAMESPACE] images.lua [options]
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [pods], verbs: [list]}

local args = require "args"
local set = require "set"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists the images that pods use, and what is wrong with their tags.",
  usage = "[-n NAMESPACE] images.lua [options]",
  { "--selector", "-l", type = "selector", help = "only pods with these labels" },
  { "--match", value = "TEXT", help = "only images with this in their name" },
  { "--problems", help = "only images with a note" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua images.lua --problems", "kubelua images.lua --match docker.io/ -o csv" },
}

--- Splits an image's name. What follows a colon is a tag unless a slash comes
--- after it: then it is the port of the registry.
---@param image string
---@return string name
---@return string? tag
---@return string? digest
local function split(image)
  local rest, digest = image:match("^(.-)@(.+)$")
  rest = rest or image
  local name, tag = rest:match("^(.+):([^/:]+)$")
  return name or rest, tag, digest
end

---@class ImageUse
---@field image string as the pods name it
---@field containers integer
---@field namespaces set.Set
---@field digests set.Set of what nodes run

--- Says what is wrong with an image, nil if nothing is.
---@param use ImageUse
---@return string?
local function note(use)
  local _, tag, digest = split(use.image)
  if digest then
    return nil
  elseif #use.digests > 1 then
    return #use.digests .. " different images under this tag"
  elseif not tag or tag == "latest" then
    return "no fixed tag"
  end
end

local pods = cluster.pods
if opts.selector then
  pods = pods:filter { labels = opts.selector }
end

local uses, by_image = {}, {}

--- Counts a container in.
---@param image string
---@param namespace string
---@return ImageUse
local function count(image, namespace)
  local use = by_image[image]
  if not use then
    use = { image = image, containers = 0, namespaces = set.new(), digests = set.new() }
    by_image[image] = use
    table.insert(uses, use)
  end
  use.containers = use.containers + 1
  use.namespaces:add(namespace)
  return use
end

for pod in pods do
  for _, part in ipairs {
    { "initContainers", pod.init_containers }, { "containers", pod.containers }, { "ephemeralContainers", pod.ephemeral_containers },
  } do
    local id = {}
    for container in part[2] do
      id[container.name] = container.raw.imageID
    end
    for _, container in ipairs(pod.spec[part[1]] or {}) do
      if container.image:find(opts.match or "", 1, true) then
        local use = count(container.image, pod.meta.namespace)
        local digest = (id[container.name] or ""):match("sha256:%x+")
        if digest then
          use.digests:add(digest)
        end
      end
    end
  end
end
table.sort(uses, function(a, b) return a.image < b.image end)

local report = tabular.new { "IMAGE", "TAG", ">CONTAINERS", ">NAMESPACES", "NOTE" }
for _, use in ipairs(uses) do
  local name, tag, digest = split(use.image)
  local problem = note(use)
  if problem or not opts.problems then
    report:add { name, digest or tag, use.containers, #use.namespaces, problem }
  end
end
io.write(report:render(opts.output))
