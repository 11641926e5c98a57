package edit

import (
	"bytes"
	"unicode/utf8"
)

// key is what a user does: a character, a key without one, or a paste.
type key struct {
	code  code
	r     rune   // of char and alt
	paste string // of pasted
}

// code says which key it is.
type code int

const (
	char   code = iota // a character, or Ctrl with a letter as r < ' '
	alt                // Alt with a character
	pasted             // text that the terminal was given at once
	up
	down
	left
	right
	wordLeft
	wordRight
	home
	end
	deleteKey
	pageUp
	pageDown
	backTab
	unknown
)

// Control characters that the editor knows.
const (
	ctrlA     = 'A' - '@'
	ctrlB     = 'B' - '@'
	ctrlC     = 'C' - '@'
	ctrlD     = 'D' - '@'
	ctrlE     = 'E' - '@'
	ctrlF     = 'F' - '@'
	ctrlG     = 'G' - '@'
	ctrlH     = 'H' - '@'
	tab       = 'I' - '@'
	ctrlJ     = 'J' - '@'
	ctrlK     = 'K' - '@'
	ctrlL     = 'L' - '@'
	enter     = 'M' - '@'
	ctrlN     = 'N' - '@'
	ctrlP     = 'P' - '@'
	ctrlR     = 'R' - '@'
	ctrlU     = 'U' - '@'
	ctrlW     = 'W' - '@'
	ctrlY     = 'Y' - '@'
	ctrlZ     = 'Z' - '@'
	escape    = '[' - '@'
	ctrlUnder = '_' - '@'
	backspace = 0x7f
)

// The sequences by which a terminal brackets a paste.
var (
	pasteBegin = []byte("\x1b[200~")
	pasteEnd   = []byte("\x1b[201~")
)

// sequences are the keys that terminals send as an escape sequence, which
// begins with ESC [ or ESC O (xterm, VT220).
var sequences = map[string]code{
	"A": up, "B": down, "C": right, "D": left, "H": home, "F": end, "Z": backTab,
	"1~": home, "7~": home, "4~": end, "8~": end, "3~": deleteKey, "5~": pageUp, "6~": pageDown,
	"1;5C": wordRight, "1;5D": wordLeft, "1;3C": wordRight, "1;3D": wordLeft,
}

// nextKey takes the first key from what the terminal has sent; 0 bytes where
// more has to come. An ESC at the end of it is the key of that name: a terminal
// sends a sequence at once. Ctrl-C gives up a paste whose end doesn't come.
func nextKey(in []byte) (k key, n int) {
	switch {
	case len(in) == 0:
		return key{}, 0
	case bytes.HasPrefix(in, pasteBegin):
		length := bytes.Index(in, pasteEnd)
		switch {
		case length < 0 && in[len(in)-1] == ctrlC: // the end was lost
			return key{code: char, r: ctrlC}, len(in)
		case length < 0:
			return key{}, 0
		}
		return key{code: pasted, paste: string(in[len(pasteBegin):length])}, length + len(pasteEnd)
	case in[0] == escape && len(in) > 1:
		return escaped(in)
	}
	r, n := utf8.DecodeRune(in)
	if r == utf8.RuneError && n == 1 && !utf8.FullRune(in) {
		return key{}, 0
	}
	return key{code: char, r: r}, n
}

// escaped takes the key that begins with an ESC.
func escaped(in []byte) (key, int) {
	if in[1] != '[' && in[1] != 'O' {
		r, n := utf8.DecodeRune(in[1:])
		if r == utf8.RuneError && !utf8.FullRune(in[1:]) {
			return key{}, 0
		}
		switch r {
		case escape:
			return key{code: char, r: escape}, 1
		case 'b':
			return key{code: wordLeft}, 2
		case 'f':
			return key{code: wordRight}, 2
		}
		return key{code: alt, r: r}, 1 + n
	}
	// ESC [ parameters final, ECMA-48, section 5.4
	for n := 2; n < len(in); n++ {
		if c := in[n]; c >= 0x40 && c <= 0x7e {
			if known, ok := sequences[string(in[2:n+1])]; ok {
				return key{code: known}, n + 1
			}
			return key{code: unknown}, n + 1
		}
	}
	return key{}, 0
}
