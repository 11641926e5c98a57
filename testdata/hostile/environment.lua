-- Reads the environment.
-- harmless
for _, name in ipairs { "KUBELUA_HOSTILE", "PATH", "HOME", "KUBECONFIG", "", "=", "KUBELUA_HOSTILE\0" } do
  assert(os.getenv(name) == nil, name)
end
