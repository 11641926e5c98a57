package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// The functions of the string library that take patterns.

func stringFind(L *lua.LState) int { return find(L, true) }

func stringMatch(L *lua.LState) int { return find(L, false) }

// find is string.find(text, pattern [, init [, plain]]) and string.match.
func find(L *lua.LState, positions bool) int {
	text, pattern := L.CheckString(1), L.CheckString(2)
	init := L.OptInt(3, 1)
	if init < 0 {
		init = len(text) + init + 1
	}
	s := min(max(init, 1)-1, len(text))
	if positions && (lua.LVAsBool(L.Get(4)) || !strings.ContainsAny(pattern, "^$*+?.([%-")) {
		i := strings.Index(text[s:], pattern)
		if i < 0 {
			L.Push(lua.LNil)
			return 1
		}
		L.Push(lua.LNumber(s + i + 1))
		L.Push(lua.LNumber(s + i + len(pattern)))
		return 2
	}
	anchored := strings.HasPrefix(pattern, "^")
	m := newMatcher(L, text, strings.TrimPrefix(pattern, "^"))
	for ; s <= len(text); s++ {
		m.level = 0
		if end := m.match(s, 0); end >= 0 {
			if !positions {
				return m.push(s, end)
			}
			L.Push(lua.LNumber(s + 1))
			L.Push(lua.LNumber(end))
			return 2 + m.pushCaptures()
		}
		if anchored {
			break
		}
	}
	L.Push(lua.LNil)
	return 1
}

// stringGmatch returns an iterator over the matches of a pattern.
func stringGmatch(L *lua.LState) int {
	text, pattern := L.CheckString(1), L.CheckString(2)
	s := 0
	L.Push(L.NewClosure(func(L *lua.LState) int {
		m := newMatcher(L, text, pattern)
		for ; s <= len(text); s++ {
			m.level = 0
			if end := m.match(s, 0); end >= 0 {
				start := s
				s = end
				if end == start {
					s++ // an empty match: go on behind the next character
				}
				return m.push(start, end)
			}
		}
		L.Push(lua.LNil)
		return 1
	}, lua.LString(text))) // so that the text counts as the script's
	return 1
}

// stringGsub is string.gsub(text, pattern, replacement [, most]).
func stringGsub(L *lua.LState) int {
	text, pattern := L.CheckString(1), L.CheckString(2)
	replacement := L.Get(3)
	switch replacement.Type() {
	case lua.LTString, lua.LTNumber, lua.LTTable, lua.LTFunction:
	default:
		L.ArgError(3, "string, function or table expected, got "+replacement.Type().String())
	}
	most := L.OptInt(4, len(text)+1)
	anchored := strings.HasPrefix(pattern, "^")
	m := newMatcher(L, text, strings.TrimPrefix(pattern, "^"))
	var b strings.Builder
	count, s := 0, 0
	for count < most && s <= len(text) {
		m.level = 0
		end := m.match(s, 0)
		if end >= 0 {
			count++
			m.replace(&b, replacement, s, end)
		}
		if end > s {
			s = end
		} else {
			b.WriteString(text[s:min(s+1, len(text))])
			s++
		}
		if anchored {
			break
		}
	}
	b.WriteString(text[min(s, len(text)):])
	L.Push(lua.LString(b.String()))
	L.Push(lua.LNumber(count))
	return 2
}

// replace writes what takes the place of text[s:end].
func (m *matcher) replace(b *strings.Builder, replacement lua.LValue, s, end int) {
	var value lua.LValue
	switch r := replacement.(type) {
	case *lua.LTable:
		value = m.L.GetTable(r, m.capture(0, s, end))
	case *lua.LFunction:
		m.L.Push(r)
		m.L.Call(m.push(s, end), 1)
		value = m.L.Get(-1)
		m.L.Pop(1)
	default:
		m.expand(b, plainText(r), s, end)
		return
	}
	switch {
	case !lua.LVAsBool(value):
		m.add(b, m.text[s:end])
	case lua.LVCanConvToString(value):
		m.add(b, plainText(value))
	default:
		m.L.RaiseError("invalid replacement value (a %s)", value.Type())
	}
}

// expand writes a replacement string, in which %0 is the match, %1 to %9 are
// captures and % before anything else is dropped.
func (m *matcher) expand(b *strings.Builder, replacement string, s, end int) {
	for {
		plain, rest, found := strings.Cut(replacement, "%")
		m.add(b, plain)
		if !found {
			return
		}
		if rest == "" {
			m.L.RaiseError("invalid use of '%c' in replacement string", '%')
		}
		switch c := rest[0]; {
		case c == '0':
			m.add(b, m.text[s:end])
		case isDigit(c):
			m.add(b, m.capture(int(c)-'1', s, end).String())
		default:
			m.add(b, rest[:1])
		}
		replacement = rest[1:]
	}
}

// add adds to what takes the place of matches. Little text may make much.
func (m *matcher) add(b *strings.Builder, text string) {
	host.CheckLength(m.L, b.Len()+len(text))
	m.Spend(1)
	b.WriteString(text)
}

// push pushes the captures of a match, or all of it if the pattern has none,
// and returns how many it pushed.
func (m *matcher) push(s, end int) int {
	if m.level == 0 {
		m.L.Push(part(m.text, s, end))
		return 1
	}
	return m.pushCaptures()
}

func (m *matcher) pushCaptures() int {
	for i := range m.level {
		m.L.Push(m.capture(i, 0, 0))
	}
	return m.level
}

// capture is the value of a capture. Without captures the first one is the
// match, text[s:end].
func (m *matcher) capture(i, s, end int) lua.LValue {
	if i >= m.level {
		if i > 0 {
			m.L.RaiseError("invalid capture index %%%d", i+1)
		}
		return part(m.text, s, end)
	}
	switch c := m.captures[i]; c.length {
	case capturePosition:
		return lua.LNumber(c.start + 1)
	case captureOpen:
		m.L.RaiseError("unfinished capture")
		return nil
	default:
		return part(m.text, c.start, c.start+c.length)
	}
}

// part is a part of a string. A small part of a large string gets memory of its
// own: a script that keeps it doesn't keep the large one.
func part(text string, from, to int) lua.LString {
	if 2*(to-from) < len(text) {
		return lua.LString(strings.Clone(text[from:to]))
	}
	return lua.LString(text[from:to])
}
