// Package diag is how the generator says what is wrong with a schema: a
// position, a stable code, the path of the thing, what was found and expected,
// and the nearest known name. Errors are collected and reported all at once,
// sorted by position.
//
// It knows nothing of TOML, SQL or the schema language.
package diag

// Pos is a place in a file. Line and Col count from 1; Col counts bytes, as Go's compiler does.
type Pos struct {
	File string
	Line int
	Col  int
}

// Code names a kind of error for good: tools and documentation rely on it.
type Code string

// Diagnostic is one error.
type Diagnostic struct {
	Pos        Pos
	Code       Code
	Path       string // `model "mart_users_marketing", column "is_closed"`; empty for the file as a whole
	Message    string // what was found and what was expected
	Suggestion string // the nearest known name, or ""
	Help       string // what to do, or ""
}
