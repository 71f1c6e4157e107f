package main

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The mart a second time: what the seven rules say, as plainly as maps and
// loops over CSV records can. It shares nothing with the pipeline.

// martHeader is the order of the mart's columns.
var martHeader = strings.Fields(`user_id email gender date_of_birth country_code created_at last_updated_time
	account_closed_at account_reopened_at user_opt_in_marketing user_opt_in_at is_closed is_reopened
	last_seen_ts recency_segmentation country_name mart_built_at`)

// expectation is the mart that the seeds below a root must give.
type expectation struct {
	rows   []map[string]string // by column, in the order of the output
	byUser map[string]map[string]string
	silent int // users since 2020 without a preference
}

// knowledge is what the tables say of one user.
type knowledge struct {
	account                                    map[string]string // the row that wins
	attributes                                 map[string]string
	closed, reopened, optedIn, optedOut, chose time.Time
}

// expectMart works out the mart of the seeds below root at a time.
func expectMart(t testing.TB, root, at string) *expectation {
	t.Helper()
	now := moment(t, strings.TrimSuffix(at, "Z"))
	users, order := collect(t, root)
	countries := map[string]string{}
	each(t, root, "country", func(r map[string]string) { countries[r["country_code"]] = r["country_name"] })

	e := &expectation{byUser: map[string]map[string]string{}}
	for _, id := range order {
		u := users[id]
		if truth(t, u.account["internal_user"]) {
			continue
		}
		row := u.row(t, id, now)
		row["country_name"] = countries[row["country_code"]]
		e.rows, e.byUser[id] = append(e.rows, row), row
		if row["created_at"] >= "2020-01-01 00:00:00" && u.chose.IsZero() {
			e.silent++
		}
	}
	return e
}

// collect reads the five tables; order is that in which accounts first appear.
func collect(t testing.TB, root string) (users map[string]*knowledge, order []string) {
	t.Helper()
	users = map[string]*knowledge{}
	each(t, root, "user_account", func(r map[string]string) {
		id := whole(t, r["user_id"])
		u := users[id]
		if u == nil {
			u = &knowledge{}
			users[id], order = u, append(order, id)
		}
		if u.account == nil || !before(t, r, u.account) {
			u.account = r
		}
	})
	nobody := &knowledge{}
	of := func(r map[string]string) *knowledge {
		if u := users[whole(t, r["user_id"])]; u != nil {
			return u
		}
		return nobody // an id that no account has
	}
	each(t, root, "user_account_attributes", func(r map[string]string) { of(r).attributes = r })
	each(t, root, "user_account_closures", func(r map[string]string) {
		u := of(r)
		u.closed = later(u.closed, moment(t, r["closed_timestamp"]))
	})
	each(t, root, "user_account_reactivations", func(r map[string]string) {
		u := of(r)
		u.reopened = later(u.reopened, moment(t, r["reopened_timestamp"]))
	})
	each(t, root, "user_marketing_preferences", func(r map[string]string) {
		u, at := of(r), moment(t, r["timestamp"])
		u.chose = later(u.chose, at)
		if truth(t, r["marketing_opt_in"]) {
			u.optedIn = later(u.optedIn, at)
		} else {
			u.optedOut = later(u.optedOut, at)
		}
	})
	return users, order
}

// before says whether account row a was updated, or else created, before b.
func before(t testing.TB, a, b map[string]string) bool {
	for _, column := range []string{"last_updated", "created_timestamp"} {
		if x, y := moment(t, a[column]), moment(t, b[column]); !x.Equal(y) {
			return x.Before(y)
		}
	}
	return false
}

func (u *knowledge) row(t testing.TB, id string, now time.Time) map[string]string {
	created, updated := moment(t, u.account["created_timestamp"]), moment(t, u.account["last_updated"])
	seen := created
	for _, at := range []time.Time{updated, u.closed, u.reopened, u.chose} {
		seen = later(seen, at)
	}
	segment := "over 90 days"
	for i, name := range []string{"61-90 days", "31-60 days", "0-30 days"} {
		if days := 90 - 30*i; !seen.Before(now.AddDate(0, 0, -days)) {
			segment = name
		}
	}
	closed := !u.closed.IsZero() && (u.reopened.IsZero() || !u.reopened.After(u.closed))
	return map[string]string{
		"user_id":               id,
		"email":                 strings.ToLower(strings.Trim(u.account["email"], " ")),
		"gender":                strings.ToUpper(strings.Trim(u.attributes["gender"], " ")),
		"date_of_birth":         u.attributes["date_of_birth"],
		"country_code":          strings.ToUpper(strings.Trim(u.attributes["country"], " ")),
		"created_at":            shown(created),
		"last_updated_time":     shown(updated),
		"account_closed_at":     shown(u.closed),
		"account_reopened_at":   shown(u.reopened),
		"user_opt_in_marketing": strconv.FormatBool(u.optedIn.After(u.optedOut)),
		"user_opt_in_at":        shown(u.optedIn),
		"is_closed":             strconv.FormatBool(closed),
		"is_reopened":           strconv.FormatBool(!u.reopened.IsZero()),
		"last_seen_ts":          shown(seen),
		"recency_segmentation":  segment,
		"mart_built_at":         shown(now) + "+00",
	}
}

// each calls f with every record of a seed, by column.
func each(t testing.TB, root, source string, f func(map[string]string)) {
	t.Helper()
	header, records := readCSV(t, filepath.Join(root, "seeds", source+".csv"))
	for _, r := range records {
		row := make(map[string]string, len(header))
		for i, name := range header {
			row[name] = r[i]
		}
		f(row)
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// shown writes a moment as the mart does; none as nothing.
func shown(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format("2006-01-02 15:04:05.999999")
}

func moment(t testing.TB, text string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	t.Fatalf("%q is no time", text)
	return time.Time{}
}

func whole(t testing.TB, text string) string {
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(n)
}

func truth(t testing.TB, text string) bool {
	switch strings.ToLower(strings.Trim(text, " ")) {
	case "true", "t", "yes", "y", "on", "1":
		return true
	case "false", "f", "no", "n", "off", "0":
		return false
	}
	t.Fatalf("%q is no boolean", text)
	return false
}
