package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"martlet/internal/scratch"
)

// The sample's mart must say seven things about accounts and consent. Each has
// a test that reads the published CSV: what it says of the users that
// raw_data/sample plants and explains, and of all users what expectMart works
// out. The test holds for schema.toml as it stands, and it finds fault with
// schema.toml once the rule is broken there.

// rule is one of the seven.
type rule struct {
	name   string
	check  func(*mart, *expectation) []string
	breaks []edit
}

// edit is a change of schema.toml that breaks a rule.
type edit struct{ name, old, new string }

const (
	latestFirst = `order_by = "last_updated_time desc, created_at desc"`
	consent     = `expr = "user_opt_in_at is not null and (user_opt_out_at is null or user_opt_in_at > user_opt_out_at)"`
	closedNow   = `expr = "account_closed_at is not null and (account_reopened_at is null or account_closed_at >= account_reopened_at)"`
	seen        = `greatest(created_at, last_updated_time, account_closed_at, account_reopened_at, last_preference_at)`
	sincePart   = `expr = "created_at < timestamp '2020-01-01' or last_preference_at is not null", severity = "warn"`
)

var rules = []rule{
	{"1_EveryExternalUserAndNoInternalOne", checkUsers, []edit{
		{"fact_table", `where       = "not is_internal_user"`, `where       = "not is_internal_user and gender is not null"`},
		{"internal_users", `where       = "not is_internal_user"`, `where       = "true"`},
	}},
	{"2_LatestRowWinsWhole", checkLatestRow, []edit{
		{"oldest_row", latestFirst, `order_by = "last_updated_time, created_at desc"`},
		{"ties_unsettled", latestFirst, `order_by = "last_updated_time desc"`},
		{"filtered_first", "from        = \"user_account\"\n", "from        = \"user_account\"\nwhere       = \"not internal_user\"\n"},
	}},
	{"3_ConsentIsTheLatestPreference", checkConsent, []edit{
		{"any_opt_in", consent, `expr = "user_opt_in_at is not null"`},
		{"tied_opt_in", consent, strings.Replace(consent, "user_opt_in_at >", "user_opt_in_at >=", 1)},
		{"silence_is_consent", consent, `expr = "user_opt_out_at is null or (user_opt_in_at is not null and user_opt_in_at > user_opt_out_at)"`},
		{"any_preference", `max(preference_at) filter (where marketing_opt_in)`, `max(preference_at)`},
	}},
	{"4_ClosedMeansClosedNow", checkClosed, []edit{
		{"ever_closed", closedNow, `expr = "account_closed_at is not null"`},
		{"tied_closure", closedNow, strings.Replace(closedNow, ">=", ">", 1)},
		{"reopened_now", `expr = "account_reopened_at is not null"`, `expr = "account_reopened_at is not null and (account_closed_at is null or account_reopened_at > account_closed_at)"`},
	}},
	{"5_TextIsNormalizedAndTimesKept", checkNormalized, []edit{
		{"raw_email", `nullif(lower(trim(email)), '')`, `email`},
		{"kept_empty", `nullif(lower(trim(email)), '')`, `lower(trim(email))`},
		{"raw_gender", `nullif(upper(trim(gender)), '')`, `gender`},
		{"date_only", `expr = "created_timestamp"`, `expr = "created_timestamp::date::timestamp"`},
	}},
	{"6_LastSeenIsTheLatestOfEverything", checkLastSeen, []edit{
		{"seen_by_update", seen, `greatest(created_at, last_updated_time)`},
		{"thirty_one_days", `interval '30 days'`, `interval '31 days'`},
	}},
	{"7_MissingPreferenceSince2020Warns", checkWarning, []edit{
		{"the_day_after", sincePart, strings.Replace(sincePart, "<", "<=", 1)},
		{"an_error", sincePart, strings.Replace(sincePart, `"warn"`, `"error"`, 1)},
	}},
}

// TestRules is the seven rules.
func TestRules(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the sample in many versions")
	}
	source, err := os.ReadFile(filepath.Join(scratch.Root(), "schema.toml"))
	if err != nil {
		t.Fatal(err)
	}
	schemas := map[string]string{"sound": string(source)}
	for _, r := range rules {
		for _, e := range r.breaks {
			if strings.Contains(string(source), e.old) {
				schemas[e.name] = strings.Replace(string(source), e.old, e.new, 1)
			}
		}
	}
	p := scratch.Compile(t, schemas)
	s := sampleSite(t)
	sound := buildVersion(s, p, "sound")
	want := expectMart(t, s.root, asOf) // after a run, so that the seeds are current
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for _, problem := range r.check(sound, want) {
				t.Error(problem)
			}
			for _, e := range r.breaks {
				if schemas[e.name] == "" {
					t.Errorf("schema.toml does not hold %q, in which %s would break the rule; name what stands there now", e.old, e.name)
				} else if len(r.check(buildVersion(s, p, e.name), want)) == 0 {
					t.Errorf("the rule is broken by %s, and nothing was found", e.name)
				}
			}
		})
	}
}

// mart is what one version of schema.toml published and reported.
type mart struct {
	exit    int
	rows    map[string]map[string]string // by user_id
	order   []string
	lines   []string // as they stand in the file
	results runResults
}

// buildVersion runs one version of the sample and reads its mart.
func buildVersion(s *site, p *scratch.Program, version string) *mart {
	s.t.Helper()
	out := s.path("of/" + version)
	got := p.Run(s.t, version, "--root", s.root, "--out", out, "--target-path", filepath.Join(out, "target"), "--as-of", asOf)
	m := &mart{exit: got.Exit, rows: map[string]map[string]string{}, results: readResults(s.t, filepath.Join(out, "target", "run_results.json"))}
	path := filepath.Join(out, filepath.Base(martCSV))
	if _, err := os.Stat(path); err != nil && version != "sound" {
		return m // its own tests found fault with it
	}
	header, records := readCSV(s.t, path)
	m.lines = strings.Split(s.read("of/"+version+"/"+filepath.Base(martCSV)), "\n")[1:]
	for _, r := range records {
		row := map[string]string{}
		for i, name := range header {
			row[name] = r[i]
		}
		m.rows[r[0]], m.order = row, append(m.order, r[0])
	}
	return m
}

// maxDifferences bounds what one comparison says.
const maxDifferences = 5

// compare holds the columns of all users that both have against the expectation.
func (m *mart) compare(want *expectation, columns ...string) (problems []string) {
	for _, id := range m.order {
		for _, column := range columns {
			row := want.byUser[id]
			if got := m.rows[id][column]; row != nil && got != row[column] && len(problems) < maxDifferences {
				problems = append(problems, fmt.Sprintf("user %s: %s is %q, expected %q", id, column, got, row[column]))
			}
		}
	}
	return problems
}

type planted struct{ user, column, value string }

// differ lists the planted values that are not as they must be.
func (m *mart) differ(want ...planted) (problems []string) {
	for _, w := range want {
		row, ok := m.rows[w.user]
		if !ok {
			problems = append(problems, "no row for "+w.user)
		} else if row[w.column] != w.value {
			problems = append(problems, fmt.Sprintf("user %s: %s is %q, want %q", w.user, w.column, row[w.column], w.value))
		}
	}
	return problems
}

func checkUsers(m *mart, want *expectation) (problems []string) {
	for _, id := range []string{"1001", "1002", "1011", "1012", "1013", "1014", "1015", "1029"} {
		if m.rows[id] == nil {
			problems = append(problems, "no row for the external user "+id)
		}
	}
	for _, id := range []string{"1006", "1007", "1008", "1009", "1010", "9001", "9002", "9003", "9004"} {
		if m.rows[id] != nil {
			problems = append(problems, "a row for "+id+", who is internal or has no account")
		}
	}
	if len(m.order) != 948 {
		problems = append(problems, fmt.Sprintf("%d rows, want 948", len(m.order)))
	}
	var order []string
	for _, row := range want.rows {
		order = append(order, row["user_id"])
	}
	if !slices.Equal(m.order, order) {
		problems = append(problems, "the users, or their order, are not those expected")
	}
	return problems
}

func checkLatestRow(m *mart, want *expectation) []string {
	problems := m.differ(
		planted{"1031", "email", ""},
		planted{"1032", "email", "second.created@example.org"},
		planted{"1033", "email", "tied.later@example.org"},
		planted{"1036", "email", "left.staff@example.net"},
		planted{"1030", "country_code", "SE"},
	)
	for _, id := range []string{"1034", "1035"} {
		if m.rows[id] != nil {
			problems = append(problems, id+" became internal and has a row")
		}
	}
	if len(m.rows) != len(m.order) {
		problems = append(problems, "a user has more than one row")
	}
	return append(problems, m.compare(want, "email", "created_at", "last_updated_time")...)
}

func checkConsent(m *mart, want *expectation) []string {
	return append(m.differ(
		planted{"1001", "user_opt_in_marketing", "true"},
		planted{"1002", "user_opt_in_marketing", "false"},
		planted{"1043", "user_opt_in_marketing", "false"},
		planted{"1043", "user_opt_in_at", "2021-02-03 04:05:06"},
		planted{"1044", "user_opt_in_marketing", "true"},
		planted{"1045", "user_opt_in_marketing", "false"},
		planted{"1046", "user_opt_in_marketing", "true"},
		planted{"1047", "user_opt_in_marketing", "false"},
		planted{"1047", "user_opt_in_at", ""},
		planted{"1048", "user_opt_in_marketing", "true"},
		planted{"1048", "user_opt_in_at", "2022-09-01 10:00:00"},
		planted{"1050", "user_opt_in_marketing", "false"},
		planted{"1051", "user_opt_in_marketing", "true"},
	), m.compare(want, "user_opt_in_marketing", "user_opt_in_at")...)
}

func checkClosed(m *mart, want *expectation) []string {
	return append(m.differ(
		planted{"1001", "is_closed", "false"}, planted{"1001", "is_reopened", "false"},
		planted{"1037", "is_closed", "true"}, planted{"1037", "is_reopened", "false"},
		planted{"1038", "is_closed", "false"}, planted{"1038", "is_reopened", "true"},
		planted{"1039", "is_closed", "true"}, planted{"1039", "is_reopened", "true"},
		planted{"1040", "is_closed", "true"}, planted{"1040", "is_reopened", "true"},
		planted{"1041", "is_closed", "false"}, planted{"1041", "is_reopened", "true"},
		planted{"1042", "is_closed", "false"}, planted{"1042", "is_reopened", "true"},
	), m.compare(want, "is_closed", "is_reopened", "account_closed_at", "account_reopened_at")...)
}

func checkNormalized(m *mart, want *expectation) []string {
	problems := append(m.differ(
		planted{"1016", "email", "ada.lovelace@example.com"},
		planted{"1017", "email", ""},
		planted{"1018", "email", ""},
		planted{"1022", "gender", "M"}, planted{"1022", "country_code", "GB"},
		planted{"1023", "country_code", "NA"}, planted{"1023", "country_name", "Namibia"},
		planted{"1027", "gender", ""}, planted{"1027", "country_code", ""},
		planted{"1049", "user_opt_in_marketing", "true"},
		planted{"1001", "created_at", "2019-04-01 00:03:32"},
		planted{"1052", "last_updated_time", "2022-02-03 04:05:06"},
		planted{"1053", "date_of_birth", "1988-02-29"},
	), m.compare(want, "email", "gender", "country_code", "country_name", "date_of_birth", "created_at", "last_updated_time")...)
	// encoding/csv reads "" and nothing alike, so look where the null must stand.
	if !slices.ContainsFunc(m.lines, func(line string) bool { return strings.HasPrefix(line, "1017,,") }) {
		problems = append(problems, "user 1017: the email is not null")
	}
	return problems
}

func checkLastSeen(m *mart, want *expectation) []string {
	problems := m.differ(
		planted{"1991", "recency_segmentation", "0-30 days"},
		planted{"1992", "recency_segmentation", "0-30 days"},
		planted{"1993", "recency_segmentation", "31-60 days"},
		planted{"1994", "recency_segmentation", "31-60 days"},
		planted{"1995", "recency_segmentation", "61-90 days"},
		planted{"1996", "recency_segmentation", "61-90 days"},
		planted{"1997", "recency_segmentation", "over 90 days"},
		planted{"1998", "recency_segmentation", "0-30 days"},
		planted{"1999", "recency_segmentation", "31-60 days"},
		planted{"2000", "recency_segmentation", "61-90 days"},
	)
	for id, column := range map[string]string{"1054": "account_closed_at", "1056": "created_at", "1001": "last_updated_time"} {
		if m.rows[id]["last_seen_ts"] != m.rows[id][column] {
			problems = append(problems, fmt.Sprintf("user %s was last seen %s, want its %s", id, m.rows[id]["last_seen_ts"], column))
		}
	}
	return append(problems, m.compare(want, "last_seen_ts", "recency_segmentation")...)
}

func checkWarning(m *mart, want *expectation) []string {
	status, failures := m.results.test("preference_recorded_since_2020")
	switch {
	case want.silent == 0 || want.byUser["1004"] == nil:
		return []string{"the sample holds nobody whom the warning counts"}
	case m.exit != 0 || status != "warn" || failures != want.silent:
		return []string{fmt.Sprintf("exit status %d, and the test says %s of %d users; want exit status 0, a warning and %d", m.exit, status, failures, want.silent)}
	}
	return nil
}
