-- Matches by a set of a million characters.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
(("x"):rep(1e6)):find("[" .. ("a"):rep(1e6) .. "]+y")
