// Package columns tells how many columns of a terminal a text takes.
package columns

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Rune is how many columns of a terminal a character takes: none where it
// joins the one before it, two for the wide ones of East Asia (UAX 11).
func Rune(r rune) int {
	switch {
	case r < ' ' || r == 0x7f:
		return 0
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Of is how many columns a text without line ends takes. Sequences that
// set colours take none.
func Of(text string) int {
	n := 0
	for rest := text; rest != ""; {
		if length := Colour(rest); length > 0 {
			rest = rest[length:]
			continue
		}
		r, length := utf8.DecodeRuneInString(rest)
		n += Rune(r)
		rest = rest[length:]
	}
	return n
}

// Colour is the length of the sequence that text begins with, 0 if with none:
// ESC [ ... m.
func Colour(text string) int {
	if len(text) < 3 || text[0] != 0x1b || text[1] != '[' {
		return 0
	}
	for i := 2; i < len(text); i++ {
		if c := text[i]; c >= 0x40 && c <= 0x7e {
			return i + 1
		}
	}
	return 0
}
