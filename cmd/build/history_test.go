package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"martlet/generated"
	"martlet/internal/histories"
	"martlet/internal/pipeline"
)

// A build that starts from the one before it does what one does that knows of none.
func TestHistories(t *testing.T) {
	histories.Check(t, 12, &histories.Project{
		Run: func(args ...string) (int, string) {
			var said bytes.Buffer
			exit := pipeline.Execute(t.Context(), generated.Project(), args, &said, &said)
			return exit, said.String()
		},
		Sources: sampleExtracts,
		Models:  []histories.Model{{Name: "mart_users_marketing", Key: []string{"user_id"}, Constant: []string{"mart_built_at"}}},
		AsOf:    time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC),
	})
}

// users is how many users there are: few, so that records meet. Where there are
// thousands of records there are more.
const users = 30

// countries that are known: each has a record after which users may have it.
var countries = strings.Fields("GB FR DE NA US JP")

var sampleExtracts = []histories.Source{
	{
		Name: "user_account", Seed: "seeds/user_account.csv", Header: "user_id,email,created_timestamp,last_updated,internal_user",
		Record: func(p histories.Pick, n int) string {
			return fmt.Sprintf("%d,%s,%s,%s,%s", p(users+2*max(0, n-200)), email(p), instant(p), instant(p), p.Of("false", "false", "no", "true"))
		},
		Bad: func(p histories.Pick, _ int) string {
			return p.Of("x,a@b.c,2024-01-01 00:00:00,2024-01-01 00:00:00,false", "1,a@b.c,2024-01-01 00:00:00", "2,,,2024-01-01 00:00:00,false")
		},
	},
	{
		Name: "user_account_closures", Seed: "seeds/user_account_closures.csv", Header: "user_id,closed_timestamp",
		Record: func(p histories.Pick, _ int) string { return fmt.Sprintf("%d,%s", p(users+5), instant(p)) },
	},
	{
		Name: "user_account_reactivations", Seed: "seeds/user_account_reactivations.csv", Header: "user_id,reopened_timestamp",
		Record: func(p histories.Pick, _ int) string { return fmt.Sprintf("%d,%s", p(users+5), instant(p)) },
	},
	{
		Name: "user_marketing_preferences", Seed: "seeds/user_marketing_preferences.csv", Header: "timestamp,user_id,marketing_opt_in",
		Record: func(p histories.Pick, _ int) string {
			return fmt.Sprintf("%s,%d,%s", instant(p), p(users+5), p.Of("true", "false"))
		},
	},
	{
		Name: "user_account_attributes", Seed: "seeds/user_account_attributes.csv", Header: "user_id,gender,country,date_of_birth",
		Record: func(p histories.Pick, _ int) string {
			return fmt.Sprintf("%d,%s,%s,%s", p(users+5), p.Of("M", "f ", "", "x"), p.Of("", "gb", countries[p(4)]), p.Of("", "1990-01-01", "1870-02-03"))
		},
		Bad: func(p histories.Pick, _ int) string {
			return fmt.Sprintf("%d,M,%s,", p(users), p.Of("123", "ZZ", "US", "JP"))
		},
	},
	{
		Name: "country", Seed: "seeds/country.csv", Header: "country_code,country_name", First: 4,
		Record: func(_ histories.Pick, n int) string {
			if n < len(countries) {
				return fmt.Sprintf("%s,Country %d", countries[n], n)
			}
			return fmt.Sprintf("%c%c,Country %d", 'Q'+n/26%4, 'A'+n%26, n)
		},
		Bad: func(histories.Pick, int) string { return "GB,Again" },
	},
}

func email(p histories.Pick) string {
	return p.Of("", `""`, "none", `"line`+"\n"+`end@x.org"`, "\" A,b@C.d \"", fmt.Sprintf("u%d@x.org", p(users)), fmt.Sprintf("u%d@y.org", p(1000)))
}

func instant(p histories.Pick) string { return p.At("2006-01-02 15:04:05", 400, 8) }
