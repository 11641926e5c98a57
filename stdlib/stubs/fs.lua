---@meta fs

--- Files and folders. Reading needs --allow-read, changing --allow-write, for each path; what isn't granted raises DeniedError,
--- and what fails raises.
---
--- ```lua
--- local fs = require "fs"
--- fs.mkdir("backup")
--- fs.write(fs.join("backup", "web.yaml"), kube.yaml(deployment))
--- ```
---@class fslib
local fs = {}

--- Adds a text to the end of a file, which is made where it isn't there.
---@param path string
---@param text string
function fs.append(path, text) end

--- The last part of a path.
---@param path string
---@return string
function fs.base(path) end

--- Copies a file.
---@param from string
---@param to string What is there is replaced.
function fs.copy(from, to) end

--- A path without its last part.
---@param path string
---@return string
function fs.dir(path) end

--- Whether something is there.
---@param path string
---@return boolean
function fs.exists(path) end

--- The end of a path from its last dot on, "" if it has none.
---@param path string
---@return string
function fs.ext(path) end

--- The paths that match a pattern, in order: * stands for any characters but /, ? for one, [a-c] for one of those.
---
--- ```lua
--- for _, path in ipairs(fs.glob("manifests/*.yaml")) do print(path) end
--- ```
---@param pattern string
---@return string[]
function fs.glob(pattern) end

--- A path of parts.
---@param ... string
---@return string
function fs.join(...) end

--- What is in a folder.
---@class fs.Entry
---@field is_dir boolean
---@field name string

--- What is in a folder, in the order of names.
---@param path? string The working directory unless given.
---@return fs.Entry[]
function fs.list(path) end

--- Makes a folder, and those above it; one that is there already is no error.
---@param path string
function fs.mkdir(path) end

--- The text of a file.
---@param path string
---@return string
function fs.read(path) end

--- Removes a file or an empty folder.
---@param path string
---@param options? fs.RemoveOptions
function fs.remove(path, options) end

---@class fs.RemoveOptions
---@field recursive? boolean A folder with all that is in it; links are not followed.

--- Renames a file or folder. What has the new name is replaced.
---@param from string
---@param to string
function fs.rename(from, to) end

---@class fs.Info
---@field is_dir boolean
---@field mode string As ls -l shows it.
---@field modified time.Time
---@field size integer In bytes.

--- What is at a path, nil if nothing.
---@param path string
---@return fs.Info?
function fs.stat(path) end

--- Makes a folder for what isn't kept, and returns its path. The script removes it.
---@return string
function fs.temp() end

--- Loops over all that is below a folder: the path of each and its entry. A folder comes before what is in it; links are not
--- followed.
---
--- ```lua
--- for path, entry in fs.walk("manifests") do
---   if not entry.is_dir then print(path) end
--- end
--- ```
---@param path? string The working directory unless given.
---@return fun(): string, fs.Entry
function fs.walk(path) end

--- Gives a file a new text at once: who reads it meanwhile finds the old one or the new one, unless only the file is granted and
--- not its folder.
---@param path string
---@param text string
function fs.write(path, text) end

return fs
