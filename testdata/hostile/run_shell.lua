-- Has a shell run more than the program that may be run.
-- under: --allow-run true
-- refused: no shell runs the command
local all = {}
for _, line in ipairs { "true; id", "true && id", "true | id", "true $(id)", "true `id`", "true > /tmp/x", "true\nid", "true &", "true $HOME", 'true "$(id)"' } do
  all[line] = function() return os.execute(line) end
end
require "attempts" ({ "no shell runs the command" }, all)
