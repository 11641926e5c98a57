package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// bytesAStep is how many bytes are compared in the time of a step.
const bytesAStep = 16

// Bounds of a match, those of Lua.
const (
	maxCaptures   = 32
	maxMatchDepth = 200
)

// What a capture's length says when it has none.
const (
	captureOpen     = -1
	capturePosition = -2
)

// matcher matches one pattern of Lua (manual, 5.4.1) against one subject, by
// backtracking, which it may do longer than anybody waits. Positions are offsets,
// -1 is no match.
type matcher struct {
	host.Effort
	text     string
	pattern  string
	captures [maxCaptures]struct{ start, length int }
	level    int // captures in use
	depth    int
}

func newMatcher(L *lua.LState, text, pattern string) *matcher {
	return &matcher{Effort: host.Effort{L: L}, text: text, pattern: pattern}
}

// match matches pattern[p:] at text[s:] and returns where the match ends.
func (m *matcher) match(s, p int) int {
	m.depth++
	if m.depth > maxMatchDepth {
		m.L.RaiseError("pattern too complex")
	}
	defer func() { m.depth-- }()
	for p < len(m.pattern) {
		m.Spend(1)
		switch c := m.pattern[p]; {
		case c == '(' && p+1 < len(m.pattern) && m.pattern[p+1] == ')':
			return m.open(s, p+2, capturePosition)
		case c == '(':
			return m.open(s, p+1, captureOpen)
		case c == ')':
			return m.close(s, p+1)
		case c == '$' && p+1 == len(m.pattern):
			if s == len(m.text) {
				return s
			}
			return -1
		case c == '%' && p+1 < len(m.pattern) && m.pattern[p+1] == 'b':
			if s = m.balance(s, p+2); s < 0 {
				return -1
			}
			p += 4
			continue
		case c == '%' && p+1 < len(m.pattern) && m.pattern[p+1] == 'f':
			p += 2
			if p >= len(m.pattern) || m.pattern[p] != '[' {
				m.L.RaiseError("missing '[' after '%s' in pattern", "%f")
			}
			end := m.classEnd(p)
			m.Spend(end - p)
			if inSet(m.byteAt(s-1), m.pattern[p:end]) || !inSet(m.byteAt(s), m.pattern[p:end]) {
				return -1
			}
			p = end
			continue
		case c == '%' && p+1 < len(m.pattern) && isDigit(m.pattern[p+1]):
			if s = m.again(s, m.pattern[p+1]); s < 0 {
				return -1
			}
			p += 2
			continue
		}
		end := m.classEnd(p)
		m.Spend(end - p)
		suffix := byte(0)
		if end < len(m.pattern) {
			suffix = m.pattern[end]
		}
		switch suffix {
		case '?':
			if m.single(s, p, end) {
				if e := m.match(s+1, end+1); e >= 0 {
					return e
				}
			}
			p = end + 1
		case '+':
			if !m.single(s, p, end) {
				return -1
			}
			return m.longest(s+1, p, end)
		case '*':
			return m.longest(s, p, end)
		case '-':
			return m.shortest(s, p, end)
		default:
			if !m.single(s, p, end) {
				return -1
			}
			s++
			p = end
		}
	}
	return s
}

// longest matches as many as it can, then fewer.
func (m *matcher) longest(s, p, end int) int {
	n := 0
	for m.single(s+n, p, end) {
		n++
		m.Spend(end - p)
	}
	for ; n >= 0; n-- {
		m.Spend(1)
		if e := m.match(s+n, end+1); e >= 0 {
			return e
		}
	}
	return -1
}

// shortest matches as few as it can, then more.
func (m *matcher) shortest(s, p, end int) int {
	for {
		m.Spend(end - p)
		if e := m.match(s, end+1); e >= 0 {
			return e
		}
		if !m.single(s, p, end) {
			return -1
		}
		s++
	}
}

func (m *matcher) open(s, p, length int) int {
	if m.level >= maxCaptures {
		m.L.RaiseError("too many captures")
	}
	m.captures[m.level].start, m.captures[m.level].length = s, length
	m.level++
	end := m.match(s, p)
	if end < 0 {
		m.level--
	}
	return end
}

func (m *matcher) close(s, p int) int {
	for i := m.level - 1; i >= 0; i-- {
		if c := &m.captures[i]; c.length == captureOpen {
			c.length = s - c.start
			end := m.match(s, p)
			if end < 0 {
				c.length = captureOpen
			}
			return end
		}
	}
	m.L.RaiseError("invalid pattern capture")
	return -1
}

// balance matches %bxy, whose two characters are at p.
func (m *matcher) balance(s, p int) int {
	if p+1 >= len(m.pattern) {
		m.L.RaiseError("unbalanced pattern")
	}
	if s >= len(m.text) || m.text[s] != m.pattern[p] {
		return -1
	}
	open := 1
	for i := s + 1; i < len(m.text); i++ {
		m.Spend(1)
		switch m.text[i] {
		case m.pattern[p+1]:
			if open--; open == 0 {
				return i + 1
			}
		case m.pattern[p]:
			open++
		}
	}
	return -1
}

// again matches what an earlier capture matched.
func (m *matcher) again(s int, digit byte) int {
	i := int(digit) - '1'
	if i < 0 || i >= m.level || m.captures[i].length == captureOpen {
		m.L.RaiseError("invalid capture index %%%c", digit)
	}
	c := m.captures[i]
	m.Spend(max(c.length/bytesAStep, 0))
	if c.length < 0 || !strings.HasPrefix(m.text[s:], m.text[c.start:c.start+c.length]) {
		return -1
	}
	return s + c.length
}

// single tells whether the class at pattern[p:end] matches the byte at s.
func (m *matcher) single(s, p, end int) bool {
	if s >= len(m.text) {
		return false
	}
	c := m.text[s]
	switch m.pattern[p] {
	case '.':
		return true
	case '%':
		return inClass(c, m.pattern[p+1])
	case '[':
		return inSet(c, m.pattern[p:end])
	default:
		return m.pattern[p] == c
	}
}

// classEnd is where the class that starts at p ends.
func (m *matcher) classEnd(p int) int {
	switch c := m.pattern[p]; {
	case c == '%':
		if p+1 >= len(m.pattern) {
			m.L.RaiseError("malformed pattern (ends with '%c')", '%')
		}
		return p + 2
	case c != '[':
		return p + 1
	}
	p++
	if p < len(m.pattern) && m.pattern[p] == '^' {
		p++
	}
	for first := true; ; first = false {
		if p >= len(m.pattern) {
			m.L.RaiseError("malformed pattern (missing ']')")
		}
		switch c := m.pattern[p]; {
		case c == ']' && !first:
			return p + 1
		case c == '%':
			p++ // also when a ] follows
			if p >= len(m.pattern) {
				m.L.RaiseError("malformed pattern (missing ']')")
			}
		}
		p++
	}
}

// byteAt is a byte of the text, 0 before its start and behind its end.
func (m *matcher) byteAt(s int) byte {
	if s < 0 || s >= len(m.text) {
		return 0
	}
	return m.text[s]
}
