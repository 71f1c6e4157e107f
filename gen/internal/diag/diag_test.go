package diag

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestRender(t *testing.T) {
	at := Pos{"schema.toml", 41, 12}
	path := `model "mart", column "x"`
	for _, c := range []struct {
		d    Diagnostic
		want string
	}{
		{Diagnostic{Pos: at, Code: "unknown_column", Path: path, Message: "message", Suggestion: "y"},
			`schema.toml:41:12: model "mart", column "x": message (did you mean "y"?) [unknown_column]`},
		{Diagnostic{Pos: at, Code: "c", Message: "message", Help: "do this\nor that"},
			"schema.toml:41:12: message [c]\n    do this\n    or that"},
		{Diagnostic{Pos: Pos{File: "schema.toml"}, Code: "unreadable", Message: "message"},
			"schema.toml: message [unreadable]"},
		{Diagnostic{Message: "message"}, "message"},
		{Diagnostic{Pos: Pos{Line: 3, Col: 4}, Message: "message"}, "3:4: message"},
	} {
		if got := c.d.String(); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestListIsEmpty(t *testing.T) {
	var none *List
	for _, l := range []*List{none, new(List)} {
		if l.Len() != 0 || l.Err() != nil || len(l.Sorted()) != 0 {
			t.Errorf("an empty list has %d diagnostics, error %v", l.Len(), l.Err())
		}
	}
	l := new(List)
	l.AddAll(none)
	if l.Len() != 0 {
		t.Error("adding nothing added something")
	}
}

// TestListIsASet holds that a list is the sorted set of what was added,
// whatever the order and however often.
func TestListIsASet(t *testing.T) {
	small := rapid.IntRange(1, 3)
	one := rapid.Custom(func(t *rapid.T) Diagnostic {
		return Diagnostic{
			Pos:     Pos{rapid.SampledFrom([]string{"a", "b"}).Draw(t, "file"), small.Draw(t, "line"), small.Draw(t, "col")},
			Code:    Code(rapid.SampledFrom([]string{"x", "y"}).Draw(t, "code")),
			Message: rapid.SampledFrom([]string{"m", "n"}).Draw(t, "message"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		added := rapid.SliceOf(one).Draw(t, "added")
		var forward, backward, both List
		want := map[Diagnostic]bool{}
		for i, d := range added {
			forward.Add(d)
			backward.Add(added[len(added)-1-i])
			want[d] = true
		}
		both.AddAll(&forward)
		both.AddAll(&backward)
		sorted := forward.Sorted()
		if forward.Len() != len(want) || len(sorted) != len(want) {
			t.Fatalf("%d diagnostics of %d different ones", len(sorted), len(want))
		}
		for i, d := range sorted {
			if !want[d] {
				t.Fatalf("%v was never added", d)
			}
			if i > 0 && sorted[i-1].Pos.Compare(d.Pos) > 0 {
				t.Fatalf("%v stands before %v", sorted[i-1], d)
			}
		}
		if !slices.Equal(sorted, backward.Sorted()) || !slices.Equal(sorted, both.Sorted()) {
			t.Fatal("the order of adding shows")
		}
	})
}

func TestSortingIsByNumber(t *testing.T) {
	var l List
	for _, line := range []int{10, 9, 100} {
		l.Add(Diagnostic{Pos: Pos{"f", line, 1}, Message: "m"})
	}
	if got, want := l.Err().Error(), "f:9:1: m\nf:10:1: m\nf:100:1: m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestErrorIsCapped(t *testing.T) {
	for _, c := range []struct {
		n, lines int
		last     string
	}{
		{MaxPrinted, MaxPrinted, "f:50:1: m"},
		{MaxPrinted + 1, MaxPrinted + 1, "and 1 more error"},
		{MaxPrinted + 12, MaxPrinted + 1, "and 12 more errors"},
	} {
		var l List
		for i := range c.n {
			l.Add(Diagnostic{Pos: Pos{"f", i + 1, 1}, Message: "m"})
		}
		lines := strings.Split(l.Err().Error(), "\n")
		if len(lines) != c.lines || lines[len(lines)-1] != c.last {
			t.Errorf("%d errors: %d lines, the last %q", c.n, len(lines), lines[len(lines)-1])
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"user_id", "email", "created_at", "country_code", "id", "as", "on"}
	for name, want := range map[string]string{
		"user_ids":     "user_id",
		"usr_id":       "user_id",
		"Email":        "email",
		"emial":        "email",
		"di":           "id",
		"create_at":    "created_at",
		"country_cide": "country_code",
		"ID":           "id",
		"ids":          "id",
		"zz":           "",
		"x":            "",
		"":             "",
		"gender":       "",
		"email":        "", // the name itself is no suggestion
	} {
		if got := Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
	if got := Nearest(strings.Repeat("a", 1000), []string{strings.Repeat("a", 999)}); got != "" {
		t.Errorf("a name of 1000 bytes was compared")
	}
}

// edits is the edit distance by its textbook definition.
func edits(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func TestNearestIsNearest(t *testing.T) {
	word := rapid.StringOfN(rapid.SampledFrom([]rune("abcé_")), 1, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		name, known := word.Draw(t, "name"), rapid.SliceOf(word).Draw(t, "known")
		size := utf8.RuneCountInString(name)
		limit := max(size/3, 1)
		want, best := "", limit+1
		slices.Sort(known)
		for _, k := range known {
			d := edits([]rune(name), []rune(k))
			for i := range []rune(name)[1:] {
				r := []rune(name)
				r[i], r[i+1] = r[i+1], r[i]
				if string(r) == k && k != name {
					d = 1
				}
			}
			if d > 0 && d < best && d < size {
				want, best = k, d
			}
		}
		slices.Reverse(known)
		if got := Nearest(name, known); got != want {
			t.Fatalf("Nearest(%q, %q) = %q, want %q", name, known, got, want)
		}
	})
}

func TestRegistry(t *testing.T) {
	a := []Explained{{"unknown_key", "Not a key."}}
	b := []Explained{{"cycle", "A circle."}, {"no_type2", "No type."}}
	all, err := Registry(a, b)
	if err != nil || fmt.Sprint(all) != "[{cycle A circle.} {no_type2 No type.} {unknown_key Not a key.}]" {
		t.Errorf("got %v, %v", all, err)
	}
	if Explain(all, "cycle") != "A circle." || Explain(all, "none") != "" {
		t.Error("Explain does not find what is there, or finds what is not")
	}
	for _, bad := range []struct {
		e    Explained
		want string
	}{
		{Explained{"unknown_key", "Twice."}, "explained twice"},
		{Explained{"Unknown", "Upper case."}, "lower-case words"},
		{Explained{"unknown-key", "A dash."}, "lower-case words"},
		{Explained{"fine", ""}, "one sentence"},
		{Explained{"fine", "No full stop"}, "one sentence"},
	} {
		if _, err := Registry(a, []Explained{bad.e}); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%v: got %v, want an error with %q", bad.e, err, bad.want)
		}
	}
}
