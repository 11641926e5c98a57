package stdlib

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/columns"
	"github.com/kubelua/kubelua/stdlib/host"
)

// templateFormat implements template.format(text, values): {name} and {a.b} stand
// for values, {1} for elements; {{ and }} for brackets. Behind a colon stands how
// they are written, as in {count:>5} and {ratio:.2f}.
func templateFormat(c call) int {
	text := c.text(1, "template.format: the text")
	values := c.L.Get(2)
	if values.Type() != lua.LTTable && values.Type() != lua.LTUserData {
		c.invalid("template.format: the values must be a table, not %s", host.TypeName(values))
	}
	var out strings.Builder
	for rest := text; rest != ""; {
		at := strings.IndexAny(rest, "{}")
		if at < 0 {
			out.WriteString(rest)
			break
		}
		out.WriteString(rest[:at])
		bracket := rest[at : at+1]
		if rest = rest[at+1:]; strings.HasPrefix(rest, bracket) {
			out.WriteString(bracket)
			rest = rest[1:]
			continue
		}
		field, after, closed := strings.Cut(rest, "}")
		if bracket == "}" || !closed {
			c.invalid("template.format: a single %s in %s (two stand for one)", bracket, host.QuotedText(text))
		}
		out.WriteString(c.formatted(values, field))
		host.CheckLength(c.L, out.Len())
		rest = after
	}
	return c.pushText(out.String())
}

// layoutOfField is how a field is written: fill and side, width, and a conversion
// of string.format.
var layoutOfField = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(.?)([<>^]))?([1-9]\d{0,2})?((?:0\d{1,2})?(?:\.\d{1,2})?[deEfgGqsxX])?$`)
})

// formatted is one field of a format.
func (c call) formatted(values lua.LValue, field string) string {
	name, layout, _ := strings.Cut(field, ":")
	v := values
	for part := range strings.SplitSeq(name, ".") {
		key := lua.LValue(lua.LString(part))
		if n, err := strconv.Atoi(part); err == nil {
			key = lua.LNumber(n)
		}
		if v != lua.LNil {
			v = c.L.GetTable(v, key)
		}
	}
	if v == lua.LNil {
		c.invalid("template.format: there is no %s", host.QuotedText(name))
	}
	parts := layoutOfField().FindStringSubmatch(layout)
	if parts == nil {
		c.invalid("template.format: %s is no way to write a value (want one like \">8\", \"<20\" or \".2f\")", host.QuotedText(layout))
	}
	fill, side, width, conversion := parts[1], parts[2], parts[3], parts[4]
	text := ""
	if conversion != "" {
		c.push(lua.LString("%"+conversion), v)
		text = c.converted(conversion, v)
		c.L.Pop(2)
	} else {
		text = toString(c.L, v)
	}
	n, _ := strconv.Atoi(width)
	_, number := v.(lua.LNumber)
	return padded(text, orText(fill, " "), side, n, number)
}

// converted is a value as string.format writes it by a conversion; the value is on
// top of the stack.
func (c call) converted(conversion string, v lua.LValue) string {
	verb := conversion[len(conversion)-1]
	if v.Type() != lua.LTNumber && !strings.ContainsRune("qs", rune(verb)) {
		c.invalid("template.format: %s is written by %%%s and is no number", host.TypeName(v), conversion)
	}
	return convert(c.L, conversion[:len(conversion)-1], verb, c.L.GetTop())
}

// padded is a text with at least as many columns as width says. Numbers stand on
// the right unless told.
func padded(text, fill, side string, width int, number bool) string {
	missing := max(width-columns.Of(text), 0)
	left := 0
	switch {
	case side == ">", side == "" && number:
		left = missing
	case side == "^":
		left = missing / 2
	}
	return strings.Repeat(fill, left) + text + strings.Repeat(fill, missing-left)
}
