--- Makes the changes of a script, if whoever runs it wants that.
local changes = {}

--- Calls change for each item, several at a time, and says on stderr how many
--- there were. What is gone meanwhile doesn't count. Without apply it changes
--- nothing, and says how many it would be.
---
---     changes.make(pods, opts.apply, "deleted", function(pod) pod:delete() end)
---
---@param items Item[]
---@param apply boolean
---@param done string what an item then is, for the message
---@param change fun(item: Item)
function changes.make(items, apply, done, change)
  if not apply then
    io.stderr:write(string.format("%d would be %s (dry run: --apply does it)\n", #items, done))
    return
  end
  local count = 0
  task.parallel(items, function(item)
    local ok, err = pcall(change, item)
    if ok then
      count = count + 1
    elseif not kube.is(err, "LookupError") then
      error(err, 0)
    end
  end, { limit = 8 })
  io.stderr:write(string.format("%d %s\n", count, done))
end

return changes
