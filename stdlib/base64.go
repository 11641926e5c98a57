package stdlib

import "encoding/base64"

// base64Functions are the functions of the module base64.
var base64Functions = functions{
	"decode": func(c call) int {
		text := c.text(1, "base64.decode: the text")
		decoded, err := base64Encoding(options[base64Options](c, 2)).DecodeString(text)
		if err != nil {
			c.invalid("base64.decode: %w", err)
		}
		return c.pushText(string(decoded))
	},
	"encode": func(c call) int {
		text := c.text(1, "base64.encode: the text")
		return c.pushText(base64Encoding(options[base64Options](c, 2)).EncodeToString([]byte(text)))
	},
}

// base64Options are the options of both directions.
type base64Options struct {
	URL      bool // the alphabet of URLs
	Unpadded bool // without = at the end
}

func base64Encoding(o base64Options) *base64.Encoding {
	encoding := base64.StdEncoding
	if o.URL {
		encoding = base64.URLEncoding
	}
	if o.Unpadded {
		encoding = encoding.WithPadding(base64.NoPadding)
	}
	return encoding
}
