package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"martlet/internal/histories"
	"martlet/internal/scratch"
)

// The same of projects that have what the sample has not; see their schemas.
func TestHistoriesOfOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles projects")
	}
	others := map[string]*histories.Project{"months": months(), "people": people()}
	schemas := map[string]string{}
	for name := range others {
		schema, err := os.ReadFile(filepath.Join("testdata", "histories", name+".toml"))
		if err != nil {
			t.Fatal(err)
		}
		schemas[name] = string(schema)
	}
	program := scratch.Compile(t, schemas)
	for name, p := range others {
		p.Run = func(args ...string) (int, string) {
			got := program.Run(t, name, args...)
			return got.Exit, got.Stdout + got.Stderr
		}
		t.Run(name, func(t *testing.T) { histories.Check(t, 8, p) })
	}
}

func months() *histories.Project {
	return &histories.Project{
		AsOf: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC),
		Models: []histories.Model{
			{Name: "mart_months", Key: []string{"person", "month"}, Constant: []string{"built_at"}},
			{Name: "mart_dearest", Key: []string{"person", "month"}},
		},
		Sources: []histories.Source{
			{
				Name: "events", Seed: "extracts/events_*.csv", Header: "id,person,month,at,kind,product,amount,price,pieces",
				Record: func(p histories.Pick, n int) string {
					return fmt.Sprintf("%s,%s,%s,%s,%s,%s,%s,%s,%s", p.Of(fmt.Sprint(n), fmt.Sprint(n), fmt.Sprint(p(50)), ""), person(p), month(p),
						p.At("2006-01-02 15:04:05", 300, 6)+p.Of("Z", "+02", "-05:30"), p.Of("buy", "buy", "return", "test", ""),
						p.Of("p1", " P2", "p3 ", "p4", "p5", ""), measure(p), p.Of("0.10", "5", "99.99", "20", "-1", ""), p.Of("1", "3", "-2", ""))
				},
				Bad: func(p histories.Pick, n int) string {
					return fmt.Sprintf("%d,%s,%s", n, person(p), p.Of("2024-01-01,2024-01-01 00:00:00Z,buy,p1,x,1,1", `"2024`+"\n"+`01",2024-01-01 00:00:00,buy,"p,1",1,1,1`, "short"))
				},
			},
			{
				Name: "goals", Seed: "seeds/goals.csv", Header: "set_at,person,month,goal",
				Record: func(p histories.Pick, _ int) string {
					return fmt.Sprintf("%s,%s,%s,%s", p.Of("", p.At("2006-01-02T15:04:05", 50, 24)), p.Of("", person(p)), month(p), measure(p))
				},
			},
			{
				Name: "products", Seed: "extracts/products_*.csv", Header: "code;category;rank;listed",
				Record: func(p histories.Pick, _ int) string {
					return fmt.Sprintf("%s;%s;%s;%s", p.Of("p1", "P2", "p3", "p4", "NULL"), p.Of("c1", "c2", "c3", "NULL"), p.Of("1", "2", "3", ""), p.Of("yes", "yes", "no", "NULL"))
				},
			},
			{
				Name: "rates", Seed: "seeds/rates.csv", Header: "month,rate",
				Record: func(p histories.Pick, _ int) string { return month(p) + "," + p.Of("1.5", "2", "0.1234", "") },
			},
		},
	}
}

func people() *histories.Project {
	return &histories.Project{
		AsOf: time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC),
		Models: []histories.Model{
			{Name: "mart_people", Key: []string{"person"}, Constant: []string{"built_on"}},
			{Name: "mart_visitors", Key: []string{"person"}},
		},
		Sources: []histories.Source{
			{
				Name: "accounts", Seed: "extracts/accounts_*.csv", Header: "person,email,team,invited_by,born,changed_at,staff",
				Record: func(p histories.Pick, _ int) string {
					return fmt.Sprintf("%s,%s,%s,%s,%s,%s,%s", p.Of(person(p), person(p), ""), p.Of("", `""`, "=A1", "X"+person(p), fmt.Sprint(p(99))),
						p.Of("", "t1", "t2", "t3", "t9"), p.Of("", person(p)), p.Of("", "2000-02-29", "2010-07-01"), p.Of("", p.At("2006-01-02 15:04:05.5", 200, 12)), p.Of("no", "no", "yes"))
				},
				Bad: func(p histories.Pick, _ int) string {
					return p.Of("a,b,t1,,,,", "a,b,t1,,2000-13-01,,no", "a,,,,,later,perhaps", "a,b")
				},
			},
			{
				Name: "visits", Seed: "extracts/visits_*.csv", Header: "at,person,page,took",
				Record: func(p histories.Pick, _ int) string {
					return fmt.Sprintf("%sZ,%s,%s,%s", p.At("2006-01-02 15:04:05", 200, 12), p.Of("", person(p), person(p), person(p)), p.Of("home", "shop", "health", `" "`, ""), strings.Replace(measure(p), "NaN", "7", 1))
				},
				Bad: func(p histories.Pick, _ int) string { return p.Of("2024-01-01 00:00:00Z,a,home,", ",a,home,1") },
			},
			{
				Name: "teams", Seed: "seeds/teams.csv", Header: "team,region,size",
				Record: func(p histories.Pick, n int) string {
					return fmt.Sprintf("t%d,%s,%s", n, p.Of("north", "south", ""), p.Of("3", "50", ""))
				},
				Bad: func(p histories.Pick, n int) string { return "t0,north," },
			},
			{
				Name: "regions", Seed: "seeds/regions.csv", Header: "region,name",
				Record: func(p histories.Pick, n int) string { return p.Of("north", "south") + fmt.Sprintf(",Name %d", n) },
			},
		},
	}
}

func person(p histories.Pick) string { return p.Of("a", "b", "c", "d", "ee", "ff", "é", "Ggg") }

func month(p histories.Pick) string { return p.At("2006-01-02", 4, 24*15) }

func measure(p histories.Pick) string {
	return p.Of("", "0.1", "0.2", "0.30000000000000004", "1e16", "-1e16", "3", "60", "-2.5", "NaN", "-0")
}
