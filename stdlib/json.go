package stdlib

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
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

// parseJSON reads a JSON text. Errors tell the line, counted from first where that
// isn't 0, and the column in bytes.
func (c call) parseJSON(text string, first int) (lua.LValue, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	err := decoder.Decode(&v)
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			end := int(decoder.InputOffset())
			end += len(text[end:]) - len(strings.TrimLeft(text[end:], " \t\r\n"))
			return nil, atOffset(text, end, first, errors.New("something follows the value"))
		}
		return c.decoded(v)
	}
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, atOffset(text, int(syntax.Offset)-1, first, err)
	case err == io.EOF, err == io.ErrUnexpectedEOF:
		return nil, atOffset(text, len(text), first, errors.New("the text ends too early"))
	}
	return nil, err
}

// atOffset says in which line and column of a text an error is.
func atOffset(text string, offset, first int, err error) error {
	before := text[:min(max(offset, 0), len(text))]
	line := strings.Count(before, "\n") + max(first, 1)
	column := len(before) - strings.LastIndex(before, "\n")
	return host.Invalidf("line %d, column %d: %w", line, column, err)
}

// maxExact is the largest integer up to which every Lua number is exact.
const maxExact = 1 << 53

// decoded makes a Lua value of what a JSON or YAML text holds.
func (c call) decoded(v any) (lua.LValue, error) {
	return decoding{c, &host.Effort{L: c.L}}.value(v)
}

// decoding makes Lua values of what one text holds.
type decoding struct {
	call
	effort *host.Effort
}

// decodingEffort is how many steps a value counts for.
const decodingEffort = 64

func (d decoding) value(v any) (lua.LValue, error) {
	d.effort.Spend(decodingEffort)
	switch v := v.(type) {
	case nil:
		return d.host.Null(), nil
	case bool:
		return lua.LBool(v), nil
	case string:
		return lua.LString(v), nil
	case json.Number:
		return d.decodedNumber(string(v))
	case int:
		return d.decodedInteger(int64(v)), nil
	case int64:
		return d.decodedInteger(v), nil
	case uint64:
		return lua.LNumber(v), nil
	case float64:
		return lua.LNumber(v), nil
	case []any:
		t := d.host.Array(d.L)
		for _, e := range v {
			value, err := d.value(e)
			if err != nil {
				return nil, err
			}
			t.Append(value)
		}
		return t, nil
	case map[string]any:
		t := d.L.CreateTable(0, len(v))
		for key, e := range v {
			value, err := d.value(e)
			if err != nil {
				return nil, err
			}
			t.RawSetString(key, value)
		}
		return t, nil
	case map[any]any:
		t := d.L.CreateTable(0, len(v))
		for key, e := range v {
			name, err := yamlKey(key)
			if err != nil {
				return nil, err
			}
			value, err := d.value(e)
			if err != nil {
				return nil, err
			}
			t.RawSetString(name, value)
		}
		return t, nil
	}
	return nil, host.Invalidf("a %T is nothing that Lua has", v)
}

// decodedNumber makes a Lua value of the text of a number.
func (c call) decodedNumber(text string) (lua.LValue, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return c.decodedInteger(n), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if math.IsInf(f, 0) {
		return nil, host.Invalidf("the number %s is too large", text)
	}
	return lua.LNumber(f), err
}

// decodedInteger is a Lua number where that is exact.
func (c call) decodedInteger(n int64) lua.LValue {
	if n > maxExact || n < -maxExact {
		return c.host.Integer(n)
	}
	return lua.LNumber(n)
}
