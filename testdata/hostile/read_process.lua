-- Reads the environment and memory of the process from /proc.
-- under: --allow-read $WORK/granted
-- denied: not allowed (--allow-read=
local all = {}
for _, path in ipairs { "/proc/self/environ", "/proc/self/mem", "/proc/self/cwd/secret.txt", "/proc/self/root" .. arg[1] .. "/secret.txt", "/dev/fd/0" } do
  all[path] = function() return io.open(path) end
end
require "attempts" ({ "not allowed (--allow-read=" }, all)
