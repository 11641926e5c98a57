---@meta iter

--- Lazy steps over anything that a loop can be over: a view, a list, a sequence, pairs(t), the lines of a file. An element
--- is one value, or two as pairs gives them. Nothing is done before an element is asked for, and what is asked for no more
--- isn't read: a view gives no further page.
---
--- ```lua
--- local iter = require "iter"
--- for pod in iter(cluster.pods):filter(function(pod) return pod.meta.labels.app end):take(3) do
---   print(pod.meta.name)
--- end
--- ```
---@class iterlib
---@overload fun(over: any, state?: any, first?: any): iter.Iter
local iter = {}

--- The numbers from first to last; without a last one they don't end.
---
--- ```lua
--- print(iter.range(1, 3):join())                   --> 1, 2, 3
--- ```
---@param first number
---@param last? number
---@param by? number 1 unless told.
---@return iter.Iter
function iter.range(first, last, by) end

--- A function of an element, or the name of a field, where dots go deeper: "meta.namespace".
---@alias iter.Key string|fun(value: any, second: any): any

--- An iterator. It goes once over its elements.
---@class iter.Iter
---@overload fun(): any
local Iter = {}

--- Whether a function is true of all elements.
---
--- ```lua
--- print(iter(cluster.nodes):all(function(node) return not node.spec.unschedulable end))
--- ```
---@param test fun(value: any, second: any): any
---@return boolean
function Iter:all(test) end

--- Whether a function is true of an element. What follows that isn't read.
---
--- ```lua
--- print(iter(cluster.pods):any(function(p) return p.phase == "Failed" end))
--- ```
---@param test fun(value: any, second: any): any
---@return boolean
function Iter:any(test) end

--- Lists of so many elements each; the last one may have fewer.
---
--- ```lua
--- for list in iter(cluster.pods):chunk(100) do print(#list) end
--- ```
---@param size integer
---@return iter.Iter
function Iter:chunk(size) end

--- A list of the elements.
---
--- ```lua
--- local list = iter(cluster.pods):collect()
--- print(#list)
--- ```
---@return any[]
function Iter:collect() end

--- The elements, then those of another one.
---
--- ```lua
--- for p in iter(cluster.pods:namespaced("shop")):concat(cluster.pods:namespaced("payments")) do print(p) end
--- ```
---@param other any
---@return iter.Iter
function Iter:concat(other) end

--- How many elements there are, or of how many a function is true.
---
--- ```lua
--- print(iter(cluster.pods):count(function(p) return p.phase == "Running" end))
--- ```
---@param test? fun(value: any, second: any): any
---@return integer
function Iter:count(test) end

--- How many elements there are of each key.
---
--- ```lua
--- for namespace, count in pairs(iter(cluster.pods):count_by("meta.namespace")) do
---   print(namespace, count)
--- end
--- ```
---@param key iter.Key
---@return table<any, integer>
function Iter:count_by(key) end

--- Calls a function for each element.
---
--- ```lua
--- iter(cluster.nodes):each(print)
--- ```
---@param call fun(value: any, second: any)
function Iter:each(call) end

--- The elements after their number, from 1.
---
--- ```lua
--- for i, name in iter({ "a", "b" }):enumerate() do print(i, name) end
--- ```
---@return iter.Iter
function Iter:enumerate() end

--- The elements of which a function is true.
---
--- ```lua
--- for p in iter(cluster.pods):filter(function(p) return p.phase == "Failed" end) do print(p) end
--- ```
---@param test fun(value: any, second: any): any
---@return iter.Iter
function Iter:filter(test) end

--- The first element, or the first one of which a function is true; nil if there is none.
---
--- ```lua
--- local broken = iter(cluster.nodes):first(function(node) return node.spec.unschedulable end)
--- ```
---@param test? fun(value: any, second: any): any
---@return any value
---@return any second
function Iter:first(test) end

--- The elements of what a function gives for each element: lists, or what a loop could be over.
---
--- ```lua
--- local images = iter(cluster.pods):flat_map(function(pod) return pod.containers end):map(function(c) return c.image end)
--- ```
---@param change fun(value: any, second: any): any
---@return iter.Iter
function Iter:flat_map(change) end

--- Lists of the elements by their keys, which come in the order of their first elements.
---
--- ```lua
--- for namespace, list in pairs(iter(cluster.pods):group_by("meta.namespace")) do print(namespace, #list) end
--- ```
---@param key iter.Key
---@return table<any, any[]>
function Iter:group_by(key) end

--- The elements as one text.
---
--- ```lua
--- print(iter { "a", "b" }:join("-"))                --> a-b
--- ```
---@param separator? string ", " unless told.
---@return string
function Iter:join(separator) end

--- The last element.
---
--- ```lua
--- local newest = iter({ "v1", "v2" }):last()
--- print(newest)                                  --> v2
--- ```
---@return any value
---@return any second
function Iter:last() end

--- What a function makes of each element; nil is left out.
---
--- ```lua
--- print(iter(cluster.nodes):map(function(n) return n.meta.name end):join())
--- ```
---@param change fun(value: any, second: any): any, any
---@return iter.Iter
function Iter:map(change) end

--- The element with the largest key; nil if there is none.
---
--- ```lua
--- local longest = iter({ "web", "search" }):max_by(function(name) return #name end)
--- print(longest)                                 --> search
--- ```
---@param key? iter.Key The element itself unless told.
---@return any value
---@return any second
function Iter:max_by(key) end

--- The element with the smallest key; nil if there is none.
---
--- ```lua
--- local shortest = iter({ "web", "search" }):min_by(function(name) return #name end)
--- print(shortest)                                --> web
--- ```
---@param key? iter.Key The element itself unless told.
---@return any value
---@return any second
function Iter:min_by(key) end

--- A list of the elements of which a function is true, and one of the others.
---
--- ```lua
--- local even, odd = iter.range(1, 5):partition(function(n) return n % 2 == 0 end)
--- print(#even, #odd)                             --> 2 3
--- ```
---@param test fun(value: any, second: any): any
---@return any[] yes
---@return any[] no
function Iter:partition(test) end

--- What a function makes of a value and each element in turn.
---
--- ```lua
--- print(iter.range(1, 4):reduce(function(product, n) return product * n end, 1))    --> 24
--- ```
---@param join fun(value: any, element: any, second: any): any
---@param value? any To begin with; the first element unless given.
---@return any
function Iter:reduce(join, value) end

--- The elements without the first ones.
---
--- ```lua
--- print(iter({ "NAME", "web", "cart" }):skip(1):join())      --> web, cart
--- ```
---@param count integer
---@return iter.Iter
function Iter:skip(count) end

--- The elements from the first one on of which a function is false.
---
--- ```lua
--- print(iter({ 1, 5, 2 }):skip_while(function(n) return n < 3 end):join())    --> 5, 2
--- ```
---@param test fun(value: any, second: any): any
---@return iter.Iter
function Iter:skip_while(test) end

--- The elements in the order of their keys; those of equal keys as they came.
---
--- ```lua
--- for d in iter(cluster.deployments):sort_by("spec.replicas") do print(d) end
--- ```
---@param key? iter.Key The element itself unless told.
---@param options? iter.SortOptions
---@return iter.Iter
function Iter:sort_by(key, options) end

---@class iter.SortOptions
---@field descending? boolean The largest first.

--- The sum of the elements or of their keys, which may be numbers, durations or quantities; 0 of none.
---
--- ```lua
--- print(iter({ "a", "bc" }):sum(function(name) return #name end))    --> 3
--- ```
---@param key? iter.Key
---@return any
function Iter:sum(key) end

--- The first elements.
---
--- ```lua
--- for p in iter(cluster.pods):take(3) do print(p) end
--- ```
---@param count integer
---@return iter.Iter
function Iter:take(count) end

--- The elements up to the first one of which a function is false.
---
--- ```lua
--- print(iter({ 1, 5, 2 }):take_while(function(n) return n < 3 end):join())    --> 1
--- ```
---@param test fun(value: any, second: any): any
---@return iter.Iter
function Iter:take_while(test) end

--- A table of the second values by the first ones.
---
--- ```lua
--- local phases = iter(cluster.pods):map(function(pod) return pod.meta.name, pod.phase end):to_map()
--- ```
---@return table
function Iter:to_map() end

--- A set of the elements.
---
--- ```lua
--- local phases = iter(cluster.pods):map(function(p) return p.phase end):to_set()
--- ```
---@return set.Set
function Iter:to_set() end

--- The elements without those whose key was there before.
---
--- ```lua
--- print(iter({ "b", "a", "b" }):uniq():join())   --> b, a
--- ```
---@param key? iter.Key The element itself unless told.
---@return iter.Iter
function Iter:uniq(key) end

--- The elements, each with one of another one, until either ends.
---
--- ```lua
--- for old, new in iter({ 1, 2 }):zip({ 3, 4 }) do print(old, new) end
--- ```
---@param other any
---@return iter.Iter
function Iter:zip(other) end

return iter
