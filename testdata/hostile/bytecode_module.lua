-- Requires a module that is bytecode.
-- refused: is bytecode; only source text is run
require "bytecode"
