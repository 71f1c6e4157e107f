package schema

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

var encodings = []string{"utf-8", "utf-16", "utf-16le", "utf-16be", "windows-1252"}

// dialect reads csv = { delimiter, quote, nulls, encoding }.
func (r *reader) dialect(outer *table) Dialect {
	d := Dialect{Delimiter: Text{Value: ","}, Quote: Text{Value: `"`}, Encoding: Text{Value: "utf-8"}}
	it := outer.typed("csv", tableKind)
	if it == nil {
		return d
	}
	t := outer.inner(it, outer.path+", csv")
	if outer.it.fields["workbook"] != nil {
		r.report(it.key, t.path, problem{
			code:    WorkbookSeed,
			message: "the seed of a workbook is written by the program, in UTF-8 with commas",
			help:    "leave csv out, or the workbook to read a CSV file as it is",
		})
	}
	t.text("delimiter", &d.Delimiter, asciiMark)
	t.text("quote", &d.Quote, quoteMark)
	if d.Delimiter.Value == d.Quote.Value {
		at := d.Quote
		if it.fields["quote"] == nil {
			at = d.Delimiter
		}
		r.report(at.At(0), t.path, problem{code: BadDialect, message: fmt.Sprintf("delimiter and quote are both %q", d.Quote.Value)})
	}
	t.texts("nulls", &d.Nulls, filledNull, d.nullWord)
	t.text("encoding", &d.Encoding, oneOf(encodings...))
	t.close()
	return d
}

// asciiMark is the check of characters that have a meaning in CSV.
func asciiMark(value string) *problem {
	mark := func(c byte) bool {
		return c < unicode.MaxASCII && c != 0 && c != '\n' && c != '\r' && !unicode.IsLetter(rune(c)) && !unicode.IsDigit(rune(c))
	}
	if len(value) == 1 && mark(value[0]) {
		return nil
	}
	return &problem{
		code:    BadDialect,
		message: fmt.Sprintf("expected one ASCII character that is no letter, digit or line end, found %q", value),
	}
}

// quoteMark is asciiMark, or "" where nothing quotes.
func quoteMark(value string) *problem {
	if value == "" {
		return nil
	}
	p := asciiMark(value)
	if p != nil {
		p.help = `use "" where no character quotes`
	}
	return p
}

// filledNull is the check of what stands for null beside the empty field.
func filledNull(value string) *problem {
	if value == "" {
		return &problem{code: EmptyText, message: "expected a word, found none", help: "an empty field is null without being named"}
	}
	return nil
}

// nullWord is the check of words that stand for null where they are a whole
// field without quotes: some can be none.
func (d *Dialect) nullWord(value string) *problem {
	if !strings.ContainsAny(value, "\r\n\x00"+d.Delimiter.Value+d.Quote.Value) {
		return nil
	}
	return &problem{
		code:    BadDialect,
		message: fmt.Sprintf("%q can be no field without quotes", value),
		help:    "a word that stands for null holds neither the delimiter nor the quote nor a line end",
	}
}

// allowance reads max_rejects: a count, or a percentage as text.
func (r *reader) allowance(t *table) Allowance {
	const key = "max_rejects"
	it := t.take(key)
	if it == nil {
		return Allowance{}
	}
	var a Allowance
	ok := false
	switch v := it.value.(type) {
	case int64:
		a.Records, ok = v, v >= 0
	case string:
		a.PerMillion, ok = parsePercentage(v)
	default:
		r.wrongType(it, t.path, key, "an integer or a string")
		return a
	}
	if !ok {
		r.report(it.pos, t.path, problem{
			code:    BadAllowance,
			message: fmt.Sprintf("%s: expected a count from 0, or a percentage from 0%% to 100%%, found %s", key, it.raw),
			help:    `write 10 for so many records, or "0.5%" for a share of them, with at most 4 digits behind the point`,
		})
	}
	return a
}

// parsePercentage reads "0.5%" as millionths.
func parsePercentage(text string) (perMillion int64, ok bool) {
	number, isPercentage := strings.CutSuffix(text, "%")
	whole, fraction, _ := strings.Cut(number, ".")
	if !isPercentage || whole == "" || len(fraction) > 4 || strings.HasSuffix(number, ".") || strings.Trim(whole+fraction, "0123456789") != "" {
		return 0, false
	}
	perMillion, err := strconv.ParseInt(whole+(fraction + "0000")[:4], 10, 64)
	return perMillion, err == nil && perMillion <= 1_000_000
}
