-- Have two tasks pass the turn to each other.
local n, switches, last = tonumber(...), 0, nil
local function play(me)
  for _ = 1, n / 2 do
    if last ~= me then switches = switches + 1 end
    last = me
    task.sleep(0)
  end
end
local one, other = task.spawn(play, "one"), task.spawn(play, "other")
one:wait()
other:wait()
print(switches)
