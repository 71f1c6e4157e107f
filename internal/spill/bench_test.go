package spill

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// The benchmarks move rows like those of an order line, of about 100 bytes with
// origin and ordinal. MB/s are of the rows as they are in memory.

var benchSchema = arrow.NewSchema([]arrow.Field{
	{Name: "order_id", Type: arrow.PrimitiveTypes.Int64},
	{Name: "customer", Type: arrow.BinaryTypes.String},
	{Name: "product", Type: arrow.BinaryTypes.String},
	{Name: "amount", Type: &arrow.Decimal128Type{Precision: 12, Scale: 2}},
	{Name: "discount", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "ordered_at", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}},
	{Name: "day", Type: arrow.FixedWidthTypes.Date32},
	{Name: "paid", Type: arrow.FixedWidthTypes.Boolean},
}, nil)

func benchBatch(r *rand.Rand) contract.Batch {
	b := array.NewRecordBuilder(pool, benchSchema)
	defer b.Release()
	batch := contract.Batch{Origins: make([]contract.Origin, contract.BatchRows)}
	for i := range batch.Origins {
		batch.Origins[i] = contract.MakeOrigin(3, int64(i)+1)
		b.Field(0).(*array.Int64Builder).Append(1_000_000 + int64(i/3))
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("customer-%07d@example.org", r.IntN(2_000_000)))
		b.Field(2).(*array.StringBuilder).Append([]string{"bicycle", "lamp", "saddle", "bell", "inner tube"}[r.IntN(5)])
		b.Field(3).(*array.Decimal128Builder).Append(decimal128.FromI64(int64(r.IntN(1_000_000))))
		if r.IntN(4) == 0 {
			b.Field(4).AppendNull()
		} else {
			b.Field(4).(*array.Float64Builder).Append(float64(r.IntN(100)) / 100)
		}
		at := int64(1_700_000_000_000_000) + int64(i)*1_234_567 + r.Int64N(1000)
		b.Field(5).(*array.TimestampBuilder).Append(arrow.Timestamp(at))
		b.Field(6).(*array.Date32Builder).Append(arrow.Date32(at / 86_400_000_000))
		b.Field(7).(*array.BooleanBuilder).Append(r.IntN(3) > 0)
	}
	batch.Record = b.NewRecord()
	return batch
}

// cpuTime is the time that processors have spent on this program, which other
// programs on the machine do not change.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func reportCPU(b *testing.B, size int64, spent time.Duration) {
	b.ReportMetric(float64(size)*float64(b.N)/1e6/spent.Seconds(), "MB/cpu-s")
}

// perCPU has MB/s of processor time reported when stop is called.
func perCPU(b *testing.B, size int64) (stop func()) {
	before := cpuTime(b)
	return func() { reportCPU(b, size, cpuTime(b)-before) }
}

var pool = &arrowops.Pool{}

const (
	benchBatches = 32 // two million rows
	benchParts   = 32
	benchBudget  = 64 << 20
)

// benchInput is some batches, which are given in turn, and partitions for them.
func benchInput() (batches []contract.Batch, part []uint32, size int64) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 4 {
		batches = append(batches, benchBatch(r))
	}
	part = make([]uint32, contract.BatchRows)
	for i := range part {
		part[i] = uint32(r.IntN(benchParts))
	}
	return batches, part, benchBatches * (sizesOf(batches[0].Record).of(0, contract.BatchRows) + 16*contract.BatchRows)
}

func fill(b *testing.B, f *Folder, batches []contract.Batch, part []uint32) *Partitions {
	p := f.Partitions(benchSchema, benchParts, benchBudget, pool)
	var ordinals []int64
	for i := range benchBatches {
		ordinals = Ordinals(ordinals[:0], int64(i)*contract.BatchRows, contract.BatchRows)
		if err := p.Add(batches[i%len(batches)], ordinals, part); err != nil {
			b.Fatal(err)
		}
	}
	if err := p.Finish(); err != nil {
		b.Fatal(err)
	}
	return p
}

func benchFolder(b *testing.B) *Folder {
	f, err := NewFolder(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := f.Close(); err != nil {
			b.Error(err)
		}
	})
	return f
}

func BenchmarkPartition(b *testing.B) {
	batches, part, size := benchInput()
	f := benchFolder(b)
	b.SetBytes(size)
	defer perCPU(b, size)()
	var stored, rows int64
	for b.Loop() {
		p := fill(b, f, batches, part)
		stored, rows = 0, 0
		for i := range p.parts {
			rows += p.Rows(i)
			for _, block := range p.parts[i].blocks {
				stored += block.size
			}
		}
		if err := p.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(stored)/float64(size), "stored/byte")
	b.ReportMetric(float64(size)/float64(rows), "B/row")
}

func BenchmarkRead(b *testing.B) {
	batches, part, size := benchInput()
	p := fill(b, benchFolder(b), batches, part)
	b.SetBytes(size)
	defer perCPU(b, size)()
	for b.Loop() {
		for i := range benchParts {
			if err := p.Read(i, func(b contract.Batch, _ []int64) error {
				b.Release()
				return nil
			}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// Every partition becomes a run as it is, and all are merged; MB/s are of the merge
// alone.
func BenchmarkMerge(b *testing.B) {
	batches, part, size := benchInput()
	f := benchFolder(b)
	p := fill(b, f, batches, part)
	b.SetBytes(size)
	var spent time.Duration
	for b.Loop() {
		b.StopTimer()
		runs := make([]*Run, benchParts)
		for i := range runs {
			runs[i] = f.Run(benchSchema, 1<<20, pool)
			if err := p.Read(i, func(b contract.Batch, ordinals []int64) error {
				defer b.Release()
				return runs[i].Add(b, ordinals)
			}); err != nil {
				b.Fatal(err)
			}
			if err := runs[i].Finish(); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		before := cpuTime(b)
		if err := Merge(runs, pool, func(b contract.Batch) error {
			b.Release()
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		spent += cpuTime(b) - before
	}
	reportCPU(b, size, spent)
}

func BenchmarkTape(b *testing.B) {
	batches, _, size := benchInput()
	f := benchFolder(b)
	b.SetBytes(size)
	defer perCPU(b, size)()
	for b.Loop() {
		t := f.Tape(benchSchema, pool)
		for i := range benchBatches {
			if err := t.Add(batches[i%len(batches)]); err != nil {
				b.Fatal(err)
			}
		}
		if err := t.Finish(); err != nil {
			b.Fatal(err)
		}
		if err := t.Play(func(b contract.Batch) error {
			b.Release()
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		if err := t.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// The floor: the same bytes copied once and written, not compressed.
func BenchmarkFloor(b *testing.B) {
	_, _, size := benchInput()
	path := filepath.Join(b.TempDir(), "floor")
	from, to := make([]byte, 1<<20), make([]byte, 1<<20)
	b.SetBytes(size)
	defer perCPU(b, size)()
	for b.Loop() {
		f, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		for left := size; left > 0; left -= int64(len(to)) {
			copy(to, from)
			if _, err := f.Write(to); err != nil {
				b.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			b.Fatal(err)
		}
	}
}
