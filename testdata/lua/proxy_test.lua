-- cluster.proxy and kube.proxy: low-level access to the API server.

local proxy = function() return cluster.proxy end


local function configmap(name, data)
  return {apiVersion = "v1", kind = "ConfigMap", metadata = {name = name}, data = data}
end

function test_get(t)
  local namespace = cluster.proxy:get("api/v1", "namespaces", "default")
  t:eq(namespace.kind, "Namespace")
  t:eq(namespace.metadata.name, "default")
  t:eq(cluster.proxy:get("/api/v1/namespaces/default").metadata.uid, namespace.metadata.uid)
  t:eq(cluster.proxy:get("api/v1/namespaces/default").metadata.uid, namespace.metadata.uid)
  t:eq(cluster.proxy:get("version").major, "1")
  t:eq(cluster.proxy:get("apis", "apps").kind, "APIGroup")
end

function test_get_an_items_link(t)
  local item = t:create(configmap("a.b-c"))
  t:eq(cluster.proxy:get(item.meta.link).metadata.uid, item.meta.uid)
  local node = cluster.nodes:fetch("node-0")
  t:eq(cluster.proxy:get(node.meta.link).metadata.uid, node.meta.uid)
end

function test_get_with_params(t)
  t.configmaps(5)
  local page = cluster.proxy:get("api/v1", "namespaces", t.namespace, "configmaps", {params = {limit = 2, labelSelector = "!x"}})
  t:eq(#page.items, 2)
  t:ok(page.metadata.continue)
  local rest = cluster.proxy:get("api/v1", "namespaces", t.namespace, "configmaps", {params = {limit = 500, continue = page.metadata.continue}})
  t:eq(#rest.items, 4)
  -- One absolute path may bring its own query.
  t:eq(#cluster.proxy:get("/api/v1/namespaces/" .. t.namespace .. "/configmaps?limit=3").items, 3)
  t:eq(#cluster.proxy:get("/api/v1/namespaces/" .. t.namespace .. "/configmaps?limit=3", {params = {resourceVersion = ""}}).items, 3)
  cluster.proxy:get("version", {params = {x = {}}}) --> error: "parameter x must be a string, number or boolean, not table"
  cluster.proxy:get("version", {params = "x=1"}) --> error: "option params must be a table, not string"
end

function test_get_text(t)
  t:eq(cluster.proxy:get("healthz"), "ok")
  t:match(cluster.proxy:get("/metrics"), "# HELP")
  t:eq(cluster.proxy:get("healthz", {params = {verbose = true}}):sub(1, 3), "[+]")
end

function test_post(t)
  local made = cluster.proxy:post("api/v1", "namespaces", t.namespace, "configmaps", {json = configmap("a", {k = "v"})})
  t:eq(made.kind, "ConfigMap")
  t:ok(made.metadata.uid)
  t:eq(t.kubectl("get", "configmap", "a", "-n", t.namespace, "-o", "jsonpath={.data.k}"), "v")
  -- What came from the server can be sent back, and 201, 200 and 202 all mean success.
  local trial = cluster.proxy:post("api/v1", "namespaces", t.namespace, "configmaps", {json = configmap("b"), params = {dryRun = "All"}})
  t:eq(trial.metadata.name, "b")
  t:eq(cluster.configmaps:find("b", {namespace = t.namespace}), nil)
  local review = cluster.proxy:post("apis/authorization.k8s.io/v1", "selfsubjectaccessreviews", {json = {
    apiVersion = "authorization.k8s.io/v1", kind = "SelfSubjectAccessReview",
    spec = {resourceAttributes = {verb = "list", resource = "pods"}},
  }})
  t:eq(review.status.allowed, true)
end

function test_post_refused(t)
  local err = t:raises("APIError", proxy().post, proxy(), "api/v1", "namespaces", t.namespace, "configmaps", {json = configmap("Not A Name")})
  t:eq(err.status_code, 422)
  t:eq(err.reason, "Invalid")
  err = t:raises("APIError", proxy().post, proxy(), "api/v1", "namespaces", t.namespace, "configmaps", {json = {}})
  t:eq(err.status_code, 422)
  err = t:raises("APIError", proxy().post, proxy(), "api/v1", "namespaces", t.namespace, "configmaps")
  t:eq(err.status_code, 400)
  cluster.proxy:post("api/v1", {json = {1, nil, 3}}) --> error: "json: the list has holes"
  cluster.proxy:post("api/v1", {body = {}}) --> error: "unknown option "body""
  cluster.proxy:post("api/v1", {}, {}) --> error: "unexpected argument"
end

function test_patch(t)
  local pod = t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p", annotations = {a = "1"}}, spec = {schedulerName = "none",
    containers = {{name = "x", image = "x:1"}, {name = "y", image = "y:1"}}}}
  -- Strategic is the default: lists merge by name.
  local path = {"api/v1", "namespaces", t.namespace, "pods", "p"}
  local function patch(options) return cluster.proxy:patch(path[1], path[2], path[3], path[4], path[5], options) end
  local patched = patch{patch = {spec = {containers = {{name = "y", image = "y:2"}}}}}
  t:eq(#patched.spec.containers, 2)
  t:eq(t.kubectl("get", "pod", "p", "-n", t.namespace, "-o", "jsonpath={.spec.containers[*].image}"), "x:1 y:2")
  t:eq(patch{patch = {metadata = {annotations = {b = "2"}}}, type = "strategic"}.metadata.annotations, {a = "1", b = "2"})
  t:eq(patch{patch = {metadata = {annotations = {a = kube.null}}}, type = "merge"}.metadata.annotations, {b = "2"})
  t:eq(patch{patch = {{op = "add", path = "/metadata/annotations/c", value = "3"}}, type = "json"}.metadata.annotations, {b = "2", c = "3"})
  local applied = patch{type = "apply", params = {fieldManager = "suite", force = true},
    patch = {apiVersion = "v1", kind = "Pod", metadata = {annotations = {d = "4"}}}}
  t:eq(applied.metadata.annotations, {b = "2", c = "3", d = "4"})
  t:eq(pod:fetch().meta.annotations, {b = "2", c = "3", d = "4"})
end

function test_patch_of_a_subresource(t)
  t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = {schedulerName = "none", containers = {{name = "x", image = "x"}}}}
  local patched = cluster.proxy:patch("api/v1", "namespaces", t.namespace, "pods", "p", "status", {patch = {status = {message = "hello"}}})
  t:eq(patched.status.message, "hello")
  t:eq(cluster.pods:fetch("p", {namespace = t.namespace}).message, "hello")
end

function test_patch_refused(t)
  local p = cluster.proxy
  p:patch("api/v1", "x") --> error: "option patch is missing"
  p:patch("api/v1", "x", {patch = {}, type = "stategic"}) --> error: "unknown patch type "stategic" (did you mean "strategic"?)"
  p:patch("api/v1", "x", {patch = {a = {1, b = 2}}}) --> error: "patch.a: has both a list and named fields ("b")"
  p:patch("api/v1", "x", {patch = print}) --> error: "a function can't be sent"
  local err = t:raises("LookupError", p.patch, p, "api/v1", "namespaces", t.namespace, "pods", "none", {patch = {}})
  t:eq(err.status_code, 404)
end

function test_delete(t)
  t.configmaps(3)
  local answer = cluster.proxy:delete("api/v1", "namespaces", t.namespace, "configmaps", "c0001")
  t:eq(answer.status, "Success")
  cluster.proxy:delete("api/v1", "namespaces", t.namespace, "configmaps", "c0002", {params = {dryRun = "All"}})
  t:ok(cluster.configmaps:find("c0002", {namespace = t.namespace}))
  -- The body is what goes as DeleteOptions.
  local wrong = {apiVersion = "v1", kind = "DeleteOptions", preconditions = {uid = "00000000-0000-0000-0000-000000000000"}}
  local p = cluster.proxy
  local err = t:raises("APIError", p.delete, p, "api/v1", "namespaces", t.namespace, "configmaps", "c0002", {json = wrong})
  t:eq(err.status_code, 409)
  cluster.proxy:delete("api/v1", "namespaces", t.namespace, "configmaps", {params = {labelSelector = "!x", fieldSelector = "metadata.name!=c0003"}})
  t:match(t.kubectl("get", "configmap", "-n", t.namespace, "-o", "name"), "configmap/c0003")
  t:eq(cluster.configmaps:find("c0002", {namespace = t.namespace}), nil)
  t:raises("LookupError", p.delete, p, "api/v1", "namespaces", t.namespace, "configmaps", "c0001")
end

function test_watch(t)
  local version = cluster.proxy:get("api/v1", "namespaces", t.namespace, "configmaps").metadata.resourceVersion
  local w = cluster.proxy:watch("api/v1", "namespaces", t.namespace, "configmaps", {version = version})
  t:create(configmap("a", {k = "1"}))
  local ev = w:next{timeout = 30}
  t:eq(ev.type, "ADDED")
  t:eq(ev.object.metadata.name, "a")
  t:eq(ev.object.data.k, "1")
  cluster.proxy:patch("api/v1", "namespaces", t.namespace, "configmaps", "a", {patch = {data = {k = "2"}}})
  ev = w:next(30)
  t:eq(ev.type, "MODIFIED")
  t:eq(ev.object.data.k, "2")
  cluster.proxy:delete("api/v1", "namespaces", t.namespace, "configmaps", "a")
  for event in w do
    t:eq(event.type, "DELETED")
    break
  end
  local none, why = w:next(0)
  t:eq(none, nil)
  t:eq(why, "timeout")
  w:close()
  none, why = w:next()
  t:eq(none, nil)
  t:eq(why, "closed")
  for _ in w do t:ok(false, "an event after close") end
end

function test_watch_from_what_exists(t)
  t.configmaps(2)
  -- Without a version the server sends first what exists.
  local w = cluster.proxy:watch("api/v1", "namespaces", t.namespace, "configmaps")
  local names = {}
  for _ = 1, 3 do
    local ev = w:next(30)
    t:eq(ev.type, "ADDED")
    names[ev.object.metadata.name] = true
  end
  t:eq(names, {["kube-root-ca.crt"] = true, c0001 = true, c0002 = true})
  w:close()
end

function test_watch_of_one_object(t)
  t:create(configmap("a", {k = "1"}))
  local w = cluster.proxy:watch("api/v1", "namespaces", t.namespace, "configmaps", "a")
  local ev = w:next(30)
  t:eq({ev.type, ev.object.kind, ev.object.metadata.name}, {"ADDED", "ConfigMap", "a"})
  cluster.proxy:delete("api/v1", "namespaces", t.namespace, "configmaps", "a")
  t:eq(w:next(30).type, "DELETED")
  w:close()
end

function test_watch_matches_fields_itself(t)
  local version = cluster.proxy:get("api/v1", "namespaces", t.namespace, "configmaps").metadata.resourceVersion
  -- No server takes a field selector on the data of a ConfigMap.
  local w = cluster.proxy:watch("api/v1", "namespaces", t.namespace, "configmaps", {version = version, fields = {["data.color"] = "blue", ["metadata.labels.app"] = "x"}})
  t:create(configmap("a", {color = "red"}))
  t:create(configmap("b", {color = "blue"}))
  t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "c", labels = {app = "x"}}, data = {color = "blue"}}
  t:eq(w:next(30).object.metadata.name, "c")
  t:eq(w:next(0), nil)
  w:close()
  cluster.proxy:watch("api/v1", "pods", {fields = "a=b"}) --> error: "option fields must be a table, not string"
  cluster.proxy:watch("api/v1", "pods", {fields = {a = 1}}) --> error: "must map strings to strings"
  cluster.proxy:watch("api/v1", "pods", {version = 1}) --> error: "option version must be a string, not number"
end

function test_watch_that_can_not_be(t)
  t:raises("version", function()
    kube.with(cluster.proxy:watch("api/v1", "namespaces", {version = "no-version"}), function(w) w:next(10) end)
  end)
  local w = cluster.proxy:watch("api/v1", "nonsenses")
  t:eq(t:raises("LookupError", w.next, w, 30).status_code, 404)
  w:close()
end

function test_urljoin(t)
  local p = kube.proxy{url = "http://127.0.0.1:1/base/"}
  t:eq(p:urljoin("api/v1", "namespaces", "default", "pods", "foo"), "http://127.0.0.1:1/base/api/v1/namespaces/default/pods/foo")
  t:eq(p:urljoin("/api/v1/namespaces/default"), "http://127.0.0.1:1/base/api/v1/namespaces/default")
  t:eq(p:urljoin("api/v1", "a b?c#d%"), "http://127.0.0.1:1/base/api/v1/a%20b%3Fc%23d%25")
  t:eq(cluster.proxy:urljoin("version"), cluster.url .. "version")
  p:urljoin() --> error: "a path is missing"
  p:urljoin("api/v1", "a/b") --> error: ""a/b" can't be a part of a path (only the first part may have slashes)"
  p:urljoin("api/v1", "") --> error: "can't be a part of a path"
  p:urljoin("api/v1", "..", "x") --> error: "can't be a part of a path"
  p:urljoin("api/../x") --> error: "can't be a part of a path"
  p:urljoin("api/v1", {}) --> error: "unexpected argument"
  p:urljoin("api/v1?x=1", "pods") --> error: "takes no query"
  p:urljoin("api/v1", 5) --> error: "argument 2"
end

function test_wrong_paths_are_refused_unsent(t)
  local p = kube.proxy{url = "http://127.0.0.1:1/"}
  p:get() --> error: "a path is missing"
  p:get("api/v1", "a/b") --> error: "can't be a part of a path"
  p:get("api/v1", nil) --> error: "nil"
  p:post{json = {}} --> error: "a path is missing"
  p:delete("api", "..") --> error: "can't be a part of a path"
  p:watch("api", "..") --> error: "can't be a part of a path"
  p:get("api", {parms = {}}) --> error: "unknown option "parms" (did you mean "params"?)"
  p.get("api") --> error: "call it with a colon"
  p:put("api") --> error: ""put""
end

function test_other_hosts_are_not_reached(t)
  local p = cluster.proxy
  p:get("https://example.com/version") --> error: "is not a path on the API server"
  t:eq(p:urljoin("//example.com/version"), cluster.url .. "example.com/version")
  t:raises("LookupError", p.get, p, "//example.com/version")
end

function test_not_found(t)
  local err = t:raises("LookupError", proxy().get, proxy(), "api/v1", "namespaces", "no-such-namespace")
  t:eq(err.status_code, 404)
  t:eq(err.reason, "NotFound")
  t:eq(err.response.json.kind, "Status")
  err = t:raises("LookupError", proxy().get, proxy(), "no/such/path")
  t:eq(err.status_code, 404)
end

function test_answers_are_read_only(t)
  local answer = cluster.proxy:get("api/v1", "namespaces", "default")
  answer.kind = "Pod" --> error: "kube.totable"
  answer.metadata.name = "x" --> error: "kube.totable"
  local own = kube.totable(answer)
  own.metadata.name = "x"
  t:eq(answer.metadata.name, "default")
end

function test_close(t)
  local p = kube.proxy{url = t.proxy()}
  t:eq(p:get("api/v1", "namespaces", "default").metadata.name, "default")
  p:close()
  p:close()
  t:raises("KubeError", p.get, p, "version")
  p:get("version") --> error: "closed"
  -- kube.with closes it too.
  local used
  t:eq(kube.with(kube.proxy{}, function(proxy)
    used = proxy
    return proxy:get("version").major
  end), "1")
  t:raises("KubeError", used.get, used, "version")
end

function test_a_proxy_of_its_own(t)
  t:eq(kube.proxy{url = t.proxy() .. "api"}:get("api/v1", "namespaces", "default").metadata.name, "default")
  kube.proxy{uri = "http://127.0.0.1:1/"} --> error: "unknown option "uri" (did you mean "url"
  local p = kube.proxy{url = "http://127.0.0.1:1/"}
  local err = t:raises("APIError", p.get, p, "version")
  t:eq(err.status_code, nil)
  t:eq(err.reason, "Unreachable")
end

function test_logs_of_a_pod(t)
  t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = {containers = {{name = "x", image = "x"}}}}
  t:eventually(function() return kube.get(cluster.pods:fetch("p", {namespace = t.namespace}), "status.phase") == "Running" end)
  local log = cluster.proxy:get("api/v1", "namespaces", t.namespace, "pods", "p", "log")
  t:eq(type(log), "string")
  -- It grows meanwhile.
  t:ok(#log > 0)
  t:eq((t.kubectl("logs", "p", "-n", t.namespace) .. "\n"):sub(1, #log), log)
end

function test_printed(t)
  t:eq(tostring(cluster.proxy:get("api/v1", "namespaces", "default").spec), '{"finalizers":["kubernetes"]}')
  for ev in cluster.proxy:watch("api/v1", "namespaces") do
    t:match(tostring(ev), "ADDED")
    t:match(tostring(ev), '"kind":"Namespace"')
    break
  end
end

function test_get_does_not_watch(t)
  local p = cluster.proxy
  for _, path in ipairs{"/api/v1/watch/secrets", "/api/v1/secrets?watch", "/api/v1/secrets?watch=1&limit=1"} do
    t:match(t:raises("ValueError", p.get, p, path).message, "this is a watch")
  end
  t:raises("ValueError", p.get, p, "api/v1", "secrets", {params = {watch = true}})
  t:eq(p:get("api/v1", "namespaces", "default", {params = {watch = false}}).kind, "Namespace")
end
