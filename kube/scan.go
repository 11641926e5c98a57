package kube

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// The functions here find where JSON values begin and end without decoding
// them. They trust the text to be JSON (RFC 8259) only as far as memory safety
// goes: malformed text gives -1 or a wrong extent, never a panic.

// skipSpace returns the index of the first byte at or after i that isn't JSON
// white space.
func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the index after the string whose opening quote is b[i],
// or -1 where it doesn't end.
func skipString(b []byte, i int) int {
	for j := i + 1; ; {
		n := bytes.IndexByte(b[j:], '"')
		if n < 0 {
			return -1
		}
		end := j + n
		// A quote after an odd number of backslashes is part of the string.
		k := end
		for k > i+1 && b[k-1] == '\\' {
			k--
		}
		j = end + 1
		if (end-k)%2 == 0 {
			return j
		}
	}
}

// skipValue returns the index after the value that starts at b[i], or -1
// where it doesn't end.
func skipValue(b []byte, i int) int {
	if i < 0 || i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return skipNested(b, i)
	}
	for j := i; j < len(b); j++ {
		switch b[j] {
		case ',', '}', ']', ' ', '\n', '\t', '\r', ':':
			if j == i {
				return -1
			}
			return j
		}
	}
	return len(b)
}

// skipNested returns the index after the object or array that opens at b[i].
func skipNested(b []byte, i int) int {
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			if i = skipString(b, i); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

// member is one key and value of an object; the offsets are into the bytes
// that were scanned.
type member struct {
	key      []byte // the text between the quotes, escapes and all
	from, to int    // the value's extent
}

// nextMember reads the member at or after b[i], which stands behind the
// opening brace, a comma or a value. It returns the index to go on from, or -1
// at the end of the object.
func nextMember(b []byte, i int) (member, int) {
	key, from := nextKey(b, i)
	to := skipValue(b, from)
	if to < 0 {
		return member{}, -1
	}
	return member{key, from, to}, to
}

// nextKey reads the key of the member at or after b[i], and returns where its
// value begins, or -1 at the end of the object. It leaves the value unread.
func nextKey(b []byte, i int) (key []byte, from int) {
	i = skipSpace(b, i)
	if i < len(b) && b[i] == ',' {
		i = skipSpace(b, i+1)
	}
	if i >= len(b) || b[i] != '"' {
		return nil, -1
	}
	end := skipString(b, i)
	if end < 0 {
		return nil, -1
	}
	key = b[i+1 : end-1]
	i = skipSpace(b, end)
	if i >= len(b) || b[i] != ':' {
		return nil, -1
	}
	return key, skipSpace(b, i+1)
}

// nextElement reads the array element at or after b[i], which stands behind
// the opening bracket, a comma or a value. It returns the element's extent,
// and from = -1 at the end of the array.
func nextElement(b []byte, i int) (from, to int) {
	i = skipSpace(b, i)
	if i < len(b) && b[i] == ',' {
		i = skipSpace(b, i+1)
	}
	if i >= len(b) || b[i] == ']' {
		return -1, -1
	}
	to = skipValue(b, i)
	if to < 0 {
		return -1, -1
	}
	return i, to
}

// keyIs tells whether the text of a key, escapes and all, names key.
func keyIs(text []byte, key string) bool {
	if string(text) == key {
		return true
	}
	// Go's encoder writes <, > and & as escapes.
	return bytes.IndexByte(text, '\\') >= 0 && unquote(text) == key
}

// unquote decodes the text between the quotes of a JSON string. Its result
// owns its bytes.
func unquote(text []byte) string {
	if bytes.IndexByte(text, '\\') < 0 && utf8.Valid(text) {
		return string(text)
	}
	quoted := make([]byte, 0, len(text)+2)
	quoted = append(append(append(quoted, '"'), text...), '"')
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return string(text)
	}
	return s
}
