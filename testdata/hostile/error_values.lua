-- Raises an error whose text never ends.
-- bounded: error object
error(setmetatable({}, { __tostring = function() while true do end end }))
