--- Prints tables whose columns line up.
local columns = {}

--- Prints a header and rows. A header that starts with ">" has its column
--- aligned to the right. Cells are shown by tostring, absent ones as "-".
---
---     columns.print({ "NAME", ">PODS" }, { { "shop", 12 }, { "payments", 3 } })
---     -- NAME      PODS
---     -- shop        12
---     -- payments     3
---
---@param header string[]
---@param rows any[][]
function columns.print(header, rows)
  local lines, right, width = { {} }, {}, {}
  for c, title in ipairs(header) do
    right[c] = title:sub(1, 1) == ">"
    lines[1][c] = right[c] and title:sub(2) or title
  end
  for r, row in ipairs(rows) do
    lines[r + 1] = {}
    for c in ipairs(header) do
      lines[r + 1][c] = row[c] == nil and "-" or tostring(row[c])
    end
  end
  for _, cells in ipairs(lines) do
    for c, cell in ipairs(cells) do
      width[c] = math.max(width[c] or 0, #cell)
    end
  end
  for _, cells in ipairs(lines) do
    for c, cell in ipairs(cells) do
      local pad = (" "):rep(width[c] - #cell)
      cells[c] = right[c] and pad .. cell or cell .. pad
    end
    print((table.concat(cells, "  "):gsub("%s+$", "")))
  end
end

return columns
