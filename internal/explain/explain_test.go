package explain

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var asOf = time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)

func text(v string) Scalar { return Scalar{Text: v} }

// record is a row of a source.
func record(line int, columns ...Column) *Row {
	return &Row{Node: "orders", Kind: "source", Place: &Place{File: "seeds/orders.csv", Record: int64(line - 1), Line: line}, Columns: columns}
}

// staged is a row of a model that hands on what a record has.
func staged(below *Row, columns ...Column) *Row {
	return &Row{Node: "staged", Kind: "model", Columns: columns, Inputs: []Input{{Node: "orders", Role: Base, Count: 1, Rows: []*Row{below}}}}
}

// customer is an explanation with everything in it: a base row that others lost to, a
// join of two rows, of which one gave the value, and one that matches nothing.
func customer() *Explanation {
	paid := func(line int, amount string) *Row {
		return staged(record(line, Column{Name: "amount", Type: "int64", Value: text(amount)}),
			Column{Name: "paid", Type: "int64", Value: text(amount), Expr: "amount", Copy: true, Reads: []Read{{Column: "amount"}}})
	}
	cell := func(line int, column string) Cell {
		return Cell{Source: "orders", Column: column, Place: Place{File: "seeds/orders.csv", Record: int64(line - 1), Line: line}}
	}
	row := &Row{Node: "customers", Kind: "model", Key: []Value{{"id", text("7")}},
		Columns: []Column{
			{Name: "id", Type: "int64", Value: text("7"), Expr: "id", Copy: true, Reads: []Read{{Column: "id"}}, From: []Cell{cell(3, "id"), cell(3, "name")}},
			{Name: "most", Type: "int64", Value: text("40"), Expr: "max(paid)", Reads: []Read{{Input: 1, Column: "paid", Gave: []int{1}}}, From: []Cell{cell(5, "amount"), cell(6, "amount")}, More: true},
			{Name: "country", Type: "string", Value: Scalar{Null: true}, Expr: "country", Copy: true, Reads: []Read{{Input: 2, Column: "country"}}, Missing: []string{"no row of places has city=Ys"}},
			{Name: "share", Type: "int64", Value: Scalar{Null: true}, Expr: "100 / most", Failure: "division by zero"},
		},
		Inputs: []Input{
			{Node: "staged", Role: Base, Count: 1, Rows: []*Row{staged(record(3, Column{Name: "id", Value: text("7")}), Column{Name: "id", Value: text("7"), Expr: "lower(id)"})},
				Lost: []Loser{{Row: staged(record(2)), Reason: "at is null, which comes last; the row that is kept has 2024-01-01"}}, LostCount: 3},
			{Node: "staged", Role: Joined, On: []Value{{"id", text("7")}}, Count: 25, Rows: []*Row{paid(4, "30"), paid(5, "40")}},
			{Node: "places", Role: Joined, Rows: []*Row{}, Why: "no row has city=Ys"},
		}}
	return &Explanation{Node: "customers", Kind: "model", Key: row.Key, AsOf: asOf, Count: 1, Rows: []*Row{row},
		Notes: []Fact{{Text: "a record of orders was rejected", Places: []Place{{File: "seeds/orders.csv", Record: 8}}}}}
}

const customerText = `customers of id=7, as of 2024-05-01 00:00:00 UTC

Column   Value  From
id       7      seeds/orders.csv:3
most     40     seeds/orders.csv:5, 6; ...
country  null   no row of places has city=Ys
share    null   no value: division by zero

How they are computed
  id, in staged
      lower(id)
  most, in customers
      max(paid)
  share, in customers
      100 / most

Rows that took part
  staged <- orders  seeds/orders.csv:3
  not seeds/orders.csv:2: at is null, which comes last; the row that is kept has 2024-01-01
  ... and 2 more
  25 rows of staged with id=7
    staged <- orders  seeds/orders.csv:4
    staged <- orders  seeds/orders.csv:5
    ... and 23 more
  places: no row has city=Ys

Note: a record of orders was rejected: seeds/orders.csv, record 8
`

const mostText = `customers.most of id=7, as of 2024-05-01 00:00:00 UTC

customers  id=7
  most = 40
      max(paid)
  25 rows of staged with id=7, of which * gave the value
    staged <- orders  seeds/orders.csv:4: amount=30
    * staged <- orders  seeds/orders.csv:5: amount=40
    ... and 23 more
`

func TestText(t *testing.T) {
	most := customer()
	most.Column, most.Notes = "most", nil
	row := most.Rows[0]
	row.Columns, row.Inputs = row.Columns[1:2], row.Inputs[1:2]
	row.Columns[0].Reads[0].Input = 0
	absent := &Explanation{Node: "customers", Kind: "model", Key: []Value{{"id", Scalar{Null: true}}, {"name", text("NULL")}}, AsOf: asOf.Add(time.Millisecond), Rows: []*Row{},
		Reasons: []Reason{{Node: "customers", Kind: Filtered, Text: "a filter drops it", Expr: "is_test is  not\ntrue",
			Reads: []Column{{Name: "is_test", Value: text("true"), From: []Cell{{Place: Place{File: "f.csv", Line: 2, Cell: "b.xlsx!s!E2"}}}}},
			Row:   record(2), Lost: []Loser{{Row: record(4), Reason: "the later row is kept"}}, LostCount: 1,
			Facts: []Fact{{Text: "it has no value: overflow"}}}}}
	partly := customer()
	partly.Rows, partly.Notes, partly.Count = nil, nil, 0
	partly.Reasons = []Reason{{Node: "customers", Kind: Filtered, Text: "a filter drops it", Reads: []Column{{Name: "most", Value: text("40"), From: customer().Rows[0].Columns[1].From, Partly: true}}}}
	for name, x := range map[string]struct {
		of   *Explanation
		want string
	}{
		"all columns": {customer(), customerText},
		"one column":  {most, mostText},
		"part of a group": {partly, `customers has no row with id=7, as of 2024-05-01 00:00:00 UTC.

customers: a filter drops it
  most is 40: the group that begins at seeds/orders.csv:5, 6
`},
		"absent": {absent, `customers has no row with id=null, name="NULL", as of 2024-05-01 00:00:00.001 UTC.

customers: a filter drops it
  where is_test is  not
  true
  is_test is true: b.xlsx!s!E2
  it has no value: overflow
  orders  seeds/orders.csv:2
    not seeds/orders.csv:4: the later row is kept
`},
	} {
		var out strings.Builder
		if err := x.of.WriteText(&out); err != nil {
			t.Fatal(err)
		}
		if out.String() != x.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, out.String(), x.want)
		}
	}
}

// An expression of any length is written in lines that can be read, and nothing of it is
// lost.
func TestExpressionsAreBroken(t *testing.T) {
	sql := "case\n  when " + strings.Repeat("coalesce(a, b) + ", 40) + strings.Repeat("x", 300) + " > 0 then 'a  b'\n" + strings.Repeat("y", 300) + "\nend"
	p := &page{}
	p.expression(3, sql)
	for i, line := range strings.Split(strings.TrimSpace(p.text.String()), "\n") {
		if len(line) > maxWidth+8 && !strings.Contains(line, strings.Repeat("x", 300)) && !strings.Contains(line, strings.Repeat("y", 300)) {
			t.Errorf("line %d has %d characters", i+1, len(line))
		}
	}
	if got, want := strings.Fields(p.text.String()), strings.Fields(sql); !slices.Equal(got, want) || !strings.Contains(p.text.String(), "'a  b'") {
		t.Errorf("it became\n%s", p.text.String())
	}
}

func TestScalarsAsJSON(t *testing.T) {
	for want, s := range map[string]Scalar{
		`null`:         {Null: true, Bare: true},
		`12.50`:        {Text: "12.50", Bare: true},
		`true`:         {Text: "true", Bare: true},
		`"NaN"`:        {Text: "NaN", Bare: true},
		`"007"`:        {Text: "007"},
		`""`:           {},
		`"<redacted>"`: {Text: "<redacted>"},
	} {
		var out strings.Builder
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		if err := e.Encode(s); err != nil || strings.TrimSpace(out.String()) != want {
			t.Errorf("%+v is %s, %v, want %s", s, out.String(), err, want)
		}
	}
}

// Every place is visited, so that each gets its line.
func TestPlaces(t *testing.T) {
	e := customer()
	e.Reasons = []Reason{{Row: record(2), Kept: record(3), Lost: []Loser{{Row: record(4)}}, Reads: e.Rows[0].Columns[:1], Facts: e.Notes}}
	e.Places(func(p *Place) { p.Line = 77 })
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if files, lines := strings.Count(string(text), `"file"`), strings.Count(string(text), `"line":77`); files == 0 || files != lines {
		t.Errorf("of %d places %d were visited", files, lines)
	}
}

// Whatever the depth and however an expression is set, its words are all there.
func TestExpressionsOfAnyShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zé]{1,60}`)
		var lines []string
		for range rapid.IntRange(1, 3).Draw(t, "lines") {
			lines = append(lines, strings.Repeat(" ", rapid.IntRange(0, 130).Draw(t, "indent"))+strings.Join(rapid.SliceOfN(word, 1, 20).Draw(t, "words"), " "))
		}
		sql := strings.Join(lines, "\n")
		p := &page{}
		p.expression(rapid.IntRange(0, 80).Draw(t, "depth"), sql)
		if got, want := strings.Fields(p.text.String()), strings.Fields(sql); !slices.Equal(got, want) {
			t.Fatalf("%q is written as %q", want, got)
		}
	})
}
