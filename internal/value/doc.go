// Package value knows one value at a time: how the text of a field becomes a
// bool, int64, float64, decimal, date or timestamp and how it is written again,
// and what SQL's scalar functions and casts make of it. Results are
// PostgreSQL's; where a function differs, its comment says so.
//
// It knows nothing of batches, files, schemas or nulls, and of columns only that
// many fields of one type are read together (Fields). Every function is strict: the caller has seen to it that no argument is null.
//
// Shapes: a decimal is a decimal128.Num, the number times ten to its scale, and
// the scale travels apart, as a constant argument. A date is days since
// 1970-01-01. A timestamp is microseconds since 1970-01-01 00:00:00, on the
// clock of no zone (timestamp) or in UTC (timestamptz). Dates and timestamps run
// from 0001-01-01 to 9999-12-31 23:59:59.999999 in the proleptic Gregorian
// calendar. Text is valid UTF-8.
//
// The Parse functions read a field's bytes, the StringTo functions are the SQL
// casts from text; both allocate nothing when they succeed and keep no
// reference to what they read. The Append functions add to dst and return it,
// as append does. No error holds the value it was raised for.
package value
