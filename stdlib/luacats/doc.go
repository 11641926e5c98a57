// Package luacats reads stubs: files of Lua that say, in the annotations of the
// Lua language server (LuaCATS), what a program offers to scripts without
// defining it.
//
// A stub file holds what documents an API and nothing else:
//
//	---@meta
//
//	--- A collection of objects.
//	---@class kube.View
//	---@field namespace? string The namespace that it is bound to.
//	---@field [string] kube.View
//	---@overload fun(): kube.Item
//	local View = {}
//
//	--- The object with that name.
//	---@param name string
//	---@param options? kube.FetchOptions
//	---@return kube.Item # The newest state.
//	function View:fetch(name, options) end
//
// One that documents a module which isn't a global begins with ---@meta NAME and
// ends with the return of its table.
//
// An [Index] answers from them what the prompt and editors ask: which members a
// value has, what they are, and what is written about them.
//
// The notation is read strictly, so that a stub can't rot unnoticed: an
// annotation that isn't known, text that documents nothing, a parameter without
// its @param and a type that nobody declares are errors with their line. What
// is understood: @meta, @class, @field, @param, @return, @type, @alias,
// @overload, @generic. Three things are a convention of ours:
//
//   - Text stands before the annotations that it belongs to, and the text of a
//     @return after a #.
//   - An @overload without parameters of a class says what a loop over its
//     values gets.
//   - A class that ends in Options is the last argument of a call, a table of
//     options.
package luacats
