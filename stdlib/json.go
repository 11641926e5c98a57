package stdlib

import (
	"bytes"
	"encoding/json"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// jsonFunctions are the functions of the module json.
var jsonFunctions = functions{
	"array":        jsonArray,
	"decode":       jsonDecode,
	"decode_lines": jsonDecodeLines,
	"encode":       jsonEncode,
	"encode_lines": jsonEncodeLines,
}

// openJSON opens the module json.
func openJSON(L *lua.LState, h host.Host) lua.LValue {
	module := jsonFunctions.open(L, h).(*lua.LTable)
	module.RawSetString("null", h.Null())
	return module
}

// jsonArray implements json.array(list): marks a table as an array.
func jsonArray(c call) int {
	marked := c.host.Array(c.L)
	if c.absent(1) {
		return c.push(marked)
	}
	t := c.table(1, "json.array: the list")
	if t.Metatable != lua.LNil && t.Metatable != marked.Metatable {
		c.invalid("json.array: the table has a metatable of its own")
	}
	t.Metatable = marked.Metatable
	return c.push(t)
}

func jsonDecode(c call) int {
	v, err := c.parseJSON(c.text(1, "json.decode: the text"), 0)
	if err != nil {
		c.invalid("json.decode: %w", err)
	}
	return c.push(v)
}

// jsonDecodeLines implements json.decode_lines(text or lines): an iterator over
// the values of JSON Lines. Empty lines are left out.
func jsonDecodeLines(c call) int {
	next := c.lines(1, "json.decode_lines")
	h, n := c.host, 0
	return c.push(c.L.NewFunction(func(L *lua.LState) int {
		c := call{L, h}
		for {
			line, ok := next(L)
			if !ok {
				return c.push(lua.LNil)
			}
			n++
			if strings.TrimSpace(line) == "" {
				continue
			}
			v, err := c.parseJSON(line, n)
			if err != nil {
				c.invalid("json.decode_lines: %w", err)
			}
			return c.push(v)
		}
	}))
}

// lines reads the lines of argument i: of a text, or of an iterator over lines.
func (c call) lines(i int, function string) func(L *lua.LState) (string, bool) {
	if text, ok := c.L.Get(i).(lua.LString); ok {
		rest := string(text)
		return func(*lua.LState) (line string, more bool) {
			if rest == "" {
				return "", false
			}
			line, rest, _ = strings.Cut(rest, "\n")
			return line, true
		}
	}
	h := c.host
	c.iterator(i)
	top := c.L.GetTop()
	step, state, control := c.L.Get(top-2), c.L.Get(top-1), c.L.Get(top)
	c.L.Pop(3)
	return func(L *lua.LState) (string, bool) {
		c := call{L, h}
		c.push(step, state, control)
		L.Call(2, 1)
		control = L.Get(-1)
		L.Pop(1)
		if control == lua.LNil {
			return "", false
		}
		return c.textOf(control, function+": a line"), true
	}
}

// jsonEncode implements json.encode(value, {indent = n, sort = true}).
func jsonEncode(c call) int {
	given := options[struct {
		Indent int
		Sort   bool
	}](c, 2)
	const most = 16
	if given.Indent > most {
		c.invalid("option indent must be a number of blanks from 0 to %d, not %d", most, given.Indent)
	}
	text, err := c.host.JSON(c.L, c.L.Get(1), "json.encode")
	c.raise(err)
	if given.Sort {
		text, err = sortJSON(text)
		c.raise(err)
	}
	var out bytes.Buffer
	if given.Indent > 0 {
		err = json.Indent(&out, text, "", strings.Repeat(" ", given.Indent))
	} else {
		err = json.Compact(&out, text)
	}
	c.raise(err)
	return c.pushText(out.String())
}

// sortJSON puts the keys of all objects in order.
func sortJSON(text []byte) ([]byte, error) {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return out.Bytes(), err
}

// jsonEncodeLines implements json.encode_lines(values): a line for each.
func jsonEncodeLines(c call) int {
	var out bytes.Buffer
	c.each(1, func(v lua.LValue) {
		text, err := c.host.JSON(c.L, v, "json.encode_lines")
		c.raise(err)
		c.raise(json.Compact(&out, text))
		out.WriteByte('\n')
		host.CheckLength(c.L, out.Len())
	})
	return c.push(lua.LString(out.String()))
}
