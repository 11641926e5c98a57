-- Requires a module that is a symbolic link to a file elsewhere.
-- refused: path escapes from parent
require "link"
