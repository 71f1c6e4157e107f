// Package expr knows the expressions of the schema language: PostgreSQL scalar
// expressions, parsed by PostgreSQL's own grammar, resolved against a Scope and
// checked into typed trees of Node.
//
// It knows neither TOML nor relations: what a name stands for is the Scope's
// business, and a place is a byte of the expression's text. What a function
// computes is package value's; the table in functions.go names it.
//
// Nullability is inferred under three-valued logic. A column is narrowed to
// non-null only where the tests around it are known to hold on every row for
// which its value matters (see narrow.go).
package expr
