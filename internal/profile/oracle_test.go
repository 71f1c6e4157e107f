package profile

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// relation is one column as tests have it: its values row by row, nil being null.
type relation struct {
	subject
	rows    []any
	origins []contract.Origin
}

func (r *relation) columns() []contract.Column {
	return []contract.Column{{Name: "c", Type: r.name, Arrow: r.arrow, Nullable: true}, {Name: "who", Type: r.name, Arrow: r.arrow, Nullable: true, PII: true}}
}

// batch makes a batch of rows lo to hi-1, with the column twice, somewhere in arrays
// that have more.
func (r *relation) batch(mem memory.Allocator, lo, hi, before, behind int) contract.Batch {
	b := array.NewBuilder(mem, r.arrow)
	defer b.Release()
	add := func(v any) {
		if v == nil {
			b.AppendNull()
		} else {
			r.append(b, v)
		}
	}
	for i := range before {
		add(r.rows[i%len(r.rows)])
	}
	for _, v := range r.rows[lo:hi] {
		add(v)
	}
	for i := range behind {
		add(r.rows[i%len(r.rows)])
	}
	whole := b.NewArray()
	defer whole.Release()
	part := array.NewSlice(whole, int64(before), int64(before+hi-lo))
	defer part.Release()
	schema := arrow.NewSchema([]arrow.Field{{Name: "c", Type: r.arrow, Nullable: true}, {Name: "who", Type: r.arrow, Nullable: true}}, nil)
	return contract.Batch{Record: array.NewRecord(schema, []arrow.Array{part, part}, int64(hi-lo)), Origins: r.origins[lo:hi]}
}

func drawRelation(t *rapid.T, s subject) *relation {
	r := &relation{subject: s}
	for range rapid.SampledFrom([]int{0, 1, 2, 5, 20, 70, 300}).Draw(t, "rows") {
		var v any
		if rapid.IntRange(0, 4).Draw(t, "null") > 0 {
			v = s.draw(t)
		}
		r.rows = append(r.rows, v)
		r.origins = append(r.origins, contract.MakeOrigin(2, int64(len(r.rows))))
	}
	return r
}

// gather profiles the relation, cut into batches that several accumulators look at,
// and that are written down and read back in between.
func (r *relation) gather(t *rapid.T, mem memory.Allocator) Relation {
	all := New(r.columns(), 2)
	for lo := 0; ; {
		var beside []*Accumulator
		for range rapid.IntRange(1, 3).Draw(t, "goroutines") {
			beside = append(beside, all.Beside())
		}
		for lo < len(r.rows) && rapid.IntRange(0, 5).Draw(t, "go on") > 0 {
			hi := min(len(r.rows), lo+rapid.IntRange(1, 1+len(r.rows)/2).Draw(t, "batch"))
			b := r.batch(mem, lo, hi, rapid.IntRange(0, 9).Draw(t, "before"), rapid.IntRange(0, 2).Draw(t, "behind"))
			rapid.SampledFrom(append(beside, all)).Draw(t, "who").Add(b)
			b.Release()
			lo = hi
		}
		for _, i := range rapid.Permutation(upTo(len(beside))).Draw(t, "merged") {
			all.Merge(beside[i])
		}
		if lo == len(r.rows) {
			return all.Profile()
		}
		if rapid.Bool().Draw(t, "restored") {
			all = restored(t, all, r.columns())
		}
	}
}

func upTo(n int) (numbers []int) {
	for i := range n {
		numbers = append(numbers, i)
	}
	return numbers
}

func restored(t rapid.TB, a *Accumulator, columns []contract.Column) *Accumulator {
	text, err := json.Marshal(a.State())
	if err != nil {
		t.Fatal(err)
	}
	s := &State{}
	if err := json.Unmarshal(text, s); err != nil {
		t.Fatal(err)
	}
	b, err := Restore(columns, 5, s) // files that came before make no difference
	if err != nil {
		t.Fatal(err)
	}
	b.first = a.first
	return b
}

// Of few rows everything is known, which a plain reading of the values gives too.
func TestProfileIsThatOfAPlainReading(t *testing.T) {
	for _, s := range subjects {
		t.Run(s.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
				defer mem.AssertSize(t, 0)
				r := drawRelation(t, s)
				got := r.gather(t, mem)
				if got.Rows != int64(len(r.rows)) || len(got.Columns) != 2 {
					t.Fatalf("%d rows and %d columns, want %d and 2", got.Rows, len(got.Columns), len(r.rows))
				}
				r.check(t, got.Columns[0])
				who := got.Columns[0]
				who.Name, who.PII, who.Values = "who", true, nil
				if !reflect.DeepEqual(got.Columns[1], who) {
					t.Errorf("personal data: %+v, want %+v", got.Columns[1], who)
				}
			})
		})
	}
}

// check holds the profile of a column against its values.
func (r *relation) check(t *rapid.T, c Column) {
	var values []any
	for _, v := range r.rows {
		if v != nil {
			values = append(values, v)
		}
	}
	slices.SortStableFunc(values, r.compare)
	type group struct {
		text  string
		count int64
	}
	var groups []group
	bytes := 0
	for i, v := range values {
		if i == 0 || r.compare(values[i-1], v) != 0 {
			groups = append(groups, group{shorten(r.text(v)), 0})
			bytes += len(r.text(v))
		}
		groups[len(groups)-1].count++
	}
	if c.Name != "c" || c.Type != r.name || c.PII || c.Nulls != int64(len(r.rows)-len(values)) {
		t.Fatalf("column %+v, want c of %s with %d nulls", c, r.name, len(r.rows)-len(values))
	}
	want := &Values{Counted: int64(len(values)), Exact: true, Set: []string{}, Top: []Top{}, Quantiles: []Quantile{}, Histogram: c.Values.Histogram}
	tabled := r.name != "string" || bytes <= maxExactBytes
	if !tabled {
		want.Set = nil
		if c.DistinctExact || math.Abs(float64(c.Distinct)-float64(len(groups))) > 1+0.05*float64(len(groups)) {
			t.Errorf("%d distinct, want about %d", c.Distinct, len(groups))
		}
	} else if c.Distinct != int64(len(groups)) || !c.DistinctExact {
		t.Errorf("%d distinct, exactly: %t; want %d", c.Distinct, c.DistinctExact, len(groups))
	}
	if len(values) > 0 {
		want.Min, want.Max = &groups[0].text, &groups[len(groups)-1].text
	}
	for _, g := range groups {
		if want.Set != nil {
			want.Set = append(want.Set, g.text)
		}
		if g.count > 1 || len(groups) <= 10 {
			want.Top = append(want.Top, Top{g.text, g.count})
		}
	}
	if len(want.Set) > 256 {
		want.Set = nil
	}
	slices.SortStableFunc(want.Top, func(a, b Top) int { return int(b.Count - a.Count) })
	want.Top = want.Top[:min(10, len(want.Top))]
	if r.spread {
		for _, percent := range []int{5, 25, 50, 75, 95} {
			if n := len(values); n > 0 {
				want.Quantiles = append(want.Quantiles, Quantile{float64(percent) / 100, shorten(r.text(values[(n*percent+99)/100-1]))})
			}
		}
	}
	if !reflect.DeepEqual(c.Values, want) {
		a, _ := json.Marshal(c.Values)
		b, _ := json.Marshal(want)
		t.Errorf("values are\n%s\n  want\n%s", a, b)
	}
	r.checkHistogram(t, c.Values.Histogram, values)
}

// shorten cuts a text as profiles do.
func shorten(text string) string {
	if characters := []rune(text); len(characters) > 100 && utf8.ValidString(text) {
		return string(characters[:100]) + "…"
	}
	return text
}

// checkHistogram counts the values by the bounds that a histogram tells.
func (r *relation) checkHistogram(t *rapid.T, h *Histogram, values []any) {
	of, compare, parse := OfValues, r.compare, r.parse
	switch r.name {
	case "bool":
		if h != nil {
			t.Errorf("booleans are spread out: %+v", h)
		}
		return
	case "string":
		of, compare, parse = OfLengths, ordered[int64], subjects[2].parse
		for i := range values {
			values[i] = int64(len([]rune(values[i].(string))))
		}
		slices.SortFunc(values, compare)
	}
	finite := slices.DeleteFunc(slices.Clone(values), func(v any) bool {
		f, ok := v.(float64)
		return ok && (math.IsNaN(f) || math.IsInf(f, 0))
	})
	if len(finite) == 0 || compare(finite[0], finite[len(finite)-1]) == 0 {
		if h != nil {
			t.Errorf("what lies in one place is spread out: %+v", h)
		}
		return
	}
	if h == nil || h.Of != of || len(h.Bins) == 0 || len(h.Bins) > 24 {
		t.Fatalf("the histogram is %+v", h)
	}
	bound := func(text string) any {
		v, err := parse(text)
		if err != nil {
			t.Fatalf("bound %q: %v", text, err)
		}
		return v
	}
	want := Histogram{Of: of}
	for i, bin := range h.Bins {
		from, to := bound(bin.From), bound(bin.To)
		if compare(from, to) >= 0 || i > 0 && h.Bins[i-1].To != bin.From {
			t.Errorf("bins do not stand side by side: %+v", h.Bins)
		}
		n := int64(0)
		for _, v := range values {
			switch {
			case i == 0 && compare(v, from) < 0:
				want.Below++
			case i == len(h.Bins)-1 && compare(v, to) > 0:
				want.Above++
			case compare(v, from) >= 0 && (compare(v, to) < 0 || i == len(h.Bins)-1):
				n++
			}
		}
		want.Bins = append(want.Bins, Bin{bin.From, bin.To, n})
	}
	if !reflect.DeepEqual(*h, want) {
		t.Errorf("the histogram is\n%+v, want\n%+v", *h, want)
	}
	// At least those between the quartiles are spread out.
	if left := len(values) - len(finite) + len(finite)/2; h.Below+h.Above > int64(left) {
		t.Errorf("%d below and %d above, of %d", h.Below, h.Above, len(values))
	}
}

// The file is read as it was written.
func TestFile(t *testing.T) {
	p := sampleProfiles()
	text, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(text)
	if err != nil || !reflect.DeepEqual(got, p) {
		t.Errorf("read %+v, %v", got, err)
	}
	for text, want := range map[string]string{
		``:               "unexpected end of JSON input",
		`[]`:             "cannot unmarshal array",
		`{"version": 2}`: "found profiles of version 2, expected 1",
		`{}`:             "found profiles of version 0, expected 1",
		`{"version": 1, "nodes": [{"name": "a", "unheard_of": 1}]}`: `unknown field "unheard_of"`,
	} {
		if _, err := Decode([]byte(text)); err == nil || !bytes.Contains([]byte(err.Error()), []byte(want)) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// Booleans that are all null need not be anywhere.
func TestNullBooleans(t *testing.T) {
	none := array.NewBooleanData(array.NewData(arrow.FixedWidthTypes.Boolean, 3, []*memory.Buffer{memory.NewBufferBytes(make([]byte, 1)), nil}, nil, 3, 0))
	schema := arrow.NewSchema([]arrow.Field{{Name: "c", Type: arrow.FixedWidthTypes.Boolean, Nullable: true}}, nil)
	a := New([]contract.Column{{Name: "c", Arrow: arrow.FixedWidthTypes.Boolean}}, 0)
	a.Add(contract.Batch{Record: array.NewRecord(schema, []arrow.Array{none}, 3), Origins: []contract.Origin{1, 2, 3}})
	if c := a.Profile().Columns[0]; c.Nulls != 3 || c.Distinct != 0 || c.Values.Min != nil || len(c.Values.Top) != 0 {
		t.Errorf("found %+v", c)
	}
}
