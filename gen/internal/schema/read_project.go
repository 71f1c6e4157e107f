package schema

import (
	"fmt"
	"io/fs"

	"martlet/gen/internal/diag"
)

// project reads the whole file, and those it includes.
func (r *reader) project(files fs.FS) *Project {
	p := &Project{File: r.doc.file, Timezone: Text{Value: "UTC"}}
	t := r.open(r.doc.root, "", nil)
	t.text("name", &p.Name, filled)
	t.text("description", &p.Description)
	t.text("timezone", &p.Timezone, timezone)
	t.texts("include", &p.Include, seedPath)
	nodes := names{}
	r.entries(t, "source", func(it *item, i int) {
		s := r.source(t, it, i)
		nodes.add(r, s.Name, nameAt(s.Name, it), s.Path(), "source or model", "")
		p.Sources = append(p.Sources, s)
	})
	r.entries(t, "model", func(it *item, i int) {
		m := r.model(t, it, i)
		nodes.add(r, m.Name, nameAt(m.Name, it), m.Path(), "source or model", "")
		p.Models = append(p.Models, m)
	})
	r.entries(t, "audience", func(it *item, i int) {
		for _, m := range r.audience(t, it, i) {
			nodes.add(r, m.Name, nameAt(m.Name, it), m.Path(), "source or model", "")
			p.Models = append(p.Models, m)
		}
	})
	unitTests := names{}
	r.unitTests(t, p, unitTests)
	t.close()
	r.reportLater()
	r.include(p, files, unitTests)
	r.seeds(p)
	return p
}

// reportLater reports what could not be before all of the file was read.
func (r *reader) reportLater() {
	for _, report := range r.later {
		report()
	}
}

// entries takes the [[source]], [[model]] or [[unit_test]] tables.
func (r *reader) entries(t *table, key string, read func(*item, int)) {
	it := t.take(key)
	if it == nil {
		return
	}
	if it.kind != arrayKind {
		r.report(it.pos, "", problem{
			code:    WrongType,
			message: fmt.Sprintf("%s: expected an array of tables, found %s", key, it.kind),
			help:    fmt.Sprintf("begin each %s with [[%s]]", key, key),
		})
		return
	}
	for i, e := range it.elems {
		read(e, i)
	}
}

// nameAt is where a name stands: at its key, or where its owner does.
func nameAt(name Text, owner *item) diag.Pos {
	if name.Pos.Line == 0 {
		return owner.key
	}
	return name.Pos
}

// seeds reports sources that would be written to one file.
func (r *reader) seeds(p *Project) {
	first := map[string]*Source{}
	for _, s := range p.Sources {
		other, taken := first[s.Seed.Value]
		switch {
		case s.Seed.Value == "":
		case !taken:
			first[s.Seed.Value] = s
		case s.Workbook.Value != "" || other.Workbook.Value != "":
			pos := s.Seed.Pos
			if pos.Line == 0 {
				pos = s.Pos
			}
			r.report(pos, s.Path(), problem{
				code:    DuplicateSeed,
				message: fmt.Sprintf("seed %q is that of %s as well", s.Seed.Value, other.Path()),
				help:    "give each source a seed of its own",
			})
		}
	}
}

// numbered is the path of a thing without a name.
func numbered(outer, thing string, number int) string {
	if outer != "" {
		outer += ", "
	}
	return fmt.Sprintf("%s%s %d", outer, thing, number)
}
