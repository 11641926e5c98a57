package stdlib

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// parseJSON reads a JSON text. Errors tell the line, counted from first where that
// isn't 0, and the column in bytes.
func (c call) parseJSON(text string, first int) (lua.LValue, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	var whole json.RawMessage
	err := decoder.Decode(&whole)
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			end := int(decoder.InputOffset())
			end += len(text[end:]) - len(strings.TrimLeft(text[end:], " \t\r\n"))
			return nil, atOffset(text, end, first, errors.New("something follows the value"))
		}
		r := jsonReader{decoding: decoding{c, &host.Effort{L: c.L}}, text: text}
		return r.value()
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

// jsonReader makes Lua values of a text that is JSON.
type jsonReader struct {
	decoding
	text string
	at   int // where in the text
}

// next is the byte at which something begins.
func (r *jsonReader) next() byte {
	for strings.IndexByte(" \t\r\n,:", r.text[r.at]) >= 0 {
		r.at++
	}
	return r.text[r.at]
}

func (r *jsonReader) value() (lua.LValue, error) {
	r.effort.Spend(decodingEffort)
	switch r.next() {
	case '[':
		t := r.host.Array(r.L)
		return r.fillTo(']', t, func() error {
			v, err := r.value()
			if err == nil {
				t.Append(v)
			}
			return err
		})
	case '{':
		t := r.L.NewTable()
		return r.fillTo('}', t, func() error {
			key, err := r.string()
			if err != nil {
				return err
			}
			v, err := r.value()
			if err == nil {
				t.RawSetString(key, v)
			}
			return err
		})
	case '"':
		s, err := r.string()
		return lua.LString(s), err
	case 't', 'f':
		return lua.LBool(r.word() == "true"), nil
	case 'n':
		r.word()
		return r.host.Null(), nil
	}
	return r.decodedNumber(r.word())
}

// fillTo fills a table up to the bracket that ends it.
func (r *jsonReader) fillTo(end byte, t *lua.LTable, element func() error) (lua.LValue, error) {
	return r.fill(t, func() error {
		var err error
		for r.at++; err == nil && r.next() != end; {
			err = element()
		}
		r.at++
		return err
	})
}

// word is what goes on up to something else: a number, true, false, null.
func (r *jsonReader) word() string {
	rest := r.text[r.at:]
	if end := strings.IndexAny(rest, " \t\r\n,]}"); end >= 0 {
		rest = rest[:end]
	}
	r.at += len(rest)
	return rest
}

// string reads a string. It doesn't hold on to the text.
func (r *jsonReader) string() (text string, err error) {
	r.next()
	rest := r.text[r.at:]
	end := 1
	for rest[end] != '"' {
		if rest[end] == '\\' {
			end++
		}
		end++
	}
	r.at += end + 1
	if text = rest[1:end]; strings.IndexByte(text, '\\') < 0 && utf8.ValidString(text) {
		return strings.Clone(text), nil
	}
	err = json.Unmarshal([]byte(rest[:end+1]), &text)
	return text, err
}
