-- Has string.gmatch try more ways to match than anybody waits for.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
local text, pattern = ("a"):rep(5000), ("a*"):rep(30) .. "b"
pcall(function() return text:gmatch(pattern)() end)
