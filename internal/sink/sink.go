// Package sink writes record batches to a file format: Arrow's IPC file and CSV.
//
// It knows the formats and the types of Arrow that the project uses. It does
// not know where the bytes go, which model they belong to or when a file is
// published.
package sink

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

// Sink takes the batches of one output in order. It is not safe for concurrent use.
//
// The first failure of a sink is final: every later call returns it, Close too,
// so a file that is not whole cannot be taken for one that is.
type Sink interface {
	// Write adds a batch of any number of rows; it borrows rec. The columns of
	// rec are those of the sink's schema in name, type and order; their metadata
	// may differ, the sink's is what is written.
	Write(rec arrow.Record) error
	// Close writes what is left. It does not close the writer below. Closing
	// again gives the same answer.
	Close() error
}

var errClosed = errors.New("write to an output that has been closed")

// supported says whether t is the Arrow type of a column type.
func supported(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.BooleanType, *arrow.Int64Type, *arrow.Float64Type, *arrow.StringType,
		*arrow.Date32Type, *arrow.Decimal128Type:
		return true
	case *arrow.TimestampType:
		return t.Unit == arrow.Microsecond && (t.TimeZone == "" || t.TimeZone == "UTC")
	}
	return false
}

// checkSchema refuses columns that a sink cannot write, all at once.
func checkSchema(schema *arrow.Schema) error {
	if schema.NumFields() == 0 {
		return errors.New("an output needs at least one column")
	}
	var errs []error
	for _, f := range schema.Fields() {
		if !supported(f.Type) {
			errs = append(errs, fmt.Errorf("column %q has the Arrow type %s; an output can have bool, int64, float64, "+
				"decimal128, utf8, date32 and timestamp[us] without a zone or in UTC", f.Name, f.Type))
		}
	}
	return errors.Join(errs...)
}

// checkRecord refuses a batch that is not of the schema: a bug above, which
// would otherwise become a file that lies about itself.
func checkRecord(schema *arrow.Schema, rec arrow.Record) error {
	if int(rec.NumCols()) != schema.NumFields() {
		return fmt.Errorf("a batch of %d columns was written to an output of %d", rec.NumCols(), schema.NumFields())
	}
	var errs []error
	for i, want := range schema.Fields() {
		column := rec.Column(i)
		switch {
		case rec.ColumnName(i) != want.Name:
			errs = append(errs, fmt.Errorf("column %d of a batch is %q, the output's is %q", i+1, rec.ColumnName(i), want.Name))
		case !arrow.TypeEqual(column.DataType(), want.Type):
			errs = append(errs, fmt.Errorf("column %q of a batch is %s, the output's is %s", want.Name, column.DataType(), want.Type))
		case !want.Nullable && column.NullN() > 0:
			errs = append(errs, fmt.Errorf("column %q is declared without nulls, a batch has %d of them", want.Name, column.NullN()))
		}
	}
	return errors.Join(errs...)
}

// state is what every sink remembers: whether it is closed, and its failure.
type state struct {
	closed bool
	err    error
}

// writable is nil while the sink can be written to.
func (s *state) writable() error {
	if s.err == nil && s.closed {
		return errClosed
	}
	return s.err
}

// fail makes err, if it is one, the sink's failure.
func (s *state) fail(err error) error {
	if s.err == nil {
		s.err = err
	}
	return err
}
