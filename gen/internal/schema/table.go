package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"martlet/gen/internal/diag"
)

// reader turns a document into declarations and collects what is wrong.
type reader struct {
	doc   *document
	list  *diag.List
	later []func() // what can be reported only when all is read
}

// problem is what is wrong with a value; where it stands is known to who asked.
type problem struct {
	code       diag.Code
	message    string
	suggestion string
	help       string
}

// check looks at a text and gives nil where it is right.
type check func(value string) *problem

func (r *reader) report(pos diag.Pos, path string, p problem) {
	r.list.Add(diag.Diagnostic{
		Pos: pos, Code: p.code, Path: path,
		Message: p.message, Suggestion: p.suggestion, Help: p.help,
	})
}

// table reads one TOML table. Each method takes one key, so that the keys taken
// are the keys known when close looks for others.
type table struct {
	*reader
	it    *item
	path  string
	outer *table // the table around it
	known []string
	// broken is set where there is no table, or one whose errors say enough:
	// what is missing is then not reported.
	broken bool
}

// open begins to read a value that has to be a table.
func (r *reader) open(it *item, path string, outer *table) *table {
	t := &table{reader: r, it: it, path: path, outer: outer}
	if it.kind != tableKind {
		r.wrongType(it, path, "", "a table")
		t.it, t.broken = &item{key: it.key, pos: it.pos, kind: tableKind}, true
	}
	return t
}

// inner begins to read a table under a key.
func (t *table) inner(it *item, path string) *table { return t.open(it, path, t) }

func (r *reader) wrongType(it *item, path, key, want string) {
	message := "expected " + want + ", found " + string(it.kind)
	if key != "" {
		message = key + ": " + message
	}
	r.report(it.pos, path, problem{code: WrongType, message: message})
}

// take gives the value of a key, nil where it is not there.
func (t *table) take(key string) *item {
	t.known = append(t.known, key)
	return t.it.fields[key]
}

// typed takes a key whose value is of one kind; nil also where it is of another.
func (t *table) typed(key string, want kind) *item {
	it := t.take(key)
	if it != nil && it.kind != want {
		t.wrongType(it, t.path, key, string(want))
		return nil
	}
	return it
}

// need reports the keys that are not there.
func (t *table) need(keys ...string) {
	for _, key := range keys {
		if t.it.fields[key] == nil && !t.broken {
			t.report(t.it.pos, t.path, problem{code: MissingKey, message: key + " is missing"})
		}
	}
}

// close finds the keys that nobody took, and says whether there are any. They
// are reported once the keys of the tables around are known too.
func (t *table) close() (unknown bool) {
	for _, name := range t.it.order {
		if !slices.Contains(t.known, name) {
			unknown = true
			t.later = append(t.later, func() { t.unknownKey(name) })
		}
	}
	return unknown
}

func (t *table) unknownKey(name string) {
	p := problem{code: UnknownKey, message: "unknown key " + strconv.Quote(name), suggestion: diag.Nearest(name, t.known)}
	if p.suggestion == "" {
		p.help = "known here: " + strings.Join(t.known, ", ")
	}
	for o := t.outer; o != nil; o = o.outer {
		if slices.Contains(o.known, name) {
			p.suggestion = ""
			p.help = strconv.Quote(name) + " is a key of a table around this one; in TOML a key belongs to the last header above it"
		}
	}
	t.report(t.it.fields[name].key, t.path, p)
}

// text takes a string; it says whether there was one.
func (t *table) text(key string, to *Text, checks ...check) bool {
	it := t.typed(key, stringKind)
	if it == nil {
		return false
	}
	*to = t.checked(it, key, checks)
	return true
}

// checked gives the text of a string, having reported the first check it fails.
func (t *table) checked(it *item, key string, checks []check) Text {
	text := t.doc.text(it)
	for _, c := range checks {
		if p := c(text.Value); p != nil {
			p.message = key + ": " + p.message
			t.report(it.pos, t.path, *p)
			break
		}
	}
	return text
}

// texts takes a list of strings, none of them twice; it says whether there was
// one. An empty one is reported.
func (t *table) texts(key string, to *[]Text, checks ...check) bool {
	it := t.list(key, "an array of strings")
	if it == nil {
		return false
	}
	*to = t.textsOf(it, key, checks)
	return true
}

func (t *table) textsOf(it *item, key string, checks []check) []Text {
	texts := make([]Text, 0, len(it.elems))
	seen := map[string]bool{}
	for _, e := range it.elems {
		if e.kind != stringKind {
			t.wrongType(e, t.path, key, "a string")
			continue
		}
		text := t.checked(e, key, checks)
		if seen[text.Value] {
			t.report(e.pos, t.path, duplicateValue(key, text.Value))
		}
		seen[text.Value] = true
		texts = append(texts, text)
	}
	return texts
}

func duplicateValue(key, value string) problem {
	return problem{code: DuplicateValue, message: fmt.Sprintf("%s: %q stands in the list twice", key, value)}
}

// list takes an array that has to have an entry; nil where there is none.
func (t *table) list(key, want string) *item {
	it := t.take(key)
	switch {
	case it == nil:
		return nil
	case it.kind != arrayKind:
		t.wrongType(it, t.path, key, want)
		return nil
	case len(it.elems) == 0:
		t.report(it.pos, t.path, problem{code: EmptyList, message: key + ": expected at least one entry, found none"})
	}
	return it
}

// flag takes a boolean, nil where there is none.
func (t *table) flag(key string) *bool {
	it := t.typed(key, boolKind)
	if it == nil {
		return nil
	}
	value := it.value.(bool)
	return &value
}

// isSet takes a boolean that is false where there is none.
func (t *table) isSet(key string) bool {
	value := t.flag(key)
	return value != nil && *value
}

// nameOf looks ahead at the name of a table, for its path.
func nameOf(it *item, key string) (name string, ok bool) {
	if n := it.fields[key]; n != nil && n.kind == stringKind {
		name = n.value.(string)
	}
	return name, name != ""
}

// names reports what has the name of another.
type names map[string]diag.Pos

// add notes a name; thing is what bears it ("column").
func (n names) add(r *reader, name Text, pos diag.Pos, path, thing, help string) {
	if name.Value == "" {
		return
	}
	first, taken := n[name.Value]
	if !taken {
		n[name.Value] = pos
		return
	}
	at := fmt.Sprintf("line %d", first.Line)
	if first.File != pos.File {
		at = fmt.Sprintf("%s:%d", first.File, first.Line)
	}
	r.report(pos, path, problem{
		code:    DuplicateName,
		message: fmt.Sprintf("another %s is called %q, at %s", thing, name.Value, at),
		help:    help,
	})
}

// tables takes an array of tables that has to have an entry.
func (t *table) tables(key string, read func(it *item, index int)) {
	if it := t.list(key, "an array of tables"); it != nil {
		for i, e := range it.elems {
			read(e, i)
		}
	}
}
