package stdlib

import (
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// regexpFunctions are the functions of the module regexp.
var regexpFunctions = functions{
	"compile": func(c call) int {
		text := c.text(1, "regexp.compile: the expression")
		compiled, err := regexp.Compile(text)
		if err != nil {
			c.invalid("regexp.compile: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		return c.push(object(c, pattern{compiled}, patternClass))
	},
	"escape": func(c call) int {
		return c.pushText(regexp.QuoteMeta(c.text(1, "regexp.escape: the text")))
	},
}

// pattern is a regular expression as Lua sees it.
type pattern struct{ *regexp.Regexp }

// Size is about how many bytes it takes. See [host.Sized].
func (p pattern) Size() int {
	const each = 200 // of an instruction, about one a character
	return len(p.Regexp.String()) * each
}

func patternClass() class[pattern] {
	return class[pattern]{
		name:       "regular expression",
		documented: "regexp.Regexp",
		attributes: map[string]func(call, pattern) lua.LValue{
			"names": func(c call, p pattern) lua.LValue {
				list := c.host.Array(c.L)
				for _, name := range p.SubexpNames() {
					if name != "" {
						list.Append(lua.LString(name))
					}
				}
				return list
			},
		},
		methods: map[string]func(call, pattern) int{
			"find": func(c call, p pattern) int {
				text := c.text(2, "the text")
				at := p.FindStringSubmatchIndex(text)
				if at == nil {
					return c.push(lua.LNil)
				}
				return c.push(c.found(p, text, at))
			},
			"find_all": func(c call, p pattern) int {
				text := c.text(2, "the text")
				list := c.host.Array(c.L)
				for _, at := range p.FindAllStringSubmatchIndex(text, c.limit(3)) {
					list.Append(c.found(p, text, at))
				}
				return c.push(list)
			},
			"matches": func(c call, p pattern) int {
				return c.push(lua.LBool(p.MatchString(c.text(2, "the text"))))
			},
			"replace": patternReplace,
			"split": func(c call, p pattern) int {
				list := c.host.Array(c.L)
				for _, part := range p.Split(c.text(2, "the text"), c.limit(3)) {
					list.Append(lua.LString(part))
				}
				return c.push(list)
			},
		},
		text: func(p pattern) string { return p.Regexp.String() },
	}
}

// limit is the number at argument i, -1 where there is none.
func (c call) limit(i int) int {
	if c.absent(i) {
		return -1
	}
	return c.whole(i, "the limit", 1)
}

// found is a match: the text under 0, its groups under their numbers and names,
// and where it begins and ends.
func (c call) found(p pattern, text string, at []int) *lua.LTable {
	t, groups := c.L.NewTable(), c.L.NewTable()
	names := p.SubexpNames()
	for i := range len(at) / 2 {
		if at[2*i] < 0 {
			continue
		}
		group := lua.LString(text[at[2*i]:at[2*i+1]])
		t.RawSetInt(i, group)
		if names[i] != "" {
			groups.RawSetString(names[i], group)
		}
	}
	t.RawSetString("first", lua.LNumber(at[0]+1))
	t.RawSetString("groups", groups)
	t.RawSetString("last", lua.LNumber(at[1]))
	return t
}

// patternReplace implements r:replace(text, by, limit): by is a text, where $1 and
// ${name} stand for groups, or a function of the match.
func patternReplace(c call, p pattern) int {
	text, by := c.text(2, "the text"), c.L.Get(3)
	template, isText := by.(lua.LString)
	if !isText {
		c.function(3, "what replaces, unless it is a string,")
	}
	var out []byte
	end := 0
	for _, at := range p.FindAllStringSubmatchIndex(text, c.limit(4)) {
		out = append(out, text[end:at[0]]...)
		if isText {
			out = p.ExpandString(out, string(template), text, at)
		} else {
			out = append(out, c.replacement(by, c.found(p, text, at), text[at[0]:at[1]])...)
		}
		end = at[1]
		host.CheckLength(c.L, len(out))
	}
	return c.pushText(string(append(out, text[end:]...)))
}

// replacement is what a function makes of a match; nil leaves it as it is.
func (c call) replacement(by lua.LValue, match *lua.LTable, whole string) string {
	c.push(by, match)
	c.L.Call(1, 1)
	result := c.L.Get(-1)
	c.L.Pop(1)
	if result == lua.LNil {
		return whole
	}
	if !lua.LVCanConvToString(result) {
		c.invalid("what replaces must give a string or nil, not %s", host.TypeName(result))
	}
	return plainText(result)
}
