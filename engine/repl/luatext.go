package repl

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib"
)

// The limits of what is shown of a Lua value.
const (
	tableDepth  = 5   // tables in tables
	tableFields = 100 // of one table
	allFields   = 500
	textBytes   = 1000 // of a string by itself
	fieldBytes  = 120  // of a text in a table
	lineWidth   = 80   // of a table on one line
)

// luaText forms Lua values as they could be written in Lua. It is for one value.
type luaText struct {
	L      *lua.LState
	left   int                  // fields that may still be shown
	inside map[*lua.LTable]bool // the tables around the value
}

// shownLua is a value as text of one or more lines.
func shownLua(L *lua.LState, v lua.LValue) string {
	t := &luaText{L, allFields, map[*lua.LTable]bool{}}
	switch v := v.(type) {
	case lua.LString:
		if len(v) > textBytes {
			return luaQuoted(clipped(string(v), textBytes)) + fmt.Sprintf("… (%d bytes; print shows all)", len(v))
		}
	case *lua.LFunction:
		return luaSignature(v) + definedAt(v)
	case *lua.LUserData:
		return t.L.ToStringMeta(v).String()
	}
	return t.value(v, 0)
}

// value forms a value in a table of the given depth.
func (t *luaText) value(v lua.LValue, depth int) string {
	switch v := v.(type) {
	case lua.LString:
		if len(v) > fieldBytes && depth > 0 {
			return luaQuoted(clipped(string(v), fieldBytes)) + "…"
		}
		return luaQuoted(string(v))
	case lua.LNumber:
		return stdlib.NumberText(v)
	case *lua.LFunction:
		return luaSignature(v)
	case *lua.LTable:
		if t.L.GetMetaField(v, "__tostring") == lua.LNil {
			return t.table(v, depth)
		}
	case *lua.LNilType, lua.LBool:
		return v.String()
	}
	text := t.L.ToStringMeta(v).String()
	if line, _, more := strings.Cut(text, "\n"); depth > 0 && (more || len(line) > fieldBytes) {
		return clipped(line, fieldBytes) + "…"
	}
	return text
}

func (t *luaText) table(v *lua.LTable, depth int) string {
	first, _ := v.Next(lua.LNil)
	switch {
	case first == lua.LNil:
		return "{}"
	case t.inside[v]:
		return "{ --[[ a table around it ]] }"
	case depth == tableDepth || t.left <= 0:
		return "{…}"
	}
	t.inside[v] = true
	defer delete(t.inside, v)
	fields, more := t.fields(v, depth)
	line := "{" + strings.Join(fields, ", ") + "}"
	if more == 0 && !strings.Contains(line, "\n") && utf8.RuneCountInString(line)+2*depth <= lineWidth {
		return line
	}
	indent := strings.Repeat("  ", depth)
	text := "{\n"
	for _, f := range fields {
		text += indent + "  " + f + ",\n"
	}
	if more > 0 {
		text += fmt.Sprintf("%s  -- … %d more\n", indent, more)
	}
	return text + indent + "}"
}

// fields forms the fields of a table, the list first, the others in the order of
// their keys. It tells how many more there are.
func (t *luaText) fields(v *lua.LTable, depth int) (fields []string, more int) {
	n := v.Len()
	var keys []lua.LValue
	v.ForEach(func(key, _ lua.LValue) {
		if i, ok := key.(lua.LNumber); ok && i >= 1 && int(i) <= n && lua.LNumber(int(i)) == i {
			return
		}
		keys = append(keys, key)
	})
	slices.SortStableFunc(keys, compareKeys)
	all := n + len(keys)
	shown := min(all, tableFields, max(t.left, 1))
	t.left -= shown
	for i := range shown {
		if i < n {
			fields = append(fields, t.value(v.RawGetInt(i+1), depth+1))
			continue
		}
		key := keys[i-n]
		fields = append(fields, t.key(key, depth)+" = "+t.value(v.RawGet(key), depth+1))
	}
	return fields, all - shown
}

func (t *luaText) key(key lua.LValue, depth int) string {
	if s, ok := key.(lua.LString); ok && isName(string(s)) {
		return string(s)
	}
	return "[" + t.value(key, max(depth, 1)) + "]"
}

// compareKeys puts numbers before texts, and these before all else.
func compareKeys(a, b lua.LValue) int {
	x, xNumber := a.(lua.LNumber)
	y, yNumber := b.(lua.LNumber)
	_, xText := a.(lua.LString)
	_, yText := b.(lua.LString)
	switch {
	case xNumber && yNumber && x < y, xNumber && !yNumber, !yNumber && xText && !yText:
		return -1
	case xNumber && yNumber && x > y, yNumber && !xNumber, !xNumber && yText && !xText:
		return 1
	case xText:
		return strings.Compare(a.String(), b.String())
	}
	return 0
}

// luaSignature is how a function is called.
func luaSignature(fn *lua.LFunction) string {
	if fn.IsG {
		return "function(...)"
	}
	var names []string
	for i := range int(fn.Proto.NumParameters) {
		if i < len(fn.Proto.DbgLocals) {
			names = append(names, fn.Proto.DbgLocals[i].Name)
		}
	}
	if fn.Proto.IsVarArg != 0 {
		names = append(names, "...")
	}
	return "function(" + strings.Join(names, ", ") + ")"
}

// definedAt tells where a function stands.
func definedAt(fn *lua.LFunction) string {
	if fn.IsG {
		return " -- built in"
	}
	return fmt.Sprintf(" -- %s:%d", fn.Proto.SourceName, fn.Proto.LineDefined)
}

// luaQuoted is a text as a Lua literal on one line.
func luaQuoted(text string) string {
	b := []byte{'"'}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\r':
			b = append(b, `\r`...)
		case unicode.IsPrint(r) && (r != utf8.RuneError || size > 1):
			b = append(b, text[i:i+size]...)
		default:
			for _, c := range []byte(text[i : i+size]) {
				b = append(b, fmt.Sprintf(`\%03d`, c)...)
			}
		}
		i += size
	}
	return string(append(b, '"'))
}

// clipped is the beginning of a text, without a part of a character.
func clipped(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	for bytes > 0 && !utf8.RuneStart(text[bytes]) {
		bytes--
	}
	return text[:bytes]
}
