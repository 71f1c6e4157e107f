package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

// The test binary is its own contender.
func TestMain(m *testing.M) {
	dispatch()
	os.Exit(m.Run())
}

// Each contender is measured in a process of its own, and leaves nothing behind.
func TestMeasure(t *testing.T) {
	b := bench{folder: t.TempDir(), runs: 1, divide: 5000}
	g := groups(b.divide)[0]
	results, err := b.measure(g)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if r.name != g.contenders[i].name || r.rows != 1000 || r.wall <= 0 || r.cpu <= 0 {
			t.Errorf("%+v", r)
		}
	}
	if duck := results[1]; len(duck.stages) != 5 || duck.peak < duck.anonymous || duck.anonymous < 1<<20 {
		t.Errorf("DuckDB: %+v", duck)
	}
	if left, err := filepath.Glob(filepath.Join(b.folder, "run-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	table := g.table(results)
	for _, want := range []string{"### Mart of 1,000 users\n", "\n| DuckDB | ", "\n- wall of DuckDB's: "} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
}

func TestMeasureTellsWhatFailed(t *testing.T) {
	b := bench{folder: t.TempDir(), runs: 1, divide: 5000}
	g := groups(b.divide)[0]
	g.contenders = g.contenders[:1]
	g.contenders[0].name = "nobody"
	if _, err := b.measure(g); err == nil || !strings.HasPrefix(err.Error(), "mart of 1,000 users/nobody: ") {
		t.Errorf("%v", err)
	}
}

func TestKilobytes(t *testing.T) {
	const status = "VmHWM:\t   30208 kB\nRssAnon:\t    1024 kB\n"
	if n := kilobytes([]byte(status), "RssAnon:"); n != 1<<20 {
		t.Errorf("%d bytes, expected 1 MiB", n)
	}
	if n := kilobytes([]byte(status), "VmSwap:"); n != 0 {
		t.Errorf("%d bytes of what is not there", n)
	}
}

// A real run's profile is summed up.
func TestProfile(t *testing.T) {
	b := bench{folder: t.TempDir(), divide: 500}
	out := filepath.Join(b.folder, "profile.md")
	if err := b.profile(out); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"mart of 10,000 users", "## By stage\n", "## By package\n", "## By function\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// A function that calls itself counts once for what it calls, and a stage for
// what others do for it.
func TestCosts(t *testing.T) {
	location := func(name string) *profile.Location {
		return &profile.Location{Line: []profile.Line{{Function: &profile.Function{Name: name}}}}
	}
	move, parse := location("runtime.memmove"), location("martlet/generated.(*CountryParser).Parse")
	c := costsOf(&profile.Profile{
		SampleType: []*profile.ValueType{{Type: "samples"}, {Type: "cpu"}},
		Sample: []*profile.Sample{
			{Location: []*profile.Location{move, parse, parse}, Value: []int64{3, 30}},
			{Location: []*profile.Location{parse}, Value: []int64{1, 10}},
			{Location: []*profile.Location{move}, Value: []int64{2, 20}},
		},
	})
	if got := c.functions["runtime.memmove"]; got != (cost{50, 50}) {
		t.Errorf("memmove: %v", got)
	}
	if got := c.packages["martlet/generated"]; got != (cost{10, 40}) {
		t.Errorf("package generated: %v", got)
	}
	if got := c.stages["typing fields"]; got != 40*time.Nanosecond || c.total != 60 {
		t.Errorf("typing fields: %v of %v", got, c.total)
	}
}
