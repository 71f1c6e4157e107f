package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"martlet/internal/scratch"
)

// A small project over made-up data. What explain says of it is held against the rules
// of its models worked out row by row.
const explainedProject = `
name = "explained"

[[source]]
name = "accounts"
seed = "seeds/accounts-*.csv"
max_rejects = "100%"
columns = [
  { name = "id", type = "int64" }, { name = "email", type = "string", pii = true }, { name = "state", type = "string" },
  { name = "at", type = "date" }, { name = "boss", type = "int64" },
]

[[source]]
name = "events"
columns = [ { name = "id", type = "int64" }, { name = "kind", type = "string" }, { name = "n", type = "int64" } ]

[[model]]
name = "staged"
from = "accounts"
columns = [ { name = "who", expr = "id" }, { name = "email", expr = "lower(email)" }, { name = "state" }, { name = "since", expr = "at" }, { name = "boss" } ]

[[model]]
name = "latest"
from = "staged"
grain = ["who"]
dedupe = { key = ["who"], order_by = "since desc" }
columns = [ { name = "who" }, { name = "email" }, { name = "state" }, { name = "since" }, { name = "boss" } ]

[[model]]
name = "people"
from = "latest"
grain = ["who"]
joins = [
  { input = "latest", as = "chief", on = [{ left = "boss", right = "who" }] },
  { input = "events", on = [{ left = "who", right = "id" }], aggregate = [{ name = "top", expr = "max(n)" }, { name = "last_kind", expr = "arg_max(kind, n)" }] },
]
where = "latest.state is distinct from 'out'"
columns = [ { name = "who", expr = "latest.who" }, { name = "state", expr = "latest.state" }, { name = "chief_state", expr = "chief.state" }, { name = "top" }, { name = "last_kind" } ]

[[model]]
name = "states"
from = "people"
group_by = ["state", "length(chief_state)"]
columns = [ { name = "state" }, { name = "long", expr = "length(chief_state)" }, { name = "people", expr = "count(*)" }, { name = "top", expr = "max(top)" } ]

[[model]]
name = "moved"
from = "staged"
dedupe = { key = ["email"], order_by = "since desc" }
columns = [ { name = "who" }, { name = "email" }, { name = "since" } ]

[[model]]
name = "pairs"
from = "events"
grain = ["id", "kind"]
dedupe = { key = ["id", "kind"], order_by = "n desc" }
columns = [ { name = "id" }, { name = "kind" }, { name = "n" } ]
`

// accountRecord is a record of accounts, "" being null; a bad one has no date in at.
type accountRecord struct {
	file, record                  int
	id, email, state, since, boss string
	bad                           bool
}

type eventRecord struct {
	record      int
	id, kind, n string
}

// placed is where a record stands, as explain has it.
type placed struct {
	File   string
	Record int
}

func (a *accountRecord) place() placed {
	return placed{fmt.Sprintf("seeds/accounts-%d.csv", a.file), a.record}
}

func (e *eventRecord) place() placed { return placed{"seeds/events.csv", e.record} }

// explainedData is the data, and what they mean.
type explainedData struct {
	accounts []*accountRecord // in the order of files and records
	events   []*eventRecord
}

func drawData(t *rapid.T) *explainedData {
	d := &explainedData{}
	small := func(name string) string {
		return rapid.SampledFrom([]string{"", "1", "2", "3", "4", "5"}).Draw(t, name)
	}
	for file := 1; file <= 2; file++ {
		for record := 1; record <= rapid.IntRange(0, 7).Draw(t, "records"); record++ {
			a := &accountRecord{file: file, record: record, id: small("id"), boss: small("boss"),
				email: rapid.SampledFrom([]string{"", "a@x", "b@x", "c@x"}).Draw(t, "email"),
				state: rapid.SampledFrom([]string{"", "in", "out", "away"}).Draw(t, "state"),
				since: rapid.SampledFrom([]string{"", "2024-01-01", "2024-01-02"}).Draw(t, "since")}
			if rapid.IntRange(0, 9).Draw(t, "bad") == 0 {
				a.since, a.bad = "never", true
			}
			d.accounts = append(d.accounts, a)
		}
	}
	for record := 1; record <= rapid.IntRange(0, 8).Draw(t, "events"); record++ {
		d.events = append(d.events, &eventRecord{record: record, id: small("of"), kind: rapid.SampledFrom([]string{"", "k", "l"}).Draw(t, "kind"), n: small("n")})
	}
	return d
}

func (d *explainedData) write(t *rapid.T, root string) {
	texts := map[string]string{"accounts-1": "id,email,state,at,boss\n", "accounts-2": "id,email,state,at,boss\n", "events": "id,kind,n\n"}
	for _, a := range d.accounts {
		texts[fmt.Sprint("accounts-", a.file)] += strings.Join([]string{a.id, a.email, a.state, a.since, a.boss}, ",") + "\n"
	}
	for _, e := range d.events {
		texts["events"] += strings.Join([]string{e.id, e.kind, e.n}, ",") + "\n"
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(root, "seeds", name+".csv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// kept is the record that stays of those which have a key: the latest, no date being the
// earliest, of equals the later one.
func kept(records []*accountRecord) (best *accountRecord) {
	for _, a := range records {
		if best == nil || a.since >= best.since {
			best = a
		}
	}
	return best
}

// good are the records that are none of those rejected, which have a value in common.
func (d *explainedData) good(has func(*accountRecord) bool) (good, bad []*accountRecord) {
	for _, a := range d.accounts {
		switch {
		case !has(a):
		case a.bad:
			bad = append(bad, a)
		default:
			good = append(good, a)
		}
	}
	return good, bad
}

// latest is the record that model latest keeps of an id.
func (d *explainedData) latest(id string) *accountRecord {
	good, _ := d.good(func(a *accountRecord) bool { return a.id == id })
	return kept(good)
}

// saidRow is a row of an explanation in JSON.
type saidRow struct {
	Node    string
	Place   *placed
	Columns []saidColumn
	Inputs  []saidInput
}

type saidColumn struct {
	Name    string
	Value   any
	From    []struct{ Place placed }
	Missing []string
}

type saidInput struct {
	Count int
	Rows  []*saidRow
	Lost  []struct {
		Row    *saidRow
		Reason string
	}
}

type said struct {
	Count   int
	Rows    []*saidRow
	Reasons []struct {
		Node, Kind string
		Reads      []saidColumn
		Row, Kept  *saidRow
	}
	Notes []struct{ Places []placed }
}

// begins is where the record stands that a row goes back to.
func (r *saidRow) begins() placed {
	for r.Place == nil {
		r = r.Inputs[0].Rows[0]
	}
	return *r.Place
}

func (r *saidRow) column(name string) saidColumn {
	return r.Columns[slices.IndexFunc(r.Columns, func(c saidColumn) bool { return c.Name == name })]
}

func (c *saidColumn) text() string { return strings.TrimPrefix(fmt.Sprint(c.Value), "<nil>") }

func (c *saidColumn) places() (list []placed) {
	for _, f := range c.From {
		list = append(list, f.Place)
	}
	return list
}

// asking asks the program about one set of data.
type asking struct {
	*rapid.T
	*explainedData
	ask func(node string, keys ...string) said
}

func TestExplainAgainstRulesWorkedOut(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a project")
	}
	program := scratch.Compile(t, map[string]string{"explained": explainedProject})
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "seeds"), 0o755); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		d := drawData(rt)
		d.write(rt, root)
		a := &asking{T: rt, explainedData: d}
		a.ask = func(node string, keys ...string) (x said) {
			args := []string{"explain", node, "--root", root, "--as-of", "2024-05-01", "--output", "json", "--reveal"}
			for _, key := range keys {
				args = append(args, "--key", key)
			}
			got := program.Run(t, "explained", args...)
			if err := json.Unmarshal([]byte(got.Stdout), &x); err != nil || got.Exit != 0 {
				rt.Fatalf("%q: exit status %d, %v\n%s%s", args, got.Exit, err, got.Stdout, got.Stderr)
			}
			return x
		}
		id := rapid.SampledFrom([]string{"", "1", "2", "3", "4", "5", "6"}).Draw(rt, "asked")
		a.aboutLatest(id)
		a.aboutPeople(id)
		a.aboutMoved(id)
		a.aboutStates(rapid.SampledFrom([]string{"", "in", "away", "out", "gone"}).Draw(rt, "asked state"))
		a.aboutPairs(id, rapid.SampledFrom([]string{"", "k", "l"}).Draw(rt, "asked kind"))
	})
}

// aboutLatest: the record that is kept, those that lost and why, and what became of an id
// that is not there.
func (a *asking) aboutLatest(id string) {
	x := a.ask("latest", id)
	good, bad := a.good(func(r *accountRecord) bool { return r.id == id })
	if len(good) == 0 {
		a.notThere(x, bad)
		return
	}
	winner := kept(good)
	if x.Count != 1 || x.Rows[0].begins() != winner.place() {
		a.Fatalf("latest of %q is %v, want %v", id, x.Rows[0].begins(), winner.place())
	}
	if len(x.Notes) != len(bad) {
		a.Fatalf("%d records of %q were rejected, and %d notes say so", len(bad), id, len(x.Notes))
	}
	lost := x.Rows[0].Inputs[0].Lost
	if len(lost) != len(good)-1 {
		a.Fatalf("%d records of %q lost, want %d", len(lost), id, len(good)-1)
	}
	for _, l := range lost {
		at := slices.IndexFunc(good, func(r *accountRecord) bool { return r.place() == l.Row.begins() })
		want := "is earlier than"
		switch loser := good[at]; {
		case loser.since == winner.since:
			want = "of equals the later row is kept"
		case loser.since == "":
			want = "since is null, which comes last"
		}
		if good[at] == winner || !strings.Contains(l.Reason, want) {
			a.Fatalf("%v lost to %v as %q, want %q", l.Row.begins(), winner.place(), l.Reason, want)
		}
	}
}

// notThere: there is no row of latest for records that were rejected, or as there are none.
func (a *asking) notThere(x said, bad []*accountRecord) {
	if x.Count != 0 || len(x.Reasons) != max(len(bad), 1) {
		a.Fatalf("%d rows and %d reasons, want none and %d", x.Count, len(x.Reasons), max(len(bad), 1))
	}
	for i, r := range bad {
		if x.Reasons[i].Kind != "rejected" || *x.Reasons[i].Row.Place != r.place() {
			a.Fatalf("%+v, want that %v was rejected", x.Reasons[i], r.place())
		}
	}
	if len(bad) == 0 && x.Reasons[0].Kind != "no_record" {
		a.Fatalf("%+v, want that there is no record", x.Reasons[0])
	}
}

// aboutPeople: a filter, a join to the same model, and aggregates.
func (a *asking) aboutPeople(id string) {
	x, winner := a.ask("people", "who="+id), a.latest(id)
	if winner == nil {
		_, bad := a.good(func(r *accountRecord) bool { return r.id == id })
		a.notThere(x, bad)
		return
	}
	if winner.state == "out" {
		if x.Count != 0 || len(x.Reasons) != 1 || x.Reasons[0].Node != "people" || x.Reasons[0].Kind != "filtered" || x.Reasons[0].Reads[0].From[0].Place != winner.place() {
			a.Fatalf("%+v of %q, want that the filter of people dropped %v", x, id, winner.place())
		}
		return
	}
	if x.Count != 1 {
		a.Fatalf("%d people are %q", x.Count, id)
	}
	row := x.Rows[0]
	chief := row.column("chief_state")
	switch boss := a.latest(winner.boss); {
	case winner.boss == "":
		a.lacks(chief, "boss of latest is null")
	case boss == nil:
		a.lacks(chief, "no row of latest has who="+winner.boss)
	case chief.text() != boss.state || !slices.Equal(chief.places(), []placed{boss.place()}):
		a.Fatalf("the state of the chief of %q is %q of %v, want %q of %v", id, chief.text(), chief.places(), boss.state, boss.place())
	}
	a.aboutEvents(id, row)
}

func (a *asking) lacks(c saidColumn, what string) {
	if c.Value != nil || len(c.Missing) != 1 || c.Missing[0] != what || len(c.From) > 0 {
		a.Fatalf("%+v, want %q", c, what)
	}
}

// aboutEvents: the events that gave the greatest number, and the kind of the last of
// these.
func (a *asking) aboutEvents(id string, row *saidRow) {
	var events, top []*eventRecord
	for _, e := range a.events {
		if id != "" && e.id == id {
			events = append(events, e)
		}
	}
	for _, e := range events {
		switch {
		case e.n == "", len(top) > 0 && e.n < top[0].n:
		case len(top) > 0 && e.n == top[0].n:
			top = append(top, e)
		default:
			top = []*eventRecord{e}
		}
	}
	if in := row.Inputs[2]; in.Count != len(events) {
		a.Fatalf("%d events of %q, want %d", in.Count, id, len(events))
	}
	if len(top) == 0 {
		return
	}
	var places []placed
	for _, e := range top[:min(len(top), 8)] {
		places = append(places, e.place())
	}
	if c := row.column("top"); c.text() != top[0].n || !slices.Equal(c.places(), places) {
		a.Fatalf("the greatest number of %q is %q of %v, want %q of %v", id, c.text(), c.places(), top[0].n, places)
	}
	last := top[len(top)-1]
	c := row.column("last_kind")
	if c.text() != last.kind {
		a.Fatalf("the last kind of %q is %q, want %q", id, c.text(), last.kind)
	}
	alone := !slices.ContainsFunc(events, func(e *eventRecord) bool { // gives it by itself, as one without a number gives null
		return e != last && (e.kind == last.kind || e.n == "" && last.kind == "")
	})
	if alone && !slices.Equal(c.places(), []placed{last.place()}) {
		a.Fatalf("the last kind of %q is of %v, want %v", id, c.places(), last.place())
	}
}

// aboutMoved: a dedupe by another key than the one that is asked for.
func (a *asking) aboutMoved(id string) {
	x := a.ask("moved", "who="+id)
	good, bad := a.good(func(r *accountRecord) bool { return r.id == id })
	if len(good) == 0 {
		a.notThere(x, bad)
		return
	}
	var stay []placed
	var winners []placed
	for _, r := range good {
		same, _ := a.good(func(other *accountRecord) bool { return other.email == r.email })
		if kept(same) == r {
			stay = append(stay, r.place())
		} else if w := kept(same).place(); kept(same).id != id && !slices.Contains(winners, w) {
			winners = append(winners, w)
		}
	}
	var got []placed
	for _, row := range x.Rows {
		got = append(got, row.begins())
	}
	byPlace := func(a, b placed) int { return cmp.Or(strings.Compare(a.File, b.File), a.Record-b.Record) }
	slices.SortFunc(got, byPlace)
	if !slices.Equal(got, stay) {
		a.Fatalf("%v of %q moved, want %v", got, id, stay)
	}
	if len(stay) > 0 {
		return
	}
	got = nil
	for _, r := range x.Reasons {
		if r.Node != "moved" || r.Kind != "lost" {
			a.Fatalf("%+v, want that it lost", r)
		}
		got = append(got, r.Kept.begins())
	}
	slices.SortFunc(got, byPlace)
	slices.SortFunc(winners, byPlace)
	if !slices.Equal(got, winners) {
		a.Fatalf("%q lost to %v, want %v", id, got, winners)
	}
}

// aboutStates: groups by a column and an expression, of which some rows are dropped below.
func (a *asking) aboutStates(state string) {
	x := a.ask("states", "state="+state)
	groups, top := map[string]int{}, map[string]string{}
	seen := map[string]bool{}
	for _, r := range a.accounts {
		winner := a.latest(r.id)
		if seen[r.id] || winner == nil || winner.state != state || state == "out" {
			continue
		}
		seen[r.id] = true
		long := ""
		if boss := a.latest(winner.boss); winner.boss != "" && boss != nil && boss.state != "" {
			long = strconv.Itoa(len(boss.state))
		}
		groups[long]++
		for _, e := range a.events {
			if r.id != "" && e.id == r.id {
				top[long] = max(top[long], e.n)
			}
		}
	}
	if x.Count != len(groups) {
		a.Fatalf("%d groups of %q, want %d", x.Count, state, len(groups))
	}
	if len(groups) == 0 && len(x.Reasons) == 0 {
		a.Fatalf("there is no reason that there is no %q", state)
	}
	for _, row := range x.Rows {
		long := row.column("long")
		people, best := row.column("people"), row.column("top")
		if row.Inputs[0].Count != groups[long.text()] || people.text() != fmt.Sprint(groups[long.text()]) || best.text() != top[long.text()] {
			a.Fatalf("group %q, %q has %d rows, %s people and %s, want %d and %s", state, long.text(), row.Inputs[0].Count, people.text(), best.text(), groups[long.text()], top[long.text()])
		}
	}
}

// aboutPairs: a key of two columns, of which either may be null.
func (a *asking) aboutPairs(id, kind string) {
	x := a.ask("pairs", "id="+id+",kind="+kind)
	var best *eventRecord
	count := 0
	for _, e := range a.events {
		if e.id == id && e.kind == kind {
			count++
			if best == nil || e.n >= best.n {
				best = e
			}
		}
	}
	switch {
	case best == nil && (x.Count != 0 || len(x.Reasons) != 1 || x.Reasons[0].Kind != "no_record"):
		a.Fatalf("%+v, want that there is no record", x)
	case best != nil && (x.Count != 1 || x.Rows[0].begins() != best.place() || len(x.Rows[0].Inputs[0].Lost) != count-1):
		a.Fatalf("%+v, want %v", x, best.place())
	}
}
