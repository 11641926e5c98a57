---@meta semver

--- Semantic versions.
---
--- ```lua
--- local semver = require "semver"
--- print(semver.parse("v1.27.3"):satisfies(">= 1.25, < 2"))    --> true
--- ```
---@class semverlib
local semver = {}

--- The version of a text, with or without a v; a part that is missing is 0.
---
--- ```lua
--- print(semver.parse("v1.27.3"):satisfies(">= 1.25, < 2"))    --> true
--- ```
---@param text string|semver.Version
---@return semver.Version
function semver.parse(text) end

--- Whether a text is a version.
---
--- ```lua
--- print(semver.valid("v1.27.3"), semver.valid("latest"))     --> true false
--- ```
---@param text string
---@return boolean
function semver.valid(text) end

--- A version. Versions compare among themselves; one with a prerelease is before the one without.
---@class semver.Version
---@field major integer
---@field metadata string What follows a +, "" if nothing.
---@field minor integer
---@field original string The text that it was read from.
---@field patch integer
---@field prerelease string "rc.1" of 1.2.3-rc.1, "" if there is none.
local Version = {}

--- The next version.
---
--- ```lua
--- print(semver.parse("1.27.3"):bump("minor"))    --> 1.28.0
--- ```
---@param part "major"|"minor"|"patch"
---@return semver.Version
function Version:bump(part) end

--- -1, 0 or 1, as it is before, equal to or after another.
---
--- ```lua
--- print(semver.parse("1.9.0"):compare("1.10.0")) --> -1
--- ```
---@param other string|semver.Version
---@return integer
function Version:compare(other) end

--- Whether it is one that a constraint wants. A prerelease only is where the constraint names one.
---
--- ```lua
--- print(semver.parse("1.28.0-rc.1"):satisfies(">= 1.27"))    --> false
--- ```
---@param constraint string ">= 1.2, < 2", "^1.2", "~1.2.3", "1.x || 2.x".
---@return boolean
function Version:satisfies(constraint) end

return semver
