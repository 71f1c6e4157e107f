package xlsx

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// nameClass sorts the bytes that names are made of.
type nameClass uint8

const (
	nameFirst nameClass = 1 << iota // a letter or "_", which a name can begin with
	nameLater                       // a digit, "-" or "."
	nameColon
	nameWide // of a character beyond ASCII
)

var nameClasses = func() (t [256]nameClass) {
	for i := range t {
		switch c := byte(i); {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
			t[i] = nameFirst
		case '0' <= c && c <= '9', c == '-', c == '.':
			t[i] = nameLater
		case c == ':':
			t[i] = nameColon
		case c >= utf8.RuneSelf:
			t[i] = nameWide
		}
	}
	return t
}()

// nameKind says of a name what it is.
type nameKind uint8

const (
	noName nameKind = iota
	localName
	prefixedName
)

// nameEnd is where the name at i ends, and what it is.
func nameEnd(b []byte, i int) (end int, kind nameKind) {
	if i == len(b) {
		return i, noName
	}
	end = i
	var seen nameClass
	for end < len(b) && nameClasses[b[end]] != 0 {
		seen |= nameClasses[b[end]]
		end++
	}
	switch {
	case nameClasses[b[i]] == nameFirst && seen&(nameColon|nameWide) == 0:
		return end, localName
	case !validName(b[i:end]):
		return end, noName
	case seen&nameColon != 0:
		return end, prefixedName
	}
	return end, localName
}

// validName says whether bytes are a qualified name, that is one or two names
// with a colon between them (Namespaces in XML 1.0, section 4).
func validName(name []byte) bool {
	if prefix, local, ok := bytes.Cut(name, []byte(":")); ok {
		return validLocal(prefix) && validLocal(local)
	}
	return validLocal(name)
}

func validLocal(name []byte) bool {
	for i := 0; i < len(name); {
		c, size := utf8.DecodeRune(name[i:])
		var class nameClass
		switch {
		case c < utf8.RuneSelf:
			class = nameClasses[c]
		case unicode.Is(wideFirst, c):
			class = nameFirst
		case unicode.Is(wideLater, c):
			class = nameLater
		}
		if class != nameFirst && (class != nameLater || i == 0) {
			return false
		}
		i += size
	}
	return len(name) > 0
}

// The characters beyond ASCII that names begin with, and those that may follow
// (Extensible Markup Language 1.0, fifth edition, productions 4 and 4a).
var (
	wideFirst = &unicode.RangeTable{
		R16: []unicode.Range16{
			{Lo: 0xC0, Hi: 0xD6, Stride: 1}, {Lo: 0xD8, Hi: 0xF6, Stride: 1}, {Lo: 0xF8, Hi: 0x2FF, Stride: 1},
			{Lo: 0x370, Hi: 0x37D, Stride: 1}, {Lo: 0x37F, Hi: 0x1FFF, Stride: 1}, {Lo: 0x200C, Hi: 0x200D, Stride: 1},
			{Lo: 0x2070, Hi: 0x218F, Stride: 1}, {Lo: 0x2C00, Hi: 0x2FEF, Stride: 1}, {Lo: 0x3001, Hi: 0xD7FF, Stride: 1},
			{Lo: 0xF900, Hi: 0xFDCF, Stride: 1}, {Lo: 0xFDF0, Hi: 0xFFFD, Stride: 1},
		},
		R32:         []unicode.Range32{{Lo: 0x10000, Hi: 0xEFFFF, Stride: 1}},
		LatinOffset: 2,
	}
	wideLater = &unicode.RangeTable{
		R16:         []unicode.Range16{{Lo: 0xB7, Hi: 0xB7, Stride: 1}, {Lo: 0x300, Hi: 0x36F, Stride: 1}, {Lo: 0x203F, Hi: 0x2040, Stride: 1}},
		LatinOffset: 1,
	}
)
