-- cluster:view(x), cluster:kinds().

-- define makes a custom resource of the test's own, which is served then. What it leaves out is made of the group.
local function define(t, group, names, versions)
  local list = {}
  for i, version in ipairs(versions or {"v1"}) do
    list[i] = {
      name = version, served = true, storage = i == 1,
      schema = {openAPIV3Schema = {type = "object", ["x-kubernetes-preserve-unknown-fields"] = true}},
    }
  end
  local crd = cluster:create{
    apiVersion = "apiextensions.k8s.io/v1", kind = "CustomResourceDefinition",
    metadata = {name = names.plural .. "." .. group},
    spec = {group = group, names = names, scope = "Namespaced", versions = list},
  }
  t:defer(function() crd:delete() end)
  return crd
end

function test_every_name_of_a_built_in_kind(t)
  local unreachable = kube.cluster{url = "http://127.0.0.1:1"} -- no request
  local names = {
    "deployments", "deployment", "Deployment", "deploy", "deployments.apps", "deploy.apps", "deployments.v1.apps",
    "apps/v1/Deployment", "apps/v1/deployments",
  }
  for _, name in ipairs(names) do
    local view = unreachable:view(name)
    t:eq(view.kind, "DeploymentList")
    t:eq(view.resource, "deployments")
    t:eq(view.api_paths, {"apis/apps/v1"})
  end
  for _, name in ipairs{"po", "Pod", "pods.v1", "v1/Pod"} do
    t:eq(unreachable:view(name).kind, "PodList")
  end
  t:eq(unreachable:view{api_version = "apps/v1", kind = "Deployment"}.kind, "DeploymentList")
  t:eq(tostring(unreachable:view("ns")), "namespaces")
end

function test_every_name_of_another_kind(t)
  for _, name in ipairs{"cronjobs", "cronjob", "CronJob", "cj", "cj.batch", "cronjobs.batch", "cronjobs.v1.batch", "batch/v1/CronJob"} do
    t:eq(cluster:view(name).kind, "CronJobList")
  end
  t:eq(cluster:view{api_version = "batch/v1", kind = "CronJob"}.resource, "cronjobs")
  t:eq(cluster["cronjobs.batch"].kind, "CronJobList")
end

function test_an_object_names_its_kind(t)
  local item = cluster:item{apiVersion = "batch/v1", kind = "Job", metadata = {name = "x", namespace = "y"}}
  t:eq(cluster:view(item).kind, "JobList")
  t:eq(cluster:view{apiVersion = "v1", kind = "Pod", name = "x"}.kind, "PodList")
end

function test_events_are_those_of_the_core_group(t)
  t:eq(cluster.events.api_paths, {"api/v1"})
  t:eq(cluster:view("Event").api_paths, {"api/v1"})
  t:eq(cluster:view("events.events.k8s.io").api_paths, {"apis/events.k8s.io/v1"})
end

function test_a_version_is_kept(t)
  local view = cluster:view("hpa.v1.autoscaling")
  t:eq(view.api_paths, {"apis/autoscaling/v1", "apis/autoscaling/v2"})
  t:eq(cluster:view("hpa").api_paths[1], "apis/autoscaling/v2")
  t:create{
    apiVersion = "autoscaling/v2", kind = "HorizontalPodAutoscaler", metadata = {name = "h"},
    spec = {maxReplicas = 2, scaleTargetRef = {apiVersion = "apps/v1", kind = "Deployment", name = "d"}},
  }
  for item in view:namespaced(t.namespace) do
    t:eq(item.raw.apiVersion, "autoscaling/v1")
    t:match(item.meta.link, "/apis/autoscaling/v1/")
    t:eq(item:fetch().raw.apiVersion, "autoscaling/v1")
  end
  t:eq(cluster:view{api_version = "autoscaling/v1", kind = "HorizontalPodAutoscaler"}.api_paths[1], "apis/autoscaling/v1")
end

function test_wrong_names(t)
  cluster:view("Deploymnt") --> error: "unknown resource "Deploymnt" (did you mean "deployments"?)"
  cluster:view("deployments.v7.apps") --> error: "unknown resource "deployments.v7.apps" (deployments: apps/v1)"
  cluster:view("deployments.extensions") --> error: "(deployments: apps/v1)"
  cluster:view("apps/v7/Deployment") --> error: "kind Deployment is not served as "apps/v7" (served: apps/v1)"
  cluster:view("cronjobs.bach") --> error: "unknown resource "cronjobs.bach" (cronjobs: batch/v1)"
  cluster:view("crnjobs.batch") --> error: "did you mean "cronjobs.batch""
  cluster:view("pods/log") --> error: "unknown resource "pods/log" (subresources have no views; "
  local _ = cluster.deploy --> error: "unknown resource "deploy" (did you mean "deployments""
  cluster:view() --> error: "want a name, or a table with api_version and kind, not nil"
  cluster:view{kind = "Pod"} --> error: "needs the strings api_version and kind"
  cluster:view("pods", {}) --> error: "unexpected argument"
end

function test_subresources_are_no_views(t)
  for _, name in ipairs{"pods/exec", "scale", "evictions", "Eviction"} do
    t:raises("ValueError", cluster.view, cluster, name)
  end
  for kind in cluster:kinds() do
    t:ok(not kind.resource:find("/"))
  end
end

function test_kinds(t)
  local found = {}
  for kind in cluster:kinds() do
    found[tostring(kind)] = kind
  end
  local d = found["deployments.apps"]
  t:eq({d.kind, d.resource, d.group, d.api_version, d.namespaced}, {"Deployment", "deployments", "apps", "apps/v1", true})
  t:eq(d.api_paths, {"apis/apps/v1"})
  t:eq(d.short_names, {"deploy"})
  t:match(table.concat(d.verbs, " "), "list")
  t:eq(found.nodes.namespaced, false)
  t:eq(found.nodes.group, "")
  t:eq(cluster:view(found["cronjobs.batch"]).kind, "CronJobList")
  t:eq(#found.secrets.short_names, 0)
  local _ = d.plural --> error: "deployments.apps has no "plural""
  -- The witness knows as many.
  local names = {}
  for name in t.kubectl("api-resources", "--output=name"):gmatch("[^\n]+") do
    names[name] = true
  end
  for name in pairs(found) do
    t:ok(names[name] or name:find("example.com"), name)
  end
end

function test_a_kind_that_appears_during_the_run(t)
  t:raises("ValueError", function() return cluster.sprockets end)
  define(t, t.namespace .. ".example.com", {kind = "Sprocket", plural = "sprockets", singular = "sprocket", shortNames = {"spr"}})
  t:eq(cluster.sprockets.kind, "SprocketList")
  t:eq(cluster:view("spr").kind, "SprocketList")
  local item = t:create{apiVersion = t.namespace .. ".example.com/v1", kind = "Sprocket", metadata = {name = "a"}}
  t:eq(item.kind, "Sprocket")
  t:eq(item.api_paths, {"apis/" .. t.namespace .. ".example.com/v1"})
  t:eq(cluster:item(item.raw), item)
end

function test_a_name_of_several_groups(t)
  local a, b = "a." .. t.namespace .. ".example.com", "b." .. t.namespace .. ".example.com"
  local names = {kind = "Gizmo", plural = "gizmos", singular = "gizmo"}
  define(t, a, names, {"v1beta1"})
  define(t, b, names, {"v1", "v1alpha1"})
  for _, name in ipairs{"gizmos", "gizmo", "Gizmo"} do
    local err = t:raises("ValueError", cluster.view, cluster, name)
    t:match(err.message, 'resource "' .. name .. '" is served by several groups (say which: "gizmos.')
    t:match(err.message, '"gizmos.' .. a .. '"')
    t:match(err.message, '"gizmos.' .. b .. '"')
  end
  t:raises("several groups", function() return cluster.gizmos end)
  t:eq(cluster["gizmos." .. a].api_paths, {"apis/" .. a .. "/v1beta1"})
  t:eq(cluster:view("Gizmo." .. b).api_paths, {"apis/" .. b .. "/v1", "apis/" .. b .. "/v1alpha1"})
  t:eq(cluster:view("gizmos.v1alpha1." .. b).api_paths[1], "apis/" .. b .. "/v1alpha1")
  t:eq(cluster:view{api_version = a .. "/v1beta1", kind = "Gizmo"}.kind, "GizmoList")
end

-- A custom resource that has the name of a kind of Kubernetes hides nothing.
function test_kubernetes_own_kinds_come_first(t)
  local group = t.namespace .. ".example.com"
  define(t, group, {kind = "Service", plural = "services", singular = "service"})
  define(t, group, {kind = "Ingress", plural = "ingresses", singular = "ingress"})
  t:eq(cluster:view("services").api_paths, {"api/v1"})
  t:eq(cluster:view("Ingress").api_paths, {"apis/networking.k8s.io/v1"})
  t:eq(cluster:view("services." .. group).api_paths, {"apis/" .. group .. "/v1"})
  -- Even if its names are the short ones.
  define(t, group, {kind = "Odd", plural = "sts", singular = "hpa", shortNames = {"netpol"}})
  t:eq(cluster:view("Odd").resource, "sts")
  t:eq(cluster:view("sts").kind, "StatefulSetList")
  t:eq(cluster:view("hpa").kind, "HorizontalPodAutoscalerList")
  t:eq(cluster:view("netpol").kind, "NetworkPolicyList")
  t:eq(cluster:view("hpa.v1.autoscaling").api_paths[1], "apis/autoscaling/v1")
  t:eq(cluster:view("netpol." .. group).kind, "OddList")
end
