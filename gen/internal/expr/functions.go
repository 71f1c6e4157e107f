package expr

import (
	"slices"
	"strings"
)

// entry is one function of the table. Extras is how many constants its Go
// function takes after the arguments: scales, precisions, parts of an interval.
type entry struct {
	Func
	extras int
}

// What an entry needs beside its name and types.
const (
	fails = 1 << iota
	zoned
)

func define(name string, args []Kind, result Kind, goName string, flags, extras int) *entry {
	return &entry{Func{name, args, result, goName, flags&fails != 0, flags&zoned != 0}, extras}
}

func kinds(k ...Kind) []Kind { return k }

// castName is the Func.Name of casts.
const castName = "cast"

// table is every strict scalar function and operator. A name may stand in it
// several times, for other argument types; where several fit, the one that
// needs the fewest conversions is meant, then the first.
var table = slices.Concat(arithmetic, textFunctions, timeFunctions, truncations, instantTruncations, extractions, casts)

var arithmetic = []*entry{
	define("+", kinds(Int64, Int64), Int64, "AddInt64", fails, 0),
	define("-", kinds(Int64, Int64), Int64, "SubInt64", fails, 0),
	define("*", kinds(Int64, Int64), Int64, "MulInt64", fails, 0),
	define("/", kinds(Int64, Int64), Int64, "DivInt64", fails, 0),
	define("%", kinds(Int64, Int64), Int64, "ModInt64", fails, 0),
	define("-", kinds(Int64), Int64, "NegInt64", fails, 0),
	define("+", kinds(Float64, Float64), Float64, "AddFloat64", fails, 0),
	define("-", kinds(Float64, Float64), Float64, "SubFloat64", fails, 0),
	define("*", kinds(Float64, Float64), Float64, "MulFloat64", fails, 0),
	define("/", kinds(Float64, Float64), Float64, "DivFloat64", fails, 0),
	define("-", kinds(Float64), Float64, "NegFloat64", 0, 0),
	define("+", kinds(Decimal, Decimal), Decimal, "AddDecimal", fails, 1), // precision
	define("-", kinds(Decimal, Decimal), Decimal, "SubDecimal", fails, 1), // precision
	define("*", kinds(Decimal, Decimal), Decimal, "MulDecimal", fails, 1), // precision
	define("/", kinds(Decimal, Decimal), Decimal, "DivDecimal", fails, 4), // scales of both, precision, scale
	define("%", kinds(Decimal, Decimal), Decimal, "ModDecimal", fails, 0),
	define("-", kinds(Decimal), Decimal, "NegDecimal", 0, 0),
	define("abs", kinds(Int64), Int64, "AbsInt64", fails, 0),
	define("abs", kinds(Float64), Float64, "AbsFloat64", 0, 0),
	define("abs", kinds(Decimal), Decimal, "AbsDecimal", 0, 0),
	define("floor", kinds(Float64), Float64, "FloorFloat64", 0, 0),
	define("floor", kinds(Decimal), Decimal, "FloorDecimal", fails, 1), // scale
	define("ceil", kinds(Float64), Float64, "CeilFloat64", 0, 0),
	define("ceil", kinds(Decimal), Decimal, "CeilDecimal", fails, 1), // scale
	define("round", kinds(Float64), Float64, "RoundFloat64", 0, 0),
	define("round", kinds(Decimal), Decimal, "RoundDecimal", fails, 2), // scale, digits
}

var textFunctions = []*entry{
	define("lower", kinds(String), String, "Lower", 0, 0),
	define("upper", kinds(String), String, "Upper", 0, 0),
	define("btrim", kinds(String), String, "Trim", 0, 0),
	define("btrim", kinds(String, String), String, "TrimChars", 0, 0),
	define("ltrim", kinds(String), String, "LTrim", 0, 0),
	define("ltrim", kinds(String, String), String, "LTrimChars", 0, 0),
	define("rtrim", kinds(String), String, "RTrim", 0, 0),
	define("rtrim", kinds(String, String), String, "RTrimChars", 0, 0),
	define("length", kinds(String), Int64, "Length", 0, 0),
	define("substring", kinds(String, Int64), String, "Substring", 0, 0),
	define("substring", kinds(String, Int64, Int64), String, "SubstringLen", fails, 0),
	define("replace", kinds(String, String, String), String, "Replace", 0, 0),
	define("||", kinds(String, String), String, "ConcatText", 0, 0),
	define("split_part", kinds(String, String, Int64), String, "SplitPart", fails, 0),
	define("starts_with", kinds(String, String), Bool, "StartsWith", 0, 0),
	define("md5", kinds(String), String, "MD5", 0, 0),
	define("sha256", kinds(String), String, "SHA256", 0, 0),
}

var timeFunctions = []*entry{
	define("+", kinds(Date, Int64), Date, "AddDays", fails, 0),
	define("-", kinds(Date, Int64), Date, "SubDays", fails, 0),
	define("-", kinds(Date, Date), Int64, "DaysBetween", 0, 0),
	define("+", kinds(Timestamp), Timestamp, "AddInterval", fails, 3),     // months, days, microseconds
	define("+", kinds(TimestampTZ), TimestampTZ, "AddInterval", fails, 3), // months and days are 0: those depend on the zone
	define("age_years", kinds(Timestamp, Timestamp), Int64, "AgeYears", 0, 0),
}

// truncations are date_trunc: the unit is the rest of the Go name.
var truncations = truncationTable("Millisecond", "Second", "Minute", "Hour", "Day", "Week", "Month", "Quarter",
	"Year", "Decade", "Century", "Millennium")

func truncationTable(units ...string) []*entry {
	var t []*entry
	for _, unit := range units {
		t = append(t, define("date_trunc", kinds(Timestamp), Timestamp, "Trunc"+unit, 0, 0))
	}
	return t
}

// instantTruncations are date_trunc of a timestamptz to units within a day,
// where an hour that clocks show twice must stay the one it is. What is longer
// is cut as a timestamp.
var instantTruncations = []*entry{
	define("date_trunc", kinds(TimestampTZ), TimestampTZ, "TruncMillisecond", 0, 0), // offsets are whole seconds
	define("date_trunc", kinds(TimestampTZ), TimestampTZ, "TruncSecond", 0, 0),
	define("date_trunc", kinds(TimestampTZ), TimestampTZ, "TruncMinuteTZ", zoned, 0),
	define("date_trunc", kinds(TimestampTZ), TimestampTZ, "TruncHourTZ", zoned, 0),
}

// extractions are extract and date_part: the field is the rest of the Go name.
// extract gives int64 for whole fields, decimal(8,6) for second, decimal(8,3)
// for milliseconds and decimal(18,6) for epoch; date_part gives float64 for all.
var extractions = append(extractionTable("Year", "Quarter", "Month", "Week", "Day", "Hour", "Minute", "DOW", "ISODOW", "DOY",
	"ISOYear", "Decade", "Century", "Millennium", "Microseconds"),
	define("extract", kinds(Timestamp), Decimal, "ExtractSecond", 0, 0),
	define("extract", kinds(Timestamp), Decimal, "ExtractMilliseconds", 0, 0),
	define("extract", kinds(Timestamp), Decimal, "ExtractEpoch", 0, 0),
	define("extract", kinds(TimestampTZ), Decimal, "ExtractEpoch", 0, 0),
)

func extractionTable(fields ...string) []*entry {
	var t []*entry
	for _, field := range fields {
		t = append(t, define("extract", kinds(Timestamp), Int64, "Extract"+field, 0, 0))
	}
	return t
}

// casts are the conversions, implicit ones included. Those to a decimal take
// its precision and scale, those from one its scale.
var casts = []*entry{
	define(castName, kinds(Bool), Int64, "BoolToInt64", 0, 0),
	define(castName, kinds(Bool), String, "BoolToString", 0, 0),
	define(castName, kinds(Int64), Bool, "Int64ToBool", 0, 0),
	define(castName, kinds(Int64), Float64, "Int64ToFloat64", 0, 0),
	define(castName, kinds(Int64), Decimal, "Int64ToDecimal", fails, 2),
	define(castName, kinds(Int64), String, "Int64ToString", 0, 0),
	define(castName, kinds(Float64), Int64, "Float64ToInt64", fails, 0),
	define(castName, kinds(Float64), Decimal, "Float64ToDecimal", fails, 2),
	define(castName, kinds(Float64), String, "Float64ToString", 0, 0),
	define(castName, kinds(Decimal), Int64, "DecimalToInt64", fails, 1),
	define(castName, kinds(Decimal), Float64, "DecimalToFloat64", 0, 1),
	define(castName, kinds(Decimal), Decimal, "RescaleDecimal", fails, 3), // from, precision, scale
	define(castName, kinds(Decimal), String, "DecimalToString", 0, 1),
	define(castName, kinds(String), Bool, "StringToBool", fails, 0),
	define(castName, kinds(String), Int64, "StringToInt64", fails, 0),
	define(castName, kinds(String), Float64, "StringToFloat64", fails, 0),
	define(castName, kinds(String), Decimal, "StringToDecimal", fails, 2),
	define(castName, kinds(String), Date, "StringToDate", fails, 0),
	define(castName, kinds(String), Timestamp, "StringToTimestamp", fails, 0),
	define(castName, kinds(String), TimestampTZ, "StringToTimestampTZ", fails, 0),
	define(castName, kinds(Date), Timestamp, "DateToTimestamp", 0, 0),
	define(castName, kinds(Date), String, "DateToString", 0, 0),
	define(castName, kinds(Timestamp), Date, "TimestampToDate", 0, 0),
	define(castName, kinds(Timestamp), TimestampTZ, "ToTimestampTZ", zoned, 0),
	define(castName, kinds(Timestamp), String, "TimestampToString", 0, 0),
	define(castName, kinds(TimestampTZ), Timestamp, "ToTimestamp", zoned, 0),
	define(castName, kinds(TimestampTZ), String, "TimestampTZToString", 0, 0),
}

// synonyms are other names of functions in the table.
var synonyms = map[string]string{
	"trim": "btrim", "char_length": "length", "character_length": "length", "substr": "substring",
	"ceiling": "ceil",
}

// unlisted are the functions that the table has under another name or not at
// all: they are types of node of their own.
var unlisted = []string{"coalesce", "concat", "date_part", "greatest", "least", "mod", "now", "nullif", "regexp_like"}

// Functions lists the table of strict scalar functions, operators and casts.
func Functions() []Func {
	out := make([]Func, len(table))
	for i, e := range table {
		out[i] = e.Func
	}
	return out
}

// find is the entry for exactly these argument types.
func find(name string, args ...Kind) *Func {
	for _, e := range table {
		if e.Name == name && slices.Equal(e.Args, args) {
			return &e.Func
		}
	}
	return nil
}

// findGo is the entry that calls a Go function.
func findGo(goName string, args ...Kind) *Func {
	for _, e := range table {
		if e.Go == goName && slices.Equal(e.Args, args) {
			return &e.Func
		}
	}
	return nil
}

// findCast is the cast between two types that are not decimals of different scale.
func findCast(from, to Kind) *Func {
	for _, e := range casts {
		if e.Args[0] == from && e.Result == to {
			return &e.Func
		}
	}
	return nil
}

// overloads are the entries of one name.
func overloads(name string) []*Func {
	var out []*Func
	for _, e := range table {
		if e.Name == name {
			out = append(out, &e.Func)
		}
	}
	return out
}

// functionNames lists what can be called by name, for suggestions.
func functionNames() []string {
	names := slices.Clone(unlisted)
	for _, e := range table {
		if e.Name[0] >= 'a' && e.Name[0] <= 'z' && e.Name != castName {
			names = append(names, e.Name)
		}
	}
	for synonym := range synonyms {
		names = append(names, synonym)
	}
	for name := range aggregates {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// signature shows a function for messages: lower(string).
func (f *Func) signature() string {
	args := make([]string, len(f.Args))
	for i, k := range f.Args {
		args[i] = k.String()
	}
	return f.Name + "(" + strings.Join(args, ", ") + ")"
}
