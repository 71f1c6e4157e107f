package profile

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
)

// genders profiles a text column c and a personal one, of so many rows each.
func genders(t *testing.T, run string, counts map[string]int) Node {
	t.Helper()
	columns := []contract.Column{{Name: "c", Type: "string", Arrow: arrow.BinaryTypes.String}, {Name: "who", Type: "string", Arrow: arrow.BinaryTypes.String, PII: true}}
	b := array.NewStringBuilder(memory.NewGoAllocator())
	var origins []contract.Origin
	for text, n := range counts {
		for range n {
			if text == "null" {
				b.AppendNull()
			} else {
				b.Append(text)
			}
			origins = append(origins, contract.MakeOrigin(0, int64(len(origins))+1))
		}
	}
	texts := b.NewArray()
	schema := arrow.NewSchema([]arrow.Field{{Name: "c", Type: arrow.BinaryTypes.String}, {Name: "who", Type: arrow.BinaryTypes.String}}, nil)
	a := New(columns, 0)
	a.Add(contract.Batch{Record: array.NewRecord(schema, []arrow.Array{texts, texts}, int64(texts.Len())), Origins: origins})
	return Node{UniqueID: "source.p.s", Name: "s", Run: run, AsOf: "2024-05-0" + run, Passed: true, Complete: true, Relation: a.Profile()}
}

func TestDrift(t *testing.T) {
	before := genders(t, "1", map[string]int{"F": 40, "M": 50, "": 5, "null": 5})
	after := genders(t, "2", map[string]int{"F": 20, "X": 10, "W": 10, "M": 10})
	got, err := json.Marshal(Compare(&before, &after))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"since":"2024-05-01","rows":{"before":100,"after":50},"columns":[` +
		`{"name":"c","nulls":{"before":0.05,"after":0},"distinct":{"before":3,"after":4},"distinct_exact":{"before":true,"after":true},"min":{"before":"","after":"F"},"max":{"before":"M","after":"X"},"new":["W","X"],"gone":[""]},` +
		`{"name":"who","nulls":{"before":0.05,"after":0},"distinct":{"before":3,"after":4},"distinct_exact":{"before":true,"after":true},"min":null,"max":null,"new":[],"gone":[]}]}`
	if string(got) != want {
		t.Errorf("drift is\n%s, want\n%s", got, want)
	}
	if d := Compare(nil, &after); d != nil {
		t.Errorf("drift since nothing: %+v", d)
	}
	empty := genders(t, "3", nil)
	if d := Compare(&empty, &before); d.Columns[0].Nulls != (Shares{0, 0.05}) || *d.Columns[0].Min.After != "" || d.Columns[0].Min.Before != nil || len(d.Columns[0].New) != 3 {
		t.Errorf("drift since there was no row: %+v", d.Columns[0])
	}
	// Where not all values are known, only what is sure is told.
	many := before
	many.Columns = append([]Column{}, before.Columns...)
	values := *before.Columns[0].Values
	values.Set, values.Top = nil, []Top{{"M", 50}, {"Q", 40}}
	many.Columns[0].Values = &values
	if d := Compare(&many, &after).Columns[0]; len(d.New) != 0 || !reflect.DeepEqual(d.Gone, []string{"Q"}) {
		t.Errorf("new %v, gone %v", d.New, d.Gone)
	}
	if d := Compare(&after, &many).Columns[0]; len(d.Gone) != 0 || !reflect.DeepEqual(d.New, []string{"Q"}) {
		t.Errorf("new %v, gone %v", d.New, d.Gone)
	}
	// A column of another type has nothing to be compared with; one that is personal by
	// now shows nothing of what it was.
	after.Columns[0].Type = "int64"
	if d := Compare(&before, &after); len(d.Columns) != 1 {
		t.Errorf("columns of two types are compared: %+v", d.Columns)
	}
	before.Columns[1].PII, before.Columns[1].Values = false, before.Columns[0].Values
	if d := Compare(&before, &after).Columns[0]; d.Min != nil || d.Max != nil || len(d.New)+len(d.Gone) > 0 {
		t.Errorf("what was not personal is shown: %+v", d)
	}
}

// What is known of nodes run after run.
func TestNext(t *testing.T) {
	columns := []contract.Column{{Name: "c", Type: "string"}, {Name: "who", PII: true}}
	known := []Known{{"source.p.s", columns}}
	rows := func(p *Profiles) []int64 { // of the one node, -1 where there is none
		if n := p.Node("source.p.s"); n != nil {
			return []int64{n.Rows}
		}
		return []int64{-1}
	}
	run := func(id string, n int, passed bool) []Node {
		found := genders(t, id, map[string]int{"F": n})
		found.Passed = passed
		return []Node{found}
	}
	var now, before *Profiles
	for i, x := range []struct {
		found       []Node
		now, before int64
	}{
		{run("1", 1, true), 1, -1},
		{run("1", 2, true), 2, -1}, // the same run again
		{run("2", 3, true), 3, 2},
		{nil, 3, 2},                // it did not come to the node
		{run("3", 4, false), 4, 3}, // it failed
		{run("4", 5, true), 5, 3},  // and is nothing to compare with
		{run("2", 3, true), 3, 5},  // gone back
	} {
		now, before = Next("p", known, x.found, now, before)
		if got := append(rows(now), rows(before)...); !reflect.DeepEqual(got, []int64{x.now, x.before}) {
			t.Fatalf("run %d: %v rows, want %d and %d", i, got, x.now, x.before)
		}
	}
	partly := run("5", 9, true)
	partly[0].Complete = false
	now, before = Next("p", known, partly, now, before)
	now, before = Next("p", known, run("6", 10, true), now, before)
	if got := append(rows(now), rows(before)...); !reflect.DeepEqual(got, []int64{10, 3}) {
		t.Errorf("after a source that broke off: %v", got)
	}
	// Tagged by now, and gone.
	columns[0].PII = true
	tagged, last := Next("p", known, nil, now, before)
	for _, p := range []*Profiles{tagged, last} {
		if c := p.Nodes[0].Columns[0]; !c.PII || c.Values != nil || c.Distinct != 1 {
			t.Errorf("a column that is personal by now: %+v", c)
		}
	}
	if now.Nodes[0].Columns[0].Values == nil {
		t.Error("what was handed in was changed")
	}
	gone, _ := Next("p", []Known{{"source.p.s", columns[1:]}, {"model.p.m", columns}}, nil, now, before)
	if len(gone.Nodes) != 1 || len(gone.Nodes[0].Columns) != 1 || gone.Nodes[0].Columns[0].Name != "who" {
		t.Errorf("of a column that is no more: %+v", gone.Nodes)
	}
}
