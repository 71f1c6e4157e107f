package value

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Matcher tests text against one pattern. It is safe for concurrent use.
type Matcher struct {
	fold   bool
	test   func(m *Matcher, s string) bool
	text   string // of the patterns that need no more
	first  segment
	middle []segment
	last   segment
	re     *regexp.Regexp
}

// segment is what a LIKE pattern has between two %: characters, and any one
// character for each _.
type segment struct {
	pieces []piece
	runes  int // characters it matches
}

// piece is so many characters of any kind, then a text.
type piece struct {
	skip int
	text string
}

// Match says whether s matches.
func (m *Matcher) Match(s string) bool {
	if m.fold {
		s = Lower(s)
	}
	return m.test(m, s)
}

// ValidRegExp says what is wrong with an RE2 pattern, or nil.
func ValidRegExp(pattern string) error {
	_, err := regexp.Compile(pattern)
	return err
}

// MustRegExp compiles an RE2 pattern, which matches anywhere in a text. It
// panics where ValidRegExp gives an error.
func MustRegExp(pattern string) *Matcher {
	return &Matcher{
		re:   regexp.MustCompile(pattern),
		test: func(m *Matcher, s string) bool { return m.re.MatchString(s) },
	}
}

// ValidLike gives ErrLikeEscape for a LIKE pattern that ends in its escape
// character, else nil. PostgreSQL refuses such a pattern only for a text that
// matches all before the escape.
func ValidLike(pattern string, escape rune) error {
	_, err := cutLike(pattern, escape)
	return err
}

// MustLike compiles a LIKE pattern, which matches a whole text: % is any
// characters, _ any one, and escape (0 for none) takes the meaning from the
// character after it. With fold, pattern and text are compared as Lower makes
// them. It panics where ValidLike gives an error.
func MustLike(pattern string, escape rune, fold bool) *Matcher {
	segments, err := cutLike(pattern, escape)
	if err != nil {
		panic("value.MustLike: " + err.Error())
	}
	if fold {
		for _, s := range segments {
			for i := range s.pieces {
				s.pieces[i].text = Lower(s.pieces[i].text)
			}
		}
	}
	m := &Matcher{fold: fold, first: segments[0], last: segments[len(segments)-1]}
	for i := 1; i < len(segments)-1; i++ {
		if segments[i].runes > 0 { // %% is %
			m.middle = append(m.middle, segments[i])
		}
	}
	m.chooseTest(len(segments) == 1)
	return m
}

// chooseTest takes the plainest test that will do.
func (m *Matcher) chooseTest(whole bool) {
	first, firstPlain := m.first.plain()
	last, lastPlain := m.last.plain()
	plain := firstPlain && lastPlain
	switch {
	case whole && firstPlain:
		m.text, m.test = first, func(m *Matcher, s string) bool { return s == m.text }
	case whole:
		m.test = func(m *Matcher, s string) bool {
			n, ok := m.first.match(s)
			return ok && n == len(s)
		}
	case plain && len(m.middle) == 0 && last == "":
		m.text, m.test = first, func(m *Matcher, s string) bool { return strings.HasPrefix(s, m.text) }
	case plain && len(m.middle) == 0 && first == "":
		m.text, m.test = last, func(m *Matcher, s string) bool { return strings.HasSuffix(s, m.text) }
	case plain && len(m.middle) == 1 && first == "" && last == "" && len(m.middle[0].pieces) == 1 && m.middle[0].pieces[0].skip == 0:
		m.text, m.test = m.middle[0].pieces[0].text, func(m *Matcher, s string) bool { return strings.Contains(s, m.text) }
	default:
		m.test = (*Matcher).matchSegments
	}
}

// matchSegments matches the first segment at the start, each next one as early
// as it can be, and the last at the end. As early as possible is right, since %
// takes whatever is between.
func (m *Matcher) matchSegments(s string) bool {
	n, ok := m.first.match(s)
	if !ok {
		return false
	}
	s = s[n:]
	for i := range m.middle {
		if n, ok = m.middle[i].find(s); !ok {
			return false
		}
		s = s[n:]
	}
	start, ok := lastRunes(s, m.last.runes)
	if !ok {
		return false
	}
	_, ok = m.last.match(s[start:])
	return ok
}

// plain is the text of a segment without _.
func (g segment) plain() (text string, ok bool) {
	switch {
	case len(g.pieces) == 0:
		return "", true
	case len(g.pieces) == 1 && g.pieces[0].skip == 0:
		return g.pieces[0].text, true
	}
	return "", false
}

// match matches the segment at the start of s and gives the bytes it takes.
func (g segment) match(s string) (n int, ok bool) {
	for _, p := range g.pieces {
		for range p.skip {
			if n == len(s) {
				return 0, false
			}
			_, size := utf8.DecodeRuneInString(s[n:])
			n += size
		}
		if !strings.HasPrefix(s[n:], p.text) {
			return 0, false
		}
		n += len(p.text)
	}
	return n, true
}

// find matches the segment at the first place in s that it can and gives the
// end of it.
func (g segment) find(s string) (end int, ok bool) {
	if text, ok := g.plain(); ok {
		i := strings.Index(s, text)
		return i + len(text), i >= 0
	}
	for start := 0; start < len(s); {
		if n, ok := g.match(s[start:]); ok {
			return start + n, true
		}
		_, size := utf8.DecodeRuneInString(s[start:])
		start += size
	}
	return 0, false
}

// lastRunes is where the last n characters of s start.
func lastRunes(s string, n int) (start int, ok bool) {
	start = len(s)
	for ; n > 0; n-- {
		if start == 0 {
			return 0, false
		}
		_, size := utf8.DecodeLastRuneInString(s[:start])
		start -= size
	}
	return start, true
}

// cutLike cuts a LIKE pattern at its %.
func cutLike(pattern string, escape rune) ([]segment, error) {
	segments := []segment{{}}
	var text strings.Builder
	skip := 0
	flush := func() {
		if g := &segments[len(segments)-1]; skip > 0 || text.Len() > 0 {
			g.pieces = append(g.pieces, piece{skip: skip, text: text.String()})
			g.runes += skip + utf8.RuneCountInString(text.String())
		}
		skip = 0
		text.Reset()
	}
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			text.WriteRune(r)
			escaped = false
		case r == escape && escape != 0:
			escaped = true
		case r == '%':
			flush()
			segments = append(segments, segment{})
		case r == '_':
			if text.Len() > 0 {
				flush()
			}
			skip++
		default:
			text.WriteRune(r)
		}
	}
	if escaped {
		return nil, ErrLikeEscape
	}
	flush()
	return segments, nil
}
