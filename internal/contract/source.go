package contract

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
	Records int64   // so many
	Percent float64 // or so many of a hundred records read
}

// Allows says whether so many rejected records of so many read are allowed.
func (a Allowance) Allows(rejected, read int64) bool {
	return rejected <= a.Records || float64(rejected)*100 <= a.Percent*float64(read)
}
