package contract

import "github.com/apache/arrow/go/v17/arrow"

// UnitTest is a case of one model: the rows of its inputs, and the rows that it
// must give.
type UnitTest struct {
	Name        string // unique among the unit tests of the project
	Description string
	Model       string
	Now         arrow.Timestamp // now(); of no meaning where the model does not ask
	Given       []Table         // of inputs of the model, none twice; the others have no rows
	Expect      Table           // of the model; only its columns are compared
	Ordered     bool            // the rows are expected in this order
}

// Table is rows of a relation, written down. Columns that it does not name are
// null.
type Table struct {
	Relation string
	Columns  []string
	// Rows hold, for each of Columns, a bool, int64, float64, decimal128.Num,
	// string, arrow.Date32 or arrow.Timestamp, as its type has it, or nil for null.
	Rows [][]any
}
