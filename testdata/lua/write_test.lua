-- Writes on views and items: create, apply, patch, edit, update, delete.

local function configmap(t, data)
  return t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}, data = data}
end

local function maps(t) return cluster.configmaps:namespaced(t.namespace) end

-- nowhere is an item of a cluster that nobody answers for.
local function nowhere(data)
  data = data or {}
  data.apiVersion, data.kind, data.metadata = "v1", "Secret", data.metadata or {name = "a", namespace = "x"}
  return kube.cluster{url = "http://127.0.0.1:1/"}:item(data)
end

-- managers is who is on record for an object, and how.
local function managers(item)
  local names = {}
  for entry in item.raw.metadata.managedFields do
    names[#names + 1] = entry.manager .. " " .. entry.operation .. " " .. (entry.subresource or "")
  end
  table.sort(names)
  return table.concat(names, ",")
end

function test_view_create(t)
  local view = maps(t)
  local item = view:create{metadata = {name = "a"}, data = {k = "v"}}
  t:eq(item.kind, "ConfigMap")
  t:eq(item.meta.namespace, t.namespace)
  t:eq(managers(item), "kubelua Update ")
  t:eq(view:create("{metadata: {name: b}}").meta.name, "b")
  t:match(view:create{metadata = {generateName = "made-"}}.meta.name, "^made%-.+")
  t:eq(cluster.configmaps:create({metadata = {name = "c"}}, {namespace = t.namespace}).meta.name, "c")
  t:eq(managers(view:create({metadata = {name = "d"}, data = {k = "v"}}, {field_manager = "me"})), "me Update ")
  t:eq(view:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "e", namespace = t.namespace}}.meta.name, "e")
  t:eq(t:raises("APIError", view.create, view, {metadata = {name = "a"}}).reason, "AlreadyExists")
  -- What was read can be created again.
  t:eq(t:raises("APIError", view.create, view, item).reason, "AlreadyExists")
  item:delete()
  t:ne(view:create(item).meta.uid, item.meta.uid)
end

function test_view_create_refused_unsent(t)
  local view = kube.cluster{url = "http://127.0.0.1:1/"}.secrets
  view:create{metadata = {name = "a"}} --> error: "create secrets a: which namespace?"
  view:namespaced("x"):create({metadata = {name = "a", namespace = "y"}}) --> error: "the data says namespace "y", the view is of "x""
  view:namespaced("x"):create({metadata = {name = "a"}}, {namespace = ""}) --> error: "option namespace is empty"
  view:create{kind = "Pod", metadata = {name = "a"}} --> error: "create secrets: the data is of kind Pod"
  view:create() --> error: "want an object"
  view:create({metadata = {name = "a"}}, {force = true}) --> error: "unknown option "force""
end

function test_apply(t)
  local view = maps(t)
  local first = view:apply{metadata = {name = "a"}, data = {k = "v", gone = "x"}}
  t:eq(managers(first), "kubelua Apply ")
  t:eq(view:apply{metadata = {name = "a"}, data = {k = "v", gone = "x"}}, first)
  local second = view:apply{metadata = {name = "a"}, data = {k = "w"}}
  t:eq(kube.totable(second.raw.data), {k = "w"})
  t:eq(t.kubectl("get", "configmap", "a", "-n", t.namespace, "-o", "jsonpath={.data}"), '{"k":"w"}')
  local third = cluster:apply({apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}, data = {k = "x"}}, {namespace = t.namespace})
  t:eq(third.raw.data.k, "x")
  t:eq(third:apply{data = {k = "y"}}.raw.data.k, "y")
  -- What was read can be applied by another manager.
  local read = third:fetch()
  local mine = view:apply(read, {field_manager = "me"})
  t:match(managers(mine), "me Apply")
  view:apply{metadata = {generateName = "x-"}} --> error: "the data has no metadata.name"
  third:apply{metadata = {name = "b"}} --> error: "the data is about another object, its name is b"
  third:apply{kind = "Secret"} --> error: "the data is of kind Secret"
end

function test_apply_conflicts(t)
  local view = maps(t)
  local item = view:create({metadata = {name = "a"}, data = {color = "blue", size = "1", other = "x"}}, {field_manager = "painter"})
  local wanted = {metadata = {name = "a"}, data = {color = "red", size = "2", other = "x"}}
  local err = t:raises("APIError", view.apply, view, wanted)
  t:eq(err.reason, "Conflict")
  t:eq(err.status_code, 409)
  t:eq(err.message, "apply configmaps " .. t.namespace .. '/a: conflict: "painter" owns .data.color, .data.size (leave them out, or take them over with force = true)')
  t:eq(#err.conflicts, 2)
  t:eq(err.conflicts[1].manager, "painter")
  t:eq(err.conflicts[2].field, ".data.size")
  t:eq(item:fetch(), item)
  local forced = view:apply(wanted, {force = true})
  t:eq(forced.raw.data.color, "red")
  t:eq(#t:raises("LookupError", view.fetch, view, "none").conflicts, 0)
end

function test_patch(t)
  local item = configmap(t, {a = "1", b = "2"})
  local merged = item:patch{data = {a = "x", b = kube.null, c = "3"}}
  t:eq(kube.totable(merged.raw.data), {a = "x", c = "3"})
  t:eq(merged, item:fetch())
  local json = item:patch({{op = "test", path = "/data/a", value = "x"}, {op = "replace", path = "/data/a", value = "y"}}, {type = "json"})
  t:eq(json.raw.data.a, "y")
  local err = t:raises("APIError", item.patch, item, {{op = "test", path = "/data/a", value = "x"}}, {type = "json"})
  t:eq(err.reason, "Invalid")
  t:eq(item:patch({data = {d = "4"}}, {type = "strategic"}).raw.data.d, "4")
  local applied = item:patch({data = {e = "5"}}, {type = "apply", field_manager = "me"})
  t:eq(applied.raw.data.e, "5")
  t:match(managers(applied), "me Apply")
  local taken = t:raises("APIError", item.patch, item, {metadata = {resourceVersion = item.meta.version}, data = {z = "z"}})
  t:eq(taken.reason, "Conflict")
end

function test_patch_refused_unsent(t)
  local item = nowhere()
  item:patch({}, {type = "jsonn"}) --> error: "unknown patch type "jsonn" (did you mean "json"?)"
  item:patch({data = {}}, {type = "json"}) --> error: "a list of operations"
  item:patch({{op = "replace", path = "data"}}, {type = "json"}) --> error: "operation 1 has no op, or no path that begins with a slash"
  item:patch({{op = "replace", path = "/data"}}) --> error: "a patch of type merge is an object"
  item:patch({data = {a = print}}) --> error: "data.data.a: a function can't be sent"
  item:patch({data = {}}, {force = true}) --> error: "force is for patches of type apply"
  item:patch({data = {}}, {subresource = "../pods"}) --> error: "can't be the name of a subresource"
  item:patch() --> error: "want an object"
end

function test_strategic_patch_of_a_custom_resource(t)
  local box = t.boxes():create{metadata = {name = "a"}}
  box:patch({spec = {x = 1}}, {type = "strategic"}) --> error: "custom resources have no strategic patches"
  t:eq(box:patch{spec = {x = 1}}.spec.x, 1)
end

local template = {metadata = {labels = {app = "x"}}, spec = {containers = {{name = "x", image = "x"}}}}

function test_subresources(t)
  local view = cluster.deployments:namespaced(t.namespace)
  local item = view:create{metadata = {name = "a"}, spec = {replicas = 0, selector = {matchLabels = {app = "x"}}, template = template}}
  local scaled = item:patch({spec = {replicas = 2}}, {subresource = "scale"})
  t:eq(scaled.kind, "Deployment")
  t:eq(scaled.spec.replicas, 2)
  local told = item:patch({status = {conditions = {{type = "Odd", status = "True", reason = "R", message = "m"}}}}, {subresource = "status"})
  t:eq(told.kind, "Deployment")
  local edited = told:edit(function(d)
    table.insert(d.status.conditions, {type = "Even", status = "True", reason = "R", message = "m"})
  end, {subresource = "status"})
  t:match(managers(edited), "kubelua Update status")
end

function test_edit(t)
  local item = configmap(t, {keep = "k", change = "c", drop = "d", null = "n"})
  local edited = item:edit(function(object)
    t:eq(type(object), "table")
    object.data.change = "new"
    object.data.drop = nil
    object.data.null = kube.null
    object.data.added = "a"
    object.metadata.labels = {app = "x"}
  end)
  t:eq(kube.totable(edited.raw.data), {keep = "k", change = "new", added = "a"})
  t:eq(edited.meta.labels.app, "x")
  t:eq(edited, item:fetch())
  -- The newest version is edited, whatever the item is.
  local again = item:edit(function(object) object.data.change = object.data.change .. "er" end)
  t:eq(again.raw.data.change, "newer")
  -- A table of its own.
  local other = item:edit(function(object)
    return {apiVersion = object.apiVersion, kind = object.kind, metadata = object.metadata, data = {only = "this"}}
  end)
  t:eq(kube.totable(other.raw.data), {only = "this"})
  t:eq(item:edit(function() end), other)
  t:eq(item:edit(function(object) object.data.nothing = kube.null end), other)
end

function test_edit_of_lists(t)
  local box = t.boxes():create{metadata = {name = "a"}, spec = {list = {1, 2, 3}, left = {1}, deep = {{a = 1, b = 2}}, float = 1.5, big = kube.int64("9007199254740993")}}
  local version = box.meta.version
  t:eq(box:edit(function(o) o.spec.list = {1, 2, 3} o.spec.deep[1].a = 1 end).meta.version, version)
  local edited = box:edit(function(o)
    table.remove(o.spec.list, 1)
    o.spec.left = {}
    o.spec.deep[1].b = nil
  end)
  t:eq(tostring(edited.spec.list), "[2,3]")
  t:eq(tostring(edited.spec.left), "[]")
  t:eq(tostring(edited.spec.deep), '[{"a":1}]')
  t:eq(tostring(edited.spec.big), "9007199254740993")
end

function test_edit_refuses_another_identity(t)
  local item = configmap(t, {k = "v"})
  item:edit(function(o) o.metadata.name = "b" end) --> error: "name can't be changed"
  item:edit(function(o) o.metadata.uid = nil end) --> error: "uid can't be changed"
  item:edit(function(o) o.metadata.namespace = "x" end) --> error: "namespace can't be changed"
  item:edit(function(o) o.kind = "Secret" end) --> error: "kind can't be changed"
  item:edit(function(o) o.metadata.resourceVersion = "1" end) --> error: "resourceVersion can't be changed"
  item:edit(function(o) o.data.f = print end) --> error: "object.data.f: a function can't be sent"
  item:edit(function() return 5 end) --> error: "must change its table or return another, not number"
  item:edit(function() error("mine") end) --> error: "mine"
  item:edit() --> error: "the function must be a function, not nil"
  t:eq(item:fetch(), item)
end

function test_edit_by_many(t)
  local item = configmap(t, {count = "0"})
  task.parallel({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, function(n)
    for i = 1, 2 do
      item:edit(function(object)
        object.data.count = tostring(object.data.count + 1)
        if i == 2 then task.sleep(0) end
        object.data["task" .. n .. "-" .. i] = "was here"
      end)
    end
  end, {limit = 16})
  local data = item:fetch().raw.data
  t:eq(data.count, "32")
  t:eq(#data, 33)
end

function test_edit_within_a_coroutine(t)
  local item = configmap(t, {k = "0"})
  local steps = coroutine.wrap(function()
    return item:edit(function(object)
      coroutine.yield("in the middle")
      object.data.k = "1"
    end)
  end)
  t:eq(steps(), "in the middle")
  t:eq(steps().raw.data.k, "1")
end

function test_edit_of_what_was_replaced(t)
  local item = configmap(t, {k = "v"})
  item:delete()
  t:raises("LookupError", item.edit, item, function() end)
  configmap(t, {k = "v"})
  t:eq(t:raises("APIError", item.edit, item, function(o) o.data.k = "w" end).reason, "Conflict")
end

function test_edit_of_the_status(t)
  local pod = cluster.pods:namespaced(t.namespace):create{metadata = {name = "p"}, spec = {nodeName = "none-such", containers = {{name = "x", image = "x"}}}}
  pod:edit(function(o) o.status.message = "m" end) --> error: "the server ignores changes of the status here"
  t:eq(pod:edit(function(o) o.status.message = "m" end, {subresource = "status"}).message, "m")
end

function test_update(t)
  local item = configmap(t, {a = "1", b = "2"})
  local data = kube.totable(item)
  data.data = {a = "x"}
  local newer = item:update(data)
  t:eq(kube.totable(newer.raw.data), {a = "x"})
  local err = t:raises("APIError", item.update, item, data)
  t:eq(err.reason, "Conflict")
  t:eq(newer:update{data = {z = "z"}}.raw.data.z, "z")
  t:eq(t:raises("APIError", newer.update, newer, {data = {}}).reason, "Conflict")
  nowhere():update{data = {}} --> error: "neither the data nor the item has a version"
  item:update{metadata = {name = "b"}} --> error: "its name is b"
end

function test_delete_waits(t)
  local item = configmap(t)
  item:delete{wait = true}
  t:eq(maps(t):find("a"), nil)
  local held = maps(t):create{metadata = {name = "b", finalizers = {"example.com/hold"}}}
  local err = t:raises("TimeoutError", held.delete, held, {wait = 0.2})
  t:match(err.message, "it is still there after 200ms")
  t:match(err.message, "it has the finalizers example.com/hold")
  local gone = task.spawn(function() held:delete{wait = "30s"} return true end)
  held.meta.finalizers:delete("example.com/hold")
  t:ok(gone:wait{timeout = 30})
  t:eq(maps(t):find("b"), nil)
end

function test_delete_options(t)
  local item = nowhere()
  item:delete{wait = 0} --> error: "option wait is 0"
  item:delete{wait = "soon"} --> error: "option wait must be a duration"
  item:delete{grace = -1} --> error: "option grace must be a duration"
  item:delete{propagation = "Foregroun"} --> error: "unknown policy"
  local pod = cluster.pods:namespaced(t.namespace):create{metadata = {name = "p"}, spec = {containers = {{name = "x", image = "x"}}}}
  pod:delete{grace = 0, wait = 60}
  t:eq(cluster.pods:namespaced(t.namespace):find("p"), nil)
end

function test_labels_of_many_at_once(t)
  local item = configmap(t)
  local set = item.meta.labels:set{a = "1", b = "2", ["example.com/c"] = "3"}
  t:eq(kube.totable(set.meta.labels), {a = "1", b = "2", ["example.com/c"] = "3"})
  local changed = item.meta.labels:set{a = kube.null, b = "x"}
  t:eq(kube.totable(changed.meta.labels), {b = "x", ["example.com/c"] = "3"})
  t:eq(#item.meta.labels:delete("b", "example.com/c", "none").meta.labels, 0)
  item.meta.labels:set{} --> error: "there is nothing to set or delete"
  item.meta.labels:set{a = 1} --> error: "must map strings to strings (or kube.null), not "a" to 1"
  item.meta.labels:set{["a b"] = "x"} --> error: "label key "a b""
end

function test_annotations(t)
  local item = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a", annotations = {["example.com/note"] = "a b c"}}}
  local annotations = item.meta.annotations
  t:eq(annotations["example.com/note"], "a b c")
  t:eq(annotations:get("none", "x"), "x")
  t:eq(annotations:has("example.com/note"), true)
  t:eq(#annotations, 1)
  for key, value in pairs(annotations) do t:eq(key .. "=" .. value, "example.com/note=a b c") end
  local set = annotations:set("Example.com/Other", "any text: at all!"):fetch()
  t:eq(set.meta.annotations["Example.com/Other"], "any text: at all!")
  t:eq(#annotations:set{a = "1", b = "2"}.meta.annotations, 4)
  t:eq(#annotations:delete("a", "b", "Example.com/Other").meta.annotations, 1)
  annotations:set("a b", "x") --> error: "annotation key "a b""
  annotations.x = "y" --> error: "annotations change by annotations:set(key, value)"
  local secret = t:create{apiVersion = "v1", kind = "Secret", metadata = {name = "s", annotations = {password = "1"}}}
  t:eq(tostring(secret.meta.annotations), "***")
  t:eq(secret.meta.annotations.password, "1")
end

function test_finalizers(t)
  local item = configmap(t)
  t:eq(#item.meta.finalizers, 0)
  local held = item.meta.finalizers:set("example.com/a", "example.com/b")
  t:eq(held.meta.finalizers, {"example.com/a", "example.com/b"})
  t:eq(held.meta.finalizers[1], "example.com/a")
  t:eq(held.meta.finalizers[3], nil)
  t:eq(held.meta.finalizers:has("example.com/b"), true)
  t:eq(tostring(held.meta.finalizers), '["example.com/a","example.com/b"]')
  t:eq(table.concat(held.meta.finalizers, ","), "example.com/a,example.com/b")
  t:eq(held.meta.finalizers:set("example.com/a"), held)
  local names = {}
  for name in held.meta.finalizers do names[#names + 1] = name end
  t:eq(#names, 2)
  task.parallel({"c", "d", "e", "f"}, function(name) item.meta.finalizers:set("example.com/" .. name) end)
  t:eq(#item:fetch().meta.finalizers, 6)
  held:delete()
  local left = item.meta.finalizers:delete("example.com/a", "example.com/none", "example.com/c", "example.com/d", "example.com/e", "example.com/f")
  t:eq(left.meta.finalizers, {"example.com/b"})
  left.meta.finalizers:delete("example.com/b")
  t:eq(maps(t):find("a"), nil)
  left.meta.finalizers:delete() --> error: "the finalizer must be a string, not nil"
  left.meta.finalizers[1] = "x" --> error: "finalizers change by finalizers:set(name)"
  t:eq(pcall(function() return left.meta.finalizers.add end), false)
end

function test_owners(t)
  local owner, item = configmap(t), maps(t):create{metadata = {name = "b"}}
  t:eq(#item.meta.owners, 0)
  local owned = item.meta.owners:set(owner, {controller = true, block = true})
  t:eq(#owned.meta.owners, 1)
  t:eq(owned.meta.owners[1].name, "a")
  t:eq(owned.meta.owners[1].uid, owner.meta.uid)
  t:eq(owned.meta.owners[1].controller, true)
  t:eq(owned.meta.owners:has(owner), true)
  t:eq(item.meta.owners:has(owner), false)
  local changed = owned.meta.owners:set(owner)
  t:eq(#changed.meta.owners, 1)
  t:eq(changed.meta.owners[1].controller, false)
  t:eq(#changed.meta.owners:delete(owner).meta.owners, 0)
  local elsewhere = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "other", uid = "1"}}
  item.meta.owners:set(elsewhere) --> error: "is in another namespace"
  item.meta.owners:set(cluster:item{apiVersion = "v1", kind = "Node", metadata = {name = "n"}}) --> error: "was never on the server"
  item.meta.owners:set("a") --> error: "the owner must be an item, not string"
  -- The garbage collector takes what is owned with its owner.
  item.meta.owners:set(owner)
  owner:delete()
  t:eventually(function() return not maps(t):find("b") end)
end

function test_forbidden_writes_name_the_rule(t)
  local item = configmap(t, {k = "v"})
  t.kubectl("create", "role", "reader", "-n", t.namespace, "--verb=get,list", "--resource=configmaps")
  t.kubectl("create", "serviceaccount", "narrow", "-n", t.namespace)
  t.kubectl("create", "rolebinding", "narrow", "-n", t.namespace, "--role=reader", "--serviceaccount=" .. t.namespace .. ":narrow")
  local narrow = kube.cluster{as = "system:serviceaccount:" .. t.namespace .. ":narrow"}
  local mine = narrow.configmaps:namespaced(t.namespace)
  local seen = mine:fetch("a")
  local function missing(verb, fn)
    local err = t:raises("APIError", fn)
    t:eq(err.reason, "Forbidden")
    t:match(err.message, ('missing rule: apiGroups: [""], resources: ["configmaps"], verbs: ["%s"] in a Role in namespace "%s"'):format(verb, t.namespace))
  end
  missing("create", function() mine:create{metadata = {name = "b"}} end)
  missing("patch", function() mine:apply{metadata = {name = "b"}} end)
  missing("patch", function() seen:patch{data = {k = "w"}} end)
  missing("patch", function() seen:edit(function(o) o.data.k = "w" end) end)
  missing("patch", function() seen.meta.annotations:set("a", "b") end)
  missing("update", function() seen:update{data = {}} end)
  missing("delete", function() seen:delete{wait = true} end)
  t:eq(item:fetch(), item)
end

function test_edit_refuses_what_it_would_drop(t)
  local item = cluster.deployments:namespaced(t.namespace):create{metadata = {name = "a"}, spec = {replicas = 0, selector = {matchLabels = {app = "x"}}, template = template}}
  local version = item.meta.version
  item:edit(function(o) o.spec.replicas = 1 o.status.conditions = {{type = "Odd", status = "True", reason = "R", message = "m"}} end) --> error: "the server ignores changes of the status here"
  item:edit(function(o) o.spec.replicas = 1 end, {subresource = "status"}) --> error: "spec can't be changed together with {subresource = "status"}"
  item:edit(function(o) o.metadata.labels = {a = "b"} end, {subresource = "status"}) --> error: "metadata can't be changed"
  local ran = false
  local err = t:raises("ValueError", item.edit, item, function() ran = true end, {subresource = "scale"})
  t:match(err.message, 'not "scale"')
  t:eq(ran, false)
  t:eq(item:fetch().spec.replicas, 0)
  -- A kind without the subresource takes both at once.
  local box = t.boxes():create{metadata = {name = "a"}, spec = {x = 1}}
  local now = box:edit(function(o) o.spec.x = 2 end)
  t:eq(now.spec.x, 2)
end

function test_a_namesake_is_left_alone(t)
  local item = configmap(t, {k = "v"})
  item:delete()
  local other = configmap(t, {k = "other"})
  local function refused(fn)
    local err = t:raises("APIError", fn)
    t:eq(err.reason, "Conflict")
    t:match(err.message, "its name has been taken over by another object")
  end
  refused(function() item.meta.labels:set("a", "b") end)
  refused(function() item:patch{data = {k = "w"}} end)
  refused(function() item:patch({data = {k = "w"}}, {type = "strategic"}) end)
  refused(function() item:patch({{op = "replace", path = "/data/k", value = "w"}}, {type = "json"}) end)
  refused(function() item:apply{data = {new = "w"}} end)
  refused(function() item:update{data = {k = "w"}} end)
  refused(function() item.meta.finalizers:set("example.com/x") end)
  t:eq(other:fetch(), other)
end

function test_an_empty_table_where_a_list_is_wanted(t)
  local pods = cluster.pods:namespaced(t.namespace)
  pods:create{metadata = {name = "p"}, spec = {containers = {}}} --> error: "(kube.array{} is an empty list)"
  pods:apply{metadata = {name = "p"}, spec = {containers = {}}} --> error: "(kube.array{} is an empty list)"
end

function test_other_ways_to_say_it(t)
  local item = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a", labels = {a = "1", b = "2"}}}
  t:eq(kube.totable(item.meta.labels:set("a", kube.null).meta.labels), {b = "2"})
  t:eq(item:patch("{data: {k: v}}").raw.data.k, "v")
  t:eq(item:patch('[{"op": "replace", "path": "/data/k", "value": "w"}]', {type = "json"}).raw.data.k, "w")
  item:patch("5") --> error: "the text is not one patch"
  item.meta.annotations:set("a", "\255") --> error: "the value of annotation "a" is not UTF-8"
end
