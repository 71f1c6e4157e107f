package ingest

import (
	"bytes"
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"martlet/internal/xlsx"
)

// book1900 counts days as a workbook that was opened would.
func book1900(t testing.TB) *xlsx.Book {
	t.Helper()
	path := sheetXML(t, sheetEnd)
	b, err := xlsx.Open(path, path, xlsx.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func TestCellText(t *testing.T) {
	number := func(raw string) xlsx.Cell { return xlsx.Cell{Kind: xlsx.Number, Raw: []byte(raw)} }
	shown := func(raw string, f xlsx.Format) xlsx.Cell {
		return xlsx.Cell{Kind: xlsx.Number, Format: f, Raw: []byte(raw)}
	}
	other := func(k xlsx.Kind, raw string) xlsx.Cell { return xlsx.Cell{Kind: k, Raw: []byte(raw)} }
	tests := []struct {
		name     string
		cell     xlsx.Cell
		declared string
		want     string
		fault    fault
	}{
		{"date", number("34526"), "date", "1994-07-11", noFault},
		{"date with a time", number("34526.5"), "date", "1994-07-11 12:00:00", noFault},
		{"timestamp", number("45390.459652777776"), "timestamp", "2024-04-08 11:01:54", noFault},
		{"timestamp at midnight", number("45390"), "timestamp", "2024-04-08 00:00:00", noFault},
		{"timestamptz has no offset", number("45390"), "timestamptz", "2024-04-08 00:00:00", noFault},
		{"fraction", number("45390.500005787037"), "timestamp", "2024-04-08 12:00:00.5", noFault},
		{"microsecond", number("45390.500001428571"), "timestamp", "2024-04-08 12:00:00.123429", noFault},
		{"the day that never was", number("60"), "date", "60", noDay},
		{"negative", number("-3.5"), "timestamp", "-3.5", noDay},
		{"the last day", number("2958465"), "date", "9999-12-31", noFault},
		{"beyond it", number("2958466"), "date", "2958466", noDay},
		{"time of day under timestamp", shown("0.5", xlsx.Time), "timestamp", "0.5", noDay},
		{"text under timestamp", other(xlsx.Text, "soon"), "timestamp", "soon", noFault},
		{"iso", other(xlsx.ISO, "2024-04-08T11:01:54"), "timestamp", "2024-04-08 11:01:54", noFault},
		{"iso with a fraction", other(xlsx.ISO, "2024-04-08T11:01:54.5000000"), "timestamp", "2024-04-08 11:01:54.5", noFault},
		{"iso finer than a microsecond", other(xlsx.ISO, "2024-04-08T11:01:54.0000001"), "timestamp", "2024-04-08T11:01:54.0000001", noFault},
		{"iso midnight under date", other(xlsx.ISO, "2024-04-08T00:00:00"), "date", "2024-04-08", noFault},
		{"iso time under date", other(xlsx.ISO, "2024-04-08T11:00"), "date", "2024-04-08 11:00:00", noFault},
		{"iso with an offset", other(xlsx.ISO, "2024-04-08T11:01:54Z"), "timestamptz", "2024-04-08T11:01:54Z", noFault},
		{"iso under string", other(xlsx.ISO, "2024-04-08T11:01:54"), "string", "2024-04-08T11:01:54", noFault},
		{"iso that is none", other(xlsx.ISO, "2024-02-30"), "date", "2024-02-30", noFault},
		{"integer", number("13456"), "int64", "13456", noFault},
		{"integer beyond doubles", number("9007199254740993"), "int64", "9007199254740993", noFault},
		{"integer in a float's form", number("1.5E+3"), "int64", "1500", noFault},
		{"large integer in a float's form", number("1.2345678901234567E+18"), "int64", "1234567890123456700", noFault},
		{"no integer", number("1.5"), "int64", "1.5", noFault},
		{"nearly an integer", number("0.99999999999999989"), "int64", "0.9999999999999999", noFault},
		{"float", number("1.1000000000000001"), "float64", "1.1", noFault},
		{"integer under string", number("13456"), "string", "13456", noFault},
		{"date under int64", shown("34526", xlsx.Date), "int64", "34526", noFault},
		{"date under string", shown("34526", xlsx.Date), "string", "1994-07-11", noFault},
		{"date with a time under string", shown("34526.5", xlsx.Date), "string", "1994-07-11 12:00:00", noFault},
		{"timestamp under string", shown("34526", xlsx.DateTime), "string", "1994-07-11 00:00:00", noFault},
		{"no date under string", shown("-1", xlsx.Date), "string", "-1", noFault},
		{"time of day", shown("0.45965277777777780", xlsx.Time), "string", "11:01:54", noFault},
		{"time of day with a fraction", shown("0.5000057870370371", xlsx.Time), "string", "12:00:00.5", noFault},
		{"time of a day", shown("45390.5", xlsx.Time), "string", "2024-04-08 12:00:00", noFault},
		{"duration", shown("1.5", xlsx.Elapsed), "string", "36:00:00", noFault},
		{"long duration", shown("100.00001157407407", xlsx.Elapsed), "string", "2400:00:01", noFault},
		{"negative duration", shown("-0.0625", xlsx.Elapsed), "string", "-01:30:00", noFault},
		{"of an unknown format under string", shown("45390", xlsx.Unknown), "string", "45390", noFormat},
		{"of an unknown format under int64", shown("45390", xlsx.Unknown), "int64", "45390", noFault},
		{"of an unknown format under date", shown("45390", xlsx.Unknown), "date", "2024-04-08", noFault},
		{"true", other(xlsx.Bool, "1"), "bool", "true", noFault},
		{"false under string", other(xlsx.Bool, "0"), "string", "false", noFault},
		{"true under int64", other(xlsx.Bool, "1"), "int64", "true", noFault},
		{"error", other(xlsx.Error, "#N/A"), "int64", "#N/A", errorCell},
		{"error under string", other(xlsx.Error, "#N/A"), "string", "#N/A", errorCell},
		{"no result", other(xlsx.Formula, ""), "string", "", noResult},
		{"half a character", other(xlsx.BadText, "a_xD83D_"), "string", "a_xD83D_", badText},
		{"text", other(xlsx.Text, " Yes "), "bool", " Yes ", noFault},
		{"leading zeros", other(xlsx.Text, "00042"), "string", "00042", noFault},
		{"empty text", other(xlsx.Text, ""), "string", "", noFault},
	}
	book := book1900(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, f := appendText([]byte("<"), &test.cell, test.declared, book)
			if string(got) != "<"+test.want || f != test.fault {
				t.Errorf("%q, %s; want %q, %s", got, faultNames[f], "<"+test.want, faultNames[test.fault])
			}
			ok := test.cell.Kind != xlsx.Formula
			if !sameValue(&test.cell, test.declared, got[1:], ok, false) {
				t.Errorf("%q is not what it was made from", got[1:])
			}
			if other := append([]byte("7"), got[1:]...); ok && sameValue(&test.cell, test.declared, other, true, false) {
				t.Errorf("%q passes for it", other)
			}
		})
	}
}

// Every field written from a number is found to be that number, and no other.
func TestSameValue(t *testing.T) {
	book := book1900(t)
	formats := []xlsx.Format{xlsx.General, xlsx.Date, xlsx.DateTime, xlsx.Time, xlsx.Elapsed}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.OneOf(rapid.Float64Range(-10, 3e6), rapid.Float64(), rapid.Map(rapid.Int64(), func(n int64) float64 { return float64(n) })).Draw(t, "number")
		c := &xlsx.Cell{Kind: xlsx.Number, Format: rapid.SampledFrom(formats).Draw(t, "format")}
		c.Raw = strconv.AppendFloat(nil, f, rapid.SampledFrom([]byte("gf")).Draw(t, "form"), rapid.SampledFrom([]int{-1, 17}).Draw(t, "digits"), 64)
		declared := rapid.SampledFrom([]string{"string", "int64", "float64", "date", "timestamp", "decimal(38,9)"}).Draw(t, "declared")
		if !xlsx.IsNumber(c.Raw) {
			t.Skip("too large for a workbook")
		}
		text, _ := appendText(nil, c, declared, book)
		if !sameValue(c, declared, text, true, false) {
			t.Fatalf("%s under %s gave %s", c.Raw, declared, text)
		}
		other := &xlsx.Cell{Kind: xlsx.Number, Format: c.Format, Raw: strconv.AppendFloat(nil, f+max(1, math.Abs(f)/1e3), 'f', -1, 64)}
		if !bytes.Equal(other.Raw, c.Raw) && sameValue(other, declared, text, true, false) {
			t.Fatalf("%s passes for %s", text, other.Raw)
		}
	})
}
