--- Shows how long ago something was, as kubectl does: 45s, 12m, 7h, 3d.
local age = {}

--- The units that an age is shown in: the name, its seconds, and from how many
--- seconds on it is used.
local units = {
  { "d", 86400, 2 * 86400 },
  { "h", 3600, 2 * 3600 },
  { "m", 60, 2 * 60 },
  { "s", 1, 0 },
}

--- Formats a number of seconds.
---@param seconds number
---@return string
function age.format(seconds)
  seconds = math.max(seconds, 0)
  for _, unit in ipairs(units) do
    if seconds >= unit[3] then
      return string.format("%d%s", math.floor(seconds / unit[2]), unit[1])
    end
  end
end

return age
