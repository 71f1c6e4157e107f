package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every contender does its work on what the generators make, and those that
// write the mart write the same rows.
func TestContendersDoTheSame(t *testing.T) {
	b := bench{folder: t.TempDir()}
	for _, g := range groups(2000) {
		checks := &checks{group: g}
		for _, c := range g.contenders {
			if c.needs != "" && !knows(c.needs) {
				continue
			}
			path, err := b.input(c.input)
			if err != nil {
				t.Fatal(err)
			}
			scratch := t.TempDir()
			o, err := c.run(job{Input: path, Scratch: scratch, Cores: c.cores, Sizes: []int64{3 << 20, 1}})
			if err != nil {
				t.Errorf("%s, %s: %v", g.name, c.name, err)
				continue
			}
			if err := checks.add(c, scratch, o); err != nil {
				t.Errorf("%s, %s: %v", g.name, c.name, err)
			}
		}
		if g.sameRows && len(checks.rows) == 0 {
			t.Errorf("%s: no rows were compared", g.name)
		}
	}
}

func TestChecksFindWhatDiffers(t *testing.T) {
	scratch := t.TempDir()
	c := contender{input: input{name: "in"}}
	write := func(text string) outcome {
		if err := os.WriteFile(filepath.Join(scratch, "mart.csv"), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		return outcome{CSV: "mart.csv", Files: []string{"mart.csv"}}
	}
	rows := &checks{group: group{sameRows: true}}
	for text, same := range map[string]bool{"id\n2\n1\n": true, "id\n1\n": false, "id\n1\n1\n": false, "id\n1\n3\n": false} {
		if err := rows.add(c, scratch, write("id\n1\n2\n")); err != nil {
			t.Fatal(err)
		}
		if err := rows.add(c, scratch, write(text)); (err == nil) != same {
			t.Errorf("rows of %q: %v", text, err)
		}
	}
	bytes := &checks{group: group{sameBytes: true}}
	if err := bytes.add(c, scratch, write("id\n1\n2\n")); err != nil {
		t.Fatal(err)
	}
	if err := bytes.add(c, scratch, write("id\n2\n1\n")); err == nil {
		t.Error("bytes that differ were taken for the same")
	}
}

// The floor writes as much as it is told to.
func TestFloorWritesEveryByte(t *testing.T) {
	scratch := t.TempDir()
	sizes := []int64{0, 1, block, 2*block + 7}
	if _, err := moveBytes(true)(job{Input: t.TempDir(), Scratch: scratch, Sizes: sizes}); err != nil {
		t.Fatal(err)
	}
	for i, want := range sizes {
		got, err := sizesOf(scratch, []string{string(rune('0' + i))})
		if err != nil || got[0] != want {
			t.Errorf("file %d: %v, %v; expected %d bytes", i, got, err, want)
		}
	}
}

func TestClaims(t *testing.T) {
	figure := func([]result) (float64, bool) { return 2, true }
	for _, c := range []struct {
		claim claim
		want  string
	}{
		{claim{what: "a", bound: 2, figure: figure}, "- a: 2.00, at most 2.00 wanted: holds\n"},
		{claim{what: "a", bound: 1.5, figure: figure}, "- a: 2.00, at most 1.50 wanted: **does not hold**\n"},
		{claim{what: "a", bound: 1.5, least: true, figure: figure}, "- a: 2.00, at least 1.50 wanted: holds\n"},
		{claim{what: "a", bound: 3, least: true, figure: figure}, "- a: 2.00, at least 3.00 wanted: **does not hold**\n"},
		{claim{what: "a", figure: share("martlet", wallShare, "DuckDB")}, ""},
	} {
		if got := c.claim.line(nil); got != c.want {
			t.Errorf("%q, expected %q", got, c.want)
		}
	}
}

// A page keeps what was not measured again, in the order of the groups.
func TestPageKeepsOtherSections(t *testing.T) {
	all := groups(1)
	section := func(g group, text string) string { return g.table(nil) + "\n" + text + "\n" }
	first := page("", []string{section(all[3], "three"), section(all[1], "one")})
	second := page(first, []string{section(all[1], "one again"), section(all[2], "two")})
	var at []int
	for _, want := range []string{"one again", "two", "three"} {
		at = append(at, strings.Index(second, want))
	}
	if at[0] < 0 || at[1] < at[0] || at[2] < at[1] || strings.Contains(second, "\none\n") {
		t.Errorf("sections at %v of\n%s", at, second)
	}
	if third := page(second, nil); third != second {
		t.Errorf("nothing measured, and it is\n%s", third)
	}
}

// Every stage but those of packages that are not there yet has its share of a
// real profile's frames; here: of the frames that each is to have.
func TestStages(t *testing.T) {
	const generated, internal = "martlet/generated.", "martlet/internal/"
	model := generated + "(*IntUsersAccCoreModel)."
	for _, c := range []struct {
		want   string
		frames []string
	}{
		{"typing fields", []string{internal + "value.ParseTimestamp", generated + "(*UserAccountParser).parseLastUpdated", internal + "scan.(*worker).run"}},
		{"tests", []string{internal + "arrowops.(*StringKeys).Assign", generated + "(*MartUsersMarketingValidator).Check", model + "compute", internal + "pipeline.(*run).push"}},
		{"dedupe and joins", []string{internal + "arrowops.(*IntKeys[go.shape.int64]).Assign", model + "addPreferences", model + "Join"}},
		{"tests", []string{internal + "arrowops.(*StringKeys).Find", generated + "(*relationshipsMartUsersMarketingCountryCodeCheck).AddChild", internal + "pipeline.(*observer).see"}},
		{"columns of models", []string{internal + "value.Greatest", model + "appendLastSeenTs", model + "compute"}},
		{"CSV", []string{internal + "value.AppendTimestamp", internal + "sink.(*CSV).Write", model + "compute"}},
		{"writing files", []string{"syscall.write", "internal/poll.(*FD).Write", internal + "sink.(*CSV).flush"}},
		{"garbage collector", []string{"runtime.scanobject", "runtime.gcBgMarkWorker"}},
		{"the Go runtime", []string{"runtime.futex", "runtime.schedule"}},
	} {
		if got := stageOf(c.frames); got != c.want {
			t.Errorf("%s: %q, expected %q", c.frames[0], got, c.want)
		}
	}
}

func TestPackageOf(t *testing.T) {
	for function, want := range map[string]string{
		"runtime.memmove": "runtime",
		"martlet/internal/arrowops.(*Store[go.shape.int64]).Get":                            "martlet/internal/arrowops",
		"github.com/apache/arrow/go/v17/arrow/array.(*String).Value":                        "github.com/apache/arrow/go/v17/arrow/array",
		"martlet/internal/arrowops.Take[github.com/apache/arrow/go/v17/arrow.Date32].func1": "martlet/internal/arrowops",
	} {
		if got := packageOf(function); got != want {
			t.Errorf("%s: %s, expected %s", function, got, want)
		}
	}
}
