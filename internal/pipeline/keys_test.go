package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"martlet/internal/contract"
	"martlet/internal/sink"
)

// keyTypes are the types of the schema language, and fields of each as CSV has them.
var keyTypes = []struct {
	name   string
	arrow  arrow.DataType
	fields []string
}{
	{"bool", arrow.FixedWidthTypes.Boolean, []string{"true", "false"}},
	{"int64", arrow.PrimitiveTypes.Int64, []string{"0", "-1", "7", "9223372036854775807"}},
	{"float64", arrow.PrimitiveTypes.Float64, []string{"0", "-0", "0.5", "NaN", "-Infinity"}},
	{"decimal(9,3)", &arrow.Decimal128Type{Precision: 9, Scale: 3}, []string{"0.000", "-1.500", "123456.789"}},
	{"string", arrow.BinaryTypes.String, []string{"a", "ab", "b", " a"}},
	{"date", arrow.FixedWidthTypes.Date32, []string{"2024-02-29", "1969-12-31"}},
	{"timestamp", &arrow.TimestampType{Unit: arrow.Microsecond}, []string{"2024-02-29 12:00:00", "1969-12-31 23:59:59.999999"}},
	{"timestamptz", arrow.FixedWidthTypes.Timestamp_us, []string{"2024-02-29 12:00:00+00"}},
}

// keyedNode has a column of each of some types, under the names c0, c1 ...
func keyedNode(types []int, pii bool) *node {
	var columns []contract.Column
	for i, t := range types {
		columns = append(columns, contract.Column{Name: fmt.Sprint("c", i), Type: keyTypes[t].name, Arrow: keyTypes[t].arrow, Nullable: true, PII: pii})
	}
	n := contract.Define(contract.Node{Name: "n", Columns: columns, Grain: []string{"c0"}})
	return &node{Node: &n}
}

// Whatever the types, the rows that are found of some keys are those whose text is that
// of one of the keys, null being a value; also in a part of a record.
func TestFinderAgainstText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		types := rapid.SliceOfN(rapid.IntRange(0, len(keyTypes)-1), 1, 3).Draw(t, "types")
		n := keyedNode(types, false)
		b := array.NewRecordBuilder(mem, n.Schema)
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			for i, typ := range types {
				text := rapid.SampledFrom(append(keyTypes[typ].fields, "")).Draw(t, "field")
				if text == "" {
					b.Field(i).AppendNull()
				} else if err := b.Field(i).AppendValueFromString(arrowText(typ, text)); err != nil {
					t.Fatal(err)
				}
			}
		}
		whole := b.NewRecord()
		b.Release()
		from := rapid.Int64Range(0, whole.NumRows()).Draw(t, "from")
		rec := whole.NewSlice(from, whole.NumRows())
		whole.Release()
		columns := n.columnNames()
		keys, texts := newKeySet(columns), map[string]bool{}
		for range rapid.IntRange(0, 3).Draw(t, "keys") {
			var encoded, given []string
			for _, typ := range types {
				text := rapid.SampledFrom(append(keyTypes[typ].fields, "")).Draw(t, "key")
				key, err := parseKey(keyTypes[typ].arrow, text)
				if err != nil {
					t.Fatal(err)
				}
				if back, ok := keyText(keyTypes[typ].arrow, string(key)); back != zero(text) || ok == (text == "") {
					t.Fatalf("%s %q is %q", keyTypes[typ].name, text, back)
				}
				encoded, given = append(encoded, string(key)), append(given, zero(text))
			}
			keys.add(encoded)
			texts[fmt.Sprintf("%q", given)] = true
		}
		fields, err := sink.NewFields(n.Schema)
		if err != nil {
			t.Fatal(err)
		}
		fields.Bind(rec)
		var want []int
		for i := range int(rec.NumRows()) {
			var row []string
			for c := range types {
				text, _ := fields.At(i, c)
				row = append(row, zero(text))
			}
			if texts[fmt.Sprintf("%q", row)] {
				want = append(want, i)
			}
		}
		fields.Unbind()
		if got := newFinder(n, keys).find(nil, rec); !slices.Equal(got, want) {
			t.Fatalf("rows %v, want %v", got, want)
		}
		rec.Release()
		if mem.CurrentAlloc() != 0 {
			t.Fatalf("%d bytes are not freed", mem.CurrentAlloc())
		}
	})
}

// arrowText is a field as Arrow's builders read it.
func arrowText(typ int, text string) string {
	if strings.HasPrefix(keyTypes[typ].name, "timestamp") {
		text = strings.Replace(strings.TrimSuffix(text, "+00"), " ", "T", 1)
		if keyTypes[typ].name == "timestamptz" {
			text += "Z"
		}
	}
	return text
}

// zero is 0 for -0, which equals it.
func zero(text string) string {
	if text == "-0" {
		return "0"
	}
	return text
}

// Of a key all columns go down to the base under their names there.
func TestKeysGoDownUnderOtherNames(t *testing.T) {
	keys := newKeySet([]string{"a", "b", "c"})
	keys.add([]string{"x", "y", "z"})
	keys.add([]string{"x", "w", "z"})
	down := keys.onto([]int{2, 0}, []string{"third", "first"})
	if len(down.known) != 1 || !slices.Equal(down.known["zx"], []string{"z", "x"}) || !slices.Equal(down.columns, []string{"third", "first"}) {
		t.Errorf("%+v", down)
	}
}

// What --key says never panics, never tells a personal value, and is one value for each
// column that it names.
func FuzzParseKeys(f *testing.F) {
	f.Add("7", "")
	f.Add("c0=7,c1=x,y", "")
	f.Add("c0=", `c1=""`)
	f.Add("c1=1,c1=2", "c0")
	f.Add("=,c0=3", "c9=1")
	f.Fuzz(func(t *testing.T, first, second string) {
		for typ := range keyTypes {
			n := keyedNode([]int{typ, 4}, true)
			given := []string{first}
			if second != "" {
				given = append(given, second)
			}
			keys, err := parseKeys(n, given)
			if err != nil {
				for _, text := range given {
					if _, value, _ := strings.Cut(text, "="); len(value) > 12 && strings.Contains(err.Error(), value) {
						t.Errorf("%q is told: %v", value, err)
					}
				}
				continue
			}
			for _, values := range keys.known {
				if len(values) != len(keys.columns) || len(values) == 0 || slices.Contains(values, "") {
					t.Errorf("%q: the key is %q of %q", given, values, keys.columns)
				}
			}
		}
	})
}
