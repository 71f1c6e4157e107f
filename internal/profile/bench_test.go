package profile

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/axiomhq/hyperloglog"

	"martlet/internal/contract"
)

// martColumns are as those of the sample's mart.
var martColumns = []contract.Column{
	{Name: "user_id", Arrow: arrow.PrimitiveTypes.Int64},
	{Name: "email", Arrow: arrow.BinaryTypes.String, PII: true},
	{Name: "gender", Arrow: arrow.BinaryTypes.String},
	{Name: "date_of_birth", Arrow: arrow.FixedWidthTypes.Date32, PII: true},
	{Name: "country_code", Arrow: arrow.BinaryTypes.String},
	{Name: "created_at", Arrow: micros},
	{Name: "last_updated_time", Arrow: micros},
	{Name: "account_closed_at", Arrow: micros},
	{Name: "account_reopened_at", Arrow: micros},
	{Name: "user_opt_in_marketing", Arrow: arrow.FixedWidthTypes.Boolean},
	{Name: "user_opt_in_at", Arrow: micros},
	{Name: "is_closed", Arrow: arrow.FixedWidthTypes.Boolean},
	{Name: "is_reopened", Arrow: arrow.FixedWidthTypes.Boolean},
	{Name: "last_seen_ts", Arrow: micros},
	{Name: "recency_segmentation", Arrow: arrow.BinaryTypes.String},
	{Name: "country_name", Arrow: arrow.BinaryTypes.String},
	{Name: "mart_built_at", Arrow: micros},
}

var micros = &arrow.TimestampType{Unit: arrow.Microsecond}

// martBatches makes batches as the sample's mart has them.
func martBatches(n, rows int) (batches []contract.Batch) {
	random := rand.New(rand.NewPCG(1, 2))
	var fields []arrow.Field
	for _, c := range martColumns {
		fields = append(fields, arrow.Field{Name: c.Name, Type: c.Arrow, Nullable: true})
	}
	b := array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema(fields, nil))
	text := func(i int, null bool, text string) {
		if null {
			b.Field(i).AppendNull()
			return
		}
		b.Field(i).(*array.StringBuilder).Append(text)
	}
	at := func(i int, null bool) {
		if null {
			b.Field(i).AppendNull()
			return
		}
		b.Field(i).(*array.TimestampBuilder).Append(arrow.Timestamp(random.Int64N(5e8) * 1e6))
	}
	for batch := range n {
		var origins []contract.Origin
		for row := range rows {
			id := int64(batch*rows + row)
			origins = append(origins, contract.MakeOrigin(3, id+1))
			chance := func(percent int) bool { return random.IntN(100) < percent }
			b.Field(0).(*array.Int64Builder).Append(1000 + id)
			text(1, chance(2), fmt.Sprintf("user.%d@example-%d.com", id, id%97))
			text(2, chance(10), []string{"M", "F"}[random.IntN(2)])
			b.Field(3).(*array.Date32Builder).Append(arrow.Date32(random.IntN(20000)))
			country := random.IntN(249)
			text(4, chance(5), string([]byte{'A' + byte(country/16), 'A' + byte(country%16)}))
			at(5, false)
			at(6, false)
			at(7, chance(90))
			at(8, chance(97))
			b.Field(9).(*array.BooleanBuilder).Append(chance(60))
			at(10, chance(40))
			b.Field(11).(*array.BooleanBuilder).Append(chance(8))
			b.Field(12).(*array.BooleanBuilder).Append(chance(3))
			at(13, false)
			text(14, false, []string{"0-30 days", "31-60 days", "61-90 days", "over 90 days"}[random.IntN(4)])
			text(15, chance(5), fmt.Sprintf("Country of the number %d", country))
			b.Field(16).(*array.TimestampBuilder).Append(1714521600000000)
		}
		batches = append(batches, contract.Batch{Record: b.NewRecord(), Origins: origins})
	}
	return batches
}

// What it costs to profile the sample's mart, beside the plain way: a map for frequent
// values and the library's sketch. The time is that of a batch; ns/row says it of a row.
func BenchmarkMart(b *testing.B) {
	const rows = 8192
	batches := martBatches(64, rows)
	b.Run("profile", func(b *testing.B) {
		b.ReportAllocs()
		a := New(martColumns, 3)
		for i := range b.N {
			a.Add(batches[i%len(batches)])
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
	})
	b.Run("naive", func(b *testing.B) {
		b.ReportAllocs()
		sketches := make([]*hyperloglog.Sketch, len(martColumns))
		counts := make([]map[string]int, len(martColumns))
		for i := range sketches {
			sketches[i], counts[i] = hyperloglog.New14(), map[string]int{}
		}
		for i := range b.N {
			for j, c := range batches[i%len(batches)].Record.Columns() {
				for row := range c.Len() {
					if c.IsNull(row) {
						continue
					}
					text := c.ValueStr(row)
					sketches[j].Insert([]byte(text))
					if _, known := counts[j][text]; known || len(counts[j]) < maxExact {
						counts[j][text]++
					}
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
	})
	b.Run("sample", func(b *testing.B) {
		s := New(martColumns, 3).sample
		origins := make([]contract.Origin, rows)
		for i := range b.N {
			for j := range origins {
				origins[j] = contract.MakeOrigin(3, int64(i*rows+j+1))
			}
			s.add(contract.Batch{Record: batches[i%len(batches)].Record, Origins: origins}, 3)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
	})
	for i, c := range martColumns {
		b.Run("column/"+c.Name, func(b *testing.B) {
			counter := newCounter(c.Arrow)
			b.ResetTimer()
			for n := range b.N {
				counter.add(batches[n%len(batches)].Record.Column(i))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}
