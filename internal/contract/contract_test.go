package contract_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"martlet/internal/contract"
)

func TestOriginHoldsFileAndRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file := rapid.IntRange(0, 1<<23-1).Draw(t, "file")
		record := rapid.Int64Range(0, 1<<40-1).Draw(t, "record")
		o := contract.MakeOrigin(file, record)
		if o.File() != file || o.Record() != record {
			t.Fatalf("got file %d, record %d", o.File(), o.Record())
		}
	})
}

func TestOriginsAreThoseOfEachRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &contract.Rows{Count: rapid.IntRange(0, 20).Draw(t, "records"), Base: contract.MakeOrigin(3, 7)}
		r.Skipped = rapid.SliceOfN(rapid.IntRange(0, r.Count), 0, 8).Draw(t, "skipped")
		slices.Sort(r.Skipped)
		all := r.Origins()
		if len(all) != r.Count {
			t.Fatalf("%d origins of %d records", len(all), r.Count)
		}
		for i, got := range all {
			if want := r.Origin(i); got != want {
				t.Fatalf("record %d comes from %d, want %d", i, got.Record(), want.Record())
			}
		}
	})
}

func TestRowsTellNullFromEmptyText(t *testing.T) {
	// Two columns, declared in the other order: b,"" and "",a and ,c
	r := &contract.Rows{
		Data:  []byte("b,\"\"\n\"\",a\n,c\n"),
		Start: []uint32{1<<32 - 1, 2, 5, 7, 9, 10, 12}, End: []uint32{1<<32 - 1, 1, 3, 6, 9, 10, 12},
		Bounds: []uint32{0, 4, 5, 9, 10, 12},
		Quoted: []uint64{0b000110}, Count: 3, Width: 2, Column: []int{1, 0},
		Base: contract.MakeOrigin(3, 7), Skipped: []int{1, 1, 2},
	}
	type text struct {
		s  string
		ok bool
	}
	want := [][2]text{{{"", true}, {"b", true}}, {{"a", true}, {"", true}}, {{"c", true}, {"", false}}}
	if r.Len() != len(want) {
		t.Fatalf("%d records, want %d", r.Len(), len(want))
	}
	for i, row := range want {
		if raw, want := string(r.Raw(i)), []string{`b,""`, `"",a`, ",c"}[i]; raw != want {
			t.Errorf("record %d is %s, want %s", i, raw, want)
		}
		if o, want := r.Origin(i), contract.MakeOrigin(3, []int64{7, 10, 12}[i]); o != want {
			t.Errorf("record %d comes from %d, want %d", i, o.Record(), want.Record())
		}
		for j, w := range row {
			s, ok := r.Text(i, j)
			if string(s) != w.s || ok != w.ok || string(r.Field(i, j)) != w.s {
				t.Errorf("record %d, column %d: %q %v, want %q %v", i, j, s, ok, w.s, w.ok)
			}
		}
	}
}

func TestDefineTellsReadersWhatColumnsMean(t *testing.T) {
	n := contract.Define(contract.Node{
		Name: "users", Description: "One a user.", Grain: []string{"id"},
		Columns: []contract.Column{
			{Name: "id", Type: "int64", Arrow: arrow.PrimitiveTypes.Int64},
			{Name: "email", Type: "string", Arrow: arrow.BinaryTypes.String, Nullable: true, PII: true, Description: "Address.", Lineage: []string{"raw.email"}},
		},
		Tests: []contract.Test{{Name: "not_null_id", Column: "id"}, {Name: "adds_up"}},
	})
	about := n.Schema.Metadata()
	for key, want := range map[string]string{"martlet.name": "users", "martlet.description": "One a user.", "martlet.grain": "id", "martlet.tests": "adds_up"} {
		if got, _ := about.GetValue(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	email := n.Schema.Field(1)
	for key, want := range map[string]string{"martlet.pii": "true", "martlet.lineage": "raw.email", "martlet.description": "Address.", "martlet.type": "string"} {
		if got, _ := email.Metadata.GetValue(key); got != want {
			t.Errorf("email: %s is %q, want %q", key, got, want)
		}
	}
	if id := n.Schema.Field(0); id.Nullable || !email.Nullable || id.Metadata.FindKey("martlet.pii") >= 0 {
		t.Errorf("fields are %v", n.Schema.Fields())
	}
}

func TestNewRecordTakesItsColumnsOver(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	b := array.NewInt64Builder(mem)
	defer b.Release()
	b.AppendValues([]int64{1, 2, 3}, nil)
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)
	rec := contract.NewRecord(schema, b.NewArray())
	if rec.NumRows() != 3 {
		t.Errorf("%d rows", rec.NumRows())
	}
	rec.Release()
}

func TestFailuresKeepTheFirstAndCountTheRest(t *testing.T) {
	var f contract.Failures
	for i := range 100 {
		f.Add(contract.Failure{Node: "m", Column: "a", Origin: contract.Origin(i), Err: errors.New("x")})
	}
	f.Add(contract.Failure{Node: "m", Column: "b", Err: errors.New("y")})
	if f.Len("m", "a") != 100 || f.Len("m", "b") != 1 || f.Len("m", "c") != 0 {
		t.Errorf("counts are %d, %d, %d", f.Len("m", "a"), f.Len("m", "b"), f.Len("m", "c"))
	}
	if first := f.First(); len(first) != 6 || first[0].Origin != 0 || first[5].Column != "b" {
		t.Errorf("kept %v", first)
	}
}

func TestTestResultShowsAFew(t *testing.T) {
	var r contract.TestResult
	for i := range 100 {
		if r.Fail(i) {
			r.Show(contract.Example{Origin: contract.Origin(i)})
		}
	}
	if r.Failures != 100 || len(r.Examples) != 5 || r.Examples[4].Origin != 4 {
		t.Errorf("%d failures, %d examples", r.Failures, len(r.Examples))
	}
}

func TestTestResultCountsRepeatsOnce(t *testing.T) {
	r := contract.TestResult{KeepRows: true}
	// Rows 0 to 6 have the values 7 7 8 7 8 9 7, with the ids 0 0 1 0 1 2 0.
	for row, x := range []struct {
		id int
		n  int64
	}{{0, 1}, {0, 2}, {1, 1}, {0, 3}, {1, 2}, {2, 1}, {0, 4}} {
		if x.n > 1 && r.Repeat(row, x.id, x.n) {
			r.Show(contract.Example{Value: []string{"7", "8", "9"}[x.id]})
		}
	}
	if r.Failures != 2 || r.Distinct != 2 || len(r.Examples) != 2 || r.Examples[0].Count != 4 || r.Examples[1].Count != 2 || r.Examples[1].Value != "8" {
		t.Errorf("result is %+v", r)
	}
	if rows := r.TakeRows(); !slices.Equal(rows, []int{1, 3, 4, 6}) {
		t.Errorf("rows are %v", rows)
	}
	if rows := r.TakeRows(); len(rows) != 0 {
		t.Errorf("rows were taken twice: %v", rows)
	}
}

func TestTestResultCountsValues(t *testing.T) {
	var r contract.TestResult
	value := []byte("x")
	for i, v := range "xxyx" {
		value[0] = byte(v)
		r.FailValue(i, string(value), true)
	}
	r.FailValue(4, "", false)
	if r.Failures != 5 || r.Distinct != 2 {
		t.Errorf("%d failures, %d values", r.Failures, r.Distinct)
	}
	if rows := r.TakeRows(); rows != nil {
		t.Errorf("rows were kept unasked: %v", rows)
	}
	r.FailRows(9, true)
	r.FailRows(1, false)
	r.Miss("no rows")
	if r.Failures != 16 || r.Distinct != 3 || r.Examples[0].Value != "no rows" {
		t.Errorf("%d failures, %d values, %v", r.Failures, r.Distinct, r.Examples)
	}
}

func TestThresholds(t *testing.T) {
	for _, x := range []struct {
		threshold      contract.Threshold
		failures, rows int64
		want           bool
	}{
		{"", 0, 10, false}, {"", 1, 10, true},
		{"> 10", 10, 100, false}, {"> 10", 11, 100, true}, {">= 10", 10, 100, true}, {">= 10", 9, 100, false},
		{"< 3", 2, 0, true}, {"< 3", 3, 0, false}, {"<= 3", 3, 0, true}, {"<= 3", 4, 0, false},
		{"= 0", 0, 5, true}, {"= 0", 1, 5, false}, {"!= 0", 0, 5, false}, {"!= 0", 1, 5, true},
		{"> 0.5%", 5, 1000, false}, {"> 0.5%", 6, 1000, true}, {">= 0.5%", 5, 1000, true}, {"> 33.333333%", 1, 3, true}, {"> 33.333334%", 1, 3, false},
		{"> 0%", 0, 0, false}, {">= 50%", 0, 0, false}, {"= 100%", 7, 7, true}, {"> 50%", 1 << 40, 1 << 41, false}, {"> 50%", 1<<40 + 1, 1 << 41, true},
	} {
		if got := x.threshold.Met(x.failures, x.rows); got != x.want {
			t.Errorf("%d of %d rows, %q: %v", x.failures, x.rows, x.threshold, got)
		}
	}
}

// TestJudge is dbt's table of severities and thresholds.
func TestJudge(t *testing.T) {
	for _, x := range []struct {
		test     contract.Test
		failures int64
		want     contract.Severity
	}{
		{contract.Test{Severity: contract.Error}, 0, contract.Passed},
		{contract.Test{Severity: contract.Error}, 1, contract.Error},
		{contract.Test{Severity: contract.Warn}, 1, contract.Warn},
		{contract.Test{Severity: contract.Error, ErrorIf: "> 5"}, 5, contract.Warn},
		{contract.Test{Severity: contract.Error, ErrorIf: "> 5"}, 6, contract.Error},
		{contract.Test{Severity: contract.Error, ErrorIf: "> 5", WarnIf: "> 2"}, 2, contract.Passed},
		{contract.Test{Severity: contract.Error, ErrorIf: "> 5", WarnIf: "> 2"}, 3, contract.Warn},
		{contract.Test{Severity: contract.Error, WarnIf: "> 2"}, 1, contract.Error},
		{contract.Test{Severity: contract.Warn, ErrorIf: "> 0", WarnIf: "> 2"}, 2, contract.Passed},
		{contract.Test{Severity: contract.Warn, ErrorIf: "> 0", WarnIf: "> 2"}, 3, contract.Warn},
	} {
		if got := x.test.Judge(&contract.TestResult{Failures: x.failures, Rows: 100}); got != x.want {
			t.Errorf("%+v with %d failures: %q, want %q", x.test, x.failures, got, x.want)
		}
	}
}

func TestSequenceAndTakeOrigins(t *testing.T) {
	rows := contract.Sequence(make([]int, 9), 2, 5)
	if !slices.Equal(rows, []int{2, 3, 4}) {
		t.Errorf("got %v", rows)
	}
	if got := contract.TakeOrigins([]contract.Origin{7, 8, 9}, []int{2, 0}); !slices.Equal(got, []contract.Origin{9, 7}) {
		t.Errorf("got %v", got)
	}
}

func TestIgnoredFailuresGoUnnoticed(t *testing.T) {
	var f contract.Failures
	f.Ignore("n", "test a")
	for _, column := range []string{"test a", "test b", "test a"} {
		f.Add(contract.Failure{Node: "n", Column: column})
	}
	if f.Len("n", "test a") != 0 || f.Len("n", "test b") != 1 || len(f.First()) != 1 {
		t.Errorf("%d, %d, %v", f.Len("n", "test a"), f.Len("n", "test b"), f.First())
	}
}

// An allowance is judged exactly, against fractions.
func TestAllowance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		read := rapid.Int64Range(0, 1<<40).Draw(t, "read")
		a := contract.Allowance{Records: rapid.Int64Range(0, 1<<40).Draw(t, "records")}
		if rapid.Bool().Draw(t, "share") {
			a = contract.Allowance{PerMillion: rapid.Int64Range(0, 1_000_000).Draw(t, "millionths")}
		}
		limit := new(big.Rat).Mul(big.NewRat(a.PerMillion, 1_000_000), big.NewRat(read, 1))
		edge := new(big.Int).Quo(limit.Num(), limit.Denom()).Int64() + a.Records
		rejected := rapid.OneOf(rapid.Int64Range(0, read), rapid.Just(min(edge, read)), rapid.Just(min(edge+1, read))).Draw(t, "rejected")
		want := rejected <= a.Records || big.NewRat(rejected, 1).Cmp(limit) <= 0
		if got := a.Allows(rejected, read); got != want {
			t.Fatalf("%v allows %d of %d: %v", a, rejected, read, got)
		}
		if a.Exceeded(rejected) && a.Allows(rejected, read) {
			t.Fatalf("%v is exceeded by %d, and allows it", a, rejected)
		}
	})
	for want, a := range map[string]contract.Allowance{"0": {}, "12": {Records: 12}, "0.5%": {PerMillion: 5000}, "0.0001%": {PerMillion: 1}, "100%": {PerMillion: 1_000_000}} {
		if got := a.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// Parts come in any order, and are shown in that of the stream.
func TestTestResultMergesParts(t *testing.T) {
	var all contract.TestResult
	for _, ordinals := range [][]int64{{1, 4, 6, 9, 12, 15}, {0, 3, 20, 21}} {
		part := contract.TestResult{Ordinals: ordinals}
		for row := range ordinals {
			if part.Repeat(row, row, 2) {
				part.Show(contract.Example{Value: strconv.Itoa(int(ordinals[row]))})
			}
		}
		part.Repeat(0, 0, 3)
		all.MergePart(&part)
	}
	var got []string
	for _, e := range all.Examples {
		got = append(got, fmt.Sprintf("%s:%d", e.Value, e.Count))
	}
	if want := []string{"0:3", "1:3", "3:2", "4:2", "6:2"}; all.Failures != 10 || all.Distinct != 10 || !slices.Equal(got, want) {
		t.Errorf("%d failures of %d values, shown %v, want %v", all.Failures, all.Distinct, got, want)
	}
}

func TestFailuresTakeOthers(t *testing.T) {
	var all, others contract.Failures
	for record := range int64(8) {
		x := contract.Failure{Node: "n", Column: "c", Origin: contract.MakeOrigin(0, 8-record), Err: errors.New("division by zero")}
		others.Add(x)
		x.Column = "other"
		others.Add(x)
	}
	all.Add(contract.Failure{Node: "n", Column: "c", Origin: contract.MakeOrigin(0, 20), Err: errors.New("overflow")})
	all.Take(&others, "n", "c")
	first := all.First()
	if all.Total() != 9 || all.Len("n", "c") != 9 || len(first) != 5 || first[4].Origin.Record() != 5 {
		t.Errorf("%d failures, first %v", all.Total(), first)
	}
	all.Ignore("n", "other")
	all.Take(&others, "n", "other")
	if all.Total() != 9 {
		t.Error("failures that are to be ignored were taken")
	}
}
