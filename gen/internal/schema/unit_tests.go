package schema

import (
	"strconv"

	"martlet/gen/internal/diag"
)

// UnitTest is a [[unit_test]]: rows given to a model, and the rows it must give.
type UnitTest struct {
	Pos         diag.Pos
	Name        Text
	Description Text
	Model       Text
	Now         *Value // nil where not given
	Given       []*Given
	Expect      *Rows
	Ordered     bool // the rows are expected in this order
}

// Given is the rows of one input of the model.
type Given struct {
	Pos   diag.Pos
	Input Text
	Rows  *Rows
}

// Rows are rows written down in the schema.
type Rows struct {
	Pos diag.Pos
	// Columns are named before any row names them: by the header of CSV, or as
	// the columns that are compared. Nil where the rows alone say it.
	Columns []Text
	Rows    []*Row
}

// Row is one of them. A column without a cell is null.
type Row struct {
	Pos   diag.Pos
	Cells []Cell
}

// Cell is a value of a row.
type Cell struct {
	Column Text
	Value  Value
	Field  bool // of CSV: text, to be read as a seed's field is
}

// UnitTestPath is how diagnostics call a unit test.
func UnitTestPath(name string) string { return "unit test " + strconv.Quote(name) }

// Path is how diagnostics call the unit test.
func (u *UnitTest) Path() string { return UnitTestPath(u.Name.Value) }

// GivenPath is how diagnostics call the rows of an input of the unit test at
// parent, and ExpectPath those expected.
func GivenPath(parent, input string) string { return parent + ", given " + strconv.Quote(input) }

// ExpectPath is how diagnostics call the rows expected by the unit test at parent.
func ExpectPath(parent string) string { return parent + ", expect" }

// RowPath is how diagnostics call a row, the first being 1, of the rows at parent.
func RowPath(parent string, number int) string { return numbered(parent, "row", number) }
