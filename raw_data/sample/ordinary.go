package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

var (
	givenNames = map[string][]string{
		"F": {"Amara", "Chloe", "Emma", "Fatima", "Hannah", "Ines", "Julia", "Mei", "Nadia", "Olivia", "Priya", "Sofia"},
		"M": {"Adam", "Ben", "Daniel", "Hugo", "Ivan", "Jack", "Kenji", "Liam", "Noah", "Omar", "Rafael", "Sam"},
	}
	familyNames = []string{"Andersson", "Baker", "Costa", "Dubois", "Evans", "Fischer", "Garcia", "Hughes", "Ito", "Jansen", "Khan", "Murphy", "Novak", "Okafor", "Patel", "Rossi", "Singh", "Taylor", "Wilson", "Young"}
	domains     = []string{"example.com", "example.org", "example.net"}
	// countries holds GB and US more often than the rest, as the users do.
	countries = []string{"GB", "GB", "GB", "GB", "GB", "GB", "US", "US", "US", "IE", "FR", "DE", "ES", "IT", "NL", "SE", "PT", "AU", "CA", "IN", "NG", "ZA", "NA", "JP", "BR"}
	genders   = []string{"F", "M"}
)

var (
	opened   = at("2015-01-01 06:00:00") // the first account
	lastOpen = at("2023-12-31 22:00:00") // no ordinary account is newer
	exported = at("2024-04-30 20:00:00") // nothing ordinary happens later
)

// ordinary invents the users with ids from first to last, the same each time.
func ordinary(first, last int) []person {
	dice := die{rand.New(rand.NewPCG(2024, 430))}
	var people []person
	for id := first; id <= last; id++ {
		people = append(people, dice.person(id))
	}
	return people
}

// die throws the dice of one sequence of users.
type die struct{ *rand.Rand }

// chance is true p times in a hundred.
func (d die) chance(p int) bool { return d.IntN(100) < p }

func (d die) pick(list []string) string { return list[d.IntN(len(list))] }

// between is a whole second from a to b.
func (d die) between(a, b time.Time) time.Time {
	return a.Add(time.Duration(d.Int64N(int64(b.Sub(a)/time.Second)+1)) * time.Second)
}

func (d die) person(id int) person {
	gender := d.pick(genders)
	email := fmt.Sprintf("%s.%s.%d@%s", d.pick(givenNames[gender]), d.pick(familyNames), id, d.pick(domains))
	created := d.between(opened, lastOpen)
	updated := created
	if d.chance(80) {
		updated = d.between(created, exported)
	}
	p := person{id: id, accounts: []row{{d.typed(strings.ToLower(email)), created, updated, d.chance(4)}}}
	d.close(&p, created)
	d.choose(&p, created)
	if d.chance(92) {
		p.attributes = []row{d.describe(gender)}
	}
	return p
}

// typed spells some texts as people do: in capitals, or with a space.
func (d die) typed(text string) string {
	switch {
	case d.chance(4):
		return strings.ToUpper(text)
	case d.chance(3):
		return text + " "
	}
	return text
}

// later is a moment after t and not after the export.
func (d die) later(t time.Time) time.Time { return d.between(t.Add(time.Second), exported) }

// close closes some accounts, reopens some of those, and so on.
func (d die) close(p *person, since time.Time) {
	for since.Before(exported) && d.chance(15) {
		since = d.later(since)
		p.closures = append(p.closures, since)
		if !since.Before(exported) || !d.chance(40) {
			return
		}
		since = d.later(since)
		p.reactivations = append(p.reactivations, since)
	}
}

// choose records the preferences: since 2020 nearly everyone is asked.
func (d die) choose(p *person, created time.Time) {
	asked := 45
	if created.Year() >= 2020 {
		asked = 97
	}
	for when := created; when.Before(exported) && d.chance(asked); asked = 25 {
		p.preferences = append(p.preferences, row{d.chance(55), when})
		when = d.later(when)
	}
}

// describe is a row of attributes, now and then with a cell missing.
func (d die) describe(gender string) row {
	born := day(d.between(at("1944-01-01 00:00:00"), at("2005-12-31 00:00:00")).Truncate(24 * time.Hour))
	r := row{d.typed(gender), d.typed(d.pick(countries)), born}
	if d.chance(6) {
		r[d.IntN(len(r))] = nil
	}
	return r
}
