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
---
--- ```lua
--- fs.append("restarts.log", os.date("!%F") .. " web\n")
--- ```
---@param path string
---@param text string
function fs.append(path, text) end

--- The last part of a path.
---
--- ```lua
--- print(fs.base("manifests/shop/web.yaml"))      --> web.yaml
--- ```
---@param path string
---@return string
function fs.base(path) end

--- Copies a file.
---
--- ```lua
--- fs.copy("web.yaml", "web.yaml.bak")
--- ```
---@param from string
---@param to string What is there is replaced.
function fs.copy(from, to) end

--- A path without its last part.
---
--- ```lua
--- print(fs.dir("manifests/shop/web.yaml"))       --> manifests/shop
--- ```
---@param path string
---@return string
function fs.dir(path) end

--- Whether something is there.
---
--- ```lua
--- if not fs.exists("backup") then fs.mkdir("backup") end
--- ```
---@param path string
---@return boolean
function fs.exists(path) end

--- The end of a path from its last dot on, "" if it has none.
---
--- ```lua
--- print(fs.ext("web.yaml"))                      --> .yaml
--- ```
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
---
--- ```lua
--- print(fs.join("backup", "shop", "web.yaml"))   --> backup/shop/web.yaml
--- ```
---@param ... string
---@return string
function fs.join(...) end

--- What is in a folder.
---@class fs.Entry
---@field is_dir boolean
---@field name string

--- What is in a folder, in the order of names.
---
--- ```lua
--- for _, entry in ipairs(fs.list("backup")) do print(entry.name, entry.is_dir) end
--- ```
---@param path? string The working directory unless given.
---@return fs.Entry[]
function fs.list(path) end

--- Makes a folder, and those above it; one that is there already is no error.
---
--- ```lua
--- fs.mkdir(fs.join("backup", "2026", "11"))
--- ```
---@param path string
function fs.mkdir(path) end

--- The text of a file.
---
--- ```lua
--- cluster:apply(fs.read("manifests/web.yaml"))
--- ```
---@param path string
---@return string
function fs.read(path) end

--- Removes a file or an empty folder.
---
--- ```lua
--- fs.remove("backup/2025", { recursive = true })
--- ```
---@param path string
---@param options? fs.RemoveOptions
function fs.remove(path, options) end

---@class fs.RemoveOptions
---@field recursive? boolean A folder with all that is in it; links are not followed.

--- Renames a file or folder. What has the new name is replaced.
---
--- ```lua
--- fs.rename("report.new.csv", "report.csv")
--- ```
---@param from string
---@param to string
function fs.rename(from, to) end

---@class fs.Info
---@field is_dir boolean
---@field mode string As ls -l shows it.
---@field modified time.Time
---@field size integer In bytes.

--- What is at a path, nil if nothing.
---
--- ```lua
--- local info = fs.stat("kubeconfig")
--- if info then print(info.mode, info.size, info.modified) end
--- ```
---@param path string
---@return fs.Info?
function fs.stat(path) end

--- Makes a folder for what isn't kept, and returns its path. The script removes it.
---
--- ```lua
--- local path = fs.join(fs.temp(), "web.yaml")
--- fs.write(path, kube.yaml(deployment))
--- ```
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
---
--- ```lua
--- fs.write("web.yaml", kube.yaml(deployment))
--- ```
---@param path string
---@param text string
function fs.write(path, text) end

return fs
