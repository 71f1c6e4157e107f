// Package schema reads a schema file: TOML into declarations, with what can be
// checked by looking at one declaration or at names alone. Everything that is
// wrong is reported at once, at its place in the file.
//
// It knows the keys of the language and where each text stands, to the byte. It
// knows neither types nor SQL nor which columns a relation has: those are the
// plan's.
package schema

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"martlet/gen/internal/diag"
)

// Load reads and parses the file at path, and the files it includes. Results are
// as for Parse.
func Load(path string) (*Project, *diag.List) {
	src, err := os.ReadFile(path)
	if err == nil {
		return parse(path, src, os.DirFS(filepath.Dir(path)))
	}
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	list := new(diag.List)
	list.Add(diag.Diagnostic{
		Pos:     diag.Pos{File: path},
		Code:    Unreadable,
		Message: fmt.Sprintf("cannot read the schema: %v", err),
	})
	return nil, list
}

// Parse reads a schema from memory, which has nothing to include; file names it in positions. The list is
// never nil. Where it is not empty the project is only as much as could be
// read, not to be planned; it is nil where src is not TOML.
func Parse(file string, src []byte) (*Project, *diag.List) { return parse(file, src, noFiles{}) }

func parse(file string, src []byte, files fs.FS) (*Project, *diag.List) {
	list := new(diag.List)
	doc, syntax := decode(file, src)
	if syntax != nil {
		list.Add(*syntax)
		return nil, list
	}
	r := &reader{doc: doc, list: list}
	return r.project(files), list
}
