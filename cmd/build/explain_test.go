package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/xuri/excelize/v2"

	"martlet/internal/contract"
	"martlet/internal/scratch"
)

// explanationCase is one row of the sample, and what must be said of it. {B user_account 1033 2}
// stands for the cell in column B of the second record that the sheet has of the user.
type explanationCase struct {
	rule, node, key, column string
	says, not               []string
}

const (
	martModel = "mart_users_marketing"
	coreModel = "int_users_acc__core"
)

// explainedRules are users who show the seven rules, see raw_data/sample, and why they
// are as they are.
var explainedRules = []explanationCase{
	{rule: "1 every external user", node: martModel, key: "1002", says: []string{
		"user_id=1002",
		"{A user_account 1002 1}",
		"no row of stg_sample_db__user_acc_attributes has user_id=1002",
		"stg_sample_db__user_acc_closures: no row has user_id=1002",
		"country_code of int_users_acc__core is null",
	}},
	{rule: "1 no internal user", node: martModel, key: "1006", says: []string{
		"mart_users_marketing has no row with user_id=1006",
		"int_users_acc__core: a filter drops it",
		"where not is_internal_user",
		"is_internal_user is true: {E user_account 1006 1}",
	}},
	{rule: "1 whatever other tables say", node: martModel, key: "9001", says: []string{
		"user_account: no record has user_id=9001",
		"1 row of stg_sample_db__user_acc_closures with user_id=9001, to be joined to a row of stg_sample_db__user_acc: {A user_account_closures 9001 1}",
	}},
	{rule: "1 nothing at all", node: martModel, key: "77777", says: []string{"user_account: no record has user_id=77777"}, not: []string{"to be joined"}},
	{rule: "2 the latest wins", node: martModel, key: "1031", says: []string{
		"email                  null",
		"stg_sample_db__user_acc <- user_account  {A user_account 1031 1}",
		"not {A user_account 1031 2}: last_updated_time 2021-02-02 12:00:00 is earlier than 2022-02-02 12:00:00",
	}},
	{rule: "2 ties by creation", node: coreModel, key: "1032", says: []string{
		"not {A user_account 1032 2}: created_at 2018-05-06 10:00:00 is earlier than 2018-05-06 10:00:01",
	}},
	{rule: "2 ties by the later row", node: coreModel, key: "1033", says: []string{
		"not {A user_account 1033 1}: last_updated_time, created_at: the same in both, and of equals the later row is kept",
	}},
	{rule: "2 dedupe before the filter", node: martModel, key: "1034", says: []string{
		"is_internal_user is true: {E user_account 1034 2}",
		"not {A user_account 1034 1}: last_updated_time 2021-05-05 15:00:00 is earlier than 2022-05-05 15:00:00",
	}},
	{rule: "2 a tie that became internal", node: martModel, key: "1035", says: []string{
		"is_internal_user is true: {E user_account 1035 2}", "of equals the later row is kept",
	}},
	{rule: "2 no longer internal", node: martModel, key: "1036", column: "email", says: []string{
		"{B user_account 1036 2}", "not {A user_account 1036 1}: last_updated_time",
	}},
	{rule: "2 attributes without an order", node: martModel, key: "1030", column: "country_code", says: []string{
		"country_code = SE", "{C user_account_attributes 1030 2}", "not {A user_account_attributes 1030 1}: the later row is kept",
	}},
	{rule: "3 the latest preference", node: martModel, key: "1043", column: "user_opt_in_marketing", says: []string{
		"user_opt_in_marketing = false",
		"* stg_sample_db__user_mrktng_preferences <- user_marketing_preferences  {A user_marketing_preferences 1043 2}: timestamp=2022-02-03 04:05:06, marketing_opt_in=false",
	}, not: []string{"* stg_sample_db__user_mrktng_preferences <- user_marketing_preferences  {A user_marketing_preferences 1043 1}"}},
	{rule: "3 the opt-out wins a tie", node: martModel, key: "1045", column: "user_opt_in_marketing", says: []string{
		"user_opt_in_marketing = false",
		"* stg_sample_db__user_mrktng_preferences <- user_marketing_preferences  {A user_marketing_preferences 1045 2}: timestamp=2022-08-08 08:08:08, marketing_opt_in=false",
	}, not: []string{"* stg_sample_db__user_mrktng_preferences <- user_marketing_preferences  {A user_marketing_preferences 1045 1}"}},
	{rule: "3 the last opt-in", node: martModel, key: "1043", says: []string{
		"user_opt_in_at         2021-02-03 04:05:06     {C user_marketing_preferences 1043 1}",
		"user_opt_in_marketing  false                   {B user_marketing_preferences 1043 2}",
	}},
	{rule: "3 the tied opt-in is when they opted in", node: martModel, key: "1045", says: []string{
		"user_opt_in_at         2022-08-08 08:08:08     {C user_marketing_preferences 1045 1}\n",
	}},
	{rule: "3 no preference", node: martModel, key: "1004", column: "user_opt_in_marketing", says: []string{
		"user_opt_in_marketing = false", "stg_sample_db__user_mrktng_preferences: no row has user_id=1004",
	}},
	{rule: "4 closed again", node: martModel, key: "1039", column: "is_closed", says: []string{
		"is_closed=true", "account_closed_at is not null and",
		"* stg_sample_db__user_acc_closures <- user_account_closures  {B user_account_closures 1039 2}: closed_timestamp=2022-05-01 06:00:00",
		"{B user_account_reactivations 1039 1}: reopened_timestamp=2022-02-20 09:45:15",
	}},
	{rule: "4 closed and reopened at once", node: martModel, key: "1040", column: "is_closed", says: []string{
		"is_closed=true", "closed_timestamp=2022-03-15 12:12:12", "reopened_timestamp=2022-03-15 12:12:12",
	}},
	{rule: "4 reopened, never closed", node: martModel, key: "1041", says: []string{
		"is_closed              false                   {B user_account_reactivations 1041 1}; no row of stg_sample_db__user_acc_closures has user_id=1041",
		"is_reopened            true                    {B user_account_reactivations 1041 1}",
	}},
	{rule: "5 an email as typed", node: martModel, key: "1016", column: "email", says: []string{
		"email=<redacted>", "nullif(lower(trim(email)), '')", "{B user_account 1016 1}: email=<redacted>",
	}},
	{rule: "5 a boolean as typed", node: martModel, key: "1007", says: []string{"is_internal_user is true: {E user_account 1007 1}"}},
	{rule: "5 a country as typed", node: martModel, key: "1022", column: "country_code", says: []string{
		"country_code=GB", "nullif(upper(trim(country)), '')", `{C user_account_attributes 1022 1}: country="gb "`,
	}},
	{rule: "5 Namibia", node: martModel, key: "1023", says: []string{"country_name           Namibia", "seeds/country.csv:"}},
	{rule: "6 seen last when closing", node: martModel, key: "1054", says: []string{
		"last_seen_ts           2023-03-04 05:06:07.5   {B user_account_closures 1054 1}\n",
		"recency_segmentation   over 90 days            {B user_account_closures 1054 1}\n",
	}},
	{rule: "6 seen last when choosing", node: martModel, key: "1055", says: []string{
		"last_seen_ts           2023-04-05 06:07:08     {C user_marketing_preferences 1055 1}\n",
	}},
	{rule: "6 seen last when joining", node: martModel, key: "1056", says: []string{
		"last_seen_ts           2023-05-06 07:08:09     {C user_account 1056 1}\n",
	}},
	{rule: "7 no preference since 2020", node: coreModel, key: "1004", column: "last_preference_at", says: []string{
		"last_preference_at = null", "stg_sample_db__user_mrktng_preferences: no row has user_id=1004",
	}},
	{rule: "7 when they joined", node: coreModel, key: "1004", column: "created_at", says: []string{"{C user_account 1004 1}: created_timestamp=2020-01-01 00:00:00"}},
}

// sheets reads the sample's workbook by another reader than ours.
type sheets map[string][][]string

func readSheets(t *testing.T) sheets {
	t.Helper()
	book, err := excelize.OpenFile(filepath.Join(scratch.Root(), "raw_data/ae_sample_db.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	all := sheets{}
	for _, name := range book.GetSheetList() {
		if all[name], err = book.GetRows(name, excelize.Options{RawCellValue: true}); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

var cellPlaceholder = regexp.MustCompile(`\{(\w) (\w+) (\d+) (\d)\}`)

// filled puts cells into a text in the place of what stands for them.
func (s sheets) filled(t *testing.T, text string) string {
	t.Helper()
	return cellPlaceholder.ReplaceAllStringFunc(text, func(found string) string {
		m := cellPlaceholder.FindStringSubmatch(found)
		left := int(m[4][0] - '0')
		for i, row := range s[m[2]] {
			if len(row) > 0 && row[0] == m[3] {
				if left--; left == 0 {
					return fmt.Sprintf("raw_data/ae_sample_db.xlsx!%s!%s%d", m[2], m[1], i+1)
				}
			}
		}
		t.Fatalf("there is no %s in the workbook", found)
		return ""
	})
}

// The seven rules, each told of users who show it: what is said is the true reason,
// with the cells that the workbook has.
func TestExplainTellsTheSevenRules(t *testing.T) {
	s, book := sampleSite(t), readSheets(t)
	for _, x := range explainedRules {
		t.Run(x.rule, func(t *testing.T) {
			args := []string{"explain", x.node, "--as-of", asOf, "--key", x.key}
			if x.column != "" {
				args = append(args, "--column", x.column)
			}
			got := s.run(args...)
			if got.exit != 0 {
				t.Fatalf("exit status %d\n%s", got.exit, got.stderr)
			}
			for _, words := range x.says {
				if !strings.Contains(got.stdout, book.filled(t, words)) {
					t.Errorf("nothing says %q", book.filled(t, words))
				}
			}
			for _, words := range x.not {
				if strings.Contains(got.stdout, book.filled(t, words)) {
					t.Errorf("something says %q", book.filled(t, words))
				}
			}
			if t.Failed() {
				t.Log(got.stdout)
			}
		})
	}
}

// Every planted user, as JSON: it follows its schema, the values are those that a build
// publishes, and each cell that is named is of that user.
func TestExplainAsJSON(t *testing.T) {
	s, book := sampleSite(t), readSheets(t)
	s.expect(s.build(), 0)
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(scratch.Root(), "docs/explain.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	header, records := readCSV(t, s.path(martCSV))
	published := map[string][]string{}
	for _, r := range records {
		published[r[0]] = r
	}
	for id := 1001; id <= 1060; id++ {
		key := fmt.Sprint(id)
		got := s.run("explain", martModel, "--as-of", asOf, "--key", key, "--output", "json", "--reveal")
		s.expect(got, 0)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(got.stdout))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("user %s: %v", key, err)
		}
		var x struct {
			Count   int
			Rows    []struct{ Columns []explainedColumn }
			Reasons []any
		}
		if err := json.Unmarshal([]byte(got.stdout), &x); err != nil {
			t.Fatal(err)
		}
		want, ok := published[key]
		if ok != (x.Count == 1) || ok == (len(x.Reasons) > 0) {
			t.Errorf("user %s is published: %t, and there are %d rows and %d reasons", key, ok, x.Count, len(x.Reasons))
			continue
		}
		for _, row := range x.Rows {
			for i, c := range row.Columns {
				if text := strings.TrimPrefix(fmt.Sprint(c.Value), "<nil>"); c.Name != header[i] || text != want[i] {
					t.Errorf("user %s: %s is %q, want %s %q", key, c.Name, text, header[i], want[i])
				}
				for _, from := range c.From {
					c.holds(t, book, key, from)
				}
			}
		}
	}
}

// explainedColumn is a column of an explanation in JSON.
type explainedColumn struct {
	Name  string
	Value any
	From  []explainedCell
}

type explainedCell struct {
	Source, Column string
	Place          struct{ Cell string }
	Value          any
}

// holds looks a cell up that explain named: its row is one of the user, and its column
// the one that is named.
func (c *explainedColumn) holds(t *testing.T, book sheets, user string, from explainedCell) {
	t.Helper()
	if from.Source == "country" {
		return
	}
	parts := strings.Split(from.Place.Cell, "!")
	if len(parts) != 3 {
		t.Errorf("user %s, %s: the cell is %q", user, c.Name, from.Place.Cell)
		return
	}
	column, row, err := excelize.CellNameToCoordinates(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	sheet := book[parts[1]]
	if parts[1] != from.Source || sheet[row-1][0] != user || sheet[0][column-1] != from.Column {
		t.Errorf("user %s, %s: %s is not a cell of %s, %s", user, c.Name, from.Place.Cell, from.Source, from.Column)
	}
	if text, ok := from.Value.(string); ok && !strings.Contains(text, ":") && !slices.Contains([]string{"date_of_birth"}, from.Column) && sheet[row-1][column-1] != text {
		t.Errorf("user %s, %s: %s holds %q, and not %q", user, c.Name, from.Place.Cell, sheet[row-1][column-1], text)
	}
}

// Why an email is not in the campaign, or is: its accounts, found by the hash that is
// published.
func TestExplainTellsOfAnAudience(t *testing.T) {
	s, book := sampleSite(t), readSheets(t)
	for email, says := range map[string][]string{
		"shared@example.org": {"2 rows of mart_users_marketing with email=<redacted>", "{B user_account 1020 1}", "sha256(email)"},
		"chose.1043@example.net": {
			"campaign_audience has no row with email_sha256=<redacted>", "where in_audience", "in_audience is false: {B user_marketing_preferences 1043 2}",
			"bool_and((user_opt_in_marketing and not is_closed) is true)", "mart_users_marketing  user_id=1043", "user_opt_in_marketing = false",
		},
		"nobody@example.org": {"campaign_audience__keys: no row has email_sha256=<redacted>", "email_sha256 is computed: sha256(email)"},
	} {
		got := s.run("explain", "campaign_audience", "--as-of", asOf, "--key", fmt.Sprintf("%x", sha256.Sum256([]byte(email))))
		for i, words := range says {
			says[i] = book.filled(t, words)
		}
		s.expect(got, 0, says...)
	}
}

// What is personal is in no form of an explanation, unless it is asked for.
func TestExplainKeepsPersonalDataBack(t *testing.T) {
	s := sampleSite(t)
	const email, born = "grace.hopper@example.com", "1986-12-09"
	for _, args := range [][]string{
		{martModel, "--key", "1001"},
		{martModel, "--key", "1001", "--output", "json"},
		{martModel, "--key", "1001", "--column", "email"},
		{martModel, "--key", "email=" + email},
		{martModel, "--key", "email=" + email, "--output", "json"},
		{martModel, "--key", "email=" + email + ",user_id=1002"}, // of whom it is not
		{martModel, "--key", "date_of_birth=" + born},
		{"user_account", "--key", "email=" + email},
		{martModel, "--key", "date_of_birth=" + born + "x"},
	} {
		got := s.run(append([]string{"explain", "--as-of", asOf}, args...)...)
		for _, secret := range []string{email, strings.ToUpper(email), born} {
			if strings.Contains(got.stdout+got.stderr, secret) {
				t.Errorf("%q tells %s:\n%s%s", args, secret, got.stdout, got.stderr)
			}
		}
		if !strings.Contains(got.stdout+got.stderr, contract.Redacted) {
			t.Errorf("%q: nothing is redacted:\n%s%s", args, got.stdout, got.stderr)
		}
		if got.exit == 2 {
			continue // a value that cannot be read is never told
		}
		revealed := s.run(append([]string{"explain", "--as-of", asOf, "--reveal"}, args...)...)
		if !strings.Contains(revealed.stdout+revealed.stderr, "1986") && !strings.Contains(revealed.stdout, email) {
			t.Errorf("%q: --reveal reveals nothing:\n%s%s", args, revealed.stdout, revealed.stderr)
		}
	}
}
