package stdlib

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"go.yaml.in/yaml/v2"

	"github.com/kubelua/kubelua/stdlib/host"
)

// yamlFunctions are the functions of the module yaml. It reads as kubectl does,
// by the same library: yes and on are true there.
var yamlFunctions = functions{
	"decode":     yamlDecode,
	"decode_all": yamlDecodeAll,
	"encode":     yamlEncode,
	"encode_all": yamlEncodeAll,
}

func yamlDecode(c call) int {
	documents := c.parseYAML(c.text(1, "yaml.decode: the text"), "yaml.decode")
	switch documents.Len() {
	case 0:
		return c.push(c.host.Null())
	case 1:
		return c.push(documents.RawGetInt(1))
	}
	c.invalid("yaml.decode: the text holds %d documents (yaml.decode_all reads them all)", documents.Len())
	return 0
}

// yamlDecodeAll implements yaml.decode_all(text): the list of the documents.
// Those without content are left out.
func yamlDecodeAll(c call) int {
	return c.push(c.parseYAML(c.text(1, "yaml.decode_all: the text"), "yaml.decode_all"))
}

func yamlEncode(c call) int {
	c.none(2)
	text, err := c.host.YAML(c.L, c.L.Get(1), "yaml.encode")
	c.raise(err)
	return c.pushText(text)
}

// yamlEncodeAll implements yaml.encode_all(values): a document for each.
func yamlEncodeAll(c call) int {
	c.none(2)
	var out strings.Builder
	c.each(1, func(v lua.LValue) {
		text, err := c.host.YAML(c.L, v, "yaml.encode_all")
		c.raise(err)
		out.WriteString("---\n" + text)
		host.CheckLength(c.L, out.Len())
	})
	return c.push(lua.LString(out.String()))
}

// maxYAML bounds a document: reading it can take hundreds of times its size.
const maxYAML = 4 << 20

// documentStart is where a document of YAML begins (YAML 1.1, 9.2).
var documentStart = regexp.MustCompile(`(?m)^---(\s|$)`)

// parseYAML reads the documents of a text into a list, which stays on the stack. JSON
// is taken as it is: read as YAML, escapes and large numbers suffer.
func (c call) parseYAML(text, function string) *lua.LTable {
	documents := c.host.Array(c.L)
	c.L.Push(documents)
	if start := strings.TrimLeft(text, " \t\r\n"); start != "" && strings.ContainsAny(start[:1], "{[") && json.Valid([]byte(text)) {
		v, err := c.parseJSON(text, 0)
		if err != nil {
			c.invalid("%s: %w", function, err)
		}
		documents.Append(v)
		return documents
	}
	if err := c.host.CheckYAML(c.L, text); err != nil { // of all documents: the library keeps what it made for each
		c.invalid("%s: %s", function, err)
	}
	start := 0
	for _, at := range append(documentStart.FindAllStringIndex(text, -1), []int{len(text)}) {
		if at[0]-start > maxYAML {
			c.invalid("%s: YAML of more than %d MiB in one document (JSON may have that)", function, maxYAML>>20)
		}
		start = at[0]
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.SetStrict(true)
	for {
		var document any
		err := decoder.Decode(&document)
		if err == io.EOF {
			return documents
		}
		if err == nil && document != nil {
			var v lua.LValue
			if v, err = c.decoded(document); err == nil {
				documents.Append(v)
			}
		}
		if err != nil {
			c.invalid("%s: %s", function, yamlReason(err))
		}
	}
}

// yamlReason is an error of the library on one line, without its name.
func yamlReason(err error) string {
	var wrong *yaml.TypeError
	if errors.As(err, &wrong) {
		return strings.Join(wrong.Errors, "; ")
	}
	return strings.TrimPrefix(err.Error(), "yaml: ")
}

// yamlKey is a key of a mapping as a string, as in JSON all keys are.
func yamlKey(key any) (string, error) {
	switch key := key.(type) {
	case string:
		return key, nil
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(key), nil
	}
	return "", host.Invalidf("a key must be a string, not %v", key)
}
