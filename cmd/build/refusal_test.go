package main

import (
	"errors"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"martlet/internal/publish"
)

const book = "raw_data/ae_sample_db.xlsx"

// editBook changes the workbook as somebody at a spreadsheet program would.
func (s *site) editBook(edit func(*excelize.File) error) {
	s.t.Helper()
	f, err := excelize.OpenFile(s.path(book))
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	if err := edit(f); err != nil {
		s.t.Fatal(err)
	}
	if err := f.Save(); err != nil {
		s.t.Fatal(err)
	}
}

// setCells sets cells, given as "sheet!B17"; nil clears one.
func (s *site) setCells(values map[string]any) {
	s.t.Helper()
	s.editBook(func(f *excelize.File) error {
		for place, value := range values {
			sheet, cell, _ := strings.Cut(place, "!")
			if err := f.SetCellValue(sheet, cell, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// refusal is one thing that can be wrong with the inputs, and what a run says.
type refusal struct {
	name  string
	spoil func(*site)
	args  []string // ROOT stands for the site's
	words []string
}

// refuse spoils the sample after a good run, and runs it again: the exit status
// and the words must be those wanted, no personal value may be shown, and what
// was published must be what it was, byte for byte. With the inputs mended the
// next run ends well.
func refuse(t *testing.T, exit int, cases []refusal) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := sampleSite(t)
			s.expect(s.build(), 0)
			good := s.tree("out")
			c.spoil(s)
			var args []string
			for _, arg := range c.args {
				args = append(args, strings.Replace(arg, "ROOT", s.root, 1))
			}
			got := s.build(args...)
			s.expect(got, exit, c.words...)
			if !maps.Equal(s.tree("out"), good) {
				t.Error("the published data were touched")
			}
			said := got.stdout + got.stderr + s.read("target/run_results.json")
			for _, personal := range []string{"@example", "1986-12-09", personalDate} {
				if strings.Contains(said, personal) {
					t.Errorf("%q is shown to everybody:\n%s", personal, said)
				}
			}
			whole := sampleSite(t)
			whole.expect(whole.build("--out", s.path("out"), "--target-path", s.path("target")), 0)
			if got := s.read(martCSV); got != good[good["current"]+"/mart_users_marketing.csv"] {
				t.Error("the run after it published something else")
			}
		})
	}
}

const personalDate = "born on a Tuesday"

// What keeps a run from being done ends with exit status 2.
func TestRunsThatCannotBeDone(t *testing.T) {
	refuse(t, 2, []refusal{
		{"workbook and seeds gone", func(s *site) {
			s.remove(book, "seeds/user_account.csv", "seeds/user_account_closures.csv", "seeds/country.csv")
		}, nil, []string{
			"Error: seeds/user_account.csv: found neither it nor the workbook raw_data/ae_sample_db.xlsx of user_account; expected one of them",
			"Error: seeds/user_account_closures.csv: found neither it",
			"Error: seeds/country.csv: the file of country cannot be read: no such file or directory; expected its records",
		}},
		{"a text named xlsx", func(s *site) { s.write(book, "user_id,email\n1,a@b.c\n") }, nil,
			[]string{"Error: raw_data/ae_sample_db.xlsx: found no xlsx workbook", "expected one: save the file as .xlsx"}},
		{"a workbook cut short", func(s *site) { s.write(book, s.read(book)[:20_000]) }, nil,
			[]string{"Error: raw_data/ae_sample_db.xlsx: the workbook is damaged ("}},
		{"a workbook of no bytes", func(s *site) { s.write(book, "") }, nil,
			[]string{"Error: raw_data/ae_sample_db.xlsx: found no xlsx workbook"}},
		{"a workbook damaged within", func(s *site) {
			text := s.read(book)
			s.write(book, text[:len(text)/2]+strings.Repeat("\x00", 400)+text[len(text)/2+400:])
		}, nil, []string{"Error: raw_data/ae_sample_db.xlsx"}},
		{"sheets gone", func(s *site) {
			s.editBook(func(f *excelize.File) error {
				for _, sheet := range []string{"user_account", "user_account_attributes"} {
					if err := f.DeleteSheet(sheet); err != nil {
						return err
					}
				}
				return nil
			})
		}, nil, []string{
			`raw_data/ae_sample_db.xlsx: found no sheet "user_account"; expected one of user_account_closures, user_account_reactivations, user_marketing_preferences`,
			`raw_data/ae_sample_db.xlsx: found no sheet "user_account_attributes"`,
		}},
		{"headers wrong", func(s *site) {
			s.setCells(map[string]any{
				"user_account!B1": "e_mail", "user_account_closures!B1": nil, "user_account_attributes!B1": "",
				"user_marketing_preferences!D1": "user_id", "user_account_reactivations!C4": "stray",
			})
		}, nil, []string{
			`ae_sample_db.xlsx!user_account!B1: the column "e_mail" is not declared; expected only user_id, email`,
			`ae_sample_db.xlsx!user_account!A1: the column "email" is missing`,
			`ae_sample_db.xlsx!user_account_closures!A1: the column "closed_timestamp" is missing; expected user_id, closed_timestamp`,
			`ae_sample_db.xlsx!user_account_attributes!B1: the header is blank; expected the name of a column`,
			`ae_sample_db.xlsx!user_marketing_preferences!D1: the header "user_id" stands already at raw_data/ae_sample_db.xlsx!user_marketing_preferences!A1; expected it once`,
			`ae_sample_db.xlsx!user_account_reactivations!C4: found a value in a column without a header; expected none`,
		}},
		{"headers of a CSV file wrong", func(s *site) {
			s.replace("seeds/country.csv", "country_code,country_name\n", "country_code,country_code,,iso3\n")
		}, nil, []string{
			`seeds/country.csv:1: column 2: the header "country_code" stands already at seeds/country.csv:1: column 1`,
			`seeds/country.csv:1: column 3: the header is blank`,
			`seeds/country.csv:1: column 4: the column "iso3" is not declared`,
			`seeds/country.csv:1: the column "country_name" is missing`,
		}},
		{"a CSV file that is a workbook", func(s *site) { s.write("seeds/country.csv", s.read(book)) }, nil,
			[]string{"Error: seeds/country.csv: found a zip archive, as a workbook is; expected CSV"}},
		{"a CSV file of no bytes", func(s *site) { s.write("seeds/country.csv", "") }, nil,
			[]string{"Error: seeds/country.csv"}},
		{"seeds edited", func(s *site) {
			s.replace("seeds/user_account.csv", "\n1001,grace.hopper@example.com", "\n1001,hopper.grace@example.com")
			s.write("seeds/user_account_closures.csv", s.read("seeds/user_account_closures.csv")+"1001,2024-01-01\n")
		}, nil, []string{
			"Error: seeds/user_account.csv: found another content than seeds/seeds.lock has", "make it anew with `build seed --force`",
			"Error: seeds/user_account_closures.csv: found another content",
		}},
		{"seeds edited, no workbook", func(s *site) {
			s.write("seeds/user_account_closures.csv", s.read("seeds/user_account_closures.csv")+"1001,2024-01-01\n")
			s.remove(book)
		}, nil, []string{"Error: seeds/user_account_closures.csv: found another content", "keep it as it is with `build seed --force`"}},
		{"the lock in conflict", func(s *site) {
			s.write("seeds/seeds.lock", "<<<<<<< ours\n"+s.read("seeds/seeds.lock"))
		}, nil, []string{"Error: seeds/seeds.lock:1: found something unknown", "restore it from git, or delete it and run `build seed`"}},
		{"a misspelled flag", func(*site) {}, []string{"--thread", "2"}, []string{"Error: unknown flag: --thread", "See `build --help`."}},
		{"flags without sense", func(*site) {}, []string{"--threads", "0", "--as-of", "noon"},
			[]string{"Error: --threads is 0; give 1 or more", `Error: --as-of "noon" is not a time; write it as 2024-05-01`}},
		{"an unknown model", func(*site) {}, []string{"--select", "mart_user int_users_acc_core+"}, []string{
			"Error: nothing is selected; `build list` shows what there is",
			`Error: --select "mart_user int_users_acc_core+", column 1: "mart_user" matches nothing; did you mean "mart_users_marketing"?`,
			`column 11: "int_users_acc_core+" matches nothing; did you mean "int_users_acc__core"?`,
		}},
		{"an unknown command", func(*site) {}, []string{"tset"}, []string{`Error: there is no command "tset"; did you mean "test"?`}},
		{"a target that is a file", func(s *site) { s.write("taken", "") }, []string{"--target-path", "ROOT/taken"},
			[]string{"taken: what the run says of itself cannot be written there (not a directory); give another folder with --target-path"}},
		{"an output that is a file", func(s *site) { s.write("taken", "") }, []string{"--out", "ROOT/taken"}, []string{"Error: the folder for published data could not be made", "taken"}},
	})
}

// Data that fail end with exit status 1.
func TestDataThatFail(t *testing.T) {
	refuse(t, 1, []refusal{
		{"cells not of their type", func(s *site) {
			s.setCells(map[string]any{
				"user_account!A3": "abc", "user_account!C4": "2024-13-01 10:00:00", "user_account!E5": "maybe", "user_account!A6": 1.5,
				"user_account_attributes!D2": personalDate, "user_account_closures!B7": "2024-04-08T11:01:54+02:00",
				"user_marketing_preferences!C2": -1.25,
			})
		}, nil, []string{
			"seeds/user_account.csv:3 (raw_data/ae_sample_db.xlsx!user_account!A3): column user_id: found abc, expected a whole number",
			"(raw_data/ae_sample_db.xlsx!user_account!C4): column created_timestamp: found 2024-13-01 10:00:00, expected a timestamp as 2024-04-08 11:01:54",
			"(raw_data/ae_sample_db.xlsx!user_account!E5): column internal_user: found maybe, expected a boolean: true, t, yes",
			"(raw_data/ae_sample_db.xlsx!user_account!A6): column user_id: found 1.5, expected a whole number",
			"(raw_data/ae_sample_db.xlsx!user_account_attributes!D2): column date_of_birth: found <redacted>, expected a date as 2024-04-08",
			"(raw_data/ae_sample_db.xlsx!user_account_closures!B7): column closed_timestamp: found 2024-04-08T11:01:54+02:00, expected a timestamp",
			"(raw_data/ae_sample_db.xlsx!user_marketing_preferences!C2): column timestamp: found a number that is no day; expected one of the calendar",
			"7 records rejected, 7 bad cells:", "ERROR mart_users_marketing: the model is complete, which allows no reject in what it rests on: 4 records rejected of user_account, 1 record rejected of user_account_closures, ", "target/rejects/user_account.csv", "last good data", "Failed.", "Nothing published",
		}},
		{"cells without a value", func(s *site) {
			s.setCells(map[string]any{"user_account!B3": nil, "user_account!A4": nil, "user_account_attributes!D4": 60})
			s.editBook(func(f *excelize.File) error {
				return errors.Join(f.SetCellFormula("user_account", "B3", `LOWER("X")`), f.SetCellFormula("user_account", "A4", "1+1"))
			})
		}, nil, []string{
			"seeds/user_account.csv:3 (raw_data/ae_sample_db.xlsx!user_account!B3): column email: found a formula without a stored result; expected its value: open the workbook in a spreadsheet program and save it",
			"seeds/user_account.csv:4 (raw_data/ae_sample_db.xlsx!user_account!A4): column user_id: found a formula without",
			"seeds/user_account_attributes.csv:4 (raw_data/ae_sample_db.xlsx!user_account_attributes!D4): column date_of_birth: found a number that is no day",
			"seed seeds/user_account.csv: 2 cells without a value in the workbook, the first in B3: the records are rejected",
			"3 records rejected, 3 bad cells:", "Nothing published",
		}},
		{"ragged rows", func(s *site) {
			s.replace("seeds/country.csv", "\nAF,Afghanistan\n", "\nAF,Afghanistan,Kabul\n\n")
		}, nil, []string{
			"seeds/country.csv:4: found 3 fields; expected 2 as in the header",
			"seeds/country.csv:5: found a blank line", "\n2 records rejected:\n", "ERROR country: 2 records rejected of 250, none allowed\n",
		}},
		{"a quote that is never closed", func(s *site) {
			s.replace("seeds/country.csv", "\nAF,Afghanistan\n", "\nAF,\"Afghanistan\n")
		}, nil, []string{"seeds/country.csv:4: ", "quote", "\n1 file not read to the end:\n", "what it rests on: country was not read to its end"}},
		{"bytes that are no UTF-8", func(s *site) {
			s.replace("seeds/country.csv", "\nAF,Afghanistan\n", "\nAF,Afgh\xe4nistan\n")
		}, nil, []string{"seeds/country.csv:4: ", "UTF-8"}},
		{"tests that fail", func(s *site) {
			s.setCells(map[string]any{
				"user_account!D2": nil, "user_account_attributes!C4": "Ireland",
			})
			s.replace("seeds/country.csv", "\nAE,United Arab Emirates\n", "\nAE,United Arab Emirates\nAE,Andorra\n")
		}, nil, []string{
			"FAIL  not_null_user_account_last_updated: 1 of 1,006 rows, expected a value\n      seeds/user_account.csv:2 (raw_data/ae_sample_db.xlsx!user_account!D2)\n",
			"FAIL  unique_country_country_name", "found Andorra",
			"FAIL  matches_stg_sample_db__user_acc_attributes_country_code", "found IRELAND", "(raw_data/ae_sample_db.xlsx!user_account_attributes!C4)",
			"\nSKIP  ", "int_users_acc__core, mart_users_marketing, campaign_audience__keys, campaign_audience: as test ", "Nothing was published; the last good data", "Nothing published in",
		}},
		{"a value that came by way of a join", func(s *site) {
			s.setCells(map[string]any{"user_account_attributes!C3": "XX"})
		}, nil, []string{
			"FAIL  relationships_mart_users_marketing_country_code", "seeds/user_account_attributes.csv:3 (raw_data/ae_sample_db.xlsx!user_account_attributes!C3): found XX",
		}},
	})
}

// The rows that were rejected stand in a file, in clear, for whoever may see it.
func TestRejectsFile(t *testing.T) {
	s := sampleSite(t)
	s.setCells(map[string]any{"user_account_attributes!D2": personalDate})
	s.expect(s.build(), 1)
	want := "origin,column,reason,user_id,gender,country,date_of_birth,raw\n" +
		"raw_data/ae_sample_db.xlsx!user_account_attributes!D2,date_of_birth,\"expected a date as 2024-04-08, from 0001-01-01 to 9999-12-31\"," +
		"1001,F,US," + personalDate + ",\"1001,F,US," + personalDate + "\"\n"
	if got := s.read("target/rejects/user_account_attributes.csv"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if _, err := os.Stat(s.path("out/current")); err == nil {
		t.Error("something was published")
	}
}

// A seed that was edited is remade from its workbook or kept without one, by
// the command that the message names.
func TestEditedSeedsAreSettledByForce(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	was := s.read("seeds/user_account_closures.csv")
	edited := was + "1001,2024-01-01 00:00:00\n"
	s.write("seeds/user_account_closures.csv", edited)
	s.expect(s.run("seed"), 2, "`build seed --force`")
	s.expect(s.run("seed", "--force"), 0, "written")
	if s.read("seeds/user_account_closures.csv") != was {
		t.Error("the seed was not made anew")
	}
	s.remove(book)
	s.write("seeds/user_account_closures.csv", edited)
	s.expect(s.build(), 2, "`build seed --force`")
	s.expect(s.run("seed", "--force"), 0)
	s.expect(s.build(), 0, "the workbook raw_data/ae_sample_db.xlsx is absent; the seed is used as it is")
	if s.read("seeds/user_account_closures.csv") != edited || !strings.Contains(s.read(martCSV), "\n1001,grace.hopper@example.com,F,1986-12-09,US,2019-04-01 00:03:32,2022-04-08 11:01:54,2024-01-01 00:00:00,") {
		t.Error("the seed was not kept and used")
	}
}

// Of two runs that publish into one folder the second is told who holds it.
func TestTwoBuildsAtOnce(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	good := s.tree("out")
	delete(good, ".lock")
	first, err := publish.Open(t.Context(), s.path("out"), publish.Waiting{})
	if err != nil {
		t.Fatal(err)
	}
	s.expect(s.build(), 2, "out/.lock is held by another run (process ", ", started ", "wait for it with --wait, or publish elsewhere with --out")
	s.expect(s.build("--out", s.path("elsewhere")), 0)
	now := s.tree("out")
	delete(now, ".lock") // says who holds it
	if !maps.Equal(now, good) {
		t.Error("the published data were touched")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s.expect(s.build(), 0)
}

// Five sources read the workbook; that it is none is one problem.
func TestUnreadableWorkbookIsSaidOnce(t *testing.T) {
	s := sampleSite(t)
	s.write(book, "no workbook")
	s.remove("seeds/country.csv")
	got := s.build()
	s.expect(got, 2)
	if n := strings.Count(got.stderr, "Error: "); n != 2 {
		t.Errorf("%d errors, want one of the workbook and one of country.csv:\n%s", n, got.stderr)
	}
}
