package sink

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

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

// checkSchema refuses columns that cannot be write, all at once.
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
		case !want.Nullable:
			if _, nulls := validity(column); nulls > 0 {
				errs = append(errs, fmt.Errorf("column %q is declared without nulls, a batch has %d of them", want.Name, nulls))
			}
		}
	}
	return errors.Join(errs...)
}
