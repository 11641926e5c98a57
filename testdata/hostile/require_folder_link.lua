-- Requires a module through a symbolic link to the folder above.
-- refused: path escapes from parent
require "up.outside"
