-- kube.get: walking into anything without raising.

local function deployment()
  return cluster:item{apiVersion = "apps/v1", kind = "Deployment", metadata = {name = "web", namespace = "x", labels = {["example.com/part.of"] = "shop"}},
    spec = {replicas = 3, template = {spec = {containers = {{name = "a", ports = {{containerPort = 80}}}, {name = "b"}}}}},
    status = {readyReplicas = 2, no = false, nothing = kube.null},
  }
end

function test_paths(t)
  local item = deployment()
  t:eq(kube.get(item, "spec.replicas"), 3)
  t:eq(kube.get(item, "spec.template.spec.containers[1].name"), "a")
  t:eq(kube.get(item, "spec.template.spec.containers[2].name"), "b")
  t:eq(kube.get(item, "spec.template.spec.containers[1].ports[1].containerPort"), 80)
  t:eq(kube.get(item, 'metadata.labels["example.com/part.of"]'), "shop")
  t:eq(kube.get(item, {"metadata", "labels", "example.com/part.of"}), "shop")
  t:eq(kube.get(item, {"spec", "template", "spec", "containers", 2, "name"}), "b")
  t:eq(kube.get(item, "status.no"), false)
  t:eq(kube.get(item, "kind"), "Deployment")
  t:eq(kube.get(item, "spec.template").spec.containers[1].name, "a")
end

function test_absent(t)
  local item = deployment()
  for _, path in ipairs{"none", "spec.none", "spec.none.none", "spec.template.spec.containers[3].name", "spec.replicas.x", "spec.replicas[1]", "metadata.labels.example", "status.nothing", "status.nothing.x"} do
    t:eq(kube.get(item, path), nil)
    t:eq(kube.get(item, path, "default"), "default")
  end
  t:eq(kube.get(item, "spec.template.spec.containers[0]"), nil)
  t:eq(kube.get(item, "status.no", "default"), false)
  t:eq(kube.get(nil, "a.b"), nil)
  t:eq(kube.get(nil, "a.b", 5), 5)
  t:eq(kube.get("text", "a.b", 5), 5)
  t:eq(kube.get(5, "a"), nil)
end

function test_of_everything_that_can_be_walked(t)
  local item = deployment()
  t:eq(kube.get(item.raw, "spec.replicas"), 3)
  t:eq(kube.get(item.spec, "replicas"), 3)
  t:eq(kube.get(item.status, "readyReplicas"), 2)
  t:eq(kube.get(item.meta, 'labels["example.com/part.of"]'), "shop")
  t:eq(kube.get(item.meta.labels, '["example.com/part.of"]'), "shop")
  t:eq(kube.get(item.spec.template.spec.containers, "[2].name"), "b")
  t:eq(kube.get(kube.totable(item), "spec.template.spec.containers[2].name"), "b")
  t:eq(kube.get({a = {b = {"x", "y"}}}, "a.b[2]"), "y")
  t:eq(kube.get({item = item}, "item.spec.replicas"), 3)
  t:eq(kube.get(cluster.nodes:fetch("node-0").capacity, "pods"), 2000)
  t:eq(kube.get(cluster.proxy:get("version"), "major"), "1")
end

function test_wrong_paths(t)
  local item = deployment()
  for _, path in ipairs{"", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[]", "a[1", 'a["b', "a]b"} do
    if path ~= "a]b" then
      t:match(t:raises("ValueError", kube.get, item, path).message, "is not a path")
    end
  end
  kube.get(item, 5) --> error: "kube.get: the path must be a string or a table, not number"
  kube.get(item) --> error: "the path must be a string or a table, not nil"
  t:raises("ValueError", kube.get, item, "spec.containers[*].name")
end
