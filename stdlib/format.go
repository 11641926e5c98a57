package stdlib

import (
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// stringFormat is string.format. The conversions are those of Lua 5.1; %s
// takes any value, as tostring does. Width and precision of %s count
// characters, not bytes.
func stringFormat(L *lua.LState) int {
	format := L.CheckString(1)
	var b strings.Builder
	effort := host.Effort{L: L}
	arg := 1
	for {
		effort.Spend(1)
		plain, rest, found := strings.Cut(format, "%")
		b.WriteString(plain)
		if !found {
			break
		}
		if strings.HasPrefix(rest, "%") {
			b.WriteByte('%')
			format = rest[1:]
			continue
		}
		spec := rest[:specLength(rest)]
		if len(spec) == len(rest) {
			L.RaiseError("invalid conversion '%%%s' to 'format'", spec)
		}
		verb := rest[len(spec)]
		format = rest[len(spec)+1:]
		arg++
		b.WriteString(convert(L, spec, verb, arg))
		host.CheckLength(L, b.Len())
	}
	L.Push(lua.LString(b.String()))
	return 1
}

// specLength is how many flags, width and precision stand before the verb.
func specLength(rest string) int {
	digits := func(i int) int {
		for n := 0; n < 2 && i < len(rest) && '0' <= rest[i] && rest[i] <= '9'; n++ {
			i++
		}
		return i
	}
	i := 0
	for i < len(rest) && i < 5 && strings.IndexByte("-+ #0", rest[i]) >= 0 {
		i++
	}
	i = digits(i)
	if i < len(rest) && rest[i] == '.' {
		i = digits(i + 1)
	}
	return i
}

// convert formats argument n for one conversion. Go's verbs are C's, but for
// what is dealt with here.
func convert(L *lua.LState, spec string, verb byte, n int) string {
	if n > L.GetTop() {
		L.ArgError(n, "no value")
	}
	switch verb {
	case 'c':
		return fmt.Sprintf("%"+spec+"s", string([]byte{byte(L.CheckInt(n))}))
	case 'd', 'i':
		return fmt.Sprintf("%"+spec+"d", integer(L, n))
	case 'u':
		return fmt.Sprintf("%"+spec+"d", uint64(integer(L, n)))
	case 'o', 'x', 'X':
		return fmt.Sprintf("%"+spec+string(verb), uint64(integer(L, n)))
	case 'e', 'E', 'f', 'g', 'G':
		return formatFloat(spec, verb, float64(L.CheckNumber(n)))
	case 'q':
		text := L.CheckString(n)
		host.CheckLength(L, quotedLength(text))
		return quote(text)
	case 's':
		return fmt.Sprintf("%"+spec+"s", toString(L, L.Get(n)))
	}
	L.RaiseError("invalid conversion '%%%s%c' to 'format'", spec, verb)
	return ""
}

// integer is argument n as C would convert it.
func integer(L *lua.LState, n int) int64 {
	f := float64(L.CheckNumber(n))
	if math.IsNaN(f) || math.Abs(f) > math.MaxInt64 {
		L.ArgError(n, "number has no integer representation")
	}
	return int64(f)
}

func formatFloat(spec string, verb byte, f float64) string {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		width, _, _ := strings.Cut(strings.ReplaceAll(spec, "0", ""), ".")
		return fmt.Sprintf("%"+width+"s", NumberText(lua.LNumber(f)))
	}
	// Without a precision Go's %g is the shortest that reads back the same.
	if (verb == 'g' || verb == 'G') && !strings.Contains(spec, ".") {
		spec += ".6"
	}
	return fmt.Sprintf("%"+spec+string(verb), f)
}

// quote writes a string so that the Lua scanner reads it back.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; c {
		case '"', '\\', '\n':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\r':
			b.WriteString(`\r`)
		case 0:
			b.WriteString(`\000`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// quotedLength is how long quote makes a text.
func quotedLength(text string) int {
	length := len(text) + 2 + 3*strings.Count(text, "\000")
	for _, escaped := range []string{"\"", "\\", "\n", "\r"} {
		length += strings.Count(text, escaped)
	}
	return length
}
