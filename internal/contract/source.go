package contract

import "strconv"

// Dialect says how the CSV files of a source are written. The zero value is RFC
// 4180 in UTF-8.
type Dialect struct {
	Delimiter byte     // between fields, ASCII; 0 is a comma
	Quote     byte     // around fields, ASCII; 0 is a double quote, see Unquoted
	Unquoted  bool     // no character quotes: every byte but delimiter and line end is text
	Nulls     []string // words that stand for null where they are a field without quotes
	Encoding  string   // utf-8, utf-16, utf-16le, utf-16be or windows-1252; "" is utf-8
}

// Allowance is how many of a source's records may be rejected in a run that
// goes on without them. The zero value allows none.
type Allowance struct {
	Records    int64 // so many
	PerMillion int64 // or so many of a million records read: 5,000 are 0.5%; at most a million
}

// Allows says whether so many rejected records of so many read are allowed. A
// file has at most 2^40 records, so that no product overflows.
func (a Allowance) Allows(rejected, read int64) bool {
	return rejected <= a.Records || rejected*1_000_000 <= a.PerMillion*read
}

// Exceeded says whether so many rejected records are too many however many are
// yet to be read.
func (a Allowance) Exceeded(rejected int64) bool { return a.PerMillion == 0 && rejected > a.Records }

// String is the allowance as the schema language writes it: "10" or "0.5%".
func (a Allowance) String() string {
	if a.PerMillion == 0 {
		return strconv.FormatInt(a.Records, 10)
	}
	return strconv.FormatFloat(float64(a.PerMillion)/10_000, 'f', -1, 64) + "%"
}
