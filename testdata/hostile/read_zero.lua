-- Hides where a path leads behind zero bytes.
-- under: --allow-read $WORK/granted
-- denied: not allowed (--allow-read=
local all = {}
for _, path in ipairs { "/granted/inner.txt\0/../../secret.txt", "/secret.txt\0", "/secret.txt\0/granted/inner.txt", "\0/secret.txt" } do
  all[path] = function() return io.open(arg[1] .. path) end
end
require "attempts" ({ "not allowed (--allow-read=" }, all)
