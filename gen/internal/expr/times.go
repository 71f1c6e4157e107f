package expr

import (
	"fmt"
	"slices"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"

	"martlet/gen/internal/diag"
)

// suffixes lists the units or fields in a table of functions: the rest of the
// Go names, as SQL writes them.
func suffixes(entries []*entry, prefix string) []string {
	var out []string
	for _, e := range entries {
		name := strings.ToLower(strings.TrimPrefix(e.Go, prefix))
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// field finds the function for a unit or field, written as literal text.
func (c *checker) field(what string, n *pg.Node, entries []*entry, prefix string) *Func {
	text := c.literalText(n, what)
	if text == nil {
		return nil
	}
	name := strings.ToLower(text.Value.(string))
	if name == "milliseconds" && prefix == "Trunc" {
		name = "millisecond"
	}
	for _, e := range entries {
		if strings.EqualFold(strings.TrimPrefix(e.Go, prefix), name) {
			return &e.Func
		}
	}
	known := suffixes(entries, prefix)
	c.report(Problem{Offset: text.Offset(), Code: BadArguments, Message: fmt.Sprintf("%s is not %q", what, name),
		Suggestion: diag.Nearest(name, known), Help: "there are " + strings.Join(known, ", ")})
	return nil
}

// moment checks an argument that has to be a date or a timestamp.
func (c *checker) moment(name string, arg *pg.Node) Node {
	n := c.value(arg)
	if n == nil {
		return nil
	}
	if n.Type().Kind == Null {
		return settle(n, Timestamp)
	}
	if adapts(n) {
		return c.problem(n.Offset(), BadArguments, name+" takes a date or timestamp, not text", "write a typed literal: timestamp '2020-01-01 00:00:00'")
	}
	if !n.Type().Temporal() {
		return c.problem(n.Offset(), BadArguments, fmt.Sprintf("%s takes a date or timestamp, but this is of type %s", name, n.Type()), "")
	}
	return n
}

// dateTrunc checks date_trunc('unit', x). A timestamptz is cut as the clocks in
// the project's zone show it. A date gives a timestamp; PostgreSQL gives the
// same instant as a timestamptz.
func (c *checker) dateTrunc(args []*pg.Node, at int) Node {
	if len(args) != 2 {
		return c.problem(at, BadArguments, fmt.Sprintf("date_trunc takes a unit and a timestamp, not %d arguments", len(args)), "")
	}
	f := c.field("the unit of date_trunc", args[0], truncations, "Trunc")
	x := c.moment("date_trunc", args[1])
	if f == nil || x == nil {
		return nil
	}
	if instant := ofInstant(f); instant != nil && x.Type().Kind == TimestampTZ {
		return newCall(instant, x.Type(), at, nil, x)
	}
	local := Type{Kind: Timestamp}
	n := newCall(f, local, at, nil, convert(x, local))
	if x.Type().Kind == TimestampTZ {
		return convert(n, x.Type())
	}
	return n
}

// ofInstant is the truncation of a timestamptz to the unit of f, where there is
// one; nil for the units from a day on.
func ofInstant(f *Func) *Func {
	for _, e := range instantTruncations {
		if strings.TrimSuffix(e.Go, "TZ") == f.Go {
			return &e.Func
		}
	}
	return nil
}

// extract checks extract(field from x) and date_part('field', x). A timestamptz
// is read as the clocks in the project's zone show it, but for epoch.
func (c *checker) extract(name string, args []*pg.Node, at int) Node {
	if len(args) != 2 {
		return c.problem(at, BadArguments, fmt.Sprintf("%s takes a field and a timestamp, not %d arguments", name, len(args)), "")
	}
	f := c.field("the field of "+name, args[0], extractions, "Extract")
	x := c.moment(name, args[1])
	if f == nil || x == nil {
		return nil
	}
	if x.Type().Kind == Date && timeField(f) {
		return c.problem(at, BadArguments, "a date has no time of day to take a field from", "cast it to timestamp first")
	}
	if f.Go == "ExtractEpoch" && x.Type().Kind == TimestampTZ {
		f = findGo(f.Go, TimestampTZ)
	} else {
		x = convert(x, Type{Kind: Timestamp})
	}
	var n Node = newCall(f, extractType(f), at, nil, x)
	if name == "date_part" {
		n = convert(n, Type{Kind: Float64})
	}
	return n
}

// timeField says whether a field is of the time of day.
func timeField(f *Func) bool {
	switch f.Go {
	case "ExtractHour", "ExtractMinute", "ExtractSecond", "ExtractMilliseconds", "ExtractMicroseconds":
		return true
	}
	return false
}

// extractType is the type of a field: the digits that its values need.
func extractType(f *Func) Type {
	switch f.Go {
	case "ExtractSecond":
		return Type{Decimal, 8, 6}
	case "ExtractMilliseconds":
		return Type{Decimal, 8, 3}
	case "ExtractEpoch":
		return Type{Decimal, 18, 6}
	}
	return Type{Kind: f.Result}
}

// ageYears checks age_years(birth, at): whole years from the one to the other.
func (c *checker) ageYears(args []*pg.Node, at int) Node {
	if len(args) != 2 {
		return c.problem(at, BadArguments, fmt.Sprintf("age_years takes two dates or timestamps, not %d arguments", len(args)), "age_years(birth, now())")
	}
	birth, day := c.moment("age_years", args[0]), c.moment("age_years", args[1])
	if birth == nil || day == nil {
		return nil
	}
	local := Type{Kind: Timestamp}
	return newCall(find("age_years", Timestamp, Timestamp), Type{Kind: Int64}, at, nil, convert(birth, local), convert(day, local))
}
