--- Makes the changes of a script, if whoever runs it wants that.
local changes = {}

--- Calls change for each item, several at a time, and says on stderr how many
--- there were. What is gone meanwhile doesn't count. What the server refuses keeps
--- none of the others from it; the first refusal is raised in the end. Without apply
--- it changes nothing, and says how many it would be.
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
  local count, refused = 0, {}
  task.parallel(items, function(item)
    local ok, err = pcall(change, item)
    if ok then
      count = count + 1
    elseif kube.is(err, "APIError") and err.status_code then
      table.insert(refused, not kube.is(err, "LookupError") and err or nil)
    else
      error(err, 0)
    end
  end, { limit = 8 })
  io.stderr:write(string.format("%d %s%s\n", count, done, #refused > 0 and string.format(", %d refused", #refused) or ""))
  if #refused > 0 then
    error(refused[1], 0)
  end
end

return changes
