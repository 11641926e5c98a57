package stdlib

import "encoding/hex"

// hexFunctions are the functions of the module hex.
var hexFunctions = functions{
	"decode": func(c call) int {
		decoded, err := hex.DecodeString(c.text(1, "hex.decode: the text"))
		if err != nil {
			c.invalid("hex.decode: %w", err)
		}
		return c.pushText(string(decoded))
	},
	"dump": func(c call) int { return c.pushText(hex.Dump([]byte(c.text(1, "hex.dump: the bytes")))) },
	"encode": func(c call) int {
		return c.pushText(hex.EncodeToString([]byte(c.text(1, "hex.encode: the bytes"))))
	},
}
