package kube

import "bytes"

// nesting is how deep arrays and objects nest in the value.
func (v Value) nesting() int {
	deepest := 0
	v.parts(func(_ []byte, depth int) { deepest = max(deepest, depth) })
	return deepest
}

// IndentedLength is how many bytes the value has at most where each part of it
// stands on a line of its own, indented by so many blanks for each level: as JSON
// has it, and with 2 blanks YAML. Little that nests deep gets long.
func (v Value) IndentedLength(indent int) int {
	length := 0
	v.parts(func(part []byte, depth int) {
		line := len("\n: ") + indent*depth
		length += len(part) + line*(1+bytes.Count(part, []byte(`\n`)))
	})
	return length
}

// parts calls f with each brace, bracket, key, string, number and so on of the
// value, and how deep it lies.
func (v Value) parts(f func(part []byte, depth int)) {
	depth := 0
	for i := skipSpace(v.raw, 0); i < len(v.raw); i = skipSpace(v.raw, i) {
		end := i + 1
		switch v.raw[i] {
		case ',', ':':
			i = end
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		default:
			if end = skipValue(v.raw, i); end < 0 {
				return
			}
		}
		f(v.raw[i:end], depth)
		i = end
	}
}
