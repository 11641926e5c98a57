-- Compares long captures again and again.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
(("x"):rep(2e6)):find "(x-)%1y"
