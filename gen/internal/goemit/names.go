package goemit

import (
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// initialisms are written in capitals, as Go does.
var initialisms = map[string]bool{
	"api": true, "csv": true, "html": true, "http": true, "id": true, "ip": true, "json": true,
	"sql": true, "ssn": true, "uri": true, "url": true, "utc": true, "uuid": true, "vat": true, "xml": true,
}

// words cuts a name at underscores and at changes of case.
func words(name string) []string {
	var out []string
	for part := range strings.SplitSeq(name, "_") {
		start := 0
		for i, r := range part {
			if i > start && unicode.IsUpper(r) && unicode.IsLower(rune(part[i-1])) {
				out, start = append(out, part[start:i]), i
			}
		}
		if start < len(part) {
			out = append(out, part[start:])
		}
	}
	return out
}

// exported makes a Go name of a schema name: user_id is UserID.
func exported(name string) string {
	var b strings.Builder
	for _, w := range words(name) {
		lower := strings.ToLower(w)
		if initialisms[lower] {
			b.WriteString(strings.ToUpper(w))
		} else {
			b.WriteString(strings.ToUpper(lower[:1]) + lower[1:])
		}
	}
	if b.Len() == 0 || unicode.IsDigit(rune(b.String()[0])) {
		return "X" + b.String()
	}
	return b.String()
}

// unexported is exported with a lower-case first word: userID.
func unexported(name string) string {
	e := exported(name)
	first := len(e)
	if w := words(name); len(w) > 0 {
		first = len(w[0])
	}
	if strings.HasPrefix(e, "X") && !strings.HasPrefix(strings.ToUpper(name), "X") {
		first = 1
	}
	return strings.ToLower(e[:first]) + e[first:]
}

// namer hands out names that are used once in their scope.
type namer struct{ taken map[string]bool }

// newNamer makes a scope in which some names are taken from the start.
func newNamer(reserved ...string) *namer {
	n := &namer{taken: map[string]bool{}}
	for _, r := range reserved {
		n.taken[r] = true
	}
	return n
}

// pick gives the name itself, or with a number where it is taken or would hide
// a keyword, a predeclared name or an import.
func (n *namer) pick(name string) string {
	candidate := name
	for i := 2; n.taken[candidate] || token.IsKeyword(candidate) || hidden[candidate]; i++ {
		candidate = name + strconv.Itoa(i)
	}
	n.taken[candidate] = true
	return candidate
}

// pickAll gives the name itself, or with a number, such that all names made of
// it are free, and takes those.
func (n *namer) pickAll(name string, made func(name string) []string) string {
	candidate := name
	for i := 2; slices.ContainsFunc(made(candidate), func(m string) bool { return n.taken[m] || token.IsKeyword(m) }); i++ {
		candidate = name + strconv.Itoa(i)
	}
	for _, m := range made(candidate) {
		n.taken[m] = true
	}
	return candidate
}

// hidden are the names that a local variable must not take.
var hidden = setOf("arrow", "array", "decimal128", "contract", "value", "arrowops", "slices", "cmp", "strings", "math", "time",
	"append", "bool", "byte", "cap", "clear", "close", "copy", "error", "false", "float64", "int", "int32", "int64",
	"iota", "len", "make", "max", "min", "new", "nil", "panic", "print", "string", "true", "any", "uint64", "zone",
	zoneName,
	"m", "v", "f", "g", "b", "p", "i", "id", "in", "out", "err", "isNew", "rows", "results", "rejects", "emit", "n", "lo", "hi", "key")

func setOf(names ...string) map[string]bool {
	set := map[string]bool{}
	for _, n := range names {
		set[n] = true
	}
	return set
}
