package xlsx

import "bytes"

// namespace is one that this package knows.
type namespace uint8

const (
	noSpace      namespace = iota
	mainSpace              // spreadsheets
	linkSpace              // attributes that name a relationship
	packageSpace           // relationships themselves
	otherSpace
)

// The namespaces, transitional and strict (ISO/IEC 29500-1, annex A).
var spaces = map[string]namespace{
	"": noSpace,
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main":           mainSpace,
	"http://purl.oclc.org/ooxml/spreadsheetml/main":                       mainSpace,
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships": linkSpace,
	"http://purl.oclc.org/ooxml/officeDocument/relationships":             linkSpace,
	"http://schemas.openxmlformats.org/package/2006/relationships":        packageSpace,
}

// scope is a namespace declared for a prefix, in the element at depth and below.
type scope struct {
	prefix string
	space  namespace
	depth  int
}

var xmlns = []byte("xmlns")

// declare takes the namespaces that the attributes of the innermost element declare.
func (s *scanner) declare() {
	for _, a := range s.attrs {
		prefix, ok := bytes.CutPrefix(a.name, xmlns)
		if !ok || len(prefix) > 0 && prefix[0] != ':' {
			continue
		}
		space, known := spaces[string(a.value)]
		if !known {
			space = otherSpace
		}
		s.scopes = append(s.scopes, scope{prefix: string(bytes.TrimPrefix(prefix, []byte(":"))), space: space, depth: s.depth()})
	}
	s.space0, _ = s.lookup(nil)
}

// undeclare forgets what the element just closed declared.
func (s *scanner) undeclare() {
	n := len(s.scopes)
	for n > 0 && s.scopes[n-1].depth > s.depth() {
		n--
	}
	if n < len(s.scopes) {
		s.scopes = s.scopes[:n]
		s.space0, _ = s.lookup(nil)
	}
}

// lookup finds the namespace of a prefix.
func (s *scanner) lookup(prefix []byte) (namespace, bool) {
	for i := len(s.scopes) - 1; i >= 0; i-- {
		if s.scopes[i].prefix == string(prefix) {
			return s.scopes[i].space, true
		}
	}
	return otherSpace, string(prefix) == "xml"
}

// resolve splits a qualified name; without a prefix its namespace is unprefixed.
func (s *scanner) resolve(qualified []byte, unprefixed namespace) (local []byte, space namespace, ok bool) {
	for i, c := range qualified {
		if c == ':' {
			space, ok = s.lookup(qualified[:i])
			return qualified[i+1:], space, ok
		}
	}
	return qualified, unprefixed, true
}

// attr gives an attribute of the element just started that has no prefix.
func (s *scanner) attr(name string) (value []byte, ok bool) {
	for i := range s.attrs {
		if string(s.attrs[i].name) == name {
			return s.attrs[i].value, true
		}
	}
	return nil, false
}

// link gives the attribute that names a relationship, whatever its prefix.
func (s *scanner) link(name string) (value []byte, ok bool) {
	for _, a := range s.attrs {
		if local, space, _ := s.resolve(a.name, noSpace); space == linkSpace && string(local) == name {
			return a.value, true
		}
	}
	return nil, false
}
