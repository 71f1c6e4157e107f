package pipeline

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/selection"
	"martlet/internal/value"
)

// condition is one COLUMN=VALUE of --where.
type condition struct {
	column int
	ok     bool                   // false: the column must be null
	is     func(text string) bool // whether a field, as sink.Fields gives it, is VALUE
}

// parseCondition reads COLUMN=VALUE. VALUE stands for what it would in a CSV file:
// nothing is null, "" the empty text, else it is read as the column's type.
func parseCondition(n *node, text string) (condition, error) {
	name, given, found := strings.Cut(text, "=")
	if !found {
		return condition{}, fmt.Errorf("--where %q; write COLUMN=VALUE", text)
	}
	names := make([]string, len(n.Columns))
	for i := range n.Columns {
		names[i] = n.Columns[i].Name
		if names[i] != name {
			continue
		}
		if given == "" {
			return condition{column: i}, nil
		}
		is, err := equals(n.Schema.Field(i).Type, given)
		if err != nil {
			if n.Columns[i].PII {
				given = contract.Redacted
			}
			return condition{}, fmt.Errorf("--where %s=%s: expected %s", name, given, strings.TrimPrefix(err.Error(), "expected "))
		}
		return condition{column: i, ok: true, is: is}, nil
	}
	if near := selection.Nearest(name, names); near != "" {
		return condition{}, fmt.Errorf("--where: %s has no column %q; did you mean %q?", n.Name, name, near)
	}
	return condition{}, fmt.Errorf("--where: %s has no column %q; it has %s", n.Name, name, strings.Join(names, ", "))
}

// equals compares fields of a column with a value, both of the column's type: 1.0
// is 1, and yes is true.
func equals(t arrow.DataType, given string) (is func(text string) bool, err error) {
	if _, ok := t.(*arrow.Float64Type); ok { // whose text may differ where values do not: -0
		want, err := value.ParseFloat64([]byte(given))
		return func(text string) bool {
			v, err := value.ParseFloat64([]byte(text))
			return err == nil && arrowops.CompareFloat64(v, want) == 0
		}, err
	}
	want, err := canonical(t, given)
	return func(text string) bool { return text == want }, err
}

// canonical is the one text of a value among those it may be written in.
func canonical(t arrow.DataType, given string) (string, error) {
	text := []byte(given)
	switch t := t.(type) {
	case *arrow.BooleanType:
		v, err := value.ParseBool(text)
		return value.FormatBool(v), err
	case *arrow.Int64Type:
		v, err := value.ParseInt64(text)
		return value.FormatInt64(v), err
	case *arrow.Decimal128Type:
		v, err := value.ParseDecimal(text, t.Precision, t.Scale)
		return value.FormatDecimal(v, t.Scale), err
	case *arrow.Date32Type:
		v, err := value.ParseDate(text)
		return value.FormatDate(v), err
	case *arrow.TimestampType:
		if t.TimeZone != "" {
			v, err := value.ParseTimestampTZ(text)
			return value.FormatTimestampTZ(v), err
		}
		v, err := value.ParseTimestamp(text)
		return value.FormatTimestamp(v), err
	}
	if given == `""` {
		return "", nil
	}
	return given, nil
}
