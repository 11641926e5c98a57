-- Looks for the end of many brackets that have none.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
(("("):rep(3e6)):find "%b()"
