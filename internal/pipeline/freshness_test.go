package pipeline

import (
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"pgregory.net/rapid"

	"martlet/internal/contract"
	"martlet/internal/report"
)

// ageFold takes n for how many hours before 2024-05-01 a record was loaded. An n
// of 99 has no value.
type ageFold struct {
	env    *contract.Env
	latest arrow.Timestamp
	ok     bool
}

const firstOfMay = arrow.Timestamp(1714521600_000000)

func (f *ageFold) Add(b contract.Batch) {
	n := b.Record.Column(2).(*array.Int64)
	for i := range b.Len() {
		at := firstOfMay - arrow.Timestamp(n.Value(i)*time.Hour.Microseconds())
		switch {
		case n.IsNull(i):
		case n.Value(i) == 99:
			f.env.Failures.Add(contract.Failure{Node: "users", Column: "freshness", Origin: b.Origins[i], Err: os.ErrInvalid})
		case !f.ok || at > f.latest:
			f.latest, f.ok = at, true
		}
	}
}

func (f *ageFold) Latest() (arrow.Timestamp, bool) { return f.latest, f.ok }

// ageingProject is a project whose users are to be of some age, and whose lonely
// source is too.
func ageingProject(t *testing.T, users string) *diskProject {
	t.Helper()
	d := onDisk(t, map[string]string{"users": "id,email,n\n" + users})
	rule := func() *contract.FreshnessRule {
		return &contract.FreshnessRule{LoadedAt: "n", Filter: "id > 0", WarnAfter: 2 * time.Hour, ErrorAfter: 4 * time.Hour,
			New: func(env *contract.Env) contract.Freshness { return &ageFold{env: env} }}
	}
	d.project.Sources[0].Freshness = rule()
	d.project.Sources[2].Freshness = rule()
	return d
}

// sources reads the results of sources.json by the name of the source.
func (d *diskProject) sources() map[string]map[string]any {
	d.t.Helper()
	var file struct{ Results []map[string]any }
	if err := json.Unmarshal([]byte(d.text("target/sources.json")), &file); err != nil {
		d.t.Fatal(err)
	}
	found := map[string]map[string]any{}
	for _, r := range file.Results {
		id := r["unique_id"].(string)
		found[id[strings.LastIndex(id, ".")+1:]] = r
	}
	return found
}

// A build tells how old its sources are and publishes whatever that is; build
// freshness ends with 1 where one is too old.
func TestFreshness(t *testing.T) {
	for _, c := range []struct {
		users, status string
		age           float64
		exit          int
		says          string
	}{
		{"1,a@x,2\n2,b@x,9\n", "pass", 7200, exitDone, "2 of 2 sources are fresh"},
		{"1,a@x,3\n", "warn", 10800, exitDone, "STALE users: the latest n is 2024-04-30 21:00:00 UTC, 3 hours before the run's as-of time; warn_after is 2 hours"},
		{"1,a@x,5\n", "error", 18000, exitBadData, "STALE users: the latest n is 2024-04-30 19:00:00 UTC, 5 hours before the run's as-of time; error_after is 4 hours"},
		{"1,a@x,-1\n", "pass", -3600, exitDone, "NOTE  users: the latest n is 2024-05-01 01:00:00 UTC, 1 hour after the run's as-of time"},
		{"1,a@x,\n", "runtime error", 0, exitBadData, "STALE users: its age is not known: found no row with a value of n where id > 0"},
		{"", "runtime error", 0, exitBadData, "STALE users: its age is not known: found no row with a value of n where id > 0"},
	} {
		d := ageingProject(t, c.users)
		d.write("seeds/events.csv", "n,id,email\n")
		d.expect(d.build(), exitDone, c.says, "2 files published")
		built := d.sources()
		d.expect(d.run("freshness", "--root", d.root, "--as-of", "2024-05-01"), c.exit, c.says, "As of 2024-05-01 00:00:00 UTC: ")
		found := d.sources()
		for _, r := range []map[string]map[string]any{built, found} {
			if age, _ := r["users"]["max_loaded_at_time_ago_in_s"].(float64); r["users"]["status"] != c.status || age != c.age || len(r) != 2 {
				t.Errorf("%q: %v", c.users, r)
			}
		}
	}
}

// build freshness reads no source but those it is asked for, and leaves nothing
// behind but its results.
func TestFreshnessReadsOnlyWhatItNeeds(t *testing.T) {
	d := ageingProject(t, "1,a@x,5\nx,b@x,1\n")
	if err := os.Remove(filepath.Join(d.root, "seeds", "events.csv")); err != nil {
		t.Fatal(err)
	}
	d.expect(d.run("freshness", "--root", d.root, "--as-of", "2024-05-01"), exitBadData, "1 record rejected", "error_after is 4 hours", "1 of 2 sources is fresh")
	for _, name := range []string{"target/run_results.json", "target/rejects/users.csv", "target/test_history.csv", "out"} {
		if _, err := os.Stat(filepath.Join(d.root, name)); err == nil {
			t.Errorf("it left %s", name)
		}
	}
	d.expect(d.run("freshness", "--root", d.root, "--as-of", "2024-05-01", "--select", "lonely"), exitDone, "1 of 1 source is fresh")
	if found := d.sources(); len(found) != 1 || found["lonely"]["status"] != "pass" {
		t.Errorf("%v", found)
	}
	d.expect(d.run("freshness", "--root", d.root, "--select", "events"), exitDone, "None of the selected sources says how old it may be.")
	d.expect(d.run("freshness", "--root", d.root, "--select", "mart", "--as-of", "2024-05-01"), exitBadData, "0 of 1 source is fresh")
	d.expect(d.run("freshness", "--root", d.root, "--select", "evnts"), exitImpeded, "did you mean")
}

// What keeps a source from being read, or a row from having a value, is told as
// such, of every source that should have been looked at.
func TestFreshnessThatIsNotKnown(t *testing.T) {
	d := ageingProject(t, "1,a@x,99\n2,b@x,1\n")
	d.expect(d.run("freshness", "--root", d.root, "--as-of", "2024-05-01"), exitBadData, "users.freshness: seeds/users.csv:2", "loaded_at or filter has no value on 1 row")
	d.expect(d.build(), exitBadData, "users.freshness: seeds/users.csv:2", "1 failed expression", "Nothing was published")

	d = ageingProject(t, "1,a@x,1\n2,\"b@x,1\n")
	d.expect(d.run("freshness", "--root", d.root, "--as-of", "2024-05-01"), exitBadData, "the source was not read to its end")
	if got := d.sources()["users"]; got["status"] != "runtime error" || !strings.Contains(got["error"].(string), "not read to its end") {
		t.Errorf("%v", got)
	}

	d = ageingProject(t, "1,a@x,1\n")
	d.write("seeds/lonely.csv", "nothing,of,it\n")
	for _, args := range [][]string{{"freshness"}, {"test"}, nil} {
		d.expect(d.run(append(args, "--root", d.root)...), exitImpeded, "seeds/lonely.csv")
		if found := d.sources(); len(found) != 2 || found["users"]["error"] != "the run ended before the source was read" {
			t.Errorf("%q: %v", args, found)
		}
	}
}

// The age and what is said of it are as exact arithmetic has them, over all times
// there are.
func TestJudge(t *testing.T) {
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC).UnixMicro()
	rapid.Check(t, func(t *rapid.T) {
		limit := func(name string) time.Duration {
			return time.Duration(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, 3000), rapid.Int64Range(1, 153_000_000)).Draw(t, name)) * time.Minute
		}
		rule := &contract.FreshnessRule{WarnAfter: limit("warn"), ErrorAfter: limit("error")}
		asOf := rapid.Int64Range(first, last).Draw(t, "as of")
		latest := rapid.Int64Range(first, last).Draw(t, "latest")
		if near := rapid.SampledFrom([]time.Duration{0, rule.WarnAfter, rule.ErrorAfter}).Draw(t, "near"); near > 0 {
			latest = asOf - near.Microseconds() + rapid.Int64Range(-1, 1).Draw(t, "off by")
		}
		exact := new(big.Int).Sub(big.NewInt(asOf), big.NewInt(latest))
		beyond := func(limit time.Duration) bool {
			nanos := new(big.Int).Mul(exact, big.NewInt(1000))
			return limit > 0 && nanos.Cmp(big.NewInt(int64(limit))) > 0
		}
		want := report.Pass
		if beyond(rule.WarnAfter) {
			want = report.Warn
		}
		if beyond(rule.ErrorAfter) {
			want = report.Errored
		}
		age, status := judge(rule, arrow.Timestamp(asOf), arrow.Timestamp(latest))
		if big.NewInt(int64(age)).Cmp(exact) != 0 || status != want {
			t.Fatalf("%d after %d under %v, %v: age %d, %s; want %v, %s", asOf, latest, rule.WarnAfter, rule.ErrorAfter, age, status, exact, want)
		}
	})
}

// Every run adds its decided tests to the history, whatever they say.
func TestHistoryOfRuns(t *testing.T) {
	d := onDisk(t, nil)
	lines := func() []string {
		return strings.Split(strings.TrimSuffix(d.text("target/test_history.csv"), "\n"), "\n")
	}
	d.expect(d.build(), exitDone)
	first := len(lines())
	d.expect(d.run("test", "--root", d.root, "--select", "lonely"), exitDone)
	d.write("seeds/lonely.csv", "id,email,n\n1,z@x,100001\n")
	d.expect(d.build(), exitBadData)
	got := lines()
	if first != 1+5 || len(got) != first+2+5 {
		t.Fatalf("%d lines, then %d:\n%s", first, len(got), strings.Join(got, "\n"))
	}
	if !strings.Contains(got[1], ",build,relationships_events_id,events,id,relationships,error,pass,0,3") || !strings.Contains(got[first], ",test,not_null_lonely_email,lonely,email,not_null,warn,pass,0,1") {
		t.Errorf("history:\n%s", strings.Join(got, "\n"))
	}
	if !strings.Contains(strings.Join(got[first+2:], "\n"), ",build,range_lonely_n,lonely,n,range,error,fail,1,1") {
		t.Errorf("no failure:\n%s", strings.Join(got, "\n"))
	}
	d.write("target/test_history.csv", "a,b\n1,2")
	d.expect(d.build(), exitBadData, "took out a line that a run which was killed had not finished", "Warning: the history of test results was not continued", "move the file away")
}
