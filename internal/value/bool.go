package value

// ParseBool reads true, t, yes, y, on or 1, and false, f, no, n, off or 0, in
// any case, with white space around. The error is ErrBool.
func ParseBool(text []byte) (bool, error) {
	text = trim(text)
	switch len(text) {
	case 1:
		switch text[0] | 0x20 {
		case 't', 'y':
			return true, nil
		case 'f', 'n':
			return false, nil
		}
		// Setting the bit of lower case maps no other byte to a letter, but it
		// does map 0x10 and 0x11 to digits.
		switch text[0] {
		case '1':
			return true, nil
		case '0':
			return false, nil
		}
	case 2:
		if equalFold(text, "on") {
			return true, nil
		}
		if equalFold(text, "no") {
			return false, nil
		}
	case 3:
		if equalFold(text, "yes") {
			return true, nil
		}
		if equalFold(text, "off") {
			return false, nil
		}
	case 4:
		if equalFold(text, "true") {
			return true, nil
		}
	case 5:
		if equalFold(text, "false") {
			return false, nil
		}
	}
	return false, ErrBool
}

// equalFold says whether text is word, which is in lower-case letters and of
// the same length, in any case.
func equalFold(text []byte, word string) bool {
	for i, c := range text {
		if c|0x20 != word[i] {
			return false
		}
	}
	return true
}

// AppendBool writes true or false.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, "true"...)
	}
	return append(dst, "false"...)
}

// FormatBool is AppendBool as a string.
func FormatBool(v bool) string {
	if v {
		return "true"
	}
	return "false"
}

// CompareBool orders false before true.
func CompareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
