---@meta

--- What the functions of tests get: kubelua test calls each global function test_x(t) of the files *_test.lua, in a VM
--- and a namespace of its own.
---
--- ```lua
--- function test_scales(t)
---   local web = t:apply("fixtures/web.yaml")[1]
---   web:scale(3)
---   t:eventually(function() return web:fetch().status.readyReplicas == 3 end)
--- end
--- ```
---@class test.T
---@field name string The name of the test function.
---@field namespace string The namespace of the test, made when it is first asked for and deleted after the test.
local T = {}

--- Has objects be as a fixture says, in the namespace of the test where they name none. What it creates outside of that
--- is deleted after the last test of a run that applied it.
---
--- ```lua
--- t:apply("fixtures/web.yaml")
--- t:apply { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "settings" } }
--- ```
---@param fixture string|table A .yaml or .json file below the folder of the test's file, its text, or tables.
---@return any # The item, or a list of them where there are several objects.
function T:apply(fixture) end

--- Sets the clock, which stands still from then on: kube.now, os.time and all else that asks for the time.
---
--- ```lua
--- local clock = t:clock("2026-03-29T00:30:00Z")
--- clock:advance("2h")
--- print(kube.now())                              --> 2026-03-29T02:30:00Z
--- ```
---@param time string|number|time.Time A text in RFC 3339, seconds since 1970, or a time.
---@return test.Clock
function T:clock(time) end

--- The clock of a test.
---
--- ```lua
--- function test_expires(t)
---   local clock = t:clock("2026-01-01T00:00:00Z")
---   clock:advance("36h")
---   t:eq(tostring(clock:now()), "2026-01-02T12:00:00Z")
---   clock:set("2027-01-01T00:00:00Z")
--- end
--- ```
---@class test.Clock
local Clock = {}

--- Moves it on.
---@param duration kube.Duration
function Clock:advance(duration) end

--- The time that it shows.
---@return time.Time
function Clock:now() end

--- Sets it.
---@param time string|number|time.Time
function Clock:set(time) end

--- Creates an object in the namespace of the test.
---
--- ```lua
--- local settings = t:create { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "settings" } }
--- ```
---@param data kube.Data
---@return kube.Item # The newest item.
function T:create(data) end

--- Calls a function when the test has ended, however it ended; the last one first.
---
--- ```lua
--- local node = cluster.nodes:fetch("node-0"):cordon()
--- t:defer(function() node:uncordon() end)
--- ```
---@param fn fun()
function T:defer(fn) end

--- Fails unless both are equal, tables member by member, and says where they differ. The test goes on.
---
--- ```lua
--- t:eq(web:fetch().spec.replicas, 3, "after scaling")
--- ```
---@param got any
---@param want any
---@param message? any What a failure is told with.
---@return boolean # Whether they are.
function T:eq(got, want, message) end

--- Calls a function again and again until it returns something true, and returns that. That something isn't there yet
--- (LookupError, StatusError) is no failure. The time is that of the machine, whatever the clock shows.
---
--- ```lua
--- t:eventually(function() return web:fetch().status.readyReplicas == 3 end, { timeout = "30s" })
--- ```
---@param fn fun(): any
---@param options? test.EventuallyOptions|kube.Duration
---@return any
function T:eventually(fn, options) end

---@class test.EventuallyOptions
---@field timeout? kube.Duration At most so long, a minute unless told.

--- Fails, and ends the test.
---
--- ```lua
--- local leaders = #pods
--- if leaders ~= 1 then t:fail(leaders .. " leaders") end
--- ```
---@param message string
function T:fail(message) end

--- Fails unless a call raises an error that holds a text or matches a pattern; what a line that ends in
--- --> error: "pattern" becomes.
---
--- ```lua
--- t:fails("not found", function() cluster.pods:fetch("none", { namespace = t.namespace }) end)
--- ```
---@param want string
---@param fn fun()
function T:fails(want, fn) end

--- The line that calls it, "file:line".
---
--- ```lua
--- t:log("asked at " .. t.here())
--- ```
---@return string
function T.here() end

--- Notes something with its line, which is shown where the test fails.
---
--- ```lua
--- t:log("replicas", web:fetch().spec.replicas)
--- ```
---@param ... any
function T:log(...) end

--- Fails unless a text holds another one or matches a pattern. The test goes on.
---
--- ```lua
--- t:match(t.printed(), "^%d+ pods\n$")
--- ```
---@param text string?
---@param pattern string
function T:match(text, pattern) end

--- Fails where both are equal. The test goes on.
---
--- ```lua
--- t:ne(web:restart().raw.metadata.generation, web.raw.metadata.generation)
--- ```
---@param got any
---@param other any
function T:ne(got, other) end

--- Fails where a value is false or nil. The test goes on.
---
--- ```lua
--- t:ok(cluster.configmaps:find("settings", { namespace = t.namespace }), "settings were made")
--- ```
---@param value any
---@param message? any
function T:ok(value, message) end

--- What the test has printed so far.
---
--- ```lua
--- print("3 pods")
--- t:eq(t.printed(), "3 pods\n")
--- ```
---@return string
function T.printed() end

--- Fails, and ends the test, unless the call raises an error of that type, or one whose text holds want or matches it.
---
--- ```lua
--- local err = t:raises("LookupError", cluster.pods.fetch, cluster.pods, "none", { namespace = t.namespace })
--- t:eq(err.status_code, 404)
--- ```
---@param want kube.ErrorType|string
---@param fn any
---@param ... any What the function gets.
---@return any # The error.
function T:raises(want, fn, ...) end

--- Runs a script as kubelua does, in a VM of its own, with the cluster, the clock and the permissions of the test.
---
--- ```lua
--- local ended = t:run("../scripts/unready.lua", "--exit-code")
--- t:eq(ended.code, 1)
--- t:match(ended.stdout, "broken")
--- ```
---@param script string Its path from the folder of the test's file.
---@param ... string Its arguments.
---@return test.Ended
function T:run(script, ...) end

--- How a script ended.
---@class test.Ended
---@field code integer The exit code.
---@field stderr string What it wrote there, the error that ended it included.
---@field stdout string

--- As eq, but {} and an empty array are not the same.
---
--- ```lua
--- t:same(json.decode '{"names": []}', { names = json.array() })
--- ```
---@param got any
---@param want any
---@param message? any
---@return boolean
function T:same(got, want, message) end

--- Ends the test, which counts as skipped.
---
--- ```lua
--- if not cluster.nodes:find("gpu-0") then t:skip("no node with a GPU") end
--- ```
---@param reason? string
function T:skip(reason) end
