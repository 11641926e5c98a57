-- Leaves a folder that may be read by steps upwards.
-- under: --allow-read $WORK/granted
-- denied: not allowed (--allow-read=
local all = {}
for _, path in ipairs { "../secret.txt", "./../secret.txt", "folder/../../secret.txt", "nothing/../../secret.txt", "up/secret.txt", "folder/../up/secret.txt", "../granted-too/secret.txt", "..//secret.txt" } do
  all[path] = function() return io.open(arg[1] .. "/granted/" .. path) end
end
require "attempts" ({ "not allowed (--allow-read=" }, all)
