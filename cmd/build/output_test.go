package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// The CSV as its bytes are, for whoever parses it without a library.
func TestFormOfTheCSV(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	text := s.read(martCSV)
	if !strings.HasSuffix(text, "\n") || strings.Contains(text, "\r") {
		t.Error("lines do not all end in one LF")
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != strings.Join(martHeader, ",") {
		t.Errorf("the header is %q", lines[0])
	}
	for _, want := range []string{ // worked out by hand from raw_data/sample
		"1001,grace.hopper@example.com,F,1986-12-09,US,2019-04-01 00:03:32,2022-04-08 11:01:54,,,true,2020-04-08 11:01:54,false,false,2022-04-08 11:01:54,over 90 days,United States of America,2024-05-01 00:00:00+00",
		"1002,alone@example.com,,,,2019-06-05 07:08:09,2019-06-05 07:08:09,,,false,,false,false,2019-06-05 07:08:09,over 90 days,,2024-05-01 00:00:00+00",
		"1051,chose.1051@example.net,,,,2018-03-14 09:26:53,2021-05-12 16:20:07,,,true,2021-02-03 04:05:06.25,false,false,2021-05-12 16:20:07,over 90 days,,2024-05-01 00:00:00+00",
		"1052,typed@example.org,,,,2018-02-03 04:05:06,2022-02-03 04:05:06,2022-03-04 05:06:07,2022-03-04 05:06:08.5,true,2021-01-01 00:00:00,false,true,2022-03-04 05:06:08.5,over 90 days,,2024-05-01 00:00:00+00",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("there is no line %s", want)
		}
	}
	fields := regexp.MustCompile(`^\d+,(|[^,"]+),[A-Z]?,(\d{4}-\d\d-\d\d)?,([A-Z]{2})?,(TIME,){2}(TIME)?,(TIME)?,BOOL,(TIME)?,BOOL,BOOL,TIME,[^,"]+,("[^"]+"|[^,"]*),2024-05-01 00:00:00\+00$`)
	moments := regexp.MustCompile(`,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{0,5}[1-9])?,`)
	for _, line := range lines[1:] {
		for range 2 { // moments that stand side by side share a comma
			line = moments.ReplaceAllString(line, ",TIME,")
		}
		line = strings.NewReplacer(",true", ",BOOL", ",false", ",BOOL").Replace(line)
		if !fields.MatchString(line) {
			t.Fatalf("a line has another form: %s", line)
		}
	}
}

// Rows stand in the order in which their users first appear among the accounts.
func TestOrderOfTheRows(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	_, accounts := readCSV(t, s.path("seeds/user_account.csv"))
	_, records := readCSV(t, s.path(martCSV))
	var order []string
	inMart := map[string]bool{}
	for _, r := range records {
		inMart[r[0]] = true
	}
	for _, r := range accounts {
		if inMart[r[0]] {
			order = append(order, r[0])
			inMart[r[0]] = false
		}
	}
	if !slices.EqualFunc(records, order, func(r []string, id string) bool { return r[0] == id }) {
		t.Error("the rows are in another order")
	}
}

// openArrow opens the published Arrow file.
func openArrow(s *site) (*ipc.FileReader, func()) {
	s.t.Helper()
	file, err := os.Open(s.path(martArrow))
	if err != nil {
		s.t.Fatal(err)
	}
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	r, err := ipc.NewFileReader(file, ipc.WithAllocator(mem))
	if err != nil {
		s.t.Fatal(err)
	}
	return r, func() {
		if err := r.Close(); err != nil {
			s.t.Error(err)
		}
		if err := file.Close(); err != nil {
			s.t.Error(err)
		}
		mem.AssertSize(s.t, 0)
	}
}

// cellText writes a value of an Arrow file as the CSV has it; null is nothing.
func cellText(t *testing.T, column arrow.Array, i int) string {
	t.Helper()
	if column.IsNull(i) {
		return ""
	}
	moment := func(at arrow.Timestamp) string {
		return at.ToTime(arrow.Microsecond).Format("2006-01-02 15:04:05.999999")
	}
	switch c := column.(type) {
	case *array.Int64, *array.Boolean:
		return c.ValueStr(i)
	case *array.String:
		return c.Value(i)
	case *array.Date32:
		return c.Value(i).FormattedString()
	case *array.Timestamp:
		if c.DataType().(*arrow.TimestampType).TimeZone == "UTC" {
			return moment(c.Value(i)) + "+00"
		}
		return moment(c.Value(i))
	}
	t.Fatalf("there is a column of %s", column.DataType())
	return ""
}

// The Arrow file and the CSV say the same.
func TestArrowIsTheCSV(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	r, done := openArrow(s)
	defer done()
	header, records := readCSV(t, s.path(martCSV))
	row := 0
	for b := range r.NumRecords() {
		rec, err := r.Record(b)
		if err != nil {
			t.Fatal(err)
		}
		for i := range int(rec.NumRows()) {
			for j, name := range header {
				if rec.ColumnName(j) != name {
					t.Fatalf("column %d is %s, want %s", j, rec.ColumnName(j), name)
				}
				if got := cellText(t, rec.Column(j), i); got != records[row][j] {
					t.Errorf("row %d, %s: %q, and %q in the CSV", row, name, got, records[row][j])
				}
			}
			row++
		}
	}
	if row != len(records) {
		t.Errorf("%d rows, and %d in the CSV", row, len(records))
	}
}

// Whoever opens the Arrow file finds in it what the columns mean, which are
// personal, what was tested and which run it is of.
func TestArrowExplainsItself(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	r, done := openArrow(s)
	defer done()
	about := r.Schema().Metadata().ToMap()
	run := readAny(t, s.path("target/run_results.json"))["martlet"].(map[string]any)
	for key, want := range map[string]string{
		"martlet.name": "mart_users_marketing", "martlet.grain": "user_id", "martlet.as_of": asOf,
		"martlet.run": run["run"].(string), "martlet.schema": run["schema"].(string),
	} {
		if about[key] != want || want == "" {
			t.Errorf("%s is %q, want %q", key, about[key], want)
		}
	}
	if len(about["martlet.run"]) != 64 || !strings.Contains(about["martlet.description"], "One row per user.") ||
		!strings.Contains(about["martlet.tests"], "opted_in_user_has_opt_in_time") {
		t.Errorf("the file says of itself: %v", about)
	}
	personal := []string{"email", "date_of_birth"}
	for _, f := range r.Schema().Fields() {
		if d, ok := f.Metadata.GetValue("martlet.description"); !ok || len(d) < 10 {
			t.Errorf("%s is described as %q", f.Name, d)
		}
		if _, pii := f.Metadata.GetValue("martlet.pii"); pii != slices.Contains(personal, f.Name) {
			t.Errorf("%s is personal: %v", f.Name, pii)
		}
	}
	id, _ := r.Schema().FieldsByName("user_id")
	tests, _ := id[0].Metadata.GetValue("martlet.tests")
	if tests != "not_null_mart_users_marketing_user_id,unique_mart_users_marketing_user_id" {
		t.Errorf("user_id is tested by %s", tests)
	}
	if consent, _ := r.Schema().FieldsByName("user_opt_in_marketing"); consent[0].Nullable {
		t.Error("user_opt_in_marketing is nullable")
	}
}

// What is written about people is not for everybody on the machine.
func TestFilesAreNotForTheWorld(t *testing.T) {
	s := sampleSite(t)
	s.replace("seeds/country.csv", "\nAE,United Arab Emirates\n", "\nAE,United Arab Emirates,\n")
	s.expect(s.build(), 1)
	s.replace("seeds/country.csv", "\nAE,United Arab Emirates,\n", "\nAE,United Arab Emirates\n")
	rejects := s.path("target/rejects/country.csv")
	if info, err := os.Stat(rejects); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%s: %v, %v", rejects, info, err)
	}
	s.expect(s.build(), 0)
	for _, dir := range []string{"out", "target"} {
		err := filepath.WalkDir(s.path(dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.Type() == fs.ModeSymlink {
				return err
			}
			info, err := d.Info()
			if err == nil && info.Mode().Perm()&0o007 != 0 {
				t.Errorf("%s is %v", path, info.Mode())
			}
			if err == nil && !d.IsDir() && info.Mode().Perm() != 0o640 {
				t.Errorf("%s is %v, want 0640", path, info.Mode())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The summary fits a screen, and its numbers add up.
func TestSummary(t *testing.T) {
	s := sampleSite(t)
	got := s.build()
	s.expect(got, 0, "13 of 948 rows")
	if n := strings.Count(got.stdout, "\n"); n > 45 {
		t.Errorf("the summary has %d lines", n)
	}
	results := readResults(t, s.path("target/run_results.json"))
	nodes, tests := 0, map[string]int{}
	out := map[string]int64{}
	for _, r := range results.Results {
		if strings.HasPrefix(r.UniqueID, "test.") {
			tests[r.Status]++
			continue
		}
		nodes++
		m := r.Martlet
		if r.Status != "success" || m.RowsIn != m.RowsOut+m.Rejected+m.Filtered+m.Folded || m.RowsIn == 0 {
			t.Errorf("%s: %s, %+v", r.UniqueID, r.Status, m)
		}
		name := r.UniqueID[strings.LastIndexByte(r.UniqueID, '.')+1:]
		out[name] = m.RowsOut
		shown := regexp.MustCompile(`(?m)^` + name + ` .*$`).FindString(got.stdout)
		for _, n := range []int64{m.RowsIn, m.RowsOut} {
			if !strings.Contains(shown, " "+grouped(n)+" ") {
				t.Errorf("%q does not say %s", shown, grouped(n))
			}
		}
	}
	if nodes != 15 || out["user_account"] != 1006 || out["int_users_acc__core"] != 948 || out["mart_users_marketing"] != 948 {
		t.Errorf("%d nodes, rows out: %v", nodes, out)
	}
	verdict := regexp.MustCompile(`Done\. (\d+) tests: (\d+) passed(?: \(\d+ by proof\))?, (\d+) warned, (\d+) failed\.`).FindStringSubmatch(got.stdout)
	want := []string{grouped(int64(tests["pass"] + tests["warn"])), grouped(int64(tests["pass"])), grouped(int64(tests["warn"])), "0"}
	if verdict == nil || !slices.Equal(verdict[1:], want) {
		t.Errorf("the verdict is %q, want %q", verdict, want)
	}
}

// grouped writes a count below a million as the summary does.
func grouped(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

func readAny(t testing.TB, path string) map[string]any {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(content, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
