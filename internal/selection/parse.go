package selection

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Expression is one value of --select or --exclude.
type Expression struct {
	flag, text string
	union      [][]criterion // of intersections
}

// criterion is the part of an expression that names items by one property.
type criterion struct {
	text    string // as written
	column  int    // where it begins in the expression, in characters from 1
	at      bool   // @: its descendants and whatever they rest on
	before  int    // how many generations of ancestors; all where negative
	behind  int    // and of descendants
	method  Method
	value   string
	matches matcher
}

const all = -1

// Parse reads an expression; flag is what messages call it. All that is wrong
// with it is in the error, each with its place.
func Parse(flag, text string) (*Expression, error) {
	p := &parser{e: &Expression{flag: flag, text: text}}
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("%s %q is not UTF-8; give a selector in UTF-8", flag, text)
	}
	for start := 0; start < len(text); {
		word := text[start:]
		if end := strings.IndexFunc(word, unicode.IsSpace); end >= 0 {
			word = word[:end]
		}
		if word == "" {
			_, size := utf8.DecodeRuneInString(text[start:])
			start += size
			continue
		}
		p.intersection(word, start)
		start += len(word)
	}
	if len(p.e.union) == 0 && len(p.problems) == 0 {
		return nil, fmt.Errorf("%s %q names nothing; give a selector such as a name, or leave it out", flag, text)
	}
	return p.e, errors.Join(p.problems...)
}

// Uses says whether the expression asks for what a method does.
func (e *Expression) Uses(method Method) bool {
	return slices.ContainsFunc(e.union, func(each []criterion) bool {
		return slices.ContainsFunc(each, func(c criterion) bool { return c.method == method })
	})
}

// place names a column of the expression in messages.
func (e *Expression) place(column int) string {
	return fmt.Sprintf("%s %q, column %d", e.flag, e.text, column)
}

type parser struct {
	e        *Expression
	problems []error
}

// refuse notes what is wrong at a place of the text.
func (p *parser) refuse(offset int, format string, args ...any) {
	p.problems = append(p.problems, fmt.Errorf("%s: %s", p.e.place(p.column(offset)), fmt.Sprintf(format, args...)))
}

// column is the place of a byte, in characters from 1.
func (p *parser) column(offset int) int { return utf8.RuneCountInString(p.e.text[:offset]) + 1 }

func (p *parser) intersection(word string, start int) {
	var criteria []criterion
	for _, part := range strings.Split(word, ",") {
		if part == "" {
			p.refuse(start, "found nothing beside a comma; expected a selector: a comma stands between two, without spaces, and selects what both do")
		} else if c, ok := p.criterion(part, start); ok {
			criteria = append(criteria, c)
		}
		start += len(part) + 1
	}
	p.e.union = append(p.e.union, criteria)
}

func (p *parser) criterion(text string, start int) (criterion, bool) {
	before := len(p.problems)
	c := criterion{text: text, column: p.column(start), method: Name}
	rest, at := strings.CutPrefix(text, "@")
	c.at = at
	if digits, after, found := strings.Cut(rest, "+"); found && isDepth(digits) {
		c.before = p.depth(digits, start+len(text)-len(rest))
		rest = after
	}
	offset := start + len(text) - len(rest) // of what the operators stand around
	if i := strings.LastIndexByte(rest, '+'); i >= 0 && isDepth(rest[i+1:]) {
		c.behind = p.depth(rest[i+1:], offset+i+1)
		if rest = rest[:i]; at {
			p.refuse(offset+i, "found + behind a selector with @; expected one of them: @ takes in all descendants, leave the + out")
		}
	}
	if name, value, found := strings.Cut(rest, ":"); found && isMethod(name) {
		c.method, rest = Method(name), value
		p.method(&c, value, offset)
	} else if strings.Contains(rest, "/") {
		c.method = Path
	}
	if c.value = rest; rest == "" {
		p.refuse(start, "found %q, which names nothing; expected a name, a pattern or a method with a value, such as tag:nightly", text)
	}
	if len(p.problems) > before {
		return c, false
	}
	c.matches = newMatcher(c.method, c.value)
	return c, true
}

// method checks what stands before and behind the colon.
func (p *parser) method(c *criterion, value string, offset int) {
	values, known := valuesOf(c.method)
	switch {
	case !known:
		p.refuse(offset, "there is no method %q%s", c.method, meant(string(c.method), methodNames(), "the methods are "))
	case values != nil && value != "" && !slices.Contains(values, value):
		p.refuse(offset+len(c.method)+1, "%s is never %q%s", c.method, value, meant(value, values, "expected one of "))
	}
}

// meant is the end of a message about a word that is none of some: the one most
// like it, or all of them.
func meant(word string, some []string, before string) string {
	if near := Nearest(word, some); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return "; " + before + strings.Join(some, ", ")
}

// depth reads the number of generations beside a +.
func (p *parser) depth(digits string, offset int) int {
	if digits == "" {
		return all
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		p.refuse(offset, "found %s generations; expected fewer: leave the number out for all of them", digits)
	}
	return n
}

func isDepth(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// isMethod says whether what stands before a colon is a method's name.
func isMethod(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) < 0
}
