-- Prints without an end.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
while true do
  pcall(print, ("x"):rep(1000))
  pcall(io.stderr.write, io.stderr, ("x"):rep(1000))
end
