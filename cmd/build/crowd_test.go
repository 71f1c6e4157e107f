package main

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"
)

// crowd makes up records; the same each time.
type crowd struct {
	*rand.Rand
	countries []string
	users     int // so many ids at most
	tables    []crowdTable
}

// crowdTable is one of its sources.
type crowdTable struct {
	name, header string
	records      int
	record       func() string
}

// writeCrowd writes seeds of 140,000 account records of at most 200,000 users, a tenth of
// them internal, in an order of their own, and what else is known of 240,000 ids.
func writeCrowd(s *site) { newCrowd(s, 200_000, 2024).write(s) }

// newCrowd makes up records of at most so many users, with the countries of a site.
func newCrowd(s *site, users int, seed uint64) *crowd {
	s.t.Helper()
	c := &crowd{Rand: rand.New(rand.NewPCG(20, seed)), users: users}
	_, records := readCSV(s.t, s.path("seeds/country.csv"))
	for _, r := range records {
		c.countries = append(c.countries, r[0])
	}
	known, busy := users*6/5, users/200
	c.tables = []crowdTable{
		{"user_account", "user_id,email,created_timestamp,last_updated,internal_user", users * 7 / 10, func() string {
			id := c.IntN(users)
			return fmt.Sprintf("%d,%s,%s,%s,%s", id, c.pick("", `""`, " ", "\" A,b@C.d \"", fmt.Sprintf("U%d@x.org ", c.IntN(1_000_000))),
				c.moment(5), c.moment(30), c.pick("true", " YES", "false", "false", "No", "0", "f", "false", "false", "OFF"))
		}},
		{"user_marketing_preferences", "timestamp,user_id,marketing_opt_in", users / 2, func() string {
			return fmt.Sprintf("%s,%d,%s", c.moment(3), c.IntN(known), c.pick("true", "y", "false", "N"))
		}},
		{"user_account_closures", "user_id,closed_timestamp", users / 10, func() string {
			return fmt.Sprintf("%d,%s", c.IntN(busy), c.moment(2))
		}},
		{"user_account_reactivations", "user_id,reopened_timestamp", users / 20, func() string {
			return fmt.Sprintf("%d,%s", c.IntN(busy), c.moment(2))
		}},
		{"user_account_attributes", "user_id,gender,country,date_of_birth", users * 7 / 20, func() string {
			return fmt.Sprintf("%d,%s,%s,%s", c.IntN(known), c.pick("m", " F", "", `""`, "x"),
				c.pick("", " ", c.countries[c.IntN(len(c.countries))], strings.ToLower(c.countries[c.IntN(len(c.countries))])+" "), c.pick("", "1988-02-29", "1970-01-01"))
		}},
	}
	return c
}

// write writes the seeds of a site.
func (c *crowd) write(s *site) {
	s.t.Helper()
	for _, t := range c.tables {
		s.write("seeds/"+t.name+".csv", t.header+"\n")
		c.append(s, t, t.records)
	}
}

// append adds so many records to a seed.
func (c *crowd) append(s *site, table crowdTable, records int) {
	s.t.Helper()
	f, err := os.OpenFile(s.path("seeds/"+table.name+".csv"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for range records {
		fmt.Fprintln(w, table.record())
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		s.t.Fatal(err)
	}
}

func (c *crowd) pick(of ...string) string { return of[c.IntN(len(of))] }

// moment is one of few enough moments that many tie: one of the given number a
// year, some with fractions of a second.
func (c *crowd) moment(perYear int) string {
	year := 2015 + c.IntN(9)
	at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 365/perYear*c.IntN(perYear))
	return at.Add(time.Duration(c.IntN(2)) * 1_500_007 * time.Microsecond).Format(c.pick("2006-01-02 15:04:05.999999", "2006-01-02T15:04:05.999999"))
}
