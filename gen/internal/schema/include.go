package schema

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
)

// noFiles is where nothing can be included from.
type noFiles struct{}

func (noFiles) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// include reads the files that the project names, below the schema's folder, in
// the order of their paths' bytes. They hold unit tests and nothing else, so
// that none includes another.
func (r *reader) include(p *Project, files fs.FS, taken names) {
	named := map[string]Text{} // by the first pattern that names it
	for _, pattern := range p.Include {
		if seedPath(pattern.Value) != nil {
			continue // reported
		}
		bad := func(message, help string) {
			r.report(pattern.At(0), "", problem{code: BadInclude, message: message, help: help})
		}
		found, err := fs.Glob(files, pattern.Value)
		switch {
		case err != nil:
			bad(fmt.Sprintf("include: %q cannot be looked for: %v", pattern.Value, err), "")
		case len(found) == 0:
			bad(fmt.Sprintf("include: %q names no file", pattern.Value), "paths and patterns are relative to the folder of the schema")
		}
		for _, name := range found {
			if name == filepath.Base(p.File) {
				bad(fmt.Sprintf("include: %q names the schema itself", pattern.Value), "put unit tests in a folder of their own, or in the schema")
				continue
			}
			if _, known := named[name]; !known {
				named[name] = pattern
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		r.includeFile(p, files, name, named[name], taken)
	}
}

// includeFile reads one file that a pattern names.
func (r *reader) includeFile(p *Project, files fs.FS, name string, pattern Text, taken names) {
	src, err := fs.ReadFile(files, name)
	if err != nil {
		if at := (*fs.PathError)(nil); errors.As(err, &at) {
			err = at.Err
		}
		r.report(pattern.At(0), "", problem{code: Unreadable, message: fmt.Sprintf("include: cannot read %s: %v", name, err)})
		return
	}
	doc, syntax := decode(filepath.Join(filepath.Dir(p.File), filepath.FromSlash(name)), src)
	if syntax != nil {
		r.list.Add(*syntax)
		return
	}
	inner := &reader{doc: doc, list: r.list}
	t := inner.open(doc.root, "", nil)
	inner.unitTests(t, p, taken)
	t.close()
	inner.reportLater()
}
