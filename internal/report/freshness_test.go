package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// aged is a run with a source of each status.
func aged() *Run {
	rule := &contract.FreshnessRule{LoadedAt: "updated_at", WarnAfter: 24 * time.Hour, ErrorAfter: 90 * time.Minute}
	dated := func(name string, status Status, age Age) Freshness {
		return Freshness{Source: name, Rule: rule, Status: status, Latest: noon.Add(-time.Duration(age) * time.Microsecond), Age: age,
			Started: noon, Completed: noon.Add(time.Second), Seconds: 0.5}
	}
	filtered := &contract.FreshnessRule{LoadedAt: "day", Filter: "id > 0", WarnAfter: 36 * time.Hour}
	return &Run{Project: "sample", Command: "build", ID: "abc", Schema: "def", Invocation: "uuid", AsOf: noon, Seconds: 0.25, Freshness: []Freshness{
		dated("new", Pass, hour), dated("old", Warn, 26*hour), dated("ancient", Errored, 50*hour), dated("ahead", Pass, -minute),
		{Source: "empty", Rule: filtered, Status: RuntimeError, Problem: "found no row"},
	}}
}

const agedRemarks = `STALE old: the latest updated_at is 2024-04-30 10:00:00 UTC, 1 day 2 hours before the run's as-of time; warn_after is 1 day
STALE ancient: the latest updated_at is 2024-04-29 10:00:00 UTC, 2 days 2 hours before the run's as-of time; error_after is 1 hour 30 minutes
NOTE  ahead: the latest updated_at is 2024-05-01 12:01:00 UTC, 1 minute after the run's as-of time
STALE empty: its age is not known: found no row
`

func TestFreshnessText(t *testing.T) {
	var b bytes.Buffer
	if err := WriteFreshness(&b, aged()); err != nil {
		t.Fatal(err)
	}
	want := `Source   Latest                   Age             Warn after      Error after       Status
new      2024-05-01 11:00:00 UTC  1 hour          1 day           1 hour 30 minutes  pass
old      2024-04-30 10:00:00 UTC  1 day 2 hours   1 day           1 hour 30 minutes  warn
ancient  2024-04-29 10:00:00 UTC  2 days 2 hours  1 day           1 hour 30 minutes  error
ahead    2024-05-01 12:01:00 UTC  1 minute ahead  1 day           1 hour 30 minutes  pass
empty    -                        -               1 day 12 hours  -                  runtime error

` + agedRemarks + `
As of 2024-05-01 12:00:00 UTC: 2 of 5 sources are fresh.
`
	if got, want := words(b.String()), words(want); got != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	writeFreshness(&b, aged())
	if want := "\nData as of 2024-05-01 12:00:00 UTC: 2 of 5 sources are fresh; old data never fail a build.\n" + agedRemarks; b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	fresh := aged()
	fresh.Freshness = fresh.Freshness[:1]
	writeFreshness(&b, fresh)
	if want := "\nData as of 2024-05-01 12:00:00 UTC: 1 of 1 source is fresh.\n"; b.String() != want {
		t.Errorf("got %q", b.String())
	}
	b.Reset()
	if err := WriteFreshness(&b, &Run{}); err != nil || b.String() != "None of the selected sources says how old it may be.\n" {
		t.Errorf("got %q, %v", b.String(), err)
	}
}

// words is a text without the spaces that align it.
func words(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}

// An age in words is the age but for what is below its second unit; a limit is
// told in full.
func TestAgeInWords(t *testing.T) {
	names, units := []string{"day", "hour", "minute", "second"}, []Age{day, hour, minute, second}
	parse := func(t *rapid.T, text string) (sum, least Age) {
		fields, next := strings.Fields(strings.ReplaceAll(text, ",", "")), 0
		for i := 0; i < len(fields); i += 2 {
			var n Age
			if _, err := fmt.Sscan(fields[i], &n); err != nil {
				t.Fatal(err)
			}
			unit := slices.Index(names, strings.TrimSuffix(fields[i+1], "s"))
			if unit < next || (n == 1) != (names[unit] == fields[i+1]) || n == 0 && text != "0 seconds" {
				t.Fatalf("%q", text)
			}
			sum, least, next = sum+n*units[unit], units[unit], unit+1
		}
		if len(fields) < 4 {
			least = second // whatever units there could have been are 0
		}
		return sum, least
	}
	rapid.Check(t, func(t *rapid.T) {
		age := Age(rapid.OneOf(rapid.Int64Range(0, int64(3*day)), rapid.Int64Range(0, int64(9999*366*day))).Draw(t, "age"))
		if rapid.Bool().Draw(t, "round") {
			age = age / hour * hour
		}
		text := age.String()
		if back := (-age).String(); back != text || len(strings.Fields(text)) > 4 {
			t.Fatalf("%d: %q, its negative %q", age, text, back)
		}
		if sum, least := parse(t, text); sum > age || age-sum >= least {
			t.Fatalf("%d: %q is %d", age, text, sum)
		}
		d := time.Duration(rapid.Int64Range(1, 150_000_000).Draw(t, "minutes")) * time.Minute
		if sum, _ := parse(t, limit(d)); sum != Age(d.Microseconds()) {
			t.Fatalf("%v: %q", d, limit(d))
		}
	})
}

func TestSourcesFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sources.json")
	if err := WriteSources(path, aged(), noon); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Metadata map[string]any
		Results  []map[string]any
		Martlet  map[string]any
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Metadata["dbt_schema_version"] != sourcesSchema || got.Metadata["invocation_id"] != "uuid" || got.Martlet["as_of"] != "2024-05-01T12:00:00.000000Z" {
		t.Errorf("%v, %v", got.Metadata, got.Martlet)
	}
	if len(got.Results) != 5 {
		t.Fatalf("%d results", len(got.Results))
	}
	old, empty := got.Results[1], got.Results[4]
	criteria := map[string]any{"warn_after": map[string]any{"count": 1.0, "period": "day"}, "error_after": map[string]any{"count": 90.0, "period": "minute"}, "filter": nil}
	for key, want := range map[string]any{"unique_id": "source.sample.old", "max_loaded_at": "2024-04-30T10:00:00.000000Z", "snapshotted_at": "2024-05-01T12:00:00.000000Z",
		"max_loaded_at_time_ago_in_s": 93600.0, "status": "warn", "criteria": criteria, "adapter_response": map[string]any{}, "thread_id": "main", "execution_time": 0.5} {
		if fmt.Sprint(old[key]) != fmt.Sprint(want) {
			t.Errorf("%s is %v, want %v", key, old[key], want)
		}
	}
	if empty["status"] != "runtime error" || empty["error"] != "found no row" || empty["unique_id"] != "source.sample.empty" || len(empty) != 4 {
		t.Errorf("%v", empty)
	}
}

// A period means the duration it was made of, and only whole minutes are given.
func TestPeriod(t *testing.T) {
	units := map[string]time.Duration{"day": 24 * time.Hour, "hour": time.Hour, "minute": time.Minute}
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(1, 150_000_000).Draw(t, "minutes")) * time.Minute
		if p := period(d); time.Duration(p.Count)*units[p.Period] != d {
			t.Fatalf("%v: %+v", d, p)
		}
	})
	if period(0) != nil {
		t.Error("no limit has a period")
	}
}
