package schema

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"martlet/gen/internal/diag"
)

// kind is what a TOML value is, in the words of messages.
type kind string

const (
	stringKind  kind = "a string"
	integerKind kind = "an integer"
	floatKind   kind = "a float"
	boolKind    kind = "a boolean"
	timeKind    kind = "a date or time"
	arrayKind   kind = "an array"
	tableKind   kind = "a table"
)

// item is a TOML value and where it stands.
type item struct {
	key    diag.Pos // of the key; of an element of an array, the element's
	pos    diag.Pos // of the value
	kind   kind
	value  any    // of a scalar, as decoded
	raw    string // of a scalar, as written
	offset int    // of raw in the document
	order  []string
	fields map[string]*item
	elems  []*item
}

// document is one TOML file, decoded.
type document struct {
	file  string
	src   []byte
	lines []int // the offset at which each line starts
	base  int   // bytes of a byte order mark before src
	root  *item
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// decode reads a document. The error, if any, is of its syntax.
func decode(file string, src []byte) (*document, *diag.Diagnostic) {
	text := bytes.TrimPrefix(src, byteOrderMark)
	d := &document{file: file, src: text, base: len(src) - len(text), lines: []int{0}}
	for i, c := range text {
		if c == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	values, err := decodeValues(text)
	var places *place
	if err == nil {
		places, err = locate(text)
	}
	if err == nil {
		d.root, err = d.join(values, places)
	}
	if err == nil {
		return d, nil
	}
	found := diag.Diagnostic{Code: Syntax, Pos: d.pos(0), Message: err.Error()}
	if at := (*syntaxError)(nil); errors.As(err, &at) {
		found.Pos = d.pos(at.offset)
	}
	return nil, &found
}

// decodeValues decodes TOML 1.1. Its library's few panics on broken input are
// errors of syntax like the others.
func decodeValues(src []byte) (values map[string]any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &syntaxError{0, fmt.Sprintf("not readable as TOML: %v", p)}
			if _, located := locate(src); located != nil {
				err = located
			}
		}
	}()
	_, err = toml.Decode(string(src), &values)
	if at := (toml.ParseError{}); errors.As(err, &at) {
		return nil, &syntaxError{at.Position.Start, at.Message}
	}
	return values, err
}

// pos turns an offset into a position, which is always inside the file.
func (d *document) pos(offset int) diag.Pos {
	offset = min(max(offset, 0), len(d.src))
	line := sort.SearchInts(d.lines, offset+1)
	col := offset - d.lines[line-1] + 1
	if line == 1 {
		col += d.base
	}
	return diag.Pos{File: d.file, Line: line, Col: col}
}

// join brings the values and their places together. Both come from the same
// bytes; where two parsers read those differently, the document is refused
// rather than reported at a wrong place.
func (d *document) join(value any, at *place) (*item, error) {
	it := &item{key: d.pos(at.key), pos: d.pos(at.value), offset: at.value}
	switch v := value.(type) {
	case map[string]any:
		it.kind = tableKind
		return it, d.joinTable(it, v, at)
	case []any:
		it.kind = arrayKind
		return it, d.joinArray(it, v, at)
	case []map[string]any:
		elems := make([]any, len(v))
		for i, e := range v {
			elems[i] = e
		}
		it.kind = arrayKind
		return it, d.joinArray(it, elems, at)
	case string:
		it.kind = stringKind
	case int64:
		it.kind = integerKind
	case float64:
		it.kind = floatKind
	case bool:
		it.kind = boolKind
	case time.Time:
		it.kind = timeKind
	default:
		return nil, &syntaxError{at.value, fmt.Sprintf("a value of an unknown kind, %T", value)}
	}
	if at.end <= at.value || at.table {
		return nil, disagree(at)
	}
	it.value, it.raw = value, strings.TrimRight(string(d.src[at.value:at.end]), " \t")
	return it, nil
}

func (d *document) joinTable(it *item, values map[string]any, at *place) (err error) {
	if !at.table || len(at.order) != len(values) {
		return disagree(at)
	}
	it.order, it.fields = at.order, make(map[string]*item, len(values))
	for _, name := range at.order {
		value, ok := values[name]
		if !ok {
			return disagree(at.fields[name])
		}
		if it.fields[name], err = d.join(value, at.fields[name]); err != nil {
			return err
		}
	}
	return nil
}

func (d *document) joinArray(it *item, values []any, at *place) error {
	if at.table || at.end != at.value || len(at.elems) != len(values) {
		return disagree(at)
	}
	for i, value := range values {
		elem, err := d.join(value, at.elems[i])
		if err != nil {
			return err
		}
		it.elems = append(it.elems, elem)
	}
	return nil
}

func disagree(at *place) error {
	return &syntaxError{at.key, "this can be read as TOML in two ways; write each table and array once, in one piece"}
}
