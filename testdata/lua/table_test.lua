-- view:table().

-- pods makes pods of which one is finished.
local function pods(t)
  for _, name in ipairs{"a", "b"} do
    t:create{
      apiVersion = "v1", kind = "Pod", metadata = {name = name, labels = {app = name}},
      spec = {containers = {{name = "x", image = "x"}}},
    }
  end
  local view = cluster.pods:namespaced(t.namespace)
  t:eventually(function()
    local running = 0
    for pod in view do
      if pod.phase == "Running" then running = running + 1 end
    end
    return running == 2
  end)
  return view
end

-- equal compares what ours gives with what kubectl prints, which may be a
-- second apart.
local function equal(t, ours, ...)
  local args = {...}
  t:eventually(function()
    local want = t.kubectl(unpack(args))
    local got = tostring(ours())
    return got == want
  end)
end

function test_as_kubectl_prints_it(t)
  local view = pods(t)
  equal(t, function() return view:table() end, "get", "pods", "-n", t.namespace)
  equal(t, function() return view:table{wide = true} end, "get", "pods", "-n", t.namespace, "-o", "wide")
  equal(t, function() return view:filter{labels = "app=a"}:table() end, "get", "pods", "-n", t.namespace, "-l", "app=a")
  equal(t, function() return cluster.pods:filter{fields = "metadata.namespace=" .. t.namespace}:table() end,
    "get", "pods", "-A", "--field-selector", "metadata.namespace=" .. t.namespace)
  equal(t, function() return cluster.nodes:filter{fields = "metadata.name=node-0"}:table() end, "get", "node", "node-0")
end

function test_columns_and_rows(t)
  local tab = pods(t):table()
  t:eq(#tab, 2)
  t:eq(#tab.rows, 2)
  t:eq(tab.wide, false)
  local column = tab.columns[1]
  t:eq({column.name, column.type, column.format, column.priority, tostring(column)}, {"Name", "string", "name", 0, "Name"})
  t:ok(#column.description > 0)
  local row = tab.rows[1]
  t:eq({row.name, row.namespace, row.cells[1]}, {"a", t.namespace, "a"})
  t:eq(row.Status, "Running")
  t:eq(row.uid, cluster.pods:fetch("a", {namespace = t.namespace}).meta.uid)
  local names = {}
  for r in tab do names[#names + 1] = r.Name end
  t:eq(names, {"a", "b"})
  for column in tab.columns do
    t:ok(column.priority == 0 or not tostring(tab):find(column.name:upper(), 1, true), column.name)
  end
  local _ = row.Stauts --> error: "row of a has no "Stauts" (did you mean "Status""
  tab.wide = true --> error: "can't set "wide""
end

function test_without_rows(t)
  t:eq(tostring(cluster.pods:namespaced(t.namespace):table()), "No resources found in " .. t.namespace .. " namespace.")
  t:eq(tostring(cluster.nodes:filter{labels = "no=such"}:table()), "No resources found")
  t:eq(#cluster.nodes:filter{labels = "no=such"}:table(), 0)
end

function test_pages(t)
  t.configmaps(1203)
  local view = cluster.configmaps:namespaced(t.namespace):filter{fields = "metadata.name!=kube-root-ca.crt"}
  local tab = view:table()
  t:eq(#tab, 1203)
  t:eq(tab.more, false)
  t:eq(tab.rows[1203].name, "c1203")
  local part = view:table{limit = 7}
  t:eq({#part, part.more, part.rows[7].name}, {7, true, "c0007"})
  t:eq(view:table{limit = 1203}.more, false)
  equal(t, function() return view:table() end, "get", "cm", "-n", t.namespace, "--field-selector", "metadata.name!=kube-root-ca.crt")
end

function test_custom_resources(t)
  local boxes = t.boxes()
  t:create{apiVersion = "suite.example.com/v1", kind = "Box", metadata = {name = "b"}}
  equal(t, function() return boxes:table() end, "get", "boxes", "-n", t.namespace)
end

-- printed is what print writes of the values.
local function printed(t, ...)
  local before = #t.printed()
  print(...)
  return t.printed():sub(before + 1, -2)
end

-- What a table is beside kubectl's is compared elsewhere for every kind.
function test_print_a_view_of_every_kind(t)
  t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}}
  local count, rows = 0, 0
  for kind in cluster:kinds() do
    if table.concat(kind.verbs, " "):find("list", 1, true) then
      count = count + 1
      local view = cluster:view(kind)
      if kind.namespaced then view = view:namespaced(t.namespace) end
      t:eventually(function()
        local before = tostring(view:table())
        local got = printed(t, view)
        rows = rows + (got:find("^NAME ") and 1 or 0)
        return got == before or got == tostring(view:table())
      end)
    end
  end
  t:ok(count > 50 and rows > 10, count .. " kinds, " .. rows .. " with objects")
end

function test_print_a_view(t)
  local view = pods(t)
  equal(t, function() return printed(t, view) end, "get", "pods", "-n", t.namespace)
  equal(t, function() return printed(t, view:filter{labels = "app=a"}) end, "get", "pods", "-n", t.namespace, "-l", "app=a")
  local none = cluster.pods:namespaced(t.namespace):filter{labels = "no=such"}
  t:eq(printed(t, none), "No resources found in " .. t.namespace .. " namespace.")
  -- Beside others, and in a text, it is its name.
  t:eq(printed(t, "of", view), "of\tpods in " .. t.namespace)
  t:eq(printed(t, view, view), tostring(view) .. "\t" .. tostring(view))
  t:eq(tostring(view) .. "/" .. view, "pods in " .. t.namespace .. "/pods in " .. t.namespace)
  print(cluster:view("tokenreviews")) --> error: "the server does not allow this method"
end

function test_a_cached_view(t)
  local cached = cluster.nodes:cached()
  t:match(tostring(cached:table()), "^NAME +STATUS")
  cached:close()
end

function test_arguments(t)
  cluster.pods:table{width = 3} --> error: "unknown option "width""
  cluster.pods:table{wide = "yes"} --> error: "option wide must be a boolean"
  cluster.pods:table{limit = 0} --> error: "option limit must be a whole number from 1"
  cluster.pods:table{limit = 1.5} --> error: "option limit must be"
  local err = t:raises("APIError", function() return cluster:view("tokenreviews"):table() end)
  t:eq(err.status_code, 405)
end
