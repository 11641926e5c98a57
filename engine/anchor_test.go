package engine_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

// Every kind of loop is run with every kind of first statement: whatever jumps
// where, each loop begins once, in order, and the program ends.
func TestLoopsThatBeginWithAJump(t *testing.T) {
	loops := map[string]string{
		"generic":  "for _ in pairs{1} do BODY end",
		"indexed":  "for _ in ipairs{1} do BODY end",
		"numeric":  "for _ = 1, 1 do BODY end",
		"while":    "local onceN = true while onceN do onceN = false BODY end",
		"forever":  "while true do repeat BODY until true do break end end",
		"repeat":   "repeat BODY until true",
		"backward": "local nN = 0 do ::top:: do BODY end nN = nN + 1 if nN < 2 then goto top end end",
	}
	bodies := []string{
		"break", "do break end", "while true do break end", "repeat break until false",
		"if true then break end", "if false then print('never') else break end", "if not nil then break end",
		"if true and n == nil then break end", "goto out ::out::", "for _ in pairs{} do break end",
		"local x = true and n", "(nil or print)('', '')",
	}
	for name, loop := range loops {
		t.Run(name, func(t *testing.T) {
			for i, body := range bodies {
				if name == "backward" && i < 8 {
					body = "repeat " + body + " until true" // break needs a loop
				}
				one := strings.NewReplacer("BODY", body, "N", "1").Replace(loop)
				two := strings.NewReplacer("BODY", body, "N", "2").Replace(loop)
				code := "steps = (steps or 0) + 1 if steps > 1 then error('began again') end\n" + one + "\nprint('a')\n" + two + "\nprint('b')"
				var out bytes.Buffer
				vm := engine.New(engine.Options{World: engine.World{Stdout: &out}})
				err := vm.Run(t.Context(), engine.Source{Name: "loops", Text: code})
				vm.Close()
				require.NoError(t, err, code)
				assert.Regexp(t, `(?s)a\n.*b\n$`, out.String(), code)
			}
		})
	}
}
