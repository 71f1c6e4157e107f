package xlsx

import (
	"path"
	"strings"
)

// relation is a relationship of a part with another one of the package.
type relation struct {
	kind   string // the last word of its type, "worksheet"; "" for types that others have made
	target string // name of the part
}

// The relationships that this package follows, by the last word of their type,
// which is the same in transitional and strict files.
const (
	relWorkbook  = "officeDocument"
	relStrings   = "sharedStrings"
	relStyles    = "styles"
	relWorksheet = "worksheet"
)

// relationTypes are what the types of relationships begin with, transitional and strict.
var relationTypes = []string{
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
	"http://purl.oclc.org/ooxml/officeDocument/relationships/",
}

func relationKind(typ string) string {
	for _, prefix := range relationTypes {
		if kind, ok := strings.CutPrefix(typ, prefix); ok {
			return kind
		}
	}
	return ""
}

// relations reads the relationships of a part ("" is the package) by their ids.
func (a *archive) relations(part string) (map[string]relation, error) {
	name := relationsName(part)
	found := map[string]relation{}
	err := a.scan(name, packageSpace, "Relationships", func(s *scanner) error {
		if s.space != packageSpace || string(s.name) != "Relationship" {
			return s.skip()
		}
		id, _ := s.attr("Id")
		kind, _ := s.attr("Type")
		target, _ := s.attr("Target")
		if mode, _ := s.attr("TargetMode"); string(mode) != "External" {
			if _, twice := found[string(id)]; twice {
				return s.fail(s.pos, "found the relationship %.40q twice", id)
			}
			found[string(id)] = relation{kind: relationKind(string(kind)), target: resolve(part, string(target))}
		}
		return s.skip()
	})
	return found, err
}

// relationsName is the part that lists the relationships of another one.
func relationsName(part string) string {
	folder, file := path.Split(part)
	return folder + "_rels/" + file + ".rels"
}

// only gives the one relation of a kind; ok is false where there is none.
func only(relations map[string]relation, kind string) (r relation, ok bool, err error) {
	var first string
	for _, each := range relations {
		if each.kind != kind {
			continue
		}
		if ok && !strings.EqualFold(each.target, first) {
			return r, true, damaged("it has several parts of the kind %s", kind)
		}
		r, ok, first = each, true, each.target
	}
	return r, ok, nil
}

// scan reads a part: the root and each of its children, which the function
// reads to its end.
func (a *archive) scan(part string, space namespace, root string, child func(s *scanner) error) error {
	in, err := a.openSmall(part)
	if err != nil {
		return err
	}
	s := newScanner(in, in.room(partBuffer))
	err = s.root(space, root)
	for more := true; err == nil && more; {
		if more, err = s.child(); err == nil && more {
			err = child(s)
		}
	}
	if err == nil {
		err = s.end()
	}
	return inPart(part, err)
}

// inPart names the part that a syntax error is about.
func inPart(part string, err error) error {
	if syntax, ok := err.(*syntaxError); ok {
		return damaged("%s, %w", part, syntax)
	}
	return err
}
