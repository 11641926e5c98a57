--- Turns the selectors of objects into those of views.
local selector = {}

--- Forms the text of a selector, its terms in order, for a view's filter and for people;
--- nil if it has none.
---
---     print(selector.text(deployment.spec.selector))    --> app=web
---
---@param of table|nil as in spec.selector: with matchLabels, or plain labels
---@return string?
function selector.text(of)
  local terms = {}
  for key, value in pairs(kube.get(of, "matchLabels") or not kube.get(of, "matchExpressions") and of or {}) do
    table.insert(terms, key .. "=" .. value)
  end
  for _, e in ipairs(kube.get(of, "matchExpressions", {})) do
    local values = "(" .. table.concat(e.values or {}, ",") .. ")"
    table.insert(terms, ({
      In = e.key .. " in " .. values,
      NotIn = e.key .. " notin " .. values,
      Exists = e.key,
      DoesNotExist = "!" .. e.key,
    })[e.operator])
  end
  table.sort(terms)
  return #terms > 0 and table.concat(terms, ",") or nil
end

return selector
