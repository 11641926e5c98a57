package edit

import (
	"slices"
	"strings"
)

// newLine begins a line, indented as code is where it is typed.
func (b *buffer) newLine(typed bool) {
	indent := ""
	if typed {
		line := b.text[b.lineStart():b.cursor]
		indent = line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if opens(strings.TrimRight(line, " \t")) {
			indent += "  "
		}
	}
	b.insert("\n" + indent)
}

// opens tells whether a line of Lua opens a block that goes on in the next.
func opens(line string) bool {
	for _, end := range []string{"then", "do", "else", "repeat", "{", "("} {
		if before, ok := strings.CutSuffix(line, end); ok {
			return !isWord(rune(end[0])) || before == "" || !isWord(rune(before[len(before)-1]))
		}
	}
	_, function, ok := strings.Cut(line, "function")
	return ok && strings.HasSuffix(function, ")") && !strings.Contains(function, "end")
}

// outdent takes what closes a block back to where the block began, if it stands
// further to the right.
func (b *buffer) outdent() {
	start := b.lineStart()
	line := b.text[start:b.cursor]
	if start == 0 || !closes(strings.TrimLeft(line, " ")) {
		return
	}
	above := b.text[strings.LastIndexByte(b.text[:start-1], '\n')+1 : start-1]
	room := blanks(above)
	if !opens(strings.TrimRight(above, " \t")) {
		room = max(room-2, 0)
	}
	if more := blanks(line) - room; more > 0 {
		cursor := b.cursor - more
		b.replace(start, start+more, "")
		b.cursor = cursor
	}
}

// closes tells whether a line of Lua begins with what closes a block.
func closes(line string) bool {
	if strings.HasPrefix(line, "}") || strings.HasPrefix(line, ")") {
		return true
	}
	word := len(line) - len(strings.TrimLeftFunc(line, isWord))
	return slices.Contains([]string{"end", "else", "elseif", "until"}, line[:word])
}

// blanks is how many a line begins with.
func blanks(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
