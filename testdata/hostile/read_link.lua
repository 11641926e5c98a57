-- Reads a file through a symbolic link in a folder that may be read.
-- under: --allow-read $WORK/granted
-- denied: granted/out: not allowed
print(io.open(arg[1] .. "/granted/out"):read "*a")
