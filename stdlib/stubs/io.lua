---@meta io

--- The standard streams, and the files and programs that the host grants. What it refuses raises DeniedError; other failures are returned: nil, a message, the system's number for it.
---@class iolib
---@field stderr io.File
---@field stdin io.File
---@field stdout io.File
io = {}

--- Closes a file, or the default output.
---
--- ```lua
--- local out = assert(io.open("report.csv", "w"))
--- io.close(out)
--- ```
---@param file? io.File
---@return boolean? ok
---@return string? message
---@return integer? number
function io.close(file) end

--- Writes what waits in the default output.
---
--- ```lua
--- io.write("waiting ...")
--- io.flush()
--- ```
---@return io.File? file
---@return string? message
function io.flush() end

--- The default input, after it is set to a file if one is given. One that can't be opened raises.
---
--- ```lua
--- io.input("names.txt")
--- for line in io.lines() do print(line) end
--- ```
---@param file? io.File|string
---@return io.File
function io.input(file) end

--- For loops over the lines of a file, which is closed at its end, or of the default input. One that can't be opened raises.
---
--- ```lua
--- for line in io.lines() do print(line) end
--- ```
---@param path? string Needs --allow-read.
---@return fun(): string?
function io.lines(path) end

--- Opens a file.
---
--- ```lua
--- local f = assert(io.open("report.csv", "w"))
--- f:write("namespace,pods\n")
--- f:close()
--- ```
---@param path string
---@param mode? io.Mode "r" unless given.
---@return io.File? file
---@return string? message
---@return integer? number
function io.open(path, mode) end

--- What is done with a file; a b behind it changes nothing.
---@alias io.Mode
---| "r" # Read it. Needs --allow-read.
---| "w" # Write a new one. Needs --allow-write, as those below.
---| "a" # Write behind its end.
---| "r+" # Read and change it. Needs --allow-read too, as those below.
---| "w+" # Write a new one, and read it.
---| "a+" # Read it, and write behind its end.

--- The default output, after it is set to a file if one is given. One that can't be opened raises.
---
--- ```lua
--- io.output("report.csv")
--- io.write("name,restarts\n")
--- ```
---@param file? io.File|string
---@return io.File
function io.output(file) end

--- Starts a program, without a shell between, and returns a file: its output, or its input for "w". The program is told to end with the task that started it. Needs --allow-run.
---
--- ```lua
--- local git = assert(io.popen{ "git", "rev-parse", "HEAD" })
--- print(git:read())
--- git:close()
--- ```
---@param command string|string[] A line of words with a shell's quotes, or a list of words.
---@param mode? "r"|"w" "r" unless given.
---@return io.File? file
---@return string? message
---@return integer? number
function io.popen(command, mode) end

--- Reads from the default input; nil at the end.
---
--- ```lua
--- local manifest = io.read("*a")
--- ```
---@param ... io.Format A line unless given.
---@return any ...
function io.read(...) end

--- What is read.
---@alias io.Format
---| "*l" # A line.
---| "*L" # A line with its end.
---| "*a" # All that is left.
---| "*n" # A number.
---| integer # So many bytes.

--- A file to write and read, that is gone when it is closed. Needs --allow-write for the folder of temporary files.
---
--- ```lua
--- local file = assert(io.tmpfile())
--- file:write("a\n")
--- file:seek("set")
--- print(file:read())
--- ```
---@return io.File? file
---@return string? message
---@return integer? number
function io.tmpfile() end

--- Whether a value is a file, and open; nil of anything else.
---
--- ```lua
--- print(io.type(io.stdout), io.type("report.csv"))           --> file nil
--- ```
---@param value any
---@return "file"|"closed file"?
function io.type(value) end

--- Writes to the default output.
---
--- ```lua
--- io.write("web", " ", 3, "\n")
--- ```
---@param ... string|number
---@return io.File? file
---@return string? message
function io.write(...) end

--- A file, a standard stream, or an end of a program's input or output.
---
--- ```lua
--- local file = assert(io.open("report.csv", "w+"))
--- file:setvbuf("full")
--- file:write("name,restarts\n", "web,3\n")
--- file:flush()
--- file:seek("set")
--- print(file:read())
--- for line in file:lines() do print(line) end
--- file:close()
--- ```
---@class io.File
local File = {}

--- Closes it; standard streams stay open. Of a program its end is waited for: true, or nil where it failed, then "exit" or "signal", and the number.
---@return boolean? ok
---@return string? message
---@return integer? number
function File:close() end

--- Writes what waits.
---@return self? file
---@return string? message
function File:flush() end

--- For loops over the lines that are left.
---@return fun(): string?
function File:lines() end

--- Reads from it; nil at the end.
---@param ... io.Format A line unless given.
---@return any ...
function File:read(...) end

--- Goes to a place, and returns it, counted from the start.
---@param whence? "set"|"cur"|"end" From where the offset counts: the start, here ("cur", unless given), the end.
---@param offset? integer 0 unless given.
---@return integer? place
---@return string? message
function File:seek(whence, offset) end

--- Has what is written wait for more ("full"), or not ("no", "line").
---@param mode "no"|"line"|"full"
---@param size? integer
---@return boolean
function File:setvbuf(mode, size) end

--- Writes to it.
---@param ... string|number
---@return self? file
---@return string? message
function File:write(...) end
