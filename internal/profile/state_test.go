package profile

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"martlet/internal/contract"
)

// stateColumns have all kinds of counters.
func stateColumns() (columns []contract.Column) {
	for _, s := range subjects {
		columns = append(columns, contract.Column{Name: s.name, Type: s.name, Arrow: s.arrow, Nullable: true})
	}
	return append(columns, contract.Column{Name: "who", Type: "string", Arrow: subjects[1].arrow, PII: true})
}

// stateOf is what is gathered of rows of the mart, of its columns or the first of them.
func stateOf(t testing.TB, columns []contract.Column, rows int) []byte {
	a := New(columns, 3)
	for _, b := range martBatches(1, rows) {
		a.Add(b)
	}
	text, err := json.Marshal(a.State())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// What is read back goes on as what was written would have.
func TestStateGoesOn(t *testing.T) {
	batches := martBatches(14, 1500)
	for cut := range batches {
		whole, part := New(martColumns, 3), New(martColumns, 3)
		for i, b := range batches {
			whole.Add(b)
			if i == cut {
				part = restored(t, part, martColumns)
				part.first = 3
			}
			part.Add(b)
		}
		if !reflect.DeepEqual(part.Profile(), whole.Profile()) {
			t.Fatalf("restored after %d batches it is another profile", cut)
		}
	}
}

// A state that is not of the relation, or not whole, is refused with what is wrong.
func TestStateIsChecked(t *testing.T) {
	whole, columns := stateOf(t, martColumns, 3000), martColumns
	for _, x := range []struct{ what, with, want string }{
		{`"rows":3000`, `"rows":-1`, "columns"},
		{`"rows":3000`, `"rows":2999`, `column "gender": found values that stand [0-9]+ times, expected between 1 and `},
		{`"rows":3000`, `"rows":3001`, "found 1 rows without a value, expected none"},
		{`"nulls":0`, `"nulls":-1`, "found -1 nulls"},
		{`"words":\[[0-9]+,`, `"words":[`, "found 1 bounds, expected 2"},
		{`"counts":\[[0-9]+,`, `"counts":[`, "rows without a value"},
		{`"sketch":"....`, `"sketch":"`, "found a sketch of 16381 registers, expected 16384"},
		{`"sketch":"....`, `"sketch":"////`, "found a sketch with a rank that no hash has"},
		{`"sample":\[[0-9]+,`, `"sample":[`, "in a sample, expected"},
		{`"level":0`, `"level":65`, "found a sample of"},
		{`"level":0`, `"level":40`, "does not belong there"},
		{`"drawn":\[\{`, `"drawn":[null,{`, "columns"},
	} {
		text := regexp.MustCompile(x.what).ReplaceAllLiteralString(string(whole), x.with)
		if text == string(whole) {
			t.Errorf("%s is not in the state", x.what)
			continue
		}
		s := &State{}
		if err := json.Unmarshal([]byte(text), s); err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(columns, 0, s); err == nil || !regexp.MustCompile(x.want).MatchString(err.Error()) {
			t.Errorf("%s: %v, want %s", x.with, err, x.want)
		}
	}
	shown := slices.Clone(columns)
	shown[1].PII = false
	s := &State{}
	if err := json.Unmarshal(whole, s); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(shown, 0, s); err == nil || !strings.Contains(err.Error(), `column "email": found values of personal data`) {
		t.Errorf("a column that is personal no more: %v", err)
	}
}

// Whatever is read, it is refused or gives a profile.
func FuzzRestore(f *testing.F) {
	empty, err := json.Marshal(New(stateColumns(), 0).State())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(empty)
	f.Add(stateOf(f, martColumns, 3))
	f.Add(stateOf(f, martColumns[:2], 1100))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := &State{}
		if json.Unmarshal(text, s) != nil {
			return
		}
		for _, columns := range [][]contract.Column{martColumns, martColumns[:2], stateColumns()} {
			a, err := Restore(columns, 0, s)
			if err != nil {
				continue
			}
			p := a.Profile()
			if p.Rows != s.Rows || len(p.Columns) != len(columns) {
				t.Fatalf("%d rows and %d columns", p.Rows, len(p.Columns))
			}
			restored(t, a, columns)
		}
	})
}

// Whatever is read as a file, it is refused or can be written again.
func FuzzDecode(f *testing.F) {
	p := sampleProfiles()
	p.Nodes[1].Columns = p.Nodes[1].Columns[:3]
	text, err := p.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"version":1,"nodes":[{"columns":[{"pii":true}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Decode(text)
		if err != nil {
			return
		}
		for _, n := range p.Nodes {
			n.as(martColumns)
		}
		if _, err := p.Encode(); err != nil {
			t.Fatal(err)
		}
	})
}
