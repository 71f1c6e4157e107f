package schema

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/pelletier/go-toml/v2/unstable"
)

// This file alone knows go-toml: its unstable parser says where things stand,
// which the decoder keeps to itself.

// place is where one value of a TOML document stands: byte offsets into it.
type place struct {
	key    int // the key that names it; of an element of an array, the element
	value  int // the value; of a table made by a header, the header
	end    int // past the value; value for tables and arrays, whose end nobody needs
	table  bool
	whole  bool     // written as one value: headers and dotted keys may not add to it
	order  []string // keys of a table, as they first appear
	fields map[string]*place
	elems  []*place // of an array
}

// syntaxError is what is wrong with a document, at a byte offset.
type syntaxError struct {
	offset  int
	message string
}

func (e *syntaxError) Error() string { return e.message }

func newTable(key, value int) *place {
	return &place{key: key, value: value, end: value, table: true, fields: map[string]*place{}}
}

// add puts a new child under a key of a table.
func (p *place) add(name string, child *place) *place {
	p.order = append(p.order, name)
	p.fields[name] = child
	return child
}

// locate finds the place of every key and value of a TOML 1.1 document. It
// knows the grammar, which header continues which table, and that nothing
// continues an inline table or an array (which the decoder lets pass); the
// other rules against defining twice are the decoder's.
func locate(src []byte) (*place, error) {
	l := &locator{root: newTable(0, 0)}
	l.parser.Reset(src)
	l.current = l.root
	for l.parser.NextExpression() {
		if err := l.expression(l.parser.Expression()); err != nil {
			return nil, err
		}
	}
	return l.root, l.failure(len(src))
}

type locator struct {
	parser  unstable.Parser
	root    *place
	current *place // the table that the last header opened
}

// failure turns the parser's error into ours.
func (l *locator) failure(size int) error {
	err := l.parser.Error()
	if err == nil {
		return nil
	}
	offset := size
	var perr *unstable.ParserError
	if errors.As(err, &perr) && len(perr.Highlight) > 0 {
		offset = int(l.parser.Range(perr.Highlight).Offset)
	}
	return &syntaxError{offset, err.Error()}
}

func (l *locator) expression(n *unstable.Node) error {
	switch n.Kind {
	case unstable.Table, unstable.ArrayTable:
		return l.header(n)
	case unstable.KeyValue:
		return l.keyValue(l.current, n)
	}
	return nil
}

// header opens the table that [a.b] or [[a.b]] names.
func (l *locator) header(n *unstable.Node) error {
	keys := keysOf(n)
	at := l.headerStart(keys[0].start)
	parent, err := descend(l.root, keys[:len(keys)-1])
	if err != nil {
		return err
	}
	last := keys[len(keys)-1]
	child := parent.fields[last.name]
	if n.Kind == unstable.Table {
		if child == nil {
			child = parent.add(last.name, newTable(last.start, at))
		}
		if !child.table || child.whole {
			return last.conflict()
		}
		l.current = child
		return nil
	}
	if child == nil {
		child = parent.add(last.name, &place{key: last.start, value: at, end: at})
	}
	if child.table || child.whole {
		return last.conflict()
	}
	l.current = newTable(at, at)
	child.elems = append(child.elems, l.current)
	return nil
}

// headerStart finds the bracket that opens the header of the key at offset.
func (l *locator) headerStart(offset int) int {
	head := bytes.TrimRight(l.parser.Data()[:offset], " \t[")
	return offset - len(bytes.TrimLeft(l.parser.Data()[len(head):offset], " \t"))
}

// keyValue places a key and its value in a table.
func (l *locator) keyValue(in *place, n *unstable.Node) error {
	keys := keysOf(n)
	parent, err := descend(in, keys[:len(keys)-1])
	if err != nil {
		return err
	}
	last := keys[len(keys)-1]
	if parent.fields[last.name] != nil {
		return last.conflict()
	}
	value, err := l.value(n.Value(), l.valueStart(last.end))
	if err != nil {
		return err
	}
	value.key, value.whole = last.start, true
	parent.add(last.name, value)
	return nil
}

// valueStart finds the value after the key that ends at offset.
func (l *locator) valueStart(offset int) int {
	rest := bytes.TrimLeft(l.parser.Data()[offset:], " \t=")
	return len(l.parser.Data()) - len(rest)
}

// value places a value that starts at offset, as far as the parser does not
// say better (it gives arrays no range).
func (l *locator) value(n *unstable.Node, offset int) (*place, error) {
	switch n.Kind {
	case unstable.Array:
		return l.array(n, offset)
	case unstable.InlineTable:
		start := int(n.Raw.Offset)
		table := newTable(start, start)
		for it := n.Children(); it.Next(); {
			if err := l.keyValue(table, it.Node()); err != nil {
				return nil, err
			}
		}
		return table, nil
	}
	start := int(n.Raw.Offset)
	return &place{key: start, value: start, end: start + int(n.Raw.Length)}, nil
}

func (l *locator) array(n *unstable.Node, offset int) (*place, error) {
	p := &place{key: offset, value: offset, end: offset}
	for it := n.Children(); it.Next(); {
		// An array inside an array is reported at the outer one.
		elem, err := l.value(it.Node(), offset)
		if err != nil {
			return nil, err
		}
		p.elems = append(p.elems, elem)
	}
	return p, nil
}

// keyPart is one part of a dotted key.
type keyPart struct {
	name       string
	start, end int
}

func (k keyPart) conflict() error {
	return &syntaxError{k.start, fmt.Sprintf("key %q has been defined before, as a whole", k.name)}
}

func keysOf(n *unstable.Node) []keyPart {
	var keys []keyPart
	for it := n.Key(); it.Next(); {
		k := it.Node()
		start := int(k.Raw.Offset)
		keys = append(keys, keyPart{string(k.Data), start, start + int(k.Raw.Length)})
	}
	return keys
}

// descend walks down from a table, making the tables that are not there; an
// array of tables stands for its last one.
func descend(from *place, keys []keyPart) (*place, error) {
	for _, k := range keys {
		next := from.fields[k.name]
		if next == nil {
			next = from.add(k.name, newTable(k.start, k.start))
		}
		if n := len(next.elems); n > 0 && !next.whole {
			next = next.elems[n-1]
		}
		if !next.table || next.whole {
			return nil, k.conflict()
		}
		from = next
	}
	return from, nil
}
