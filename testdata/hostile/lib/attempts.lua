--- Makes several attempts of one script. Each must raise an error that holds one of
-- the texts. One that holds the first text is raised again, so that the script ends
-- as that attempt would.
return function(texts, attempts)
  local last
  for name, attempt in pairs(attempts) do
    local ok, err = pcall(attempt)
    local found = false
    for i, text in ipairs(texts) do
      if not ok and tostring(err):find(text, 1, true) then
        found = true
        if i == 1 then last = err end
      end
    end
    if not found then
      error(name .. ": got " .. tostring(ok) .. ", " .. tostring(err), 0)
    end
  end
  error(last, 0)
end
