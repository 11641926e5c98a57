-- Nests captures and repetitions as deep as it can.
-- refused: pattern too complex
assert(not pcall(string.find, "x", ("("):rep(1000)))
assert(not pcall(string.find, ("x"):rep(1e5), ("x?"):rep(1e5)))
string.find(("x"):rep(1000), ("x?"):rep(500))
