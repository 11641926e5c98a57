-- Lists longer than a page, also while they change.

function test_every_item_once_in_order(t)
  t.configmaps(1200)
  local view = cluster.configmaps:namespaced(t.namespace)
  local n, last = 0, ""
  for item in view do
    n = n + 1
    t:ok(item.meta.name > last, item.meta.name)
    last = item.meta.name
  end
  t:eq(n, 1201)
  -- A loop that is left early can be started again.
  n = 0
  for _ in view do
    n = n + 1
    if n == 700 then
      break
    end
  end
  n = 0
  for _ in view do
    n = n + 1
  end
  t:eq(n, 1201)
end

function test_no_item_twice_while_the_list_changes(t)
  t.configmaps(1200)
  local view = cluster.configmaps:namespaced(t.namespace)
  local path = "/api/v1/namespaces/" .. t.namespace .. "/configmaps"
  local seen, deleted, n = {}, {}, 0
  for item in view do
    local name = item.meta.name
    t:eq(seen[name], nil)
    seen[name] = true
    n = n + 1
    if n % 20 == 0 then
      -- One behind, one ahead, one new on either side.
      local behind, ahead = string.format("c%04d", n / 2), string.format("c%04d", 1201 - n / 20)
      for _, gone in ipairs{behind, ahead} do
        if not deleted[gone] then
          cluster.proxy:delete(path .. "/" .. gone)
          deleted[gone] = true
        end
      end
      cluster.proxy:post(path, {json = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a" .. n}}})
      cluster.proxy:post(path, {json = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "x" .. n}}})
    end
  end
  for i = 1, 1200 do
    local name = string.format("c%04d", i)
    t:ok(seen[name] or deleted[name], name .. " was not listed")
  end
  t:eq(seen.a20, nil)
end

function test_two_loops_over_pages(t)
  t.configmaps(620)
  local view = cluster.configmaps:namespaced(t.namespace)
  local outer, inner = 0, 0
  for _ in view do
    outer = outer + 1
    if outer == 501 then
      for _ in view do
        inner = inner + 1
      end
    end
  end
  t:eq(outer, 621)
  t:eq(inner, 621)
end

function test_items_of_every_page_can_be_kept(t)
  t.configmaps(620)
  local kept = {}
  for item in cluster.configmaps:namespaced(t.namespace) do
    kept[#kept + 1] = item
  end
  collectgarbage()
  for i = 1, 620 do
    t:eq(kept[i].meta.name, string.format("c%04d", i))
    t:eq(kept[i].raw.kind, "ConfigMap")
  end
end

function test_custom_resources(t)
  local boxes = t.boxes()
  local n = 0
  for _ in boxes do
    n = n + 1
  end
  t:eq(n, 0)
  t.many(1100, "suite.example.com/v1", "Box")
  local last = ""
  for box in boxes do
    n = n + 1
    t:ok(box.meta.name > last, box.meta.name)
    last = box.meta.name
    t:eq(box.raw.kind, "Box")
  end
  t:eq(n, 1100)
  n = 0
  kube.with(boxes:watch{initial = true}, function(w)
    for ev in w do
      t:eq(ev.evtype, "ADDED")
      n = n + 1
      if n == 1100 then
        return
      end
    end
  end)
  t:eq(n, 1100)
end

function test_an_answer_read_by_the_proxy(t)
  t.configmaps(1100)
  local answer = cluster.proxy:get("api/v1", "namespaces", t.namespace, "configmaps")
  t:eq(#answer.items, 1101)
  t:eq(answer.items[1100].metadata.name, "c1100")
  local n = 0
  for item in answer.items do
    n = n + 1
    t:eq(item.metadata.namespace, t.namespace)
  end
  t:eq(n, 1101)
end
