package expr

import (
	"errors"
	"fmt"
)

var errNoConversion = errors.New("no implicit conversion")

// badText is why the text of a literal is not one of its type.
type badText struct{ reason error }

func (e badText) Error() string { return e.reason.Error() }

// Coerce converts n to a type as an assignment would, without losing anything:
// null and literal text to any type, int64 to decimal to float64, a decimal to
// one of no smaller scale, date to timestamp, and a date or timestamp to a
// timestamptz in the project's zone. Not ok where there is no such conversion,
// or where literal text is not one of the type.
func Coerce(n Node, to Type) (Node, bool) {
	c, err := coerce(n, to)
	return c, err == nil
}

// coerce is Coerce with the reason why not: errNoConversion or a badText.
func coerce(n Node, to Type) (Node, error) {
	from := n.Type()
	switch {
	case from == to:
		return n, nil
	case from.Kind == Null && to.Kind != Interval:
		return literalAt(nil, to, n.Offset()), nil
	}
	if l, ok := n.(*Literal); ok {
		return coerceLiteral(l, to)
	}
	switch {
	case from.Kind == Int64 && (to.Kind == Decimal || to.Kind == Float64),
		from.Kind == Decimal && to.Kind == Float64,
		from.Kind == Decimal && to.Kind == Decimal && to.Scale >= from.Scale,
		from.Kind == Date && (to.Kind == Timestamp || to.Kind == TimestampTZ),
		from.Kind == Timestamp && to.Kind == TimestampTZ:
		return convert(n, to), nil
	}
	return nil, errNoConversion
}

func coerceLiteral(l *Literal, to Type) (Node, error) {
	from := l.Type()
	if l.Value == nil {
		widens := from.Numeric() && to.Numeric() && (from.Kind == Int64 || to.Kind == Float64) || from.Temporal() && to.Temporal() && from.Kind < to.Kind
		if from.Kind == to.Kind || widens {
			return literalAt(nil, to, l.Offset()), nil
		}
		return nil, errNoConversion
	}
	if text, ok := l.Value.(string); ok {
		return readText(text, to, l.Offset())
	}
	if v, ok := convertLiteral(l.Value, from, to); ok {
		return literalAt(v, to, l.Offset()), nil
	}
	if from.Numeric() && to.Kind == Decimal {
		return nil, badText{fmt.Errorf("%s does not fit %s", formatLiteral(l.Value, from), to)}
	}
	if (from.Kind == Date || from.Kind == Timestamp) && to.Kind == TimestampTZ {
		return convert(l, to), nil
	}
	return nil, errNoConversion
}

// readText reads literal text. As in PostgreSQL a timestamptz without an
// offset is in the project's time zone.
func readText(text string, to Type, offset int) (Node, error) {
	v, err := parseLiteral(text, to)
	if err == nil {
		return literalAt(v, to, offset), nil
	}
	if to.Kind == TimestampTZ {
		if local, err := parseLiteral(text, Type{Kind: Timestamp}); err == nil {
			return convert(literalAt(local, Type{Kind: Timestamp}, offset), to), nil
		}
	}
	return nil, badText{err}
}

// convert applies the cast from n's type to another, through others where
// there is no direct one; nil where there is none.
func convert(n Node, to Type) Node {
	from := n.Type()
	if from == to {
		return n
	}
	// A date stands for its midnight; a timestamptz for what clocks in the
	// project's zone show.
	via := Type{Kind: Timestamp}
	switch {
	case from.Kind == Date && to.Kind == TimestampTZ, from.Kind == TimestampTZ && to.Kind == Date:
		return convert(convert(n, via), to)
	}
	f := findCast(from.Kind, to.Kind)
	if f == nil {
		return nil
	}
	var extra []int64
	if from.Kind == Decimal {
		extra = append(extra, int64(from.Scale))
	}
	if to.Kind == Decimal {
		extra = append(extra, int64(to.Precision), int64(to.Scale))
	}
	return newCall(f, to, n.Offset(), extra, n)
}

// common is the type at which values of two types meet, or not ok.
func common(a, b Type) (Type, bool) {
	switch {
	case a == b:
		return a, true
	case a.Numeric() && b.Numeric():
		if a.Kind == Float64 || b.Kind == Float64 {
			return Type{Kind: Float64}, true
		}
		return commonDecimal(a.asDecimal(), b.asDecimal()), true
	case a.Temporal() && b.Temporal():
		return Type{Kind: max(a.Kind, b.Kind)}, true // date, timestamp, timestamptz
	}
	return Type{}, false
}

// adapts says whether a literal takes the type of what it meets: a bare null,
// and text, which in PostgreSQL has no type of its own.
func adapts(n Node) bool {
	if n.Type().Kind == Null {
		return true
	}
	l, ok := n.(*Literal)
	return ok && l.Type().Kind == String && l.Value != nil
}

// meeting is the type with which a node takes part in finding a common one: a
// whole number written out among decimals has only the digits written.
func meeting(n Node) Type {
	if l, ok := n.(*Literal); ok {
		if v, ok := l.Value.(int64); ok {
			return shortest(v)
		}
	}
	return n.Type()
}

// commonType finds the type at which all nodes meet. Where all are literal text
// it is string; where all are bare nulls it is null. Where two do not meet, it
// gives the index of the second.
func commonType(nodes []Node) (t Type, clash int) {
	t, clash = Type{Kind: Null}, -1
	decimals := false
	for _, n := range nodes {
		decimals = decimals || n.Type().Kind == Decimal
	}
	for i, n := range nodes {
		if adapts(n) {
			continue
		}
		own := n.Type()
		if decimals {
			own = meeting(n)
		}
		if t.Kind == Null {
			t = own
			continue
		}
		met, ok := common(t, own)
		if !ok {
			return t, i
		}
		t = met
	}
	if t.Kind == Null {
		for _, n := range nodes {
			if n.Type().Kind == String {
				t = Type{Kind: String}
			}
		}
	}
	return t, -1
}
