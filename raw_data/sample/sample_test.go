package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

const tracked = "../ae_sample_db.xlsx"

func made(t *testing.T) []byte {
	t.Helper()
	book, err := workbook(everyone())
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestTrackedWorkbookIsWhatTheProgramMakes(t *testing.T) {
	want, err := os.ReadFile(tracked)
	if err != nil {
		t.Fatal(err)
	}
	got := made(t)
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what the program makes; run: go run ./raw_data/sample (its bytes may also change with the Go release, which compresses them)", tracked)
	}
	if again := made(t); !bytes.Equal(again, got) {
		t.Error("made twice, the workbook differs")
	}
}

// open reads the tracked workbook.
func open(t *testing.T) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(tracked)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// found is a cell as it stands in the file: its type there and its text, with a
// style that shows a date or without.
type found struct {
	kind excelize.CellType
	raw  string
	date bool
}

var (
	absent = found{}
	yes    = found{kind: excelize.CellTypeBool, raw: "1"}
	no     = found{kind: excelize.CellTypeBool, raw: "0"}
)

func text(s string) found   { return found{kind: excelize.CellTypeSharedString, raw: s} }
func number(s string) found { return found{raw: s} }
func dated(s string) found  { return found{raw: s, date: true} }

func look(t *testing.T, f *excelize.File, sheet, cell string) found {
	t.Helper()
	kind, err := f.GetCellType(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	index, err := f.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(index)
	if err != nil {
		t.Fatal(err)
	}
	return found{kind, raw, style.NumFmt == formatDay || style.NumFmt == formatMoment}
}

// sheets reads the cells of every sheet as text, once.
func sheets(t *testing.T, f *excelize.File) map[string][][]string {
	t.Helper()
	all := map[string][][]string{}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		all[sheet] = rows
	}
	return all
}

// record finds the n-th row (from 0) of a user and reads its cells after the id.
func record(t *testing.T, f *excelize.File, sheet string, rows [][]string, id string, n int) []found {
	t.Helper()
	for i, r := range rows {
		if len(r) == 0 || r[0] != id {
			continue
		}
		if n--; n >= 0 {
			continue
		}
		var cells []found
		for column := range rows[0][1:] {
			name, err := excelize.CoordinatesToCellName(column+2, i+1)
			if err != nil {
				t.Fatal(err)
			}
			cells = append(cells, look(t, f, sheet, name))
		}
		return cells
	}
	t.Fatalf("%s has no such row of user %s", sheet, id)
	return nil
}

// TestPlantedRows holds what must stand in the file, digit by digit. Serials are
// days since 1899-12-30, worked out apart from the program in exact fractions.
func TestPlantedRows(t *testing.T) {
	f := open(t)
	all := sheets(t, f)
	for _, c := range []struct {
		sheet, id string
		nth       int
		want      []found
	}{
		{"user_account", "1001", 0, []found{text("grace.hopper@example.com"), dated("43556.0024537037"), dated("44659.459652777776"), no}},
		{"user_account", "1004", 0, []found{text("silent.at@example.com"), dated("43831"), dated("43863.08474537037"), no}},
		{"user_account", "1006", 0, []found{text("staff.one@example.net"), dated("43173.39366898148"), dated("44328.68063657408"), yes}},
		{"user_account", "1007", 0, []found{text("staff.two@example.net"), dated("43173.39366898148"), dated("44328.68063657408"), text(" YES")}},
		{"user_account", "1008", 0, []found{text("staff.three@example.net"), dated("43173.39366898148"), dated("44328.68063657408"), text("1")}},
		{"user_account", "1010", 0, []found{text("staff.five@example.net"), dated("43173.39366898148"), dated("44328.68063657408"), number("1")}},
		{"user_account", "1012", 0, []found{text("spelled.no@example.com"), dated("43173.39366898148"), dated("44328.68063657408"), text("No ")}},
		{"user_account", "1013", 0, []found{text("number.zero@example.com"), dated("43173.39366898148"), dated("44328.68063657408"), number("0")}},
		{"user_account", "1016", 0, []found{text("  Ada.LOVELACE@Example.COM "), dated("43173.39366898148"), dated("44328.68063657408"), no}},
		{"user_account", "1017", 0, []found{text("   "), dated("43173.39366898148"), dated("44328.68063657408"), no}},
		{"user_account", "1018", 0, []found{absent, dated("43173.39366898148"), dated("44328.68063657408"), no}},
		{"user_account", "1033", 0, []found{text("tied.earlier@example.org"), dated("43289.416666666664"), dated("44655.583333333336"), no}},
		{"user_account", "1033", 1, []found{text("tied.later@example.org"), dated("43289.416666666664"), dated("44655.583333333336"), no}},
		{"user_account", "1035", 1, []found{text("tied.staff@example.org"), dated("43416.416666666664"), dated("44718.666666666664"), yes}},
		{"user_account", "1052", 0, []found{text("typed@example.org"), text("2018-02-03 04:05:06"), text("2022-02-03T04:05:06"), no}},
		{"user_account", "1993", 0, []found{text("recent.1993@example.com"), dated("43749.50918981482"), dated("45382.999999988424"), no}},
		{"user_account_closures", "1040", 0, []found{dated("44635.508472222224")}},
		{"user_account_reactivations", "1040", 0, []found{dated("44635.508472222224")}},
		{"user_account_closures", "9001", 0, []found{dated("44571.770833333336")}},
		{"user_marketing_preferences", "1045", 0, []found{yes, dated("44781.33898148148")}},
		{"user_marketing_preferences", "1045", 1, []found{no, dated("44781.33898148148")}},
		{"user_marketing_preferences", "1049", 0, []found{text(" Yes "), dated("44230.17020833334")}},
		{"user_marketing_preferences", "1051", 0, []found{yes, dated("44230.170211226854")}},
		{"user_marketing_preferences", "1051", 1, []found{no, dated("44230.170209780095")}},
		{"user_account_attributes", "1022", 0, []found{text("  m "), text("gb "), dated("34526")}},
		{"user_account_attributes", "1023", 0, []found{text("F"), text("NA"), dated("32953")}},
		{"user_account_attributes", "1024", 0, []found{absent, text("FR"), dated("31172")}},
		{"user_account_attributes", "1025", 0, []found{text("F"), absent, dated("36525")}},
		{"user_account_attributes", "1026", 0, []found{text("M"), text("DE"), absent}},
		{"user_account_attributes", "1027", 0, []found{text(" "), text(""), dated("11324")}},
		{"user_account_attributes", "1030", 1, []found{text("F"), text("SE"), dated("33272")}},
		{"user_account_attributes", "1053", 0, []found{text("F"), text("CA"), text("1988-02-29")}},
	} {
		got := record(t, f, c.sheet, all[c.sheet], c.id, c.nth)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s, user %s, row %d:\n got %v\nwant %v", c.sheet, c.id, c.nth, got, c.want)
		}
	}
}

func TestSheets(t *testing.T) {
	f := open(t)
	var want []string
	for _, sheet := range everyone().all() {
		want = append(want, sheet.name)
		rows, err := f.GetRows(sheet.name)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(rows[0], sheet.header) {
			t.Errorf("%s: header %q, want %q", sheet.name, rows[0], sheet.header)
		}
		if len(rows)-1 != len(sheet.rows) {
			t.Errorf("%s: %d records, want %d", sheet.name, len(rows)-1, len(sheet.rows))
		}
	}
	if got := f.GetSheetList(); !slices.Equal(got, want) {
		t.Errorf("sheets %q, want %q", got, want)
	}
}

// TestUsers counts: 1,000 users have an account, and nothing happened before it
// was possible or after the export.
func TestUsers(t *testing.T) {
	all := everyone()
	users := map[cell]bool{}
	for _, r := range all.accounts.rows {
		users[r[0]] = true
	}
	if len(users) != 1000 {
		t.Errorf("%d users, want 1000", len(users))
	}
	from, until := at("2015-01-01 00:00:00"), at("2024-05-01 00:00:00")
	for _, sheet := range all.all() {
		for _, r := range sheet.rows {
			for _, c := range r {
				if when, ok := c.(time.Time); ok && (when.Before(from) || !when.Before(until)) {
					t.Errorf("%s, user %v: %v is not from %v on and before %v", sheet.name, r[0], when, from, until)
				}
			}
		}
	}
}

// TestCodesAreReal: the pipeline takes a country that does not exist for an
// error, so the sample has none.
func TestCodesAreReal(t *testing.T) {
	list, err := os.ReadFile("../../seeds/country.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range everyone().attributes.rows {
		code, ok := r[2].(string)
		code = strings.ToUpper(strings.TrimSpace(code))
		if ok && code != "" && !bytes.Contains(list, []byte("\n"+code+",")) {
			t.Errorf("user %v: %q is not in seeds/country.csv", r[0], code)
		}
	}
	if n := bytes.Count(list, []byte("\n")) - 1; n != 249 {
		t.Errorf("seeds/country.csv has %d countries; ISO 3166-1 has 249", n)
	}
}

// TestSerial holds serials against excelize's reading of them, which is to the
// second; TestPlantedRows has fractions.
func TestSerial(t *testing.T) {
	for _, when := range []time.Time{at("1900-03-01 00:00:00"), at("1931-01-01 23:59:59"), at("2000-02-29 12:00:00"), at("2024-04-30 23:59:59")} {
		back, err := excelize.ExcelDateToTime(serial(when), false)
		if err != nil {
			t.Fatal(err)
		}
		if d := back.Sub(when).Abs(); d > time.Millisecond {
			t.Errorf("%v is read as %v", when, back)
		}
	}
}
