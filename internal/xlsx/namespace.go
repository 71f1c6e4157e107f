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
	uri    string
	space  namespace
	depth  int
}

// The prefixes that XML has for itself, and their namespaces.
const (
	xmlns    = "xmlns"
	xmlnsURI = "http://www.w3.org/2000/xmlns/"
	xmlPre   = "xml"
	xmlURI   = "http://www.w3.org/XML/1998/namespace"
)

// declare takes the namespaces that the attributes of the innermost element
// declare, and wants the prefixes of the others to be declared.
func (s *scanner) declare() error {
	for _, a := range s.attrs {
		prefix, name, ok := bytes.Cut(a.name, []byte(":"))
		switch {
		case string(prefix) != xmlns:
			continue
		case len(s.scopes) == maxScopes:
			return s.fail(s.pos, "found more than %d namespaces", maxScopes)
		}
		local, uri := string(name), string(a.value)
		if ok && uri == "" || local == xmlns || uri == xmlnsURI || (local == xmlPre) != (uri == xmlURI) {
			return s.fail(s.pos, "found a prefix declared for what it cannot stand for")
		}
		space, known := spaces[uri]
		if !known {
			space = otherSpace
		}
		s.scopes = append(s.scopes, scope{prefix: local, uri: uri, space: space, depth: s.depth()})
	}
	s.space0, _ = s.lookup(nil)
	return s.checkPrefixes()
}

// checkPrefixes wants the prefixes of attributes to be declared, and no two
// attributes to be one and the same by different prefixes.
func (s *scanner) checkPrefixes() error {
	for i, a := range s.attrs {
		prefix, local, ok := bytes.Cut(a.name, []byte(":"))
		if !ok || string(prefix) == xmlns {
			continue
		}
		if _, ok := s.lookup(prefix); !ok {
			return s.fail(s.pos, "found an attribute whose prefix is not declared")
		}
		for _, b := range s.attrs[:i] {
			other, same, ok := bytes.Cut(b.name, []byte(":"))
			if ok && bytes.Equal(same, local) && string(other) != xmlns && s.uri(other) == s.uri(prefix) {
				return s.fail(s.pos, "found an attribute twice")
			}
		}
	}
	return nil
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

// declared finds the declaration of a prefix that is in force, or gives nil.
func (s *scanner) declared(prefix []byte) *scope {
	for i := len(s.scopes) - 1; i >= 0; i-- {
		if s.scopes[i].prefix == string(prefix) {
			return &s.scopes[i]
		}
	}
	return nil
}

// lookup finds the namespace of a prefix, which may be none.
func (s *scanner) lookup(prefix []byte) (space namespace, ok bool) {
	if d := s.declared(prefix); d != nil {
		return d.space, true
	}
	if len(prefix) == 0 {
		return noSpace, true
	}
	return otherSpace, string(prefix) == xmlPre
}

// uri is the namespace of a prefix that is declared.
func (s *scanner) uri(prefix []byte) string {
	if d := s.declared(prefix); d != nil {
		return d.uri
	}
	return xmlURI
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
