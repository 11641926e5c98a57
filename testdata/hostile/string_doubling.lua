-- Doubles a string until memory is full.
-- bounded: 16 MiB
local s = "x"
while true do s = s .. s end
