package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"martlet/internal/scratch"
)

// The sample's mart must say seven things about accounts and consent. Each has
// a test that reads the published CSV: it holds for schema.toml as it stands,
// and it finds fault with schema.toml once the rule is broken there. The users
// are those that raw_data/sample plants and explains.

const asOf = "2024-05-01T00:00:00Z"

// breaks are edits of schema.toml, each of which breaks a rule.
var breaks = map[string]struct{ old, new string }{
	"fact_table":       {`where       = "not is_internal_user"`, `where       = "not is_internal_user and gender is not null"`},
	"internal_users":   {`where       = "not is_internal_user"`, `where       = "true"`},
	"latest_row":       {`order_by = "last_updated_time desc, created_at desc"`, `order_by = "created_at desc"`},
	"tie_by_created":   {`order_by = "last_updated_time desc, created_at desc"`, `order_by = "last_updated_time desc"`},
	"any_opt_in":       {`expr = "user_opt_in_at is not null and (user_opt_out_at is null or user_opt_in_at > user_opt_out_at)"`, `expr = "user_opt_in_at is not null"`},
	"tied_opt_in":      {`user_opt_in_at > user_opt_out_at`, `user_opt_in_at >= user_opt_out_at`},
	"any_preference":   {`max(preference_at) filter (where marketing_opt_in)`, `max(preference_at)`},
	"ever_closed":      {`expr = "account_closed_at is not null and (account_reopened_at is null or account_closed_at >= account_reopened_at)"`, `expr = "account_closed_at is not null"`},
	"tied_closure":     {`account_closed_at >= account_reopened_at`, `account_closed_at > account_reopened_at`},
	"raw_email":        {`nullif(lower(trim(email)), '')`, `email`},
	"raw_gender":       {`nullif(upper(trim(gender)), '')`, `gender`},
	"date_only":        {`expr = "created_timestamp"`, `expr = "created_timestamp::date::timestamp"`},
	"seen_by_update":   {`greatest(created_at, last_updated_time, account_closed_at, account_reopened_at, last_preference_at)`, `greatest(created_at, last_updated_time)`},
	"thirty_one_days":  {`interval '30 days'`, `interval '31 days'`},
	"warned_from_2020": {`created_at < timestamp '2020-01-01'`, `created_at <= timestamp '2020-01-01'`},
}

// mart is one published mart and what its run said.
type mart struct {
	rows     map[string]map[string]string // by user_id
	order    []string
	failures map[string]int // of each test, by name
}

// TestRules is the seven rules.
func TestRules(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the sample in fifteen versions")
	}
	source, err := os.ReadFile(filepath.Join(scratch.Root(), "schema.toml"))
	if err != nil {
		t.Fatal(err)
	}
	schemas := map[string]string{"sound": string(source)}
	for name, b := range breaks {
		if strings.Count(string(source), b.old) == 0 {
			t.Fatalf("schema.toml does not hold %q, which %s is to break", b.old, name)
		}
		schemas[name] = strings.Replace(string(source), b.old, b.new, 1)
	}
	p := scratch.Compile(t, schemas)
	root := sampleRoot(t)
	build := func(t *testing.T, version string) *mart { return buildMart(t, p, root, version) }
	sound := build(t, "sound")
	for _, rule := range []struct {
		name   string
		check  func(*mart) []string
		breaks []string
	}{
		{"1_EveryExternalUserAndNoInternalOne", everyExternalUser, []string{"fact_table", "internal_users"}},
		{"2_LatestRowWinsWhole", latestRowWins, []string{"latest_row", "tie_by_created"}},
		{"3_ConsentIsTheLatestPreference", latestConsent, []string{"any_opt_in", "tied_opt_in", "any_preference"}},
		{"4_ClosedMeansClosedNow", closedNow, []string{"ever_closed", "tied_closure"}},
		{"5_TextIsNormalizedAndTimesKept", normalized, []string{"raw_email", "raw_gender", "date_only"}},
		{"6_LastSeenIsTheLatestOfEverything", lastSeen, []string{"seen_by_update", "thirty_one_days"}},
		{"7_MissingPreferenceSince2020Warns", preferenceWarning, []string{"warned_from_2020"}},
	} {
		t.Run(rule.name, func(t *testing.T) {
			for _, problem := range rule.check(sound) {
				t.Error(problem)
			}
			for _, version := range rule.breaks {
				if len(rule.check(build(t, version))) == 0 {
					t.Errorf("the rule is broken by %s, and nothing was found", version)
				}
			}
		})
	}
}

func everyExternalUser(m *mart) (problems []string) {
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
	return problems
}

func latestRowWins(m *mart) []string {
	problems := m.differ([]wanted{
		{"1031", "email", ""},
		{"1032", "email", "second.created@example.org"},
		{"1033", "email", "tied.later@example.org"},
		{"1036", "email", "left.staff@example.net"},
	})
	for _, id := range []string{"1034", "1035"} {
		if m.rows[id] != nil {
			problems = append(problems, id+" became internal and has a row")
		}
	}
	if len(m.rows) != len(m.order) {
		problems = append(problems, "a user has more than one row")
	}
	return problems
}

func latestConsent(m *mart) []string {
	return m.differ([]wanted{
		{"1001", "user_opt_in_marketing", "true"},
		{"1002", "user_opt_in_marketing", "false"},
		{"1043", "user_opt_in_marketing", "false"},
		{"1043", "user_opt_in_at", "2021-02-03 04:05:06"},
		{"1044", "user_opt_in_marketing", "true"},
		{"1045", "user_opt_in_marketing", "false"},
		{"1046", "user_opt_in_marketing", "true"},
		{"1047", "user_opt_in_marketing", "false"},
		{"1047", "user_opt_in_at", ""},
		{"1048", "user_opt_in_marketing", "true"},
		{"1048", "user_opt_in_at", "2022-09-01 10:00:00"},
		{"1050", "user_opt_in_marketing", "false"},
		{"1051", "user_opt_in_marketing", "true"},
	})
}

func closedNow(m *mart) []string {
	return m.differ([]wanted{
		{"1001", "is_closed", "false"}, {"1001", "is_reopened", "false"},
		{"1037", "is_closed", "true"}, {"1037", "is_reopened", "false"},
		{"1038", "is_closed", "false"}, {"1038", "is_reopened", "true"},
		{"1039", "is_closed", "true"}, {"1039", "is_reopened", "true"},
		{"1040", "is_closed", "true"}, {"1040", "is_reopened", "true"},
		{"1041", "is_closed", "false"}, {"1041", "is_reopened", "true"},
		{"1042", "is_closed", "false"}, {"1042", "is_reopened", "true"},
	})
}

func normalized(m *mart) []string {
	return m.differ([]wanted{
		{"1016", "email", "ada.lovelace@example.com"},
		{"1017", "email", ""},
		{"1018", "email", ""},
		{"1022", "gender", "M"}, {"1022", "country_code", "GB"},
		{"1023", "country_code", "NA"}, {"1023", "country_name", "Namibia"},
		{"1027", "gender", ""}, {"1027", "country_code", ""},
		{"1049", "user_opt_in_marketing", "true"},
		{"1001", "created_at", "2019-04-01 00:03:32"},
		{"1053", "date_of_birth", "1988-02-29"},
	})
}

func lastSeen(m *mart) []string {
	problems := m.differ([]wanted{
		{"1991", "recency_segmentation", "0-30 days"},
		{"1992", "recency_segmentation", "0-30 days"},
		{"1993", "recency_segmentation", "31-60 days"},
		{"1994", "recency_segmentation", "31-60 days"},
		{"1995", "recency_segmentation", "61-90 days"},
		{"1996", "recency_segmentation", "61-90 days"},
		{"1997", "recency_segmentation", "over 90 days"},
		{"1998", "recency_segmentation", "0-30 days"},
		{"1999", "recency_segmentation", "31-60 days"},
		{"2000", "recency_segmentation", "61-90 days"},
	})
	for id, column := range map[string]string{"1054": "account_closed_at", "1056": "created_at", "1001": "last_updated_time"} {
		if m.rows[id]["last_seen_ts"] != m.rows[id][column] {
			problems = append(problems, fmt.Sprintf("user %s was last seen %s, want its %s", id, m.rows[id]["last_seen_ts"], column))
		}
	}
	return problems
}

// preferenceWarning counts the users without a preference in the seeds, apart
// from the pipeline.
func preferenceWarning(m *mart) []string {
	root := scratch.Root()
	_, preferences, err := readCSV(filepath.Join(root, "seeds", "user_marketing_preferences.csv"))
	if err != nil {
		return []string{err.Error()}
	}
	asked := map[string]bool{}
	for _, r := range preferences {
		asked[r["user_id"]] = true
	}
	want := 0
	for id, r := range m.rows {
		if r["created_at"] >= "2020-01-01 00:00:00" && !asked[id] {
			want++
		}
	}
	if want == 0 || m.rows["1004"] == nil {
		return []string{"the sample holds nobody whom the warning counts"}
	}
	if got := m.failures["preference_recorded_since_2020"]; got != want {
		return []string{fmt.Sprintf("the warning counts %d users, want %d", got, want)}
	}
	return nil
}

type wanted struct{ user, column, value string }

// differ lists the values that are not as wanted.
func (m *mart) differ(want []wanted) (problems []string) {
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
