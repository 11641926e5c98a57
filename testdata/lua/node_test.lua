-- Nodes.

-- node makes a node with a status of the test's own.
local function node(t, status)
  local name = t.namespace
  t:defer(function()
    local left = cluster.nodes:find(name)
    if left then
      left:delete()
    end
  end)
  cluster:create{apiVersion = "v1", kind = "Node", metadata = {name = name}}
  -- Whoever plays the nodes has the first word.
  t:eventually(function() return #cluster.nodes:fetch(name).addresses > 0 end)
  cluster.proxy:patch("api/v1", "nodes", name, "status", {type = "merge", patch = {status = status}})
  return cluster.nodes:fetch(name)
end

function test_attributes(t)
  local item = cluster.nodes:fetch("node-0")
  t:eq(item.kind, kube.Kind.Node)
  t:eq(item.resource, "nodes")
  t:eq(item.api_paths, {"api/v1"})
  t:eq(item.meta.name, "node-0")
  t:eq(item.meta.namespace, nil)
  t:eq(item.cluster, cluster)
end

function test_view(t)
  t:eq(cluster.nodes.kind, kube.Kind.NodeList)
  t:eq(cluster.nodes.resource, "nodes")
  t:eq(cluster.nodes.namespace, nil)
  local names = {}
  for item in cluster.nodes do
    names[item.meta.name] = true
  end
  t:ok(names["node-0"] and names["node-1"] and names["node-2"])
  t:raises("NamespaceError", cluster.nodes.namespaced, cluster.nodes, "default")
  t:raises("NamespaceError", cluster.nodes.fetch, cluster.nodes, "node-0", {namespace = "default"})
  t:raises("LookupError", cluster.nodes.fetch, cluster.nodes, "node-none")
end

function test_addresses(t)
  local addresses = cluster.nodes:fetch("node-0").addresses
  t:eq(#addresses, 2)
  local seen = {}
  for address in addresses do
    seen[address.type] = address.addr
  end
  t:eq(seen, {InternalIP = t.kubectl("get", "node", "node-0", "-o", "jsonpath={.status.addresses[?(@.type==\"InternalIP\")].address}"), Hostname = "node-0"})
  t:eq(seen[kube.AddressType.Hostname], "node-0")
  t:eq(tostring(addresses[2]), "Hostname node-0")
  addresses[1].addr = "x" --> error: "can't set "addr" of address"
  local _ = addresses[1].address --> error: "has no "address" (known: addr, type)"
end

function test_addresses_of_every_type(t)
  local item = node(t, {addresses = {
    {type = "ExternalIP", address = "2001:db8::1"}, {type = "InternalIP", address = "192.0.2.1"},
    {type = "Hostname", address = "host.example.com"}, {type = "Carrier", address = "pigeon"},
  }})
  local list = {}
  for i, address in ipairs(item.addresses) do
    list[i] = address.type .. "=" .. address.addr
  end
  t:eq(list, {"ExternalIP=2001:db8::1", "InternalIP=192.0.2.1", "Hostname=host.example.com", "Carrier=pigeon"})
end

function test_without_a_status(t)
  local item = cluster:item{apiVersion = "v1", kind = "Node", metadata = {name = "n"}}
  t:eq(#item.addresses, 0)
  t:eq(item.addresses[1], nil)
  t:eq(kube.totable(item.capacity), {})
  t:eq(item.capacity.cpu, nil)
  for _ in item.addresses do
    t:ok(false, "an address")
  end
end

function test_capacity(t)
  local capacity = cluster.nodes:fetch("node-0").capacity
  t:eq(capacity.cpu, 1000)
  t:eq(capacity.memory, 4 * 2^40)
  t:eq(capacity.pods, 2000)
  t:eq(capacity["ephemeral-storage"], 16 * 2^40)
  t:eq(capacity.bananas, nil)
  local seen = {}
  for name, amount in pairs(capacity) do
    seen[name] = type(amount)
  end
  t:eq(seen, {cpu = "number", memory = "number", pods = "number", ["ephemeral-storage"] = "number"})
  capacity.cpu = 1 --> error: "can't set "cpu""
end

function test_capacity_in_every_unit(t)
  local item = node(t, {capacity = {
    cpu = "1500m", memory = "16Gi", pods = "110", ["ephemeral-storage"] = "1e3", ["example.com/gpu"] = "2",
    ["hugepages-2Mi"] = "0", ["example.com/k"] = "3k", ["example.com/big"] = "5E",
  }})
  t:eq(item.capacity.cpu, 1.5)
  t:eq(item.capacity.memory, 16 * 2^30)
  t:eq(item.capacity.pods, 110)
  t:eq(item.capacity["ephemeral-storage"], 1000)
  t:eq(item.capacity["example.com/gpu"], 2)
  t:eq(item.capacity["hugepages-2Mi"], 0)
  t:eq(item.capacity["example.com/k"], 3000)
  t:eq(item.capacity["example.com/big"], 5e18)
  item = cluster:item{apiVersion = "v1", kind = "Node", metadata = {name = "n"}, status = {capacity = {cpu = "700m", memory = "128974848", x = "2.5", y = "64M", z = 3}}}
  t:eq(item.capacity.cpu, 0.7)
  t:eq(item.capacity.memory, 128974848)
  t:eq(item.capacity.x, 2.5)
  t:eq(item.capacity.y, 64e6)
  t:eq(item.capacity.z, 3)
end

function test_conditions(t)
  local conditions = cluster.nodes:fetch("node-0").conditions
  t:ok(#conditions >= 4)
  local seen = {}
  for condition in conditions do
    seen[condition.type] = condition.status
  end
  t:eq(seen.Ready, "True")
  t:eq(seen.MemoryPressure, "False")
  t:eq(seen.DiskPressure, "False")
  t:eq(conditions[1].type, t.kubectl("get", "node", "node-0", "-o", "jsonpath={.status.conditions[0].type}"))
  t:match(conditions[1].lastTransitionTime, "^%d%d%d%d%-")
  t:eq(#cluster:item{apiVersion = "v1", kind = "Node", metadata = {name = "n"}}.conditions, 0)
end

function test_labels_and_watch(t)
  local item = node(t, {})
  local w = item:watch()
  t:eq(item.meta.labels:set("example.com/zone", "a").meta.labels["example.com/zone"], "a")
  t:eventually(function()
    return w:next(30).item.meta.labels["example.com/zone"] == "a"
  end)
  w:close()
  item:delete()
  t:raises("LookupError", item.fetch, item)
end
