-- Makes temporary files.
-- denied: not allowed (--allow-write=
require "attempts" ({ "not allowed (--allow-write=" }, { tmpfile = io.tmpfile, tmpname = os.tmpname })
