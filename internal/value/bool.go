package value

// ParseBool reads true, t, yes, y, on or 1, and false, f, no, n, off or 0, in
// any case, with white space around. The error is ErrBool.
func ParseBool(text []byte) (bool, error) {
	if v, ok := boolOf(trim(text)); ok {
		return v, nil
	}
	return false, ErrBool
}

// boolOf reads what ParseBool does, with no more than a space at either end. How
// booleans are spelled in a file is nothing that a processor could foresee, so all
// spellings are found alike, in a table in which each has a place of its own.
func boolOf(text []byte) (v, ok bool) {
	if len(text) > 7 {
		return false, false
	}
	key := boolKey(ShortWord(text), len(text))
	spelling := &boolSpellings[boolSlot(key)]
	return spelling.v, spelling.key == key
}

// boolKey is a word of a text, its letters, and nothing that is or becomes a digit
// or a space, in lower case; and how long it is, so that it is never 0.
func boolKey(word uint64, bytes int) uint64 {
	return word | word>>1&0x2020202020202020 | uint64(bytes+1)<<56
}

// boolSlot is the place of a key; the factor, of many tried, is one with which no
// two spellings have the same.
func boolSlot(key uint64) uint64 { return key * 0xddef60747c3e2485 >> 57 }

var boolSpellings = func() (slots [128]struct {
	key uint64
	v   bool
}) {
	for word, v := range map[string]bool{
		"true": true, "t": true, "yes": true, "y": true, "on": true, "1": true,
		"false": false, "f": false, "no": false, "n": false, "off": false, "0": false,
	} {
		for _, text := range []string{word, " " + word, word + " ", " " + word + " "} {
			key := boolKey(ShortWord([]byte(text)), len(text))
			slot := &slots[boolSlot(key)]
			slot.key, slot.v = key, v
		}
	}
	return slots
}()

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
