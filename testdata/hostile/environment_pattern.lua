-- Reads variables that the grant of one is not for.
-- under: --allow-env KUBELUA_HOST
-- harmless
for _, name in ipairs { "KUBELUA_HOSTILE", "kubelua_hostile", "KUBELUA_HOST*", "*" } do
  assert(os.getenv(name) == nil, name)
end
