-- Compiles code that is very long.
-- refused: is longer than 1 MiB
assert(load(("a = 1 "):rep(1e6)))
