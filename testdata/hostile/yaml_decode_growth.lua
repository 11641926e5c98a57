-- Reads YAML of many small values, which takes hundreds of times its size.
-- under: --max-memory 64Mi
-- refused: MiB to read, and the script may hold 64Mi (JSON takes less)
local yaml = require "yaml"
assert(not pcall(yaml.decode_all, ("---\n[]\n"):rep(1e6)))
yaml.decode("[" .. ("{a},"):rep(6e5) .. "]")
