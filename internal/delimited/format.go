package delimited

import (
	"fmt"

	"martlet/internal/contract"
)

// format is what is known of a file before its records are read. It does not
// change while they are.
type format struct {
	name      string
	encoding  string // for messages
	delimiter byte
	quote     byte // 0 where no character quotes
	nulls     []string
	longest   int // bytes that a record may have

	width   int   // fields a record
	columns []int // the file's column at which each wanted one stands
	index   int   // of the file in the run's list, for origins
}

func newFormat(name string, d contract.Dialect) *format {
	f := &format{name: name, delimiter: d.Delimiter, quote: d.Quote, nulls: d.Nulls, longest: maxRecord}
	if f.delimiter == 0 {
		f.delimiter = ','
	}
	switch {
	case d.Unquoted:
		f.quote = 0
	case f.quote == 0:
		f.quote = '"'
	}
	return f
}

// separator names the delimiter, for messages.
func (f *format) separator() string {
	switch f.delimiter {
	case ',':
		return "a comma"
	case ';':
		return "a semicolon"
	case '\t':
		return "a tab"
	}
	return fmt.Sprintf("a %q", f.delimiter)
}

func (f *format) faultText(x fault) string {
	if x == bareQuote {
		return "found a quote in a field that does not begin with one; expected quotes around the whole field: enclose it, and double the quotes in it"
	}
	return fmt.Sprintf("found text behind the closing quote of a field; expected %s or the end of the line: double the quotes in the field", f.separator())
}
