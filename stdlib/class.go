package stdlib

// inSet tells whether c is in a set, which is given with its brackets.
func inSet(c byte, set string) bool {
	found := true
	i, end := 1, len(set)-1
	if i < end && set[i] == '^' {
		found = false
		i++
	}
	for ; i < end; i++ {
		switch {
		case set[i] == '%' && i+1 < end:
			i++
			if inClass(c, set[i]) {
				return found
			}
		case i+2 < end && set[i+1] == '-':
			if set[i] <= c && c <= set[i+2] {
				return found
			}
			i += 2
		case set[i] == c:
			return found
		}
	}
	return !found
}

// inClass tells whether c is in the class %class; an upper case letter is the
// complement of the lower case one.
func inClass(c, class byte) bool {
	var in bool
	switch lower := class | 0x20; lower {
	case 'a':
		in = isLetter(c)
	case 'c':
		in = c < 0x20 || c == 0x7f
	case 'd':
		in = isDigit(c)
	case 'g':
		in = 0x21 <= c && c <= 0x7e
	case 'l':
		in = 'a' <= c && c <= 'z'
	case 'p':
		in = 0x21 <= c && c <= 0x7e && !isLetter(c) && !isDigit(c)
	case 's':
		in = c == ' ' || '\t' <= c && c <= '\r'
	case 'u':
		in = 'A' <= c && c <= 'Z'
	case 'w':
		in = isLetter(c) || isDigit(c)
	case 'x':
		in = isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f'
	case 'z':
		in = c == 0
	default:
		return class == c
	}
	return in == (class >= 'a')
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
